import pytest

from steepest.errors import InputError
from steepest.solvers.equivalence.budget import ComparisonBudget
from steepest.solvers.equivalence.compare import compare_formulations
from steepest.solvers.equivalence.report import Equivalence
from steepest.solvers.formulation import Formulation

BAKERY = """
sets:
  Product = {bread, cake}
parameters:
  profit[Product] = {bread: 3, cake: 8}
  flour = 40
variables:
  bake[Product]: integer >= 0
maximize: sum(profit[p] * bake[p] for p in Product)
constraints:
  flour_stock: 0.5 * bake[bread] + 0.8 * bake[cake] <= flour
  cake_sales: bake[cake] <= 20
"""


def changed(*changes: tuple[str, str]) -> Formulation:
    text = BAKERY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return Formulation.from_text(text)


def compared(*changes: tuple[str, str], **options: object) -> Equivalence:
    return compare_formulations(Formulation.from_text(BAKERY), changed(*changes), **options)  # type: ignore[arg-type]


MORE_CAKES = ("bake[cake] <= 20", "bake[cake] <= 21")
REAL = ("integer >= 0", "real >= 0")
AS_A_BOUND = (
    ("  cake_sales: bake[cake] <= 20\n", ""),
    ("bake[Product]: integer >= 0", "bake[p in Product]: integer in 0..(20 if p == cake else 1000)"),
)


def test_a_formulation_is_equivalent_to_itself_at_every_level() -> None:
    for level in ("value", "data", "structure", "feasible", "optima"):
        assert compared(level=level).is_equivalent


def test_other_optimal_answers_are_shown_by_one_of_them() -> None:
    found = compared(MORE_CAKES)
    assert found.verdict == "different"
    assert found.witness is not None
    assert found.witness.values["bake[cake]"] in (20, 21)
    assert found.shared == ("bake[bread]", "bake[cake]")


def test_what_only_one_allows_is_shown_by_a_point_and_the_limit_that_it_breaks() -> None:
    found = compared(MORE_CAKES, level="feasible")
    assert found.witness is not None
    assert found.witness.values["bake[cake]"] == 21
    assert found.witness.first == "it breaks cake_sales by 1"
    assert found.witness.second == "it is allowed"


def test_an_unbounded_set_is_not_within_a_bounded_one() -> None:
    found = compared(("  flour_stock: 0.5 * bake[bread] + 0.8 * bake[cake] <= flour\n", ""), level="feasible")
    assert found.witness is not None
    assert found.witness.first.startswith("it breaks flour_stock")


def test_a_fraction_shows_that_a_decision_is_no_longer_whole() -> None:
    found = compared(REAL, level="feasible")
    assert found.witness is not None
    assert any(value % 1 for value in found.witness.values.values())


def test_a_relaxation_whose_best_answer_is_whole_has_the_same_optimal_answers() -> None:
    assert compared(REAL).is_equivalent


def test_a_limit_may_be_a_constraint_in_the_one_and_a_bound_in_the_other() -> None:
    assert compared(*AS_A_BOUND, level="structure").verdict == "different"
    found = compared(*AS_A_BOUND, level="feasible")
    assert found.is_equivalent
    assert any(each.furthest == 80 and each.of == "second" for each in found.finding.implications)


def test_an_objective_times_two_has_the_same_optimal_answers_and_another_value() -> None:
    twice = ("sum(profit[p]", "sum(2 * profit[p]")
    assert compared(twice).is_equivalent
    found = compared(twice, level="value")
    assert found.message == "the first is optimal with 304, the second optimal with 608"


def test_other_names_are_mapped() -> None:
    renamed = ("bake", "make"), ("Product", "Item"), ("cake_sales", "limit")
    found = compared(*renamed, level="structure")
    assert {(each.first, each.second) for each in found.finding.columns} == {
        ("bake[bread]", "make[bread]"),
        ("bake[cake]", "make[cake]"),
    }
    assert ("cake_sales", "limit") in {(each.first, each.second) for each in found.finding.rows}
    assert compared(MORE_CAKES, *renamed).verdict == "unknown"
    assert compared(MORE_CAKES, *renamed, variables={"bake": "make"}).verdict == "different"


def test_the_same_structure_with_decisions_exchanged_is_another_problem() -> None:
    first = Formulation.from_text("variables:\n  x: real in 0..1\n  y: real in 0..2\nmaximize: x + y\n")
    second = Formulation.from_text("variables:\n  x: real in 0..2\n  y: real in 0..1\nmaximize: x + y\n")
    assert compare_formulations(first, second, level="structure").is_equivalent
    assert compare_formulations(first, second, level="value").is_equivalent
    assert compare_formulations(first, second, level="feasible").verdict == "different"
    assert compare_formulations(first, second, level="optima").verdict == "different"


