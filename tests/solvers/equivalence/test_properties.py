"""The law of comparing: what is called equivalent is the same, and what is called different differs."""

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steepest.solvers.equivalence.compare import compare_formulations
from steepest.solvers.equivalence.report import Level
from tests.solvers.equivalence.small_models import SmallModel, mutants, small_models

EXAMPLES = int(os.environ.get("STEEPEST_EXAMPLES", "40"))
"""Per test and run; `--hypothesis-seed=random` and STEEPEST_EXAMPLES=2000 go further."""

many = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
pairs = small_models.flatmap(lambda model: st.tuples(st.just(model), mutants(model)))


def truly_the_same(level: Level, first: SmallModel, second: SmallModel) -> bool:
    if level == "feasible":
        return first.points() == second.points()
    if level == "optima":
        return first.optimal_points() == second.optimal_points()
    return first.best() == second.best()


@pytest.mark.slow
@pytest.mark.parametrize("level", ["value", "feasible", "optima"])
@given(pair=pairs)
@many
def test_a_verdict_on_whole_numbers_is_what_all_their_points_say(
    level: Level, pair: tuple[SmallModel, SmallModel]
) -> None:
    first, second = pair
    found = compare_formulations(first.formulation(), second.formulation(), level=level)
    assert found.verdict == ("equivalent" if truly_the_same(level, first, second) else "different"), found.message


@pytest.mark.slow
@given(model=small_models, factors=st.tuples(*[st.sampled_from([-3, -1, 1, 2, 7])] * 3), seed=st.randoms())
@many
def test_rows_scaled_turned_and_shuffled_and_other_names_have_the_same_structure(
    model: SmallModel, factors: tuple[int, ...], seed: object
) -> None:
    other = model.scaled(factors[: len(model.rows)])
    shuffled = list(other.rows)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    other = replace(other, rows=tuple(shuffled), names=("u", "v", "w"))
    found = compare_formulations(model.formulation(), other.formulation(), level="structure")
    assert found.is_equivalent, found.message
    assert len(found.finding.columns) == 3
    assert compare_formulations(model.formulation(), other.formulation(), level="optima").is_equivalent


@pytest.mark.slow
@pytest.mark.parametrize("domain", ["integer", "real"])
@pytest.mark.parametrize("level", ["feasible", "optima"])
@given(model=small_models)
@many
def test_slacks_and_an_epigraph_change_nothing(level: Level, domain: str, model: SmallModel) -> None:
    model = replace(model, domain=domain)
    for other in (model.with_slacks(), model.with_epigraph()):
        found = compare_formulations(model.formulation(), other, level=level)
        assert found.is_equivalent, found.message
        assert compare_formulations(other, model.formulation(), level=level).is_equivalent


@pytest.mark.slow
@given(pair=pairs)
@many
def test_linear_models_that_differ_in_a_whole_point_are_not_equivalent(pair: tuple[SmallModel, SmallModel]) -> None:
    first, second = (replace(each, domain="real") for each in pair)
    found = compare_formulations(first.formulation(), second.formulation(), level="feasible")
    if first.points() != second.points():
        assert found.verdict == "different", found.message
    if found.witness is not None:
        point = tuple(found.witness.values.values())
        assert sum(is_allowed(each, point) for each in (first, second)) == 1


def is_allowed(model: SmallModel, point: tuple[float, ...]) -> bool:
    for row in model.rows:
        total = sum(a * x for a, x in zip(row.coefficients, point, strict=True)) - float(row.limit)
        if (row.sign != ">=" and total > 1e-7) or (row.sign != "<=" and total < -1e-7):
            return False
    return all(low - 1e-7 <= x <= high + 1e-7 for x, (low, high) in zip(point, model.bounds, strict=True))
