"""The units of answers: what is written, and what follows from it."""

import pytest

from steepest.solvers.formulation import Formulation
from steepest.solvers.units.answer_units import AnswerUnits, answer_units

TEXT = """
sets:
  Product = {bread, cake}
parameters:
  profit[Product] = {bread: 3, cake: 8}   # [$/loaf]
  use[Product] = {bread: 0.5, cake: 0.8}   # [kg/loaf]
  flour = 40   # [kg flour]
  hours = 20   # [h]
  minutes[Product] = {bread: 10, cake: 30}   # [min/loaf]
  least = 1
variables:
  bake[Product]: real >= 0   # [loaf]
let:
  used = sum(use[p] * bake[p] for p in Product)
maximize: sum(profit[p] * bake[p] for p in Product)
constraints:
  flour_stock: used <= flour
  oven: sum(minutes[p] * bake[p] for p in Product) <= 60 * hours
  some: sum(bake[p] for p in Product) >= least
  share: bake[cake] / bake[bread] <= 2
  either_one: either(bake[cake] >= 1, bake[bread] >= 1)
"""


def test_units_follow_from_those_that_are_written_and_keep_the_writers_words() -> None:
    units = answer_units(Formulation.from_text(TEXT))

    assert units.objective == "$"
    assert units.constraints == {"flour_stock": "kg flour", "oven": "min", "some": "loaf"}


def test_a_dual_is_the_objectives_unit_per_unit_of_the_limit() -> None:
    units = answer_units(Formulation.from_text(TEXT))

    assert units.duals == {"flour_stock": "$/kg", "oven": "$/min", "some": "$/loaf", "share": "$"}


def test_the_declared_unit_of_an_objective_stands() -> None:
    text = TEXT.replace("for p in Product)\nconstraints", "for p in Product)   # [dollars a day]\nconstraints")

    assert answer_units(Formulation.from_text(text)).objective == "dollars a day"


def test_a_formulation_without_units_has_none() -> None:
    assert answer_units(Formulation.from_text("variables:\n  x: real >= 0, <= 1\nmaximize: x")) == AnswerUnits()


def test_a_solution_tells_its_units() -> None:
    solution = Formulation.from_text(TEXT.replace("  share: bake[cake] / bake[bread] <= 2\n", "")).solve()

    assert solution.units.objective == "$"
    assert solution.model_validate_json(solution.model_dump_json()).units == solution.units


@pytest.mark.parametrize("term", ["used + hours", "used + profit[bread]"])
def test_a_constraint_whose_units_clash_has_none(term: str) -> None:
    units = answer_units(Formulation.from_text(TEXT.replace("used <= flour", f"{term} <= flour")))

    assert "flour_stock" not in units.constraints
