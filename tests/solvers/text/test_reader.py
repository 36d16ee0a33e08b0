"""The reader: what each form of the five-element text becomes, and what it forgives with a note."""

from typing import Any

import pytest

from steepest.solvers.formulation import Constraint, Formulation, IndexedValue, Parameter, Set, TableSource, Variable
from steepest.solvers.language.expressions import Head, LabelRef, Number, Range, SetLiteral
from steepest.solvers.text.reader import read_formulation

CENTERS = """
# Where to open centers and what to ship
sets:
  Store = {"Store 1", "Store 2"}
  Month = 1..12                                  # ordered
  Lane = {(c, s) for c in Center for s in Store if ship_cost[c, s] < 9}
parameters:
  budget = 400,000          # [$] "a budget of $400,000"
  share = 25%               # "at most a quarter"
  rate = missing            # [$/h] not in the text
  table Center:
    | Center   | opening [$] | capacity [unit] |
    | Center 1 | 151,000     | 1187            |
    | Center 2 | 192,000     | -               |
  table ship_cost[Center, Store]:                # [$/unit]
    |          | Store 1 | Store 2 |
    | Center 1 | 3       | 3       |
    | Center 2 | 4       | -       |
  table demand[Store] from "demand.csv" (store, units)
  slack[c in Center] = capacity[c] - 100         # derived
variables:
  ship[Lane]: real >= 0                          # [unit]
  open[Center]: binary
  lot[c in Center]: integer in 0..capacity[c]
  stock[Month]: real
let:
  inflow[s in Store] = sum(ship[c, s] for (c, s2) in Lane if s2 == s)    # [unit]
minimize: sum(opening[c] * open[c] for c in Center) + sum(ship_cost[c, s] * ship[c, s] for (c, s) in Lane)   # [$]
constraints:
  demand_met[s in Store]: inflow[s] >= demand[s]          # "every store must get what it ordered"
  only_if_open[(c, s) in Lane]: implies(ship[c, s] > 0, open[c] == 1)
  carry[t in Month if t > first(Month)]: stock[t] == stock[t-1] + 1
"""


@pytest.fixture(scope="module")
def centers() -> Formulation:
    return Formulation.from_text(CENTERS)


def named(elements: list[Any], name: str) -> Any:
    return next(each for each in elements if each.name == name)


def parameter(text: str) -> Parameter:
    """The parameter `d` over A = {a, b} and B = {p, q, r}."""
    formulation = Formulation.from_text(f"sets:\n  A = {{a, b}}\n  B = {{p, q, r}}\nparameters:\n  {text}")
    found: Parameter = named(formulation.parameters, "d")
    return found


def cells(text: str) -> dict[tuple[object, ...], object]:
    return {tuple(cell.index): cell.value for cell in parameter(text).values}


def variable(text: str) -> Variable:
    return Formulation.from_text(f"sets:\n  A = {{a, b}}\nvariables:\n  {text}").variables[0]


def members(text: str) -> Set:
    return Formulation.from_text(f"sets:\n  S = {text}\n  C = {{x, y}}").sets[0]


def test_the_first_comment_is_the_title(centers: Formulation) -> None:
    assert centers.title == "Where to open centers and what to ship"


def test_a_table_of_records_defines_its_set_and_a_parameter_for_each_column(centers: Formulation) -> None:
    assert named(centers.sets, "Center").members == SetLiteral((LabelRef("Center 1"), LabelRef("Center 2")))
    opening, capacity = named(centers.parameters, "opening"), named(centers.parameters, "capacity")
    assert (opening.unit, capacity.unit) == ("$", "unit")
    assert [cell.value for cell in opening.values] == [151_000, 192_000]
    assert capacity.values == [IndexedValue(index=["Center 1"], value=1187)]


def test_a_matrix_has_a_cell_for_each_row_and_column_but_the_absent(centers: Formulation) -> None:
    ship_cost = named(centers.parameters, "ship_cost")
    assert ship_cost.unit == "$/unit"
    assert {tuple(cell.index): cell.value for cell in ship_cost.values} == {
        ("Center 1", "Store 1"): 3,
        ("Center 1", "Store 2"): 3,
        ("Center 2", "Store 1"): 4,
    }


