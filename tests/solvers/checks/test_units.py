"""What units say against a formulation, and what they leave alone."""

import pytest

from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.spelling import spell

CODES = {"unit-mismatch", "unit-scale", "unit-currency", "unit-declared"}

BAKERY = """
sets:
  Product = {bread, cake}
parameters:
  profit[Product] = {bread: 3, cake: 8}   # [$/loaf]
  flour_use[Product] = {bread: 0.5, cake: 0.8}   # [kg/loaf]
  minutes[Product] = {bread: 10, cake: 30}   # [min/loaf]
  flour = 40   # [kg]
  hours = 20   # [h]
  rent = 15   # [$]
  min_per_h = 60   # [min/h]
variables:
  bake[Product]: integer >= 0   # [loaf]
maximize: OBJECTIVE   # [$]
constraints:
  flour_stock: CONSTRAINT
"""


def findings(text: str) -> list[Diagnostic]:
    return [found for found in Formulation.from_text(text).check() if found.code in CODES]


def bakery(
    constraint: str = "sum(flour_use[p] * bake[p] for p in Product) <= flour",
    objective: str = "sum(profit[p] * bake[p] for p in Product) - rent",
) -> list[Diagnostic]:
    return findings(BAKERY.replace("OBJECTIVE", objective).replace("CONSTRAINT", constraint))


@pytest.mark.parametrize(
    "constraint",
    [
        "sum(flour_use[p] * bake[p] for p in Product) <= flour",
        "sum(minutes[p] * bake[p] for p in Product) <= min_per_h * hours",
        "sum(minutes[p] * bake[p] for p in Product) / min_per_h <= hours",
        "sum(minutes[p] * bake[p] for p in Product) <= 60 * hours",
        "bake[cake] >= 5",
        "bake[cake] <= 25% * sum(bake[p] for p in Product)",
        "sum(flour_use[p] * bake[p] for p in Product) / flour <= 1",
        "flour_use[bread] * bake[bread] / flour == flour_use[cake] * bake[cake] / flour",
    ],
)
def test_a_right_constraint_is_left_alone(constraint: str) -> None:
    assert bakery(constraint) == []


def test_kilograms_beside_dollars_are_an_error_that_names_both_places() -> None:
    (found,) = bakery("sum(flour_use[p] * bake[p] for p in Product) <= rent")

    assert (found.severity, found.code) == ("error", "unit-mismatch")
    assert found.element == "constraint flour_stock"
    assert found.place is not None
    assert found.place.line == 16
    assert "is in kg (flour_use [kg/loaf] in line 6, bake [loaf] in line 13)" in found.message
    assert "`rent` in $ (line 10): they can't be compared" in found.message
    assert found.repair is not None
    assert "by a parameter in $/kg" in found.repair


def test_kilograms_added_to_dollars_are_an_error() -> None:
    (found,) = bakery(objective="sum(profit[p] * bake[p] for p in Product) - flour")

    assert (found.severity, found.code, found.element) == ("error", "unit-mismatch", "objective")
    assert "they can't be added" in found.message


def test_minutes_beside_hours_come_with_their_exact_factor_and_are_not_converted() -> None:
    (found,) = bakery("sum(minutes[p] * bake[p] for p in Product) <= hours")

    assert (found.severity, found.code) == ("error", "unit-scale")
    assert found.repair == "1 h = 60 min: multiply `hours` by a parameter `min_per_h = 60  # [min/h]`"


def test_the_repair_of_a_scale_is_one_that_repairs_it() -> None:
    assert bakery("sum(minutes[p] * bake[p] for p in Product) <= hours * min_per_h") == []


def test_an_objective_that_is_declared_in_another_unit_is_a_warning() -> None:
    (found,) = bakery(objective="sum(flour_use[p] * bake[p] for p in Product)")

    assert (found.severity, found.code, found.element) == ("warning", "unit-declared", "objective")
    assert "declared in $, and `sum(flour_use[p] * bake[p] for p in Product)` is in kg" in found.message


SMALL = """
parameters:
  price = 3   # [$/kg]
  weight = 5   # [kg]
  wage = 20   # [EUR]
  share = 25   # [%]
  PARAMETER
variables:
  x: real >= 0, <= LIMIT   # [kg]
  y: real >= 0
  on: binary
let:
  LET
minimize: price * x
constraints:
  all: CONSTRAINT
"""


