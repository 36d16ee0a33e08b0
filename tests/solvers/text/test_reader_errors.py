"""What the reader refuses: each finding has code, element, place and repair, and no text makes it raise."""

import pytest

from steepest.solvers.diagnostics import Diagnostic, FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.text.lines import MAX_CHARACTERS
from steepest.solvers.text.reader import read_formulation

DECLARED = """sets:
  A = {a, b}
  B = {p, q, r}
  L = {(a, p), (b, q)}
  Color = {"four-color", plain}
variables:
  make[Color]: real >= 0
  z[A, B]: real >= 0
  y: real
minimize: y
"""
"""Ten lines: what is appended starts on line 11, and its elements on line 12."""


def findings(text: str) -> list[Diagnostic]:
    reading = read_formulation(text)
    assert reading.formulation is None
    return reading.diagnostics.errors


def only_finding(text: str) -> Diagnostic:
    (found,) = findings(text)
    return found


@pytest.mark.parametrize(
    ("constraint", "code", "column", "repair"),
    [
        ("c: y < 3", "strict-inequality", 6, "`y <= 3`"),
        ("c: y >= 1 and y > 3", "strict-inequality", 17, "`y >= 3`"),
        ("c: implies(y > 1, y < 3)", "strict-inequality", 21, "`y <= 3`"),
        ("c: make[four-color] <= 3", "label-hyphen", 11, '"four-color"'),
        ("c: sum(z[a, j] for (a, j) in L) <= 3", "pattern-constant", 6, 'for (a2, j) in L if a2 == "a"'),
        ("c[i in A, i in A]: y <= 3", "index-twice", 3, "i2 == i"),
        ("c: y <= cost(3)", "unknown-function", 11, "`cost[i]`"),
        ("c: y <= 3 if y", "syntax", 13, "implies(condition, constraint)"),
        ("c: y <= 1,000", "syntax", 12, "1000"),
        ("c: y <= max(y, 1,000,000)", "syntax", 19, "1000000"),
        ("c: y <= ...", "syntax", 11, "`missing`"),
        ('c: y <= make["plain', "syntax", 16, '"label"'),
        ("c: y <= New York", "syntax", 15, '"New York"'),
        ("- y <= 3", "ambiguous-minus", 3, "`name: -y <= 3`"),
        ("- z[a, p] <= 3", "ambiguous-minus", 3, "`name: -z[a, p] <= 3`"),
        ("c: y <= 3 for i in A: z[i, p] <= 3", "syntax", 23, "a line of its own"),
        ("c: 3 y <= 3", "syntax", 8, "3 * y"),
        ("y + 1 <= 2: y <= 3", "syntax", 3, "name: left <= right"),
    ],
)
def test_a_constraint_is_refused_with_place_and_repair(constraint: str, code: str, column: int, repair: str) -> None:
    found = only_finding(f"{DECLARED}constraints:\n  {constraint}")
    assert found.code == code
    assert found.place is not None
    assert (found.place.line, found.place.column) == (12, column)
    assert repair in (found.repair or "")
    if constraint.startswith("c"):
        assert found.element == "constraint c"