def test_a_table_from_a_file_names_its_columns(centers: Formulation) -> None:
    demand = named(centers.parameters, "demand")
    assert demand.table == TableSource(path="demand.csv", columns=["store", "units"])


def test_the_comment_holds_unit_then_quotes_then_prose(centers: Formulation) -> None:
    budget, rate = named(centers.parameters, "budget"), named(centers.parameters, "rate")
    assert (budget.value, budget.unit, budget.quotes, budget.note) == (400_000, "$", ["a budget of $400,000"], "")
    assert (rate.missing, rate.unit, rate.quotes, rate.note) == (True, "$/h", [], "not in the text")
    assert centers.constraints[0].quotes == ["every store must get what it ordered"]
    assert centers.objectives[0].unit == "$"


def test_a_derived_parameter_is_an_expression_over_its_head(centers: Formulation) -> None:
    slack = named(centers.parameters, "slack")
    assert (str(slack.index), str(slack.expression), slack.note) == ("c in Center", "capacity[c] - 100", "derived")


@pytest.mark.parametrize(
    ("name", "index", "domain", "lower", "upper"),
    [
        ("ship", "Lane", "real", "0", "None"),
        ("open", "Center", "binary", "None", "None"),
        ("lot", "c in Center", "integer", "0", "capacity[c]"),
        ("stock", "Month", "real", "None", "None"),
    ],
)
def test_a_variable_has_domain_and_bounds(
    centers: Formulation, name: str, index: str, domain: str, lower: str, upper: str
) -> None:
    found: Variable = named(centers.variables, name)
    assert (str(found.index), found.domain, str(found.lower), str(found.upper)) == (index, domain, lower, upper)


@pytest.mark.parametrize(
    ("name", "index", "body"),
    [
        ("demand_met", "s in Store", "inflow[s] >= demand[s]"),
        ("only_if_open", "(c, s) in Lane", "implies(ship[c, s] > 0, open[c] == 1)"),
        ("carry", "t in Month if t > first(Month)", "stock[t] == stock[t - 1] + 1"),
    ],
)
def test_a_constraint_has_head_and_body(centers: Formulation, name: str, index: str, body: str) -> None:
    found: Constraint = named(centers.constraints, name)
    assert (str(found.index), str(found.body)) == (index, body)


def test_a_named_expression_stands_under_let(centers: Formulation) -> None:
    (inflow,) = centers.lets
    assert (inflow.name, inflow.unit) == ("inflow", "unit")
    assert str(inflow.expression) == "sum(ship[c, s] for (c, s2) in Lane if s2 == s)"


def test_elements_know_the_line_they_stand_on(centers: Formulation) -> None:
    place = named(centers.parameters, "budget").place
    assert (place.line, place.column) == (8, 3)


def test_sections_may_stand_in_any_order() -> None:
    blocks = [
        "sets:\n  A = {a, b}\n",
        "parameters:\n  d[A] = [1, 2]\n",
        "variables:\n  x[A]: real >= 0\n",
        "let:\n  total = sum(x[i] for i in A)\n",
        "minimize: total\n",
        "constraints:\n  c[i in A]: x[i] >= d[i]\n",
    ]
    forward = Formulation.from_text("".join(blocks))
    assert Formulation.from_text("".join(reversed(blocks))) == forward


def test_a_section_may_be_opened_twice_and_sections_may_be_missing() -> None:
    found = Formulation.from_text("variables:\n  x: real\nminimize: x\nvariables:\n  y: real")
    assert [each.name for each in found.variables] == ["x", "y"]
    assert (found.sets, found.constraints) == ([], [])


# Sets


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("{a, b}", "{a, b}"),
        ('{"Store 1", 2, b}', '{"Store 1", 2, b}'),
        ("{}", "{}"),
        ("1..12", "1..12"),
        ("cyclic 1..7", "cyclic 1..7"),
        ("cyclic {Mon, Tue}", "cyclic {Mon, Tue}"),
        ("{(a, b), (b, c)}", "{(a, b), (b, c)}"),
        ("{(i, j) for i in C for j in C if i != j}", "{(i, j) for i in C for j in C if i != j}"),
        ("{c in C if c != x}", "{c for c in C if c != x}"),
        ("C + {z}", "C + {z}"),
        ("C - {x}", "C - {x}"),
        ("C | {z} & C", "C | {z} & C"),
    ],
)
def test_a_set_is_a_literal_a_range_a_comprehension_or_set_algebra(text: str, canonical: str) -> None:
    formulation = Formulation.from_text(f"sets:\n  S = {text}\n  C = {{x, y}}")
    assert f"  S = {canonical}\n" in formulation.to_text()


