"use strict";
// The table of candidates and what is known of the chosen one. Everything is put into the page as text, never as markup.
(() => {
const HEIGHT = 32;
const CHILDREN = 60;
const find = (id) => document.getElementById(id);
const about = JSON.parse(find("about").textContent);
const COLUMNS = [
  ["number", "#", "figure"], ["fate", "outcome", "fate"], ["score", "score", "figure"], ["gain", "gain", "figure wide"],
  ["origin", "by", "wide"], ["parents", "from", "wide"], ["changed", "changed", ""], ["reason", "why", "wide"],
];
const FATES = { seed: "seed", admitted: "admitted", tried: "not better", best: "the best" };
const state = { query: "", fate: "", sort: "number", down: false, rows: [], number: null };
const unpacked = new Map();
let table;
let placeOf;
let children;

function element(tag, classes, ...contents) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  made.append(...contents);
  return made;
}

async function unpack(id) {
  if (unpacked.has(id)) return unpacked.get(id);
  const packed = Uint8Array.from(atob(find(id).textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const document = JSON.parse(await new Response(stream).text());
  unpacked.set(id, document);
  return document;
}

// ---- the table

const figure = (value, signed) => value === null ? "" :
  (signed && value > 0 ? "+" : "") + value.toLocaleString("en", { maximumSignificantDigits: signed ? 3 : 4 });

function shown(key, at) {
  const value = table[key][at];
  if (key === "number") return String(value);
  if (key === "fate") return FATES[value];
  if (key === "parents") return value.map((each) => `#${each}`).join(", ");
  if (key === "score" || key === "gain") return figure(value, key === "gain");
  return value;
}

function matches(at) {
  const fate = table.fate[at];
  if (state.fate === "admitted" ? fate === "tried" : state.fate && fate !== state.fate) return false;
  const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return true;
  const text = `#${table.number[at]} ${table.origin[at]} ${table.model[at]} ${table.changed[at]} ${table.reason[at]}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function compare(one, other) {
  const [a, b] = [table[state.sort][one], table[state.sort][other]];
  if (a === b) return one - other;
  if (a === null) return 1;
  if (b === null) return -1;
  const order = typeof a === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
  return state.down ? -order : order;
}

function refresh() {
  state.rows = table.number.map((_, at) => at).filter(matches).sort(compare);
  find("count").textContent = `${state.rows.length.toLocaleString("en")} of ${table.number.length.toLocaleString("en")}`;
  for (const button of find("heads").children) {
    const isSorted = button.dataset.key === state.sort;
    button.querySelector("span").textContent = isSorted ? (state.down ? " ↓" : " ↑") : "";
  }
  find("sheet").style.height = `${state.rows.length * HEIGHT}px`;
  paint();
}

function paint() {
  const box = find("rows");
  const first = Math.max(0, Math.floor(box.scrollTop / HEIGHT) - 8);
  const last = Math.min(state.rows.length, Math.ceil((box.scrollTop + box.clientHeight) / HEIGHT) + 8);
  find("sheet").replaceChildren(...state.rows.slice(first, last).map((at, place) => row(at, first + place)));
}

function row(at, place) {
  const cells = COLUMNS.map(([key, , classes]) => {
    const cell = element("span", classes, shown(key, at));
    cell.title = cell.textContent;
    return cell;
  });
  const made = element("div", `row is-${table.fate[at]}`, ...cells);
  if (table.number[at] === state.number) made.classList.add("chosen");
  made.style.top = `${place * HEIGHT}px`;
  made.onclick = () => open(table.number[at]);
  return made;
}

function head([key, name, classes]) {
  const button = element("button", classes, name, element("span"));
  button.type = "button";
  button.dataset.key = key;
  button.onclick = () => {
    state.down = state.sort === key ? !state.down : key === "score" || key === "gain";
    state.sort = key;
    refresh();
  };
  return button;
}

function fateButton([fate, name]) {
  const button = element("button", "", name);
  button.type = "button";
  button.setAttribute("aria-pressed", String(fate === ""));
  button.onclick = () => {
    state.fate = fate;
    for (const each of find("fates").children) each.setAttribute("aria-pressed", String(each === button));
    refresh();
  };
  return button;
}

// ---- the chosen candidate

async function open(number) {
  const at = placeOf.get(number);
  if (at === undefined) return;
  state.number = number;
  history.replaceState(null, "", `#candidate=${number}`);
  find("chosen").textContent = `Candidate ${number}: ${FATES[table.fate[at]]}`;
  find("details").hidden = false;
  for (const each of document.querySelectorAll(".tree a")) each.classList.toggle("chosen", each.dataset.candidate === String(number));
  reveal(at);
  paint();
  const part = await unpack(`part${Math.floor(at / about.perPart)}`);
  if (state.number !== number) return;
  find("told").replaceChildren(...told(at, part[at % about.perPart]));
  find("told").scrollTop = 0;
}

function told(at, record) {
  const facts = [
    ["score", figure(table.score[at])], ["gain over its parent", figure(table.gain[at], true)], ["proposed by", table.origin[at]],
    ["model", table.model[at]], ["step", String(table.step[at])], ["metric calls by then", table.calls[at].toLocaleString("en")],
  ].filter(([, value]) => value !== "").map(([name, value]) => element("div", "", element("dt", "", name), element("dd", "", value)));
  const parts = [element("dl", "", ...facts)];
  parts.push(...links("Made from", table.parents[at]), ...links("Made from it", children.get(table.number[at]) ?? []));
  if (!record) return [...parts, element("p", "soft", table.reason[at]), element("p", "soft", "What it changed is left out of a page of so many candidates; steps.jsonl has it.")];
  if (record.reason) parts.push(element("h3", "", table.fate[at] === "tried" ? "Why it was not admitted" : "Why it was admitted"), element("p", "", record.reason));
  if (record.note) parts.push(element("h3", "", "What its proposer said"), element("p", "", record.note));
  const against = table.parents[at].length ? ` against candidate ${table.parents[at][0]}` : "";
  for (const change of record.changes) parts.push(element("h3", "", change[0], element("span", "soft", against)), diff(change));
  return parts;
}

function links(title, numbers) {
  if (!numbers.length) return [];
  const buttons = numbers.slice(0, CHILDREN).map((number) => {
    const at = placeOf.get(number);
    const button = element("button", "", `#${number}${at === undefined ? "" : ` ${figure(table.score[at])}`}`);
    button.type = "button";
    button.onclick = () => open(number);
    return button;
  });
  if (numbers.length > CHILDREN) buttons.push(element("span", "soft", `and ${numbers.length - CHILDREN} more`));
  return [element("h3", "", title), element("div", "links", ...buttons)];
}

function diff([, form, segments]) {
  const isFirst = !segments.some(([sign]) => sign !== "+") || segments.every(([sign, text]) => sign === "+" || text === "null");
  if (form === "value") {
    const [old, now] = segments.map(([, text]) => text);
    return isFirst ? element("p", "value", now) : element("p", "value", element("del", "", old), " → ", element("ins", "", now));
  }
  if (form === "words") {
    const tags = { "=": "span", "-": "del", "+": isFirst ? "span" : "ins" };
    return element("div", "diff prose", ...segments.map(([sign, text]) => element(tags[sign], "", text)));
  }
  const names = { "=": "same", "-": "gone", "+": isFirst ? "same" : "come" };
  const signs = { "=": " ", "-": "-", "+": isFirst ? " " : "+" };
  return element("div", "diff", ...segments.map(([sign, text]) => element("div", names[sign], `${signs[sign]} ${text}`)));
}

function reveal(at) {
  const place = state.rows.indexOf(at);
  if (place < 0) return;
  const box = find("rows");
  const top = place * HEIGHT;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + HEIGHT > box.scrollTop + box.clientHeight) box.scrollTop = top + HEIGHT - box.clientHeight;
}

function close() {
  find("details").hidden = true;
  state.number = null;
  history.replaceState(null, "", location.pathname + location.search);
  for (const each of document.querySelectorAll(".tree a.chosen")) each.classList.remove("chosen");
  paint();
}

function step(by) {
  const place = state.rows.indexOf(placeOf.get(state.number));
  const next = state.rows[place < 0 ? 0 : place + by];
  if (next !== undefined) open(table.number[next]);
}

function openFromAddress() {
  const asked = new URLSearchParams(location.hash.slice(1)).get("candidate");
  if (asked !== null && Number(asked) !== state.number) open(Number(asked));
}

function theme(name) {
  document.documentElement.dataset.theme = name;
}

const KEYS = { "/": () => find("search").focus(), j: () => step(1), k: () => step(-1), Escape: close };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (!KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-candidate]");
  if (!link) return;
  event.preventDefault();
  open(Number(link.dataset.candidate));
});
find("theme").onclick = () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
find("before").onclick = () => step(-1);
find("next").onclick = () => step(1);
find("close").onclick = close;
find("rows").onscroll = paint;
find("search").oninput = (event) => {
  state.query = event.target.value;
  refresh();
};
addEventListener("resize", paint);
addEventListener("hashchange", openFromAddress);
document.querySelector(".tree .halo")?.scrollIntoView({ block: "nearest", inline: "center" });
scrollTo(0, 0);
theme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

unpack("listed").then((rows) => {
  table = rows;
  placeOf = new Map(table.number.map((number, at) => [number, at]));
  children = new Map();
  table.parents.forEach((parents, at) => parents.forEach((parent) => {
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(table.number[at]);
  }));
  find("heads").append(...COLUMNS.map(head));
  find("fates").append(...[["", "all"], ["admitted", "admitted"], ["tried", "not better"]].map(fateButton));
  refresh();
  openFromAddress();
});
})();