@pytest.mark.parametrize(
    ("parameter", "code", "place", "repair"),
    [
        ("d[A] = [1, 2, 3]", "list-length", (12, 10), "{label: value, ...}"),
        ("d[A] = [400,000, 2]", "list-length", (12, 10), "no comma between thousands"),
        ("d[A] = [[1, 2], [3, 4]]", "list-depth", (12, 11), "or a table"),
        ("d[L2] = [1, 2]", "list-order", (12, 11), "{label: value, ...}"),
        ("d[A] = {a: 1, a: 2}", "duplicate-cell", (12, 3), "keep one"),
        ("d[A] = {a: 1, b: ...}", "data", (12, 20), "`missing`"),
        ("d =", "empty-table", (12, 3), "`d = missing`"),
        ("d the price", "syntax", (12, 4), "`d = value`"),
        ("d(A) = {a: 1, b: 2}", "syntax", (12, 4), "`d[A]`"),
        ("d = 1,5", "data", (12, 3), "1.5"),
        (
            "table d[A, B]:\n    |   | p | q |\n    | a | 1 |\n    | b | 1 | 2 |",
            "lost-cell",
            (14, 5),
            "one cell for each column",
        ),
        ("table d[A, B]:\n    |   | a | b |\n    | p | 1 | 2 |\n    | q | 3 | 4 |", "swapped-axes", (13, 5), "d[B, A]"),
        ("table d[A, B]:", "empty-table", (12, 3), "| label | value |"),
        ("table d[A, B]:\n    |---|---|", "empty-table", (12, 3), "| label | value |"),
        ("table d[A, A, B]:\n    | A | d |\n    | a | 1 |", "table-shape", (13, 5), ""),
    ],
)
def test_data_are_refused_with_place_and_repair(
    parameter: str, code: str, place: tuple[int, int] | None, repair: str
) -> None:
    found = only_finding(f"{DECLARED}parameters:\n  {parameter}")
    assert found.code == code
    assert found.element in ("parameter d", "table d")
    assert repair in (found.repair or "")
    if place is not None:
        assert found.place is not None
        assert (found.place.line, found.place.column) == place


@pytest.mark.parametrize(
    ("variable", "code", "column", "repair"),
    [
        ("x: real > 0", "strict-inequality", 11, "`>= 0`"),
        ("x: bla", "syntax", 6, "`semicontinuous`"),
        ("x: real = 3", "variable-value", 11, "name: x == value"),
        ("x = 3", "variable-value", 3, "`let:`"),
        ("x: real >= 1, >= 2", "syntax", 17, "max(a, b)"),
        ("x: real in 5", "syntax", 11, "a..b"),
    ],
)
def test_a_variable_is_refused_with_place_and_repair(variable: str, code: str, column: int, repair: str) -> None:
    found = only_finding(f"{DECLARED}variables:\n  {variable}")
    assert (found.code, found.element) == (code, "variable x")
    assert found.place is not None
    assert (found.place.line, found.place.column) == (12, column)
    assert repair in (found.repair or "")


@pytest.mark.parametrize(
    ("sets", "code", "element", "line"),
    [
        ("  S = {a}\n  S = {b}", "declared-twice", "set S", 3),
        ("  Lane = {a}\n  lane = {b}", "case", "set lane", 3),
        ("  S = {((a, b), (c, d))}", "nested-tuple", "set S", 2),
        ("  S =", "syntax", "set S", 2),
    ],
)
def test_a_set_is_refused_with_place_and_repair(sets: str, code: str, element: str, line: int) -> None:
    found = only_finding(f"sets:\n{sets}")
    assert (found.code, found.element) == (code, element)
    assert found.place is not None
    assert found.place.line == line
    assert found.repair


def test_a_name_has_one_meaning_across_the_sections() -> None:
    found = only_finding("parameters:\n  cost = 3\nvariables:\n  cost: real\nminimize: cost")
    assert (found.code, found.element) == ("declared-twice", "variable cost")
    assert "first on line 2" in found.message


def test_an_unknown_section_is_told_with_those_that_exist() -> None:
    found = only_finding("variables:\n  x: real\nminimize: x\ngoals:\n  x >= 3")
    assert (found.code, found.place and found.place.line) == ("unknown-section", 4)
    assert "`constraints:`" in (found.repair or "")


def test_an_objective_needs_a_sense_and_an_expression() -> None:
    assert only_finding("variables:\n  x: real\nobjective: x").code == "no-sense"
    assert only_finding("variables:\n  x: real\nminimize:").element == "objective"


def test_all_errors_are_told_at_once() -> None:
    text = """sets:
  S = {a, b
parameters:
  d[A] = {a: 1, a: 2}
variables:
  x: bla
minimize: x +
constraints:
  c: x < 3
  e: x <= (3
"""
    found = findings(text)
    assert {error.element for error in found} >= {"set S", "parameter d", "variable x", "objective", "constraint e"}
    assert {error.place.line for error in found if error.place} >= {2, 4, 6, 7, 9, 10}