def test_a_cyclic_set_is_marked_in_its_tree() -> None:
    assert members("cyclic 1..7").members == Range(Number(1), Number(7), cyclic=True)
    assert members("cyclic {Mon, Tue}").members == SetLiteral((LabelRef("Mon"), LabelRef("Tue")), cyclic=True)


def test_a_family_of_sets_is_given_one_by_one_or_by_its_index() -> None:
    found = Formulation.from_text("sets:\n  C = {x, y}\n  F[C] = {x: {p, q}, y: {r}}\n  G[c in C] = {d in C if d != c}")
    _, given, derived = found.sets
    assert [(family.index, str(family.members)) for family in given.families] == [
        (["x"], '{"p", "q"}'),
        (["y"], '{"r"}'),
    ]
    assert (str(derived.index), str(derived.members)) == ("c in C", "{d for d in C if d != c}")


def test_a_set_may_come_from_a_file() -> None:
    found = Formulation.from_text('sets:\n  A from "a.csv" (name)').sets[0]
    assert found.table == TableSource(path="a.csv", columns=["name"])


# Data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("d = 3", 3),
        ("d = -2.5", -2.5),
        ("d = 1e3", 1000),
        ("d = 25%", 0.25),
        ("d = 7%", 0.07),
        ("d = 1,000", 1000),
        ("d = 1_000", 1000),
        ("d = $400,000", 400_000),
        ("d = 3 million", 3_000_000),
        ("d = a", "a"),
        ('d = "Store 1"', "Store 1"),
    ],
)
def test_a_scalar_is_a_number_or_a_label(text: str, value: object) -> None:
    assert parameter(text).value == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("d[A] = {a: 1, b: 2}", {("a",): 1, ("b",): 2}),
        ("d[A] = [1, 2]", {("a",): 1, ("b",): 2}),
        ("d[A] = {a: 25%, b: 1/4}", {("a",): 0.25, ("b",): 0.25}),
        ("d[A] = {a: 1,000, b: 2}", {("a",): 1000, ("b",): 2}),
        ("d[A] = {a: missing, b: -}", {("a",): None}),
        (
            "d[A, B] = {a: {p: 1, q: 2}, b: {r: 3}}",
            {("a", "p"): 1, ("a", "q"): 2, ("b", "r"): 3},
        ),
        ("d[A, B] = {(a, p): 1, (b, r): 2}", {("a", "p"): 1, ("b", "r"): 2}),
        (
            "d[A, B] = [[1, 2, 3], [4, 5, 6]]",
            {("a", "p"): 1, ("a", "q"): 2, ("a", "r"): 3, ("b", "p"): 4, ("b", "q"): 5, ("b", "r"): 6},
        ),
        (
            "table d[A, B]:\n    | A | B | d |\n    | a | p | 1 |\n    | b | r | 6 |",
            {("a", "p"): 1, ("b", "r"): 6},
        ),
        (
            "table d[A, B, A]:\n    | A | B | A | d |\n    | a | p | b | 1,000 |\n    | b | r | b | 25% |",
            {("a", "p", "b"): 1000, ("b", "r", "b"): 0.25},
        ),
        (
            "table d[A, B]:\n    |   | p | q | r |\n    | a | 1 | missing | 3 |\n    | b | - | 5 | $6 |",
            {("a", "p"): 1, ("a", "q"): None, ("a", "r"): 3, ("b", "q"): 5, ("b", "r"): 6},
        ),
        ("d[a] = 3\n  d[b] = 4", {("a",): 3, ("b",): 4}),
    ],
)
def test_data_become_cells(text: str, expected: dict[tuple[object, ...], object]) -> None:
    assert cells(text) == expected


