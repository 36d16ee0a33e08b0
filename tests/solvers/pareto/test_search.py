"""Fronts: every point of small integer problems by brute force, even grids elsewhere, and every way to end early."""

from dataclasses import replace
from itertools import combinations
from random import Random

import pytest

from steepest.errors import InputError
from steepest.solvers.control import SolveControl
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.pareto import search
from steepest.solvers.pareto.front import ParetoBudget
from steepest.solvers.pareto.search import pareto_front

PLANE = """\
variables:
  x: real in 0..10
  y: real in 0..10
maximize: 3 * x + y   # [$] profit
maximize: x + 4 * y   # [kg] output
constraints:
  c: x + y <= 12
"""


def knapsack(values: list[float], risks: list[float], most: int) -> Formulation:
    places = range(1, len(values) + 1)
    cells = [
        ", ".join(f"{place}: {each}" for place, each in zip(places, some, strict=True)) for some in (values, risks)
    ]
    return Formulation.from_text(
        f"""\
sets:
  P = 1..{len(values)}
parameters:
  value[P] = {{{cells[0]}}}
  risk[P] = {{{cells[1]}}}
variables:
  take[P]: binary
maximize: sum(value[p] * take[p] for p in P)
minimize: sum(risk[p] * take[p] for p in P)
constraints:
  few: sum(take[p] for p in P) <= {most}
"""
    )


def by_brute_force(values: list[float], risks: list[float], most: int) -> list[tuple[float, float]]:
    chosen = [picked for count in range(most + 1) for picked in combinations(range(len(values)), count)]
    points = {(sum(values[p] for p in picked), sum(risks[p] for p in picked)) for picked in chosen}
    best = {point for point in points if not any(o != point and o[0] >= point[0] and o[1] <= point[1] for o in points)}
    return sorted(best, reverse=True)


@pytest.mark.parametrize("seed", range(6))
def test_every_point_of_an_integer_problem_is_found(seed: int) -> None:
    source = Random(seed)
    values, risks = ([float(source.randint(1, 20)) for _ in range(7)] for _ in range(2))
    front = pareto_front(knapsack(values, risks, 3))
    assert front.status == "complete"
    assert [point.values for point in front.points] == by_brute_force(values, risks, 3)
    assert [point.best_in for point in front.extremes] == [(0,), (1,)]


def test_every_point_is_found_where_one_objective_has_no_steps() -> None:
    values, risks = [3.1415926, 2.7182818, 1.4142135, 5.0000001], [2.5, 1.25, 0.75, 4.0]
    front = pareto_front(knapsack(values, risks, 4))
    assert front.is_complete
    expected = [number for point in by_brute_force(values, risks, 4) for number in point]
    assert [number for point in front.points for number in point.values] == pytest.approx(expected)


def test_points_far_apart_come_first_so_that_a_stopped_search_has_some_of_all_parts() -> None:
    source = Random(1)
    values, risks = ([float(source.randint(100, 999)) for _ in range(10)] for _ in range(2))
    front = pareto_front(knapsack(values, risks, 9), budget=ParetoBudget(solves=18))
    assert front.status == "stopped"
    assert front.solves <= 18
    assert "18 solves" in front.left_out[0].reason
    span = front.nadir[1] - front.ideal[1]  # type: ignore[index]
    gaps = [b.values[1] - a.values[1] for a, b in zip(front.points[1:], front.points, strict=False)]
    assert max(gaps) < span / 4
    everything = by_brute_force(values, risks, 9)
    assert {point.values for point in front.points} <= set(everything)


def test_a_continuous_front_is_sampled_evenly() -> None:
    front = pareto_front(Formulation.from_text(PLANE), points=5)
    assert front.status == "sampled"
    assert [point.values[1] for point in front.points] == pytest.approx([18, 24, 30, 36, 42])
    assert front.ideal == pytest.approx((32, 42))
    assert front.nadir == pytest.approx((16, 18))
    assert [(each.name, each.unit) for each in front.objectives] == [("profit", "$"), ("output", "kg")]


def test_an_answer_of_the_front_is_one_of_the_formulation() -> None:
    point = pareto_front(Formulation.from_text(PLANE), points=3).points[1]
    assert [(each.sense, each.unit) for each in point.solution.objectives] == [("maximize", "$"), ("maximize", "kg")]
    assert point.solution.objective == point.values[0]
    assert [(each.name, each.dual) for each in point.solution.binding] == [("c", None)]