def test_a_bad_element_does_not_hide_the_name_it_declares() -> None:
    found = only_finding("variables:\n  x: bla\nminimize: x\nconstraints:\n  c: x >= 1")
    assert found.element == "variable x"


def test_from_text_raises_what_reading_finds() -> None:
    with pytest.raises(FormulationError, match=r"strict-inequality.*line 12") as caught:
        Formulation.from_text(f"{DECLARED}constraints:\n  c: y < 3")
    assert [each.code for each in caught.value.diagnostics] == ["strict-inequality"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty-text"),
        (" \n\t\r\n", "empty-text"),
        ("\ufeff", "empty-text"),
        ("\0", "not-text"),
        ("minimize: x\n\0", "not-text"),
        ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not-text"),
        ("The store sells three apples. How many should it buy?", "no-formulation"),
        ("```\nprint('hello')\n```", "no-formulation"),
        ("x" * (MAX_CHARACTERS + 1), "too-long"),
        ("minimize: " + "(" * 10_000, "too-deep"),
        ("minimize: " + "(" * 10_000 + "x" + ")" * 10_000, "too-deep"),
        ("minimize: " + "x[" * 10_000, "too-deep"),
        ("minimize: " + "-" * 10_000 + "x", "too-deep"),
        ("minimize: " + "not " * 10_000 + "x", "too-deep"),
        ("minimize: " + "**".join(["x"] * 10_000), "too-deep"),
        ("minimize: " + "*".join(["x"] * 10_000), "too-deep"),
        ("minimize: " + "x" * 200_001, "too-long"),
        ("sets:\n  A = " + "{" * 10_000, "too-deep"),
        ("sets:\n  A = {1}\nparameters:\n  d[A] = " + "[" * 10_000 + "]" * 10_000, "data"),
        ("minimize: [" * 10_000, "syntax"),
        ('minimize: "abc', "syntax"),
        ("minimize: 'abc", "syntax"),
        ("sets:\n  A = {a, b", "syntax"),
        ("minimize: (x + 1", "syntax"),
        ("minimize: x[1", "syntax"),
        ("minimize: sum(x[i] for i in A", "syntax"),
        ("parameters:\n  d = 1e999", "data"),
        ("parameters:\n  d[A] = {a: 1", "syntax"),
        ("constraints:\n  c[i in A: x <= 1", "syntax"),
        ("variables:\n  x[A: real", "syntax"),
        ("minimize: x\u2028@", "syntax"),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_bad_input_ends_in_a_diagnostic(text: str, code: str) -> None:
    assert code in {error.code for error in findings(text)}


def test_what_is_nested_too_deep_is_told_with_its_element() -> None:
    found = only_finding(
        "variables:\n  x: real\nminimize: x\nconstraints:\n  deep: " + "(" * 500 + "x" + ")" * 500 + " <= 1"
    )
    assert (found.code, found.element, found.place and found.place.line) == ("too-deep", "constraint deep", 5)
    assert found.repair is not None
    assert "`let:`" in found.repair


def test_the_name_of_the_source_is_in_the_message() -> None:
    found = read_formulation("nothing here", source="plan.five").diagnostics.errors
    assert "plan.five" in found[0].message


@pytest.mark.parametrize(
    "parameter",
    [
        "n[A] = {a: 1} default 1e400",
        "table n[A, B] default 1e400:\n    | | p |\n    | a | 1 |",
        "n[A] = {a: 1e308 million}",
        "n[A] = {a: " + "9" * 400 + "%}",
        "n[A] = {a: 1e300/1e-300}",
        "n = 1e999999999 million",
        "n = 1/0 kg",
    ],
)
def test_a_number_that_is_none_is_told_with_its_place(parameter: str) -> None:
    finding = only_finding(f"{DECLARED}parameters:\n  {parameter}\n")
    assert finding.code == "data"
    assert finding.place is not None
    assert "too large" in finding.message or "divides by zero" in finding.message


@pytest.mark.parametrize("marks", ["` `", "- ` `", "** **"])
def test_marks_around_nothing_are_no_statement(marks: str) -> None:
    assert findings(f"{DECLARED}constraints:\n  {marks}\n")[0].place is not None