def test_the_text_may_leave_a_whole_parameter_open() -> None:
    assert parameter("d[A] = missing").missing


def test_one_value_may_hold_for_all_cells() -> None:
    found = parameter("d[A] = 7")
    assert (found.value, str(found.index)) == (7, "A")


@pytest.mark.parametrize(
    "text",
    ["d[A] = {a: 1} default 0", "table d[A, B] default 0:\n    | A | B | d |\n    | a | p | 1 |"],
)
def test_a_default_fills_the_cells_that_are_left_out(text: str) -> None:
    assert parameter(text).default == 0


def test_a_scalar_may_be_derived() -> None:
    assert str(parameter("d = 2 * e + 1\n  e = 4").expression) == "2 * e + 1"


# Objectives


def test_objectives_may_be_ranked() -> None:
    found = Formulation.from_text("variables:\n  x: real\n  y: real\nmaximize[1]: x\nminimize[2]: y").objectives
    assert [(each.sense, each.priority, each.weight) for each in found] == [
        ("maximize", 1, None),
        ("minimize", 2, None),
    ]


def test_objectives_may_be_weighted() -> None:
    text = "variables:\n  x: real\n  y: real\nminimize weight 0.3: x\nmaximize weight 2: y"
    assert [(each.sense, each.weight) for each in Formulation.from_text(text).objectives] == [
        ("minimize", 0.3),
        ("maximize", 2),
    ]


def test_an_objective_may_stand_on_lines_of_its_own() -> None:
    assert (
        Formulation.from_text("variables:\n  x: real\nminimize:\n  x\n  + 3\n").to_text().endswith("minimize: x + 3\n")
    )


# What is forgiven

FORGIVING = """
sets:
  A = {a, b}
  L = {(a, b), (b, a)}
parameters:
  d[A] = {a: 1, b: 2}
variables:
  x[A]: real >= 0
  z[A, A]: real >= 0
  y: real
minimize: y
constraints:
"""


def constrained(constraint: str) -> str:
    return f"{FORGIVING}  {constraint}\n"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("c: y = 3", "c: y == 3"),
        ("c: y => 3", "c: y >= 3"),
        ("c: y =< 3", "c: y <= 3"),
        ("c: y ≤ 3", "c: y <= 3"),
        ("c: z[a][b] <= 3", "c: z[a, b] <= 3"),
        ("c: y^2 <= 4", "c: y**2 <= 4"),
        ("c: 0.8y <= 3", "c: 0.8 * y <= 3"),
        ("c: 2(y + 1) <= 3", "c: 2 * (y + 1) <= 3"),
        ("c: sum(z[i, j] for i in A, j in A) <= 3", "c: sum(z[i, j] for i in A for j in A) <= 3"),
        ("c: sum(z[i, j] for i, j in L) <= 1", "c: sum(z[i, j] for (i, j) in L) <= 1"),
        ("c: sum{x[i] for i in A} <= 3", "c: sum(x[i] for i in A) <= 3"),
        ("c: sum{i in A} x[i] <= 3", "c: sum(x[i] for i in A) <= 3"),
        ("c: ∑(x[i] for i ∈ A) <= 3", "c: sum(x[i] for i in A) <= 3"),
        ("c: x[i] <= d[i] for i in A", "c[i in A]: x[i] <= d[i]"),
        ("c: forall i in A: x[i] <= 3", "c[i in A]: x[i] <= 3"),
        ("c: x[i] <= d[i] for i in A if d[i] > 1", "c[i in A if d[i] > 1]: x[i] <= d[i]"),
        ("c: if y >= 1 then x[a] <= 3", "c: implies(y >= 1, x[a] <= 3)"),
        ("c: y >= 1 implies x[a] <= 3", "c: implies(y >= 1, x[a] <= 3)"),
        ("c[i in A]: sum(z[i, j] for (i, j) in L) <= 1", "c[i in A]: sum(z[i, j] for (i2, j) in L if i2 == i) <= 1"),
        ("c for i in A: x[i] <= 3", "c[i in A]: x[i] <= 3"),
        ("c(i in A): x[i] <= 3", "c[i in A]: x[i] <= 3"),
        ("c{i in A}: x[i] <= 3", "c[i in A]: x[i] <= 3"),
        ("c[i in A, d[i] > 1]: x[i] <= 3", "c[i in A if d[i] > 1]: x[i] <= 3"),
        ("c: x[i] <= 3, for all i in A", "c[i in A]: x[i] <= 3"),
        ("c: y <= 3\n  for i in A: x[i] <= 3", "c: y <= 3\n  c1[i in A]: x[i] <= 3"),
        ("∀ i ∈ A: x[i] <= 3", "c1[i in A]: x[i] <= 3"),
        ("c: sum(x[i], i in A) <= 3", "c: sum(x[i] for i in A) <= 3"),
        ("c: sum_{i in A} x[i] <= 3", "c: sum(x[i] for i in A) <= 3"),
        ("c: 3 x[a] <= 3", "c: 3 * x[a] <= 3"),
        ("c: x[a], y >= 1", "c_1: x[a] >= 1\n  c_2: y >= 1"),
        ("x[a], y >= 1", "c1: x[a] >= 1\n  c2: y >= 1"),
        ("y <= 3", "c1: y <= 3"),
        ("• y <= 3", "c1: y <= 3"),
        ("1. y <= 3", "c1: y <= 3"),
        ("my limit: y <= 3", "my_limit: y <= 3"),
        ("d: y <= 3", "d_constraint: y <= 3"),
        ("- c: y <= 3", "c: y <= 3"),
        ("1. c: y <= 3", "c: y <= 3"),
        ("**c**: y <= 3", "c: y <= 3"),
    ],
)
def test_a_forgiven_constraint_is_its_canonical_spelling_and_a_note(written: str, canonical: str) -> None:
    forgiven = read_formulation(constrained(written))
    assert forgiven.formulation == Formulation.from_text(constrained(canonical))
    assert {(note.severity, note.place is not None) for note in forgiven.diagnostics} == {("note", True)}


