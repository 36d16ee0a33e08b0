"use strict";
// The page's own script. Everything that comes from the trace is put into the page as text, never as markup.
(() => {
  const HEIGHT = 26;
  const MOST_LEVELS = 24; // of indentation; deeper rows tell their level as a number
  const FIRST_ROWS = 250; // unfolded when the page opens
  const MOST_LINKS = 60;
  const ICONS = { parameter: "●", input: "◇", operation: "▪", failure: "✗" };
  const FILTERS = {
    parameters: (node) => node.kind === "parameter",
    outputs: (node) => node.output,
    failures: (node) => node.kind === "failure",
    feedback: (node) => node.feedback.length > 0,
    changed: (node) => node.changed,
  };
  const SORTS = ["seconds", "tokens", "money"]; // places in what a node took; the most first

  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("data").textContent);
  const nodes = data.nodes;
  const users = nodes.map(() => []);
  const sources = nodes.map((node) => [...new Set(node.inputs.map(([, at]) => at).filter((at) => at >= 0))]);
  const byName = new Map(nodes.map((node, at) => [node.name, at]));
  sources.forEach((inputs, at) => inputs.forEach((source) => users[source].push(at)));
  const state = { view: "tree", query: "", filter: null, sort: null, chosen: -1, rows: [], tree: null, texts: null };

  function element(tag, classes, ...contents) {
    const made = document.createElement(tag);
    if (classes) made.className = classes;
    made.append(...contents);
    return made;
  }

  // ---- rows: a tree that is unfolded as far as one asks, or a flat list of what was found

  const row = (at, level, again) => ({ at, level, again, open: false });

  function unfolded(most) {
    const seen = new Set();
    const opened = new Set();
    let count = data.outputs.length;
    for (let level = data.outputs; level.length && count < most; ) {
      const next = [];
      for (const at of level) {
        if (opened.has(at) || count >= most) continue;
        opened.add(at);
        count += sources[at].length;
        for (const source of sources[at]) if (!opened.has(source)) next.push(source);
      }
      level = next;
    }
    const rows = [];
    const stack = data.outputs.map((at) => row(at, 0)).reverse();
    while (stack.length) {
      const each = stack.pop();
      each.again = seen.has(each.at);
      rows.push(each);
      if (each.again) continue;
      seen.add(each.at);
      each.open = opened.has(each.at) && sources[each.at].length > 0;
      if (each.open) for (const at of [...sources[each.at]].reverse()) stack.push(row(at, each.level + 1));
    }
    return rows;
  }

  function unfold(place) {
    const each = state.rows[place];
    if (each.open || state.flat || !sources[each.at].length) return;
    const present = new Set(state.rows.map((other) => other.at));
    const inner = sources[each.at].map((at) => row(at, each.level + 1, present.has(at)));
    each.open = true;
    state.tree = state.rows = [...state.rows.slice(0, place + 1), ...inner, ...state.rows.slice(place + 1)];
  }

  function fold(place) {
    const each = state.rows[place];
    let end = place + 1;
    while (end < state.rows.length && state.rows[end].level > each.level) end++;
    each.open = false;
    state.tree = state.rows = [...state.rows.slice(0, place + 1), ...state.rows.slice(end)];
  }

  function haystack(node) {
    const operation = data.operations[node.operation];
    const parts = [node.name, node.expression, node.value, node.text, node.exception, node.description, ...node.feedback];
    return [...parts, operation ? `${operation.documentation}\n${operation.code}` : ""].join("\n").toLowerCase();
  }

  function found() {
    const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) state.texts ??= nodes.map(haystack);
    const admits = FILTERS[state.filter] ?? (() => true);
    const places = nodes.flatMap((node, at) => (admits(node) && words.every((word) => state.texts[at].includes(word)) ? [at] : []));
    return state.sort === null ? places : places.sort((one, other) => took(other) - took(one));
  }

  const took = (at) => nodes[at].took[SORTS.indexOf(state.sort)] ?? 0;

  function refresh() {
    state.flat = state.view === "list" || state.query !== "" || state.filter !== null || state.sort !== null;
    state.tree ??= unfolded(FIRST_ROWS);
    state.rows = state.flat ? found().map((at) => row(at, 0)) : state.tree;
    const isPicture = state.view === "picture" && !(state.query || state.filter || state.sort);
    find("rows").hidden = isPicture;
    find("picture").hidden = !isPicture;
    find("fold").hidden = find("unfold").hidden = state.flat || isPicture;
    const total = nodes.length.toLocaleString("en");
    const boxes = find("picture").querySelectorAll("[data-node]").length;
    const part = isPicture && boxes < nodes.length ? boxes : state.flat ? state.rows.length : null;
    find("count").textContent = part === null ? `${total} nodes` : `${part.toLocaleString("en")} of ${total} nodes`;
    for (const button of find("views").children) button.ariaPressed = String(button.dataset.view === state.view);
    for (const button of find("filters").children) button.ariaPressed = String(button.dataset.filter === state.filter);
    for (const button of find("sorts").children) button.ariaPressed = String(button.dataset.sort === state.sort);
    paint();
  }

  function paint() {
    const box = find("rows");
    const sheet = find("sheet");
    const begin = Math.max(Math.floor(box.scrollTop / HEIGHT) - 8, 0);
    const shown = state.rows.slice(begin, begin + Math.ceil(box.clientHeight / HEIGHT) + 16);
    sheet.style.height = `${state.rows.length * HEIGHT}px`;
    sheet.replaceChildren(...shown.map((each, count) => drawn(each, begin + count)));
    const active = state.rows.findIndex((each) => each.at === state.chosen);
    box.setAttribute("aria-activedescendant", active >= 0 ? `row${active}` : "");
  }

  function drawn(each, place) {
    const node = nodes[each.at];
    const made = element("div", `row ${node.kind}`);
    made.id = `row${place}`;
    made.style.top = `${place * HEIGHT}px`;
    made.style.paddingLeft = `${8 + Math.min(each.level, MOST_LEVELS) * 16}px`;
    made.setAttribute("role", "treeitem");
    made.ariaLevel = String(each.level + 1);
    made.ariaSelected = String(each.at === state.chosen);
    if (each.at === state.chosen) made.classList.add("chosen");
    const inner = !state.flat && sources[each.at].length > 0;
    if (inner) made.ariaExpanded = String(each.open);
    const twist = element("span", "twist", inner ? (each.open ? "▾" : "▸") : "");
    made.append(twist);
    if (each.level > MOST_LEVELS) made.append(element("span", "depth", `${each.level}`));
    made.append(element("i", "icon", ICONS[node.kind]), element("b", "", marked(node.name)));
    if (node.expression) made.append(element("span", "made", "= ", marked(node.expression)));
    made.append(element("span", "value", node.expression ? "→ " : "= ", marked(node.value)), ...badges(node));
    if (each.again && inner) made.append(element("span", "badge", "also above"));
    made.append(element("span", "costs", node.costs.join(" · ")));
    twist.onclick = (event) => {
      event.stopPropagation();
      toggle(place);
    };
    made.onclick = () => choose(each.at);
    made.ondblclick = () => toggle(place);
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

  function badges(node) {
    const words = [];
    if (node.kind === "parameter") words.push(["parameter", "parameter"]);
    if (node.kind === "failure") words.push(["failed", "failed"]);
    if (node.output) words.push(["output", "output"]);
    if (node.feedback.length) words.push(["feedback", node.feedback.length > 1 ? `${node.feedback.length} feedback` : "feedback"]);
    if (node.changed) words.push(["changed", "changed in place since"]);
    return words.map(([kind, text]) => element("span", `badge ${kind}`, text));
  }

  function toggle(place) {
    if (state.flat) return;
    if (state.rows[place].open) fold(place);
    else unfold(place);
    paint();
  }

  // ---- the selected node

  function choose(at, { scroll = false } = {}) {
    state.chosen = at;
    const wanted = `#node=${encodeURIComponent(nodes[at].name)}`;
    if (location.hash !== wanted && !state.query) history.replaceState(null, "", wanted);
    if (scroll) reveal(state.rows.findIndex((each) => each.at === at));
    paint();
    for (const each of find("picture").querySelectorAll("[data-node]")) {
      const isPicked = each.classList.toggle("picked", each.dataset.node === nodes[at].name);
      if (isPicked) each.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    find("details").replaceChildren(...told(at));
    find("details").scrollTop = 0;
  }

  function reveal(place) {
    if (place < 0) return;
    const box = find("rows");
    const top = place * HEIGHT;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + HEIGHT > box.scrollTop + box.clientHeight) box.scrollTop = top + HEIGHT - box.clientHeight;
  }

  function told(at) {
    const node = nodes[at];
    const operation = data.operations[node.operation];
    const parts = [element("h2", node.kind, node.name), element("div", "badges", ...badges(node), ...plain(node))];
    if (node.description) parts.push(element("p", "soft", node.description));
    if (node.exception) parts.push(heading("What went wrong"), code(node.exception));
    else parts.push(heading("Value"), element("pre", "", node.text || node.value));
    if (node.feedback.length) parts.push(heading("Feedback"), ...node.feedback.map((text) => element("blockquote", "", text)));
    if (node.expression) parts.push(heading("Made by"), code(`${node.name} = ${node.expression}`));
    if (node.inputs.length) parts.push(heading("Inputs"), inputs(node));
    if (users[at].length) parts.push(heading("Used by"), links(users[at], MOST_LINKS));
    if (node.constraint) parts.push(heading("Constraint"), element("p", "soft", node.constraint));
    if (node.position) parts.push(heading("Called at"), element("p", "soft", node.position));
    if (operation && (operation.code || operation.documentation)) parts.push(...source(operation));
    return parts;
  }

  const heading = (text) => element("h3", "", text);
  const plain = (node) => [node.kind, ...node.costs].filter((word) => !["parameter", "failure"].includes(word)).map((word) => element("span", "badge", word));

  function source(operation) {
    const parts = [heading("Code")];
    if (operation.documentation) parts.push(element("p", "soft", operation.documentation));
    if (operation.code) parts.push(code(operation.code));
    return operation.position ? [...parts, element("p", "soft", operation.position)] : parts;
  }

  function inputs(node) {
    const table = element("table");
    for (const [name, at, text] of node.inputs.slice(0, MOST_LINKS)) {
      const value = element("td", "", at >= 0 ? nodes[at].value : text);
      const given = name ? [element("td", "soft", name)] : [];
      table.append(element("tr", "", ...given, element("td", "", at >= 0 ? link(at) : ""), value));
    }
    if (node.inputs.length <= MOST_LINKS) return table;
    const rest = element("p", "soft", `… ${(node.inputs.length - MOST_LINKS).toLocaleString("en")} more`);
    return element("div", "", table, rest);
  }

  function link(at) {
    const made = element("a", "", nodes[at].name);
    made.href = `#node=${encodeURIComponent(nodes[at].name)}`;
    return made;
  }

  function links(places, most) {
    const made = element("div", "links", ...places.slice(0, most).map(link));
    if (places.length > most) {
      const more = element("button", "", `${(places.length - most).toLocaleString("en")} more`);
      more.onclick = () => made.replaceWith(links(places, most * 20));
      made.append(more);
    }
    return made;
  }

  const TOKENS = /(#[^\n]*)|((?:[rbfuRBFU]{0,2})(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|\b(and|as|assert|async|await|break|case|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|match|None|nonlocal|not|or|pass|raise|return|True|False|try|while|with|yield)\b/g;

  function code(text) {
    const lines = element("pre", "code");
    for (const line of text.split(/(?<=\n)/)) lines.append(...(line.includes("# <---") ? [element("span", "failing", line)] : [line]));
    if (lines.querySelector(".failing")) return lines;
    lines.replaceChildren();
    let end = 0;
    for (const match of text.matchAll(TOKENS)) {
      lines.append(text.slice(end, match.index), element("span", match[1] ? "comment" : match[2] ? "string" : "keyword", match[0]));
      end = match.index + match[0].length;
    }
    lines.append(text.slice(end));
    return lines;
  }

  // ---- what a person does

  function move(step) {
    if (!state.rows.length) return;
    const at = place();
    const to = at < 0 ? 0 : Math.min(Math.max(at + step, 0), state.rows.length - 1);
    state.place = to;
    choose(state.rows[to].at, { scroll: false });
    reveal(to);
    paint();
  }

  // The same node may stand in several rows: the one that was moved to last is meant.
  function place() {
    if (state.rows[state.place]?.at === state.chosen) return state.place;
    return state.rows.findIndex((each) => each.at === state.chosen);
  }

  function sideways(opens) {
    const at = place();
    if (at < 0 || state.flat) return;
    const each = state.rows[at];
    if (opens && !each.open && sources[each.at].length) unfold(at);
    else if (opens && each.open) return move(1);
    else if (!opens && each.open) fold(at);
    else if (!opens) {
      let up = at - 1;
      while (up >= 0 && state.rows[up].level >= each.level) up--;
      if (up >= 0) return move(up - at);
    }
    paint();
  }

  function show(view) {
    Object.assign(state, { view, query: "", filter: null, sort: null });
    find("search").value = "";
    refresh();
    find("rows").focus();
  }

  function ask(changes) {
    Object.assign(state, changes);
    find("rows").scrollTop = 0;
    refresh();
    if (state.rows.length && (state.query || state.filter || state.sort)) choose(state.rows[0].at);
  }

  // The next way of sorting that there is a button for, and after the last one none.
  function sortNext() {
    const there = [...find("sorts").children].map((button) => button.dataset.sort);
    ask({ sort: there[there.indexOf(state.sort) + 1] ?? null });
  }

  const toggled = (filter) => ({ filter: state.filter === filter ? null : filter });

  function follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (asked.has("search")) {
      find("search").value = asked.get("search");
      return ask({ query: asked.get("search"), filter: null });
    }
    const at = byName.get(asked.get("node"));
    if (at !== undefined && at !== state.chosen) choose(at, { scroll: true });
  }

  const page = () => Math.max(Math.floor(find("rows").clientHeight / HEIGHT) - 1, 1);
  const KEYS = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    ArrowRight: () => sideways(true),
    ArrowLeft: () => sideways(false),
    PageDown: () => move(page()),
    PageUp: () => move(-page()),
    Home: () => move(-Infinity),
    End: () => move(Infinity),
    Enter: () => find("details").focus(),
    "/": () => find("search").focus(),
    Escape: () => show(state.view),
    g: () => show("picture"),
    t: () => show("tree"),
    l: () => show("list"),
    p: () => ask(toggled("parameters")),
    s: sortNext,
  };

  function listen() {
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const isSearch = event.target === find("search");
      const inDetails = find("details").contains(event.target) && event.key !== "/" && event.key !== "Escape";
      const admitted = isSearch ? ["ArrowDown", "ArrowUp", "Escape"] : Object.keys(KEYS);
      if (inDetails || event.target.tagName === "BUTTON" && event.key === "Enter" || !admitted.includes(event.key)) return;
      event.preventDefault();
      KEYS[event.key]();
    });
    find("rows").addEventListener("scroll", paint, { passive: true });
    window.addEventListener("resize", paint);
    window.addEventListener("hashchange", follow);
    find("search").oninput = (event) => ask({ query: event.target.value.trim() });
    find("views").onclick = (event) => event.target.dataset.view && show(event.target.dataset.view);
    find("unfold").onclick = () => ((state.tree = unfolded(Infinity)), refresh());
    find("fold").onclick = () => ((state.tree = data.outputs.map((at) => row(at, 0))), refresh());
    find("theme").onclick = () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    find("picture").onclick = (event) => {
      const box = event.target.closest("[data-node]");
      if (box) choose(byName.get(box.dataset.node));
    };
  }

  const theme = (name) => (document.documentElement.dataset.theme = name);

  function filters() {
    for (const [name, admits] of Object.entries(FILTERS)) {
      const count = nodes.filter(admits).length;
      if (!count) continue;
      const button = element("button", "", `${name} ${count.toLocaleString("en")}`);
      button.type = "button";
      button.dataset.filter = name;
      button.onclick = () => ask(toggled(name));
      find("filters").append(button);
    }
  }

  function sorts() {
    SORTS.forEach((name, place) => {
      if (!nodes.some((node) => node.took[place] > 0)) return;
      const button = element("button", "", `by ${name}`);
      button.type = "button";
      button.dataset.sort = name;
      button.onclick = () => ask({ sort: state.sort === name ? null : name });
      find("sorts").append(button);
    });
  }

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  theme(dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => theme(dark.matches ? "dark" : "light"));
  find("summary").textContent = data.summary;
  filters();
  sorts();
  listen();
  refresh();
  follow();
  if (state.chosen < 0 && data.outputs.length) {
    state.chosen = data.outputs[0];
    find("details").replaceChildren(...told(state.chosen));
    paint();
  }
  document.documentElement.dataset.ready = "yes";
})();