def test_three_objectives_are_limited_by_a_grid_and_no_point_is_dominated() -> None:
    front = pareto_front(Formulation.from_text(PLANE.replace("constraints", "minimize: x + y\nconstraints")), points=4)
    signs = [each.sign for each in front.objectives]
    costs = [tuple(sign * value for sign, value in zip(signs, point.values, strict=True)) for point in front.points]
    assert len(front.points) > 6
    assert not any(
        one != other and all(a <= b + 1e-9 for a, b in zip(one, other, strict=True)) for one in costs for other in costs
    )


def test_nonlinear_objectives_keep_the_form_that_makes_them_easy() -> None:
    text = """\
variables:
  x: real in 1..10
  y: real in 1..10
maximize: x / y
maximize: log(y)
"""
    front = pareto_front(Formulation.from_text(text), points=4)
    assert [point.values[0] for point in front.points] == pytest.approx([10, 10 ** (2 / 3), 10 ** (1 / 3), 1], rel=1e-5)


def test_logic_goes_with_objectives_that_are_made_linear() -> None:
    text = """\
variables:
  x: integer in 0..6
  y: integer in 0..6
minimize: abs(x - 4) + abs(y - 4)
minimize: max(x, y)
constraints:
  c: implies(x <= 2, y >= 3)
"""
    front = pareto_front(Formulation.from_text(text))
    assert front.is_complete
    assert [point.values for point in front.points] == [(0, 4), (2, 3)]


def test_objectives_that_do_not_conflict_have_one_point() -> None:
    front = pareto_front(Formulation.from_text("variables:\n  x: real in 0..5\nmaximize: x\nmaximize: 2 * x\n"))
    assert (front.status, [point.values for point in front.points]) == ("complete", [(5, 10)])
    assert front.points[0].best_in == (0, 1)


def test_priorities_and_weights_do_not_count() -> None:
    ranked = PLANE.replace("maximize: 3", "maximize[1]: 3").replace("maximize: x", "maximize[2]: x")
    assert len(pareto_front(Formulation.from_text(ranked), points=3).points) == 3


@pytest.mark.parametrize(
    ("constraint", "status", "words"),
    [("x <= 5\n  d: x >= 7", "infeasible", "no answer"), ("y <= 5 + x", "unbounded", "profit")],
)
def test_a_front_without_extremes_says_why(constraint: str, status: str, words: str) -> None:
    text = "variables:\n  x: real >= 0\n  y: real in 0..3\nmaximize: x   # [$] profit\nminimize: y\nconstraints:\n  c: "
    front = pareto_front(Formulation.from_text(text + constraint))
    assert (front.status, front.points, front.ideal) == (status, (), None)
    assert words in front.message


def test_a_cancel_keeps_what_was_found() -> None:
    control = SolveControl()
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if sum(each.startswith("an answer") for each in lines) == 2:
            control.cancel()

    front = pareto_front(Formulation.from_text(PLANE), control=control, on_progress=say)
    assert front.status == "interrupted"
    assert len(front.points) == 4


def test_an_answer_that_breaks_the_formulation_is_no_point(monkeypatch: pytest.MonkeyPatch) -> None:
    solved = search.way_to_solve(None)

    def lying(problem):  # type: ignore[no-untyped-def]
        solution = solved(problem)
        if len(problem.formulation.objectives) > 1:
            return solution
        return solution.model_copy(update={"variables": [replace(each, value=99.0) for each in solution.variables]})

    monkeypatch.setattr(search, "way_to_solve", lambda name: lying)
    front = pareto_front(Formulation.from_text(PLANE), points=4)
    assert len(front.points) == 2
    assert all("breaks `c`" in each.reason for each in front.left_out)


@pytest.mark.parametrize("points", [1, 1001])
def test_a_number_of_points_out_of_range_is_refused(points: int) -> None:
    with pytest.raises(InputError, match="ask for 2 to 1,000"):
        pareto_front(Formulation.from_text(PLANE), points=points)


def test_one_objective_has_no_front() -> None:
    with pytest.raises(InputError, match="two or more"):
        pareto_front(Formulation.from_text("variables:\n  x: real in 0..5\nmaximize: x\n"))


def test_two_objectives_and_nothing_else_are_told_what_can_be_done() -> None:
    (error,) = [each for each in Formulation.from_text(PLANE).check() if each.severity == "error"]
    assert error.code == "unranked-objectives"
    assert error.repair is not None
    assert all(word in error.repair for word in ("rank", "weight", "--pareto"))


def test_the_gap_of_the_options_does_not_let_a_dominated_point_in() -> None:
    front = pareto_front(knapsack([3.0, 4, 5], [1.0, 2, 3], 2), options=SolveOptions(gap=0.5))
    assert [point.values for point in front.points] == by_brute_force([3.0, 4, 5], [1.0, 2, 3], 2)