@pytest.mark.parametrize("label", ["a", '"a"', "'a'"])
def test_a_label_may_be_bare_or_quoted(label: str) -> None:
    reading = read_formulation(constrained(f"c: x[{label}] <= 3"))
    assert reading.formulation == Formulation.from_text(constrained("c: x[a] <= 3"))
    assert list(reading.diagnostics) == []


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("x: continuous", "x: real"),
        ("x: float", "x: real"),
        ("x: int", "x: integer"),
        ("x: boolean", "x: binary"),
        ("x: in {0, 1}", "x: binary"),
        ("x >= 0", "x: real >= 0"),
        ("x: real in [0, 5]", "x: real in 0..5"),
        ("x: nonnegative", "x: real >= 0"),
        ("x: non-negative integer", "x: integer >= 0"),
        ("x", "x: real"),
        ("- x: real", "x: real"),
        ("x: integer 0..5", "x: integer in 0..5"),
        ("x: integer between 0 and 5", "x: integer in 0..5"),
        ("x: nonnegative integer >= 2", "x: integer >= 2"),
        ("x: binary {0, 1}", "x: binary"),
    ],
)
def test_a_forgiven_variable_is_its_canonical_spelling_and_a_note(written: str, canonical: str) -> None:
    reading = read_formulation(f"variables:\n  {written}")
    assert reading.formulation is not None
    assert reading.formulation.variables == [variable(canonical)]
    assert {note.code for note in reading.diagnostics} <= {"spelling", "markdown"}
    assert list(reading.diagnostics) != []


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("[a, b]", "{a, b}"),
        ("a, b", "{a, b}"),
        ("(a, b)", "{a, b}"),
        ("((a, b), (c, d))", "{(a, b), (c, d)}"),
        ("{1, 2, ..., 5}", "1..5"),
        ("range(1, 6)", "1..5"),
        ("{four-color, New York}", '{"four-color", "New York"}'),
    ],
)
def test_a_forgiven_set_is_its_canonical_spelling_and_a_note(written: str, canonical: str) -> None:
    reading = read_formulation(f"sets:\n  S = {written}\n  C = {{x, y}}")
    assert reading.formulation is not None
    assert reading.formulation.sets[0] == members(canonical)
    assert [note.severity for note in reading.diagnostics] == ["note"]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("d = 1,000", "d = 1000"),
        ("d = $5   # a price", "d = 5   # [$] a price"),
        ("d = 3 million", "d = 3000000"),
        ("d = ?", "d = missing"),
        ("d := 3", "d = 3"),
        ("d[A] = {a: 1,000, b: 2}", "d[A] = {a: 1000, b: 2}"),
        ("table d[A, B]:\n    |   | p |\n    | a | 1,000 |", "table d[A, B]:\n    |   | p |\n    | a | 1000 |"),
        ("d[a] = 3\n  d[b] = 4", "d[A] = {a: 3, b: 4}"),
        ("d[A] = (3, 4)", "d[A] = {a: 3, b: 4}"),
        ("d[A] = a: 3, b: 4", "d[A] = {a: 3, b: 4}"),
        ("d[A] = {a = 3, b => 4}", "d[A] = {a: 3, b: 4}"),
        ("d[A] =\n    | a | 3 |\n    | b | 4 |", "d[A] = {a: 3, b: 4}"),
        ("table d[A, B]:\n    | a | p | 3 |\n    | b | q | 4 |", "d[A, B] = {(a, p): 3, (b, q): 4}"),
        ("e = 1\n  * d = 3", "e = 1\n  d = 3"),
        ("e = 1\n  **d** = 3", "e = 1\n  d = 3"),
    ],
)
def test_forgiven_data_are_their_canonical_spelling_and_a_note(written: str, canonical: str) -> None:
    sets = "sets:\n  A = {a, b}\n  B = {p, q}\nparameters:\n  "
    reading = read_formulation(sets + written)
    assert reading.formulation == Formulation.from_text(sets + canonical)
    assert "note" in {note.severity for note in reading.diagnostics}


