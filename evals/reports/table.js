// The table: rows are drawn as they scroll into view; everything is put into the page as text, never as markup.
const HEIGHT = 34;
const MOST_CHIPS = 10;
const { filters, values } = index.listing;
const columns = index.listing.columns.filter(({ key }) => values[key]?.some((value) => value !== null && value !== ""));
const size = values.id?.length ?? 0;
const state = { query: "", deep: false, chosenBy: {}, sort: null, down: false, rows: [], at: -1, hits: null };

function element(tag, classes, ...contents) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  made.append(...contents);
  return made;
}

const words = (value) => String(value ?? "").replaceAll("_", " ");
const trim = (value) => value.toLocaleString("en", { maximumSignificantDigits: 8 });

function shown(value, kind) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "number") return words(value);
  if (kind === "money") return value >= 1 ? `${value.toFixed(2)} $` : value ? `${value.toFixed(4)} $` : "0 $";
  if (kind === "seconds") return value < 100 ? `${value.toFixed(1)} s` : `${Math.round(value).toLocaleString("en")} s`;
  if (kind === "percent") return `${(100 * value).toFixed(0)} %`;
  return trim(value);
}

const isFigure = (column) => !["text", "verdict"].includes(column.kind);

function verdict(value) {
  return element("span", "verdict", element("i", `swatch back-${value}`), words(value));
}

// ---- which rows, in which order

const haystacks = Array.from({ length: size }, (_, at) =>
  Object.values(values).map((column) => column[at] ?? "").join("\n").toLowerCase());

function matches(at) {
  for (const [key, wanted] of Object.entries(state.chosenBy)) if (wanted.size && !wanted.has(values[key][at])) return false;
  const asked = state.query.toLowerCase().split(/\s+/).filter(Boolean);
  return asked.every((word) => haystacks[at].includes(word)) || (state.hits?.has(at) ?? false);
}

function compare(one, other) {
  const column = values[state.sort];
  const [a, b] = [column[one], column[other]];
  if (a === b) return one - other;
  if (a === null) return 1;
  if (b === null) return -1;
  const order = typeof a === "number" && typeof b === "number" ? a - b : words(a).localeCompare(words(b), "en", { numeric: true });
  return state.down ? -order : order;
}

function refresh() {
  state.rows = Array.from({ length: size }, (_, at) => at).filter(matches);
  if (state.sort) state.rows.sort(compare);
  const rows = state.rows.length.toLocaleString("en");
  find("count").textContent = `${rows} of ${size.toLocaleString("en")}`;
  for (const button of find("heads").children) {
    const isSorted = button.dataset.key === state.sort;
    button.ariaSort = isSorted ? (state.down ? "descending" : "ascending") : "none";
    button.textContent = button.dataset.words + (isSorted ? (state.down ? " ↓" : " ↑") : "");
  }
  paint();
}

async function searchDeep() {
  const query = state.query.toLowerCase();
  const phrase = JSON.stringify(query.trim()).slice(1, -1); // as it stands in the records' own JSON
  state.hits = null;
  if (!state.deep || !query.trim()) return refresh();
  find("count").textContent += ", searching";
  const hits = new Set();
  const last = Math.ceil(size / index.perPart);
  for (let part = 0; part < last; part++) {
    const records = await unpack(part);
    if (state.query.toLowerCase() !== query || !state.deep) return;
    records.forEach((record, count) => {
      if (JSON.stringify(record).toLowerCase().includes(phrase)) hits.add(part * index.perPart + count);
    });
    if (part % 20 === 19 || part === last - 1) {
      state.hits = hits;
      refresh();
      if (part < last - 1) find("count").textContent += `, searching ${Math.round((100 * part) / last)} %`;
    }
  }
}

// ---- drawing

function narrow() {
  return matchMedia("(max-width: 760px)").matches;
}

function layout() {
  const widths = columns.filter((column) => !(column.wide && narrow())).map((column) => column.width);
  return widths.join(" ");
}

function paint() {
  const box = find("rows");
  find("sheet").style.height = `${state.rows.length * HEIGHT}px`;
  const begin = Math.max(Math.floor(box.scrollTop / HEIGHT) - 8, 0);
  const visible = state.rows.slice(begin, begin + Math.ceil(box.clientHeight / HEIGHT) + 16);
  const grid = layout();
  find("heads").style.gridTemplateColumns = grid;
  find("heads").style.paddingRight = `${12 + box.offsetWidth - box.clientWidth}px`; // beside it is a scroll bar
  find("sheet").replaceChildren(...visible.map((at, count) => drawn(at, begin + count, grid)));
}

function drawn(at, place, grid) {
  const made = element("div", at === state.at ? "row chosen" : "row");
  made.setAttribute("role", "row");
  made.ariaRowIndex = String(place + 1);
  made.dataset.at = at;
  made.style.top = `${place * HEIGHT}px`;
  made.style.gridTemplateColumns = grid;
  made.append(...columns.map((column) => cell(column, values[column.key][at])));
  made.onclick = () => open(at);
  return made;
}

function cell(column, value) {
  const classes = [column.wide ? "wide" : "", isFigure(column) ? "figure" : "", column.key === "excerpt" ? "soft" : ""];
  const isVerdict = column.kind === "verdict" && value;
  const made = element("span", classes.join(" "), isVerdict ? verdict(value) : marked(shown(value, column.kind)));
  made.setAttribute("role", "cell");
  return made;
}

function marked(text) {
  const word = state.query.trim().toLowerCase();
  const at = word ? text.toLowerCase().indexOf(word) : -1;
  if (at < 0) return text;
  const whole = document.createDocumentFragment();
  whole.append(text.slice(0, at), element("mark", "", text.slice(at, at + word.length)), text.slice(at + word.length));
  return whole;
}

function head(column) {
  const button = element("button", [column.wide ? "wide" : "", isFigure(column) ? "figure" : ""].join(" "), column.words);
  button.type = "button";
  button.setAttribute("role", "columnheader");
  Object.assign(button.dataset, { key: column.key, words: column.words });
  button.onclick = () => {
    state.down = state.sort === column.key && !state.down;
    state.sort = column.key;
    refresh();
  };
  return button;
}

function filter(key, isFirst) {
  const counts = new Map();
  for (const value of values[key] ?? []) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size < 2) return [];
  const options = [...counts].sort((one, other) => other[1] - one[1]);
  state.chosenBy[key] = new Set();
  return isFirst && options.length <= MOST_CHIPS ? options.map((option) => chip(key, option)) : [menu(key, options)];
}

function chip(key, [value, count]) {
  const button = element("button", "", value === null ? "none" : verdict(value), ` ${count.toLocaleString("en")}`);
  button.type = "button";
  button.ariaPressed = "false";
  button.dataset.value = value;
  button.onclick = () => {
    const wanted = state.chosenBy[key];
    if (!wanted.delete(value)) wanted.add(value);
    button.ariaPressed = String(wanted.has(value));
    refresh();
  };
  return button;
}

function menu(key, options) {
  const select = element("select", "", new Option(`every ${key}`, ""));
  select.ariaLabel = key;
  options.forEach(([value, count], place) => select.append(new Option(`${words(value) || "none"} (${count.toLocaleString("en")})`, place)));
  select.onchange = () => {
    state.chosenBy[key] = new Set(select.value === "" ? [] : [options[Number(select.value)][0]]);
    refresh();
  };
  return select;
}