def test_a_number_written_into_a_constraint_shows_with_other_data() -> None:
    hard_coded = ("<= flour", "<= 40")
    assert compared(hard_coded, level="optima").is_equivalent
    found = compared(hard_coded, level="data")
    assert found.verdict == "different"
    assert found.witness is not None
    assert "flour" in found.witness.data


def test_data_of_both_are_bound() -> None:
    first, second = changed(("flour = 40", "flour = missing")), changed(("flour = 40", "flour = missing"))
    assert compare_formulations(first, second, {"flour": 40}, {"flour": 40}, level="value").is_equivalent
    assert compare_formulations(first, second, {"flour": 40}, {"flour": 41}, level="value").verdict == "different"


def test_logic_of_another_form_is_told_apart_by_a_point_and_never_called_the_same_unproven() -> None:
    text = """
variables:
  open: binary
  stock: integer in 0..9
maximize: stock - 4 * open
constraints:
  only: {}
"""
    logic, linear, other = (
        Formulation.from_text(text.format(body))
        for body in ("implies(stock > 0, open == 1)", "stock <= 9 * open", "stock <= 8 * open")
    )
    assert compare_formulations(logic, linear, level="feasible").verdict in ("equivalent", "unknown")
    assert compare_formulations(logic, other, level="feasible").verdict == "different"


def test_what_has_no_linear_form_is_compared_by_value_only() -> None:
    text = "variables:\n  x: real in 1..4\nminimize: {}\n"
    first, second = (Formulation.from_text(text.format(body)) for body in ("x ** 2 + 4 / x", "x * x + 4 / x"))
    assert compare_formulations(first, second, level="value").is_equivalent
    assert compare_formulations(first, second, level="feasible").verdict == "unknown"
    assert compare_formulations(first, first, level="optima").is_equivalent


def test_a_quadratic_objective_is_compared_by_what_is_allowed() -> None:
    text = "variables:\n  x: real in 0..4\n  y: real in 0..4\nminimize: (x - 1) ** 2 + y ** 2\nconstraints:\n  a: {}\n"
    first, second, other = (
        Formulation.from_text(text.format(body))
        for body in ("x + y >= 3", "-2 * x - 2 * y <= -6\n  b: x <= 5", "x >= 3")
    )
    assert compare_formulations(first, second).is_equivalent
    assert compare_formulations(first, other).verdict == "unknown"
    assert compare_formulations(first, other, level="value").verdict == "different"


@pytest.mark.parametrize("level", ["feasible", "optima"])
def test_two_problems_without_an_answer_are_the_same(level: str) -> None:
    first = changed(("bake[cake] <= 20", "bake[cake] >= 200"))
    second = changed(("bake[cake] <= 20", "bake[bread] >= 200"))
    assert compare_formulations(first, second, level=level).is_equivalent  # type: ignore[arg-type]


def test_a_spent_budget_decides_nothing() -> None:
    found = compared(MORE_CAKES, budget=ComparisonBudget(solves=1))
    assert (found.verdict, found.message) == ("unknown", "the budget was spent before it was decided")


@pytest.mark.parametrize("option", ["variables", "parameters"])
def test_a_name_that_is_not_there_is_refused(option: str) -> None:
    with pytest.raises(InputError, match=r"the second formulation has no .* `nobody`"):
        compared(**{option: {"bake" if option == "variables" else "flour": "nobody"}})


def test_many_decisions_that_are_interchangeable_are_mapped() -> None:
    text = """
sets:
  T = 1..200
variables:
  x[T]: binary
maximize: sum(x[t] for t in T)
constraints:
  a: sum(x[t] for t in T) <= 9
  b: sum(x[t] for t in T) <= 9
"""
    first, second = Formulation.from_text(text), Formulation.from_text(text.replace("x[", "pick["))
    found = compare_formulations(first, second, level="structure")
    assert found.is_equivalent
    assert found.seconds < 10


def test_one_more_of_two_million_is_a_difference() -> None:
    text = "variables:\n  trucks: integer in 0..{most}\nmaximize: trucks\n"
    first, second = (Formulation.from_text(text.format(most=most)) for most in (2_000_000, 2_000_001))
    for level in ("feasible", "optima"):
        found = compare_formulations(first, second, level=level)  # type: ignore[arg-type]
        assert found.verdict == "different"
        assert "trucks = 200000" in found.message


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="there is no level 'foo': choose one of value, data"):
        compared(level="foo")


def test_a_comparison_prints_as_its_verdict() -> None:
    assert str(compared()).startswith("equivalent (optima): ")
