"""An earlier answer as the start of a solve: matched by name and index, the rest left open."""

import numpy as np

from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution
from steepest.solvers.starts import start_values
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation

MODEL = """
sets:
  Site = {%s}
variables:
  build[Site]: binary
  amount[i in 1..3]: integer in 0..5
  total: real >= 0
maximize: sum(build[s] for s in Site) + total
constraints:
  sum_up: total == sum(amount[i] for i in 1..3)
  most: sum(build[s] for s in Site) <= 2
"""


def compiled(text: str) -> CompiledModel:
    formulation = Formulation.from_text(text)
    return compile_formulation(formulation, bind(formulation))


def answer(text: str) -> Solution:
    return Formulation.from_text(text).solve()


def test_an_answer_of_the_same_formulation_gives_every_value() -> None:
    text = MODEL % "north, south, west"
    start = answer(text)
    values = start_values(compiled(text), start)
    assert values is not None
    assert values.tolist() == [each.value for each in start.variables]


def test_what_the_earlier_problem_did_not_have_is_left_open() -> None:
    values = start_values(compiled(MODEL % "south, east"), answer(MODEL % "north, south, west"))
    assert values is not None
    assert np.isnan(values).tolist() == [False, True, False, False, False, False]


def test_an_answer_without_values_or_with_none_that_fits_is_no_start() -> None:
    model = compiled(MODEL % "south, east")
    other = answer("variables:\n  speed: real in 1..2\nmaximize: speed")
    assert start_values(model, None) is None
    assert start_values(model, Solution(status="infeasible")) is None
    assert start_values(model, other) is None


def test_auxiliary_columns_are_left_open_and_found() -> None:
    text = "variables:\n  x: integer in 0..9\n  y: integer in 0..9\nminimize: abs(x - 4) + max(y, 3) - x * y / 10"
    start = answer(text)
    model = compiled(text)
    values = start_values(model, start)
    assert values is not None
    assert np.isnan(values[2:]).all()
    again = Formulation.from_text(text).solve(start=start)
    assert (again.status, again.objective) == ("optimal", start.objective)


def test_a_start_of_a_similar_problem_changes_nothing_about_the_answer() -> None:
    start = answer(MODEL % "north, south, west")
    assert Formulation.from_text(MODEL % "south, east, up").solve(start=start).objective == 17


def test_a_start_of_which_nothing_fits_is_told() -> None:
    other = answer("variables:\n  y: integer in 0..3\nmaximize: y\n")
    solution = Formulation.from_text(MODEL % "north, south").solve(start=other)
    assert solution.note == "the start was not used: none of its values has the name and index of a variable here"
    assert solution.note in repr(solution)
    assert solution.note in solution._repr_html_()


def test_the_answers_between_two_ranks_are_no_start_of_the_users() -> None:
    text = "variables:\n  x: real in 0..9\n  y: real in 0..9\n%s: x + y\n%s: (x - 1) ** 2\n"
    formulation = Formulation.from_text(text % ("maximize[1]", "minimize[2]"))
    assert formulation.solve().note == ""


def test_a_ratio_and_a_monotone_objective_take_a_start() -> None:
    for objective in ("maximize: (2 * x + 1) / (x + 4)", "maximize: log(3 * x + 1)"):
        text = f"variables:\n  x: integer in 1..30\n{objective}\n"
        start = answer(text)
        assert Formulation.from_text(text).solve(start=start).objective == start.objective
