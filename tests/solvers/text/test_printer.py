"""The printer: one canonical form of every construct."""

import pytest

from steepest.solvers.formulation import Formulation
from steepest.solvers.text.printer import print_formulation

CANONICAL = """# Where to open centers
sets:
  Store = {"Store 1", "Store 2"}
  Month = 1..12
  Day = cyclic {Mon, Tue}
  Center = {north, south}
  Lane = {(c, s) for c in Center for s in Store if ship_cost[c, s] < 9}
  Served[Center] = {north: {"Store 1"}, south: {"Store 1", "Store 2"}}
  Later[t in Month] = {k for k in Month if k > t}
  Depot from "depots.csv" (name)
parameters:
  budget = 400000   # [$] "a budget of $400,000"
  share = 0.25   # "at most a quarter" assumed per month
  rate = missing   # [$/h] not in the text
  start = north
  weight[Day] = {Mon: 1, Tue: 2.5} default 0
  table Center:
    | Center | opening [$] | capacity [unit] |
    | north  | 151000      | 1187            |
    | south  | 192000      | -               |
  table ship_cost[Center, Store]:   # [$/unit]
    |       | Store 1 | Store 2 |
    | north | 3       | 3       |
    | south | 4       | missing |
  table sparse[Center, Store, Day] default 0:
    | Center | Store   | Day | sparse |
    | north  | Store 1 | Mon | 1      |
    | north  | Store 2 | Tue | 2      |
    | south  | Store 1 | Mon | 3      |
    | south  | Store 2 | Tue | 4      |
    | south  | Store 1 | Tue | 5      |
  table demand[Store] from "demand.csv" (store, "units sold")
  slack[c in Center] = capacity[c] - 100   # derived
variables:
  ship[Lane]: real >= 0   # [unit]
  open[Center]: binary
  lot[c in Center]: integer in 0..capacity[c]
  pack: semicontinuous in 2..5
  free: real
  least: real <= 9
let:
  inflow[s in Store] = sum(ship[c, s] for (c, s2) in Lane if s2 == s)   # [unit]
maximize[1]: free
minimize[2] weight 0.5: sum(opening[c] * open[c] for c in Center)   # [$] "least cost"
constraints:
  met[s in Store]: inflow[s] >= demand[s]   # "every store must get what it ordered"
  only_if_open[(c, s) in Lane]: implies(ship[c, s] > 0, open[c] == 1)
  band: 1 <= free <= 9
  one: either(free <= 1, free >= 3)
  some: exactly(1, open[north] == 1, open[south] == 1)
  carry[c in Center if c != north]: open[c] <= open[north]
"""


def test_the_canonical_form_of_every_construct_prints_as_itself() -> None:
    assert print_formulation(Formulation.from_text(CANONICAL)) == CANONICAL


def canonical(text: str, head: str = "") -> str:
    """The last line that is printed for a text."""
    return Formulation.from_text(head + text).to_text().splitlines()[-1].strip()


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("  A = { a ,b }", "A = {a, b}"),
        ("  A = {'a', \"b\"}", "A = {a, b}"),
        ('  A = {"Store 1", "four-color", "007", 7}', 'A = {"Store 1", "four-color", "007", 7}'),
        ('  A = {"for", "in", "sum", "pi"}', 'A = {"for", "in", sum, "pi"}'),
        ('  A = {"A", b}', 'A = {"A", b}'),
        ("  A = 1 .. 12", "A = 1..12"),
        ("  A = (1..3) | (7..9)", "A = 1..3 | 7..9"),
    ],
)
def test_a_set_prints_its_labels_bare_where_they_may_be(written: str, printed: str) -> None:
    assert canonical(f"sets:\n{written}") == printed