@pytest.mark.parametrize(
    "text",
    [
        "Here is the model:\n```\nvariables:\n  x: real\nminimize: x\n```\nI hope that this helps.",
        "```five\nvariables:\n  x: real\n```\nand then\n```\nminimize: x\n```",
        "Here is the model.\nvariables:\n  x: real\nminimize: x\n",
    ],
)
def test_fences_and_prose_around_a_formulation_are_put_aside_with_a_note(text: str) -> None:
    reading = read_formulation(text)
    assert reading.formulation == Formulation.from_text("variables:\n  x: real\nminimize: x")
    assert len(reading.diagnostics) == 1


@pytest.mark.parametrize("heading", ["min", "Minimize", "minimise", "**Minimize**"])
def test_the_objective_may_be_headed_as_elsewhere(heading: str) -> None:
    assert Formulation.from_text(f"variables:\n  x: real\n{heading}: x").objectives[0].sense == "minimize"


@pytest.mark.parametrize("heading", ["subject to:", "s.t.:", "Constraints:", "## Constraints", "Such that"])
def test_the_constraints_may_be_headed_as_elsewhere(heading: str) -> None:
    found = Formulation.from_text(f"variables:\n  x: real\nminimize: x\n{heading}\n  c: x >= 1")
    assert [each.name for each in found.constraints] == ["c"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_and_a_byte_order_mark_change_nothing(ending: str) -> None:
    text = "\ufeff" + "variables:\n  x: real\nminimize: x\n".replace("\n", ending)
    assert Formulation.from_text(text) == Formulation.from_text("variables:\n  x: real\nminimize: x")


def test_an_expression_may_go_on_over_several_lines() -> None:
    text = (
        "variables:\n  x: real\n  y: real\nminimize: x\nconstraints:\n  c: (x\n    + y\n  ) <= 3\n  d: x +\n    y <= 4"
    )
    assert [str(each.body) for each in Formulation.from_text(text).constraints] == ["x + y <= 3", "x + y <= 4"]


def test_keywords_of_python_are_names_and_case_counts() -> None:
    found = Formulation.from_text(
        "sets:\n  Lane = {a}\nvariables:\n  lane[Lane]: real\n  lambda: real\nminimize: lambda"
    )
    assert [each.name for each in found.variables] == ["lane", "lambda"]


def test_the_index_of_a_head_has_names() -> None:
    constraint = Formulation.from_text(CENTERS).constraints[1]
    assert isinstance(constraint.index, Head)
    assert constraint.index.names == ("c", "s")
