// One record: the problem, its label, and what was made of it.
const heading = (text) => element("h3", "", text);
const block = (text, classes = "") => element("pre", classes, marked(text));
const sign = (isRight) => element("b", isRight ? "yes" : "no", isRight ? "✓ " : "✗ ");

function told(record) {
  return [...problem(record.problem), ...record.attempts.flatMap((each) => attempt(each, record.problem))];
}

function problem(of) {
  const answer = of.status === "optimal" ? of.label_text || shown(of.answer) || "by named values" : of.status;
  const label = element("div", "facts", ...fact("label", answer), ...Object.entries(of.about).flatMap(([name, value]) => fact(name, value)));
  const parts = [heading("Problem"), block(of.question, "words"), label];
  if (of.variables) parts.push(table(["named value", "label"], Object.entries(of.variables).map(([name, value]) => [name, shown(value)])));
  if (of.notes) parts.push(heading("Notes on the label"), element("p", "notice", of.notes));
  return parts;
}

function fact(name, value) {
  return [element("span", "", `${name} `, element("b", "", String(value)))];
}

function attempt(of) {
  const facts = Object.entries(of.facts).flatMap(([name, value]) => fact(name, value));
  const parts = [];
  if (of.title) parts.push(element("div", "attempt"), element("h2", "", of.title));
  parts.push(heading("Answer"), element("p", "", verdict(of.verdict), of.objective === null ? "" : ` · objective ${shown(of.objective)}${of.sense ? ` (${of.sense})` : ""}`));
  if (of.message) parts.push(element("p", "notice", of.message));
  parts.push(element("div", "facts", ...facts));
  if (of.grades.length) parts.push(heading("Grades"), grades(of.grades), ...of.grades.flatMap(queries));
  if (of.values.length) parts.push(heading("Values"), table(["name", "value", "unit", "meaning"], of.values.map(([name, value, unit, note]) => [name, shown(value), unit, note])));
  if (of.candidates.length) parts.push(heading("Candidates"), block(of.candidates.map((each) => (each === null ? "none" : shown(each))).join("\n")));
  if (of.diagnostics.length) parts.push(heading("Diagnostics"), block(of.diagnostics.join("\n\n")));
  if (of.formulation) parts.push(heading("Formulation"), block(of.formulation, "code"));
  if (of.code) parts.push(heading("Code"), block(of.code, "code"));
  if (of.calls.length) parts.push(heading(`Transcript, ${of.calls.length} call${of.calls.length === 1 ? "" : "s"}`), ...of.calls.map(call));
  return parts;
}

function grades(of) {
  return table(["profile", "", "why"], of.map((each) => [each.profile, sign(each.correct), each.reason]));
}

function queries(grade) {
  if (!grade.queries.length) return [];
  const rows = grade.queries.map(([query, expected, found, matched, isRight]) => [query, shown(expected), shown(found), matched, sign(isRight)]);
  return [element("h3", "", `Named values by ${grade.profile}`), table(["asked", "label", "found", "taken from", ""], rows)];
}

function table(heads, rows) {
  const head = element("tr", "", ...heads.map((each) => element("th", "", each)));
  const body = rows.map((row) => element("tr", "", ...row.map((each) => element("td", "", each))));
  return element("div", "scroll", element("table", "", element("thead", "", head), element("tbody", "", ...body)));
}

function call(of) {
  if (of.raw) return block(of.raw);
  const tokens = of.read === null && of.written === null ? "tokens unknown" : `${shown(of.read) || "?"} tokens read, ${shown(of.written) || "?"} written`;
  const cost = of.cost === null || of.cost === undefined ? "price unknown" : `${Number(of.cost)} $`;
  const parts = [of.step, of.model, tokens, cost, shown(of.seconds, "seconds"), of.stop !== "end" ? of.stop : "", of.error ? "failed" : ""];
  const made = element("details", "", element("summary", "", parts.filter(Boolean).join(" · ")));
  made.ontoggle = () => made.childElementCount === 1 && made.append(...messages(of));
  return made;
}

function messages(of) {
  const system = typeof of.system === "number" ? index.systems[of.system] : of.system;
  const parts = [];
  if (system) {
    const standing = element("details", "", element("summary", "", "standing instructions"));
    standing.append(block(system));
    parts.push(standing);
  }
  if (of.again) parts.push(element("p", "soft", `${of.again} message${of.again === 1 ? "" : "s"} as above, then`));
  for (const [role, content] of of.messages) parts.push(element("h4", "", role), block(content));
  if (of.reply !== null && of.reply !== undefined) parts.push(element("h4", "", "reply"), block(of.reply));
  if (of.error) parts.push(element("h4", "", "error"), element("p", "notice", of.error));
  return parts;
}
