from decimal import Decimal

import pytest

from steepest.cli.report import Cost, Report
from steepest.cli.text_output import cost_line, diagnostics, render
from steepest.solvers.diagnostics import Diagnostic, Place
from steepest.solvers.display import assumptions_of
from steepest.solvers.formulation import Constraint, Formulation, Objective, Parameter, Variable
from steepest.solvers.solution import BindingConstraint, Solution, VariableValue


@pytest.fixture
def bakery() -> Formulation:
    return Formulation(
        title="How many loaves to bake",
        parameters=[Parameter(name="flour", value=40, unit="kg", note="assumed: only today's flour counts")],
        variables=[Variable(name="bake", domain="integer", unit="loaf", note="loaves baked today")],
        objectives=[Objective(sense="maximize", expression="3 * bake", unit="$")],
        constraints=[Constraint(name="stock", body="0.5 * bake <= flour", quotes=["40 kg of flour"])],
    )


SOLVED = Solution(
    status="optimal",
    objective=240.0,
    variables=[VariableValue("bake", (), 80.0, "loaf")],
    binding=[BindingConstraint("stock", (), 40.0, None, 40.0)],
)


def test_a_solved_problem_is_told_from_title_to_cost(bakery: Formulation) -> None:
    report = Report(
        "solved",
        bakery,
        SOLVED,
        assumptions=assumptions_of(bakery),
        explanation="Bake 80 loaves.",  # the same in words: not told twice
        cost=Cost("local", calls=2, input_tokens=1500, output_tokens=300, money=Decimal(0)),
        seconds=12.34,
        faces={"formulation": "maximize: 3 * bake\n"},
    )

    assert (
        render(report)
        == """\
How many loaves to bake
solved
maximized objective: 240 $

variables
  bake  80  loaf  loaves baked today

binding constraints
  stock  40 <= 40  "40 kg of flour"

assumptions
  - flour: assumed: only today's flour counts

formulation
  maximize: 3 * bake

took 12.3 s, 2 calls of local, 1,500 tokens read, 300 written, free"""
    )


def test_an_answer_found_before_the_limit_is_shown_with_its_bound(bakery: Formulation) -> None:
    solution = Solution(status="time_limit", message="stopped early", objective=230.0, bound=240.0, gap=0.0435)

    text = render(Report("stopped", bakery, solution))

    assert "stopped at a limit before the end" in text
    assert "maximized objective: 230 $ (best found; bound 240, gap 4.35%)" in text
    assert "stopped early" in text


@pytest.mark.parametrize(
    ("outcome", "status", "said"),
    [
        ("infeasible", "infeasible", "no answer meets every constraint"),
        ("unbounded", "unbounded", "a limit is missing"),
    ],
)
def test_an_answer_that_is_none_is_told_in_words(bakery: Formulation, outcome: str, status: str, said: str) -> None:
    text = render(Report(outcome, bakery, Solution(status=status)))

    assert said in text
    assert "variables" not in text


def test_without_numbers_the_explanation_tells_it_all() -> None:
    report = Report("not_a_problem", explanation="This is no optimization problem: it asks for a poem.", seconds=2)

    assert render(report) == "not a problem\n\nThis is no optimization problem: it asks for a poem.\n\ntook 2.0 s"


def test_an_equation_is_not_told_as_binding(bakery: Formulation) -> None:
    solution = Solution(status="optimal", objective=1.0, binding=[BindingConstraint("stock", (), 4.0, 4.0, 4.0)])

    assert "binding" not in render(Report("solved", bakery, solution))


def test_a_long_answer_is_cut_with_a_count() -> None:
    solution = Solution(
        status="optimal",
        variables=[VariableValue("x", (i,), float(i < 3)) for i in range(200)],
        binding=[BindingConstraint("limit", (i,), 1.0, None, 1.0) for i in range(200)],
    )

    text = render(Report("solved", None, solution))

    assert "  x[2]  1\n  ... and 197 more, of them 197 at 0; --format json shows all" in text
    assert "... and 180 more; --format json shows all" in text


def test_missing_data_are_listed() -> None:
    text = render(Report("missing_data", missing=["rate [$/h] (give it with --data rate=NUMBER)"]))

    assert "missing data\n  - rate [$/h] (give it with --data rate=NUMBER)" in text


def test_a_told_answer_that_lacks_data_says_how_to_give_them() -> None:
    text = render(Report("missing_data", missing=["rate [$/h]"], explanation="What is missing:\n- rate [$/h]"))

    assert "- rate [$/h]\n\nGive what is missing with --data NAME=VALUE" in text


def test_a_finding_in_a_file_begins_with_its_place() -> None:
    found = Diagnostic(
        code="unknown-name",
        severity="error",
        message="`flor` is not declared",
        element="constraint stock",
        place=Place(line=3, column=8),
        repair="write `flour`",
    )

    assert diagnostics([found], "bakery.five") == (
        "bakery.five:3:8: error[unknown-name] constraint stock: `flor` is not declared\n  repair: write `flour`"
    )
    assert diagnostics([found]) == str(found)


@pytest.mark.parametrize(
    ("cost", "line"),
    [
        (None, "took 1.0 s"),
        (Cost("m", 1, 10, 5, None), "took 1.0 s, 1 call of m, 10 tokens read, 5 written, cost unknown"),
        (Cost("m", 2, None, None, Decimal("0.0123")), "took 1.0 s, 2 calls of m, tokens unknown, 0.0123 $"),
    ],
)
def test_what_is_not_known_of_the_cost_is_said_to_be_unknown(cost: Cost | None, line: str) -> None:
    assert cost_line(cost, 1.0) == line


def test_an_answer_within_a_gap_says_so(bakery: Formulation) -> None:
    solution = Solution(status="optimal", objective=390.0, bound=395.5, gap=0.0141)
    assert "(within a gap of 1.4 %, bound 395.5)" in render(Report("solved", bakery, solution))


def test_what_the_headline_says_is_not_said_again(bakery: Formulation) -> None:
    solution = Solution(status="unbounded", message="the objective can be improved without end: a limit is missing")
    assert render(Report("unbounded", bakery, solution)).count("without end") == 1
