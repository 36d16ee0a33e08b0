"""Other optimal answers of random models against all answers that brute force finds."""

import itertools
import random

import numpy as np
import pytest

from steepest.errors import InputError
from steepest.solvers.alternatives.search import alternative_optima
from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.vectorized.compile import compile_formulation
from steepest.solvers.verification import defect, objective_value


def random_model(seed: int, kinds: tuple[str, ...]) -> str:
    """A small model of small coefficients, so that many have several optimal answers."""
    rng = random.Random(seed)
    names = [f"x{number}" for number in range(rng.randint(1, 3))]
    lines = ["variables:"]
    for name in names:
        kind = rng.choice(kinds)
        lines.append(
            f"  {name}: {kind}" + ("" if kind == "binary" else f" in {rng.randint(-1, 0)}..{rng.randint(1, 3)}")
        )
    lines.append(f"{rng.choice(['minimize', 'maximize'])}: " + " + ".join(f"{rng.randint(-1, 2)} * {n}" for n in names))
    lines.append("constraints:")
    for row in range(rng.randint(1, 2)):
        left = " + ".join(f"{rng.randint(0, 2)} * {name}" for name in names)
        lines.append(f"  r{row}: {left} {rng.choice(['<=', '<=', '>='])} {rng.randint(0, 4)}")
    return "\n".join(lines)


def all_optima(formulation: Formulation) -> set[tuple[float, ...]]:
    """Every optimal answer of a model in bounded whole numbers."""
    model = compile_formulation(formulation, bind(formulation))
    ranges = [range(int(low), int(high) + 1) for low, high in zip(model.lower, model.upper, strict=True)]
    points = [np.array(point, float) for point in itertools.product(*ranges)]
    feasible = [point for point in points if defect(model, point) is None]
    if not feasible:
        return set()
    values = [objective_value(model, point) for point in feasible]
    best = min(values) if model.sense == "minimize" else max(values)
    return {tuple(point) for point, value in zip(feasible, values, strict=True) if abs(value - best) < 1e-9}


def check_integers(seed: int) -> bool:
    """Whether the model of a seed had an optimum, all of whose answers were found."""
    formulation = Formulation.from_text(random_model(seed, ("integer", "binary")))
    expected = all_optima(formulation)
    found = alternative_optima(formulation, 200)
    if not expected:
        assert found.verdict == "unknown"
        return False
    answers = [tuple(each.value for each in solution.variables) for solution in found.solutions]
    assert len(set(answers)) == len(answers)
    assert set(answers) == expected
    assert found.is_complete
    assert found.verdict == ("found" if len(expected) > 1 else "none")
    return True


def is_unique(formulation: Formulation) -> bool | None:
    """Whether an LP's answer is the only one, by the range of every variable among those as good; None without any."""
    base = formulation.solve()
    if base.objective is None:
        return None
    objective = formulation.objectives[0]
    side = "<=" if objective.sense == "minimize" else ">="
    for variable in formulation.variables:
        ends = []
        for sense in ("minimize", "maximize"):
            lines = formulation.to_text().splitlines()
            at = next(k for k, line in enumerate(lines) if line.startswith(("minimize", "maximize")))
            lines[at] = f"{sense}: {variable.name}"
            room = base.objective + (1e-9 if side == "<=" else -1e-9)
            lines.append(f"  as_good: {objective.expression} {side} {room!r}")
            ends.append(Formulation.from_text("\n".join(lines)).solve().objective)
        if abs((ends[1] or 0.0) - (ends[0] or 0.0)) > 1e-5:
            return False
    return True


def check_reals(seed: int) -> bool:
    """Whether the LP of a seed had an optimum, of which it was rightly told whether it is the only one."""
    formulation = Formulation.from_text(random_model(seed, ("real",)))
    expected = is_unique(formulation)
    found = alternative_optima(formulation, 2)
    if expected is None:
        assert found.verdict == "unknown"
        return False
    assert found.verdict == ("none" if expected else "found"), formulation
    for solution in found.solutions:
        assert solution.objective == pytest.approx(found.objective, abs=found.tolerance * 2)
    return True


def test_all_answers_in_whole_numbers_are_found_and_no_others() -> None:
    assert sum(check_integers(seed) for seed in range(15)) > 8


def test_an_answer_in_reals_is_told_to_be_the_only_one_if_it_is() -> None:
    assert sum(check_reals(seed) for seed in range(15)) > 8


@pytest.mark.slow
def test_all_answers_of_thousands_of_models_are_found() -> None:
    assert sum(check_integers(seed) for seed in range(15, 1500)) > 800
    assert sum(check_reals(seed) for seed in range(15, 1500)) > 800


def test_whole_numbers_without_bounds_are_searched_as_far_as_good_answers_reach() -> None:
    text = "variables:\n  x: integer >= 0\n  y: integer >= 0\nmaximize: x + y\nconstraints:\n  cap: x + y <= 3"

    found = alternative_optima(Formulation.from_text(text), 9)

    assert sorted(solution.value("x") for solution in found.solutions) == [0, 1, 2, 3]
    assert found.is_complete


def test_reals_beside_whole_numbers_are_varied_too() -> None:
    text = "variables:\n  x: binary\n  y: real >= 0\n  z: real >= 0\nmaximize: x + y + z\nconstraints:\n  c: y + z <= 1"

    found = alternative_optima(Formulation.from_text(text), 2)

    assert found.verdict == "found"
    assert "so is whatever lies between" in found.message
    assert not found.is_complete


def test_auxiliary_columns_make_no_other_answer() -> None:
    text = "variables:\n  x: integer in 0..4\nminimize: abs(x - 2)"

    found = alternative_optima(Formulation.from_text(text), 3)

    assert found.verdict == "none"
    assert [solution.value("x") for solution in found.solutions] == [2]


def test_a_ray_of_good_answers_is_found() -> None:
    text = "variables:\n  x: real >= 0\n  y: real >= 0\nmaximize: x - y\nconstraints:\n  cap: x - y <= 4"

    assert alternative_optima(Formulation.from_text(text), 1).verdict == "found"


def test_a_quadratic_problem_is_told_to_be_unknown() -> None:
    text = "variables:\n  x: real in 0..4\nminimize: (x - 2)**2"

    found = alternative_optima(Formulation.from_text(text))

    assert found.verdict == "unknown"
    assert "linear" in found.message


def test_no_answers_can_not_be_asked_for() -> None:
    with pytest.raises(InputError, match="at least 1"):
        alternative_optima(Formulation.from_text("variables:\n  x: binary\nminimize: x"), 0)