def test_a_label_that_an_index_hides_is_quoted() -> None:
    text = 'sets:\n  A = {"i", b}\nvariables:\n  x[A]: real\nminimize: x["i"] + x[b] + sum(x[i] for i in A)'
    printed = Formulation.from_text(text).to_text()
    assert '  A = {"i", b}\n' in printed
    assert 'minimize: x["i"] + x[b] + sum(x[i] for i in A)\n' in printed


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("d = 1000.0", "d = 1000"),
        ("d = 1/4", "d = 1 / 4"),
        ("d = 25%", "d = 0.25"),
        ("d = 1e30", "d = 1e+30"),
        ("d = -3", "d = -3"),
        ("d = ?", "d = missing"),
        ('d = "missing"', 'd = "missing"'),
        ("d = 2*(3+4)", "d = 2 * (3 + 4)"),
        ("d[i in {a, b}] = {b: 2, a: 1}", "d[i in {a, b}] = {b: 2, a: 1}"),
    ],
)
def test_data_print_as_plain_numbers_and_words(written: str, printed: str) -> None:
    assert canonical(f"parameters:\n  {written}") == printed


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("x <= 5, >= 0", "x: real in 0..5"),
        ("x: real >= -1", "x: real >= -1"),
        ("x: integer in [0, 2 * 3]", "x: integer in 0..2 * 3"),
        ("x: real <= (1 if 1 < 2 else 3)", "x: real <= (1 if 1 < 2 else 3)"),
        ("x: real in (1 if 1 < 2 else 3)..5", "x: real in (1 if 1 < 2 else 3)..5"),
    ],
)
def test_a_variable_prints_its_bounds_in_one_form(written: str, printed: str) -> None:
    assert canonical(f"variables:\n  {written}") == printed


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("((x))+(y)*2", "x + y * 2"),
        ("(x+y)*2", "(x + y) * 2"),
        ("x-(y-x)", "x - (y - x)"),
        ("x-(y+x)-y", "x - (y + x) - y"),
        ("x/(y/x)", "x / (y / x)"),
        ("(-x)**2", "(-x)**2"),
        ("-x^2", "-x**2"),
        ("2**(-x)", "2**-x"),
        ("(x**y)**x", "(x**y)**x"),
        ("(x if 1<2 else y)+1", "(x if 1 < 2 else y) + 1"),
        ("sum((x*k) for k in 1..3 if (k>1))", "sum(x * k for k in 1..3 if k > 1)"),
    ],
)
def test_parentheses_print_only_where_reading_needs_them(written: str, printed: str) -> None:
    assert canonical(f"minimize: {written}", "variables:\n  x: real\n  y: real\n") == f"minimize: {printed}"


@pytest.mark.parametrize(
    ("comment", "printed"),
    [
        ("# [kg]", "# [kg]"),
        ("# kg", "# [kg]"),
        ('# $/item: "a profit of $3"', '# [$/item] "a profit of $3"'),
        ('#   "one"   "two"  and   more', '# "one" "two" and more'),
        ("# “at most 3”", '# "at most 3"'),
        ("#", ""),
    ],
)
def test_a_comment_prints_unit_then_quotes_then_prose(comment: str, printed: str) -> None:
    assert canonical(f"parameters:\n  d = 3 {comment}") == f"d = 3   {printed}".rstrip()


def test_sections_print_in_one_order_and_empty_ones_not_at_all() -> None:
    text = "constraints:\n  c: x >= 1\nminimize: x\nvariables:\n  x: real\n"
    assert Formulation.from_text(text).to_text() == "variables:\n  x: real\nminimize: x\nconstraints:\n  c: x >= 1\n"


def test_a_formulation_without_anything_prints_as_a_text_that_reads() -> None:
    assert Formulation.from_text(Formulation().to_text()) == Formulation()


def test_long_data_print_as_a_table_and_short_data_in_braces() -> None:
    names = ", ".join(f"item_{k}: {k}" for k in range(30))
    members = ", ".join(f"item_{k}" for k in range(30))
    printed = Formulation.from_text(f"sets:\n  A = {{{members}}}\nparameters:\n  d[A] = {{{names}}}").to_text()
    assert "  table d[A]:\n    | A       | d  |\n    | item_0  | 0  |\n" in printed


def test_printing_leaves_the_formulation_as_it_was() -> None:
    formulation = Formulation.from_text(CANONICAL)
    before = formulation.model_copy(deep=True)
    print_formulation(formulation)
    assert formulation == before