def small(
    constraint: str = "x <= weight", let: str = "cost = price * x", parameter: str = "plain = 2", limit: str = "9"
) -> list[Diagnostic]:
    text = SMALL.replace("CONSTRAINT", constraint).replace("LET", let).replace("PARAMETER", parameter)
    return findings(text.replace("LIMIT", limit))


@pytest.mark.parametrize(
    "constraint",
    [
        "x <= weight * on",
        "x <= 1000 * on",
        "x + y <= 5",
        "x <= share * weight",
        "x <= share / 100 * weight",
        "x**2 <= weight**2",
        "sqrt(x**2) <= weight",
        "norm2(x, weight) <= weight",
        "implies(x > 0, on == 1)",
        "max(x, weight) <= weight",
        "abs(x - weight) <= weight",
        "x <= plain * weight",
    ],
)
def test_what_has_no_unit_fits_everywhere(constraint: str) -> None:
    assert small(constraint) == []


@pytest.mark.parametrize(
    ("constraint", "code"),
    [
        ("price * x <= weight", "unit-mismatch"),
        ("x**2 <= price", "unit-mismatch"),
        ("cost <= weight", "unit-mismatch"),
        ("price * x <= wage", "unit-currency"),
        ("x <= weight + price * x", "unit-mismatch"),
        ("max(x, price * x) <= y", "unit-mismatch"),
        ("implies(x >= price * weight, on == 1)", "unit-mismatch"),
        ("norm2(x, price * x) <= y", "unit-mismatch"),
    ],
)
def test_a_mix_of_units_is_found_wherever_it_stands(constraint: str, code: str) -> None:
    assert [found.code for found in small(constraint)] == [code]


def test_two_currencies_are_a_warning_without_a_factor() -> None:
    (found,) = small("price * x <= wage")

    assert found.severity == "warning"
    assert "no fixed rate" in found.message
    assert "EUR/$" in str(found.repair)


def test_a_let_and_a_derived_parameter_are_held_against_what_they_declare() -> None:
    (let,) = small(let="cost = price * x   # [kg]")
    (parameter,) = small(parameter="total = price * weight   # [t]")

    assert (let.element, let.code) == ("let cost", "unit-declared")
    assert (parameter.element, parameter.code) == ("parameter total", "unit-declared")


def test_a_bound_in_another_unit_is_found() -> None:
    (found,) = small(limit="price")

    assert found.element == "variable x"
    assert found.severity == "error" or found.code == "unit-mismatch"


def test_a_filter_that_compares_two_measures_is_found() -> None:
    (found,) = findings(
        """
sets:
  City = {a, b}
parameters:
  time[City, City] = {a: {a: 0, b: 9}, b: {a: 9, b: 0}}   # [min]
  reach = 0.25   # [h]
variables:
  build[City]: binary
minimize: sum(build[c] for c in City)
constraints:
  covered[i in City]: sum(build[j] for j in City if time[j, i] <= reach) >= 1
"""
    )

    assert found.code == "unit-scale"


def test_a_mistake_in_a_let_is_told_once_and_where_it_is() -> None:
    found = small("cost <= weight", let="cost = price * x + weight")

    assert [each.element for each in found] == ["let cost"]


def test_units_that_can_not_be_read_take_part_in_nothing() -> None:
    assert small(parameter="odd = 3   # [h, h, ft^3]", constraint="x <= odd") == []


def test_a_power_beyond_all_units_is_no_unit() -> None:
    assert small("x**1000000 <= weight") == []


def test_the_factor_of_a_scale_is_written_as_the_language_reads_it() -> None:
    (found,) = small("x <= load", parameter="load = 3   # [lb]")

    assert "1 kg = 100000000/45359237 lb" in str(found.repair)


def test_formulations_without_places_name_both_elements() -> None:
    formulation = Formulation.model_validate_json(
        Formulation.from_text(SMALL.replace("CONSTRAINT", "x <= price * x").replace("LET", "c = x")
                              .replace("PARAMETER", "plain = 2").replace("LIMIT", "9")).model_dump_json()
    )  # fmt: skip
    (found,) = [each for each in formulation.check() if each.code in CODES]

    assert "`x` is in kg and `price * x` in $" in found.message
    assert spell(formulation.constraints[0].body) == "x <= price * x"
