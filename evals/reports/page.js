// What a person does with the page: choose, search, sort, open, go on.
function nameOf(at) {
  const epoch = values.epoch?.[at];
  return epoch > 1 ? `${values.id[at]}, epoch ${epoch}` : values.id[at];
}

async function open(at, { focus = false } = {}) {
  state.at = at;
  history.replaceState(null, "", `#${new URLSearchParams({ id: values.id[at], epoch: values.epoch?.[at] ?? 1 })}`);
  find("chosen").textContent = nameOf(at);
  find("details").hidden = false;
  reveal();
  paint();
  const record = await recordOf(at);
  if (state.at !== at) return;
  find("told").replaceChildren(...told(record));
  find("told").scrollTop = 0;
  if (focus) find("told").focus();
}

function reveal() {
  const place = state.rows.indexOf(state.at);
  if (place < 0) return;
  const box = find("rows");
  const top = place * HEIGHT;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + HEIGHT > box.scrollTop + box.clientHeight) box.scrollTop = top + HEIGHT - box.clientHeight;
}

function close() {
  find("details").hidden = true;
  state.at = -1;
  history.replaceState(null, "", location.pathname + location.search);
  paint();
  find("rows").focus({ preventScroll: true });
}

function step(by) {
  const place = state.rows.indexOf(state.at);
  const next = state.rows[place < 0 ? 0 : place + by];
  if (next !== undefined) open(next);
}

function openFromAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const at = (values.id ?? []).findIndex((id, place) => id === asked.get("id") && String(values.epoch?.[place] ?? 1) === (asked.get("epoch") ?? "1"));
  if (at >= 0 && at !== state.at) open(at);
}

function theme(name) {
  document.documentElement.dataset.theme = name;
}

const KEYS = {
  "/": () => find("search").focus(),
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Escape: close,
  Enter: () => state.at >= 0 && find("told").focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const isScrolling = event.key.startsWith("Arrow") && event.target.id !== "rows";
  const isButton = event.key === "Enter" && event.target.matches("button, summary");
  if (!KEYS[event.key] || isScrolling || isButton) return;
  event.preventDefault();
  KEYS[event.key]();
});

let waiting;
find("search").oninput = (event) => {
  state.query = event.target.value;
  state.hits = null;
  refresh();
  clearTimeout(waiting);
  waiting = setTimeout(searchDeep, 250);
};
find("deep").onchange = (event) => {
  state.deep = event.target.checked;
  searchDeep();
};
find("rows").onscroll = paint;
find("before").onclick = () => step(-1);
find("after").onclick = () => step(1);
find("close").onclick = close;
find("theme").onclick = () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
addEventListener("resize", paint);
addEventListener("hashchange", openFromAddress);

theme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
find("heads").append(...columns.map(head));
find("filters").append(...filters.flatMap((key, place) => filter(key, place === 0)));
refresh();
openFromAddress();
