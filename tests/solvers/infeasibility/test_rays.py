import random

import pytest

from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.explanations import explain_unboundedness
from steepest.solvers.infeasibility.records import Ray


def ray_of(text: str) -> Ray | None:
    return explain_unboundedness(Formulation.from_text(text)).ray


def test_one_variable_without_end_is_named_with_what_it_gains() -> None:
    ray = ray_of(
        "sets:\n  P = {bread, cake}\nparameters:\n  profit[P] = {bread: 3, cake: 8}\n"
        "variables:\n  bake[P]: integer >= 0   # [item]\nmaximize: sum(profit[p] * bake[p] for p in P)   # [$]\n"
        "constraints:\n  enough: bake[cake] >= 5\n  oven: bake[bread] <= 20\n"
    )

    assert ray is not None
    assert [(move.name, move.index, move.rate) for move in ray.moves] == [("bake", ("cake",), 1)]
    assert ray.gain == 8
    assert ray.is_proven
    assert ray.sentences == (
        "bake[cake] can grow without end.",
        "Nothing limits it: the constraints on it (enough) never stop it.",
        "The objective grows by 8 $ for each.",
    )


def test_variables_that_have_to_move_together_are_told_together() -> None:
    ray = ray_of(
        "variables:\n  make: integer >= 0\n  buy: integer >= 0\nmaximize: 5 * make - buy\n"
        "constraints:\n  flour: 4 * make <= 2 * buy\n"
    )

    assert ray is not None
    assert {move.name: move.rate for move in ray.moves} == {"make": 1, "buy": 2}
    assert "make grows by 1, buy grows by 2" in ray.sentences[0]
    assert ray.gain == 3


def test_a_variable_may_fall_without_end() -> None:
    ray = ray_of("variables:\n  x: real\nminimize: 2 * x\nconstraints:\n  c: x <= 3\n")

    assert ray is not None
    assert ray.sentences[0] == "x can fall without end."
    assert ray.gain == -2


def test_a_variable_that_no_constraint_mentions_is_told_so() -> None:
    ray = ray_of("variables:\n  x: real >= 0\nmaximize: x\n")

    assert ray is not None
    assert "no constraint mentions it" in ray.sentences[1]


def test_a_direction_along_which_a_quadratic_objective_is_flat_is_found() -> None:
    ray = ray_of("variables:\n  x: real\n  y: real >= 0\nminimize: x ^ 2 - y\nconstraints:\n  c: x + y >= 1\n")

    assert ray is not None
    assert [move.name for move in ray.moves] == ["y"]


def test_an_infeasible_problem_is_not_proven_unbounded() -> None:
    ray = ray_of("variables:\n  x: real >= 0\n  y: integer\nmaximize: x\nconstraints:\n  c: 2 * y == 1\n")

    assert ray is not None
    assert not ray.is_proven
    assert "if it has an answer at all" in ray.sentences[-1]


@pytest.mark.parametrize(
    "text",
    [
        "variables:\n  x: real in 0..4\nmaximize: x\n",
        "variables:\n  x: real >= 0\nmaximize: x\nconstraints:\n  c: x <= 4\n",
        "variables:\n  x: real >= 0\nminimize: x ^ 2 - 3 * x\n",
        "variables:\n  x: real >= 0\nfind:\n",
    ],
)
def test_a_bounded_problem_has_no_ray(text: str) -> None:
    assert ray_of(text.replace("find:\n", "constraints:\n  c: x >= 1\n")) is None


def test_random_problems_have_a_ray_exactly_where_the_solver_calls_them_unbounded() -> None:
    seen = {"optimal": 0, "unbounded": 0}
    for seed in range(120):
        draw = random.Random(seed)
        kinds = draw.choices(["real", "integer"], k=3)
        variables = "".join(f"  x{i}: {kind} >= 0\n" for i, kind in enumerate(kinds))
        rows = "".join(
            f"  c{i}: {' + '.join(f'{draw.randint(-2, 3)}*x{j}' for j in range(3))} <= {draw.randint(0, 9)}\n"
            for i in range(draw.randint(1, 3))
        )
        text = f"variables:\n{variables}maximize: {draw.randint(1, 3)}*x0 + x1 - x2\nconstraints:\n{rows}"
        status = Formulation.from_text(text).solve().status
        seen[status] += 1
        ray = ray_of(text)
        assert (ray is not None) == (status == "unbounded"), text
        assert ray is None or ray.is_proven, text
    assert min(seen.values()) >= 10
