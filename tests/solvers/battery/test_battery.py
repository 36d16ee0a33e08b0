import pytest

from steepest.errors import InputError
from steepest.solvers.battery.battery import run_battery
from steepest.solvers.battery.report import ALL_TESTS, Asserted, BatteryBudget, BatteryReport, TestName
from steepest.solvers.control import SolveControl
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

BAKERY = """
sets:
  Product = {bread, cake}
parameters:
  profit[Product] = {bread: 3, cake: 8}   # [$/item] "a profit of $3" "a profit of $8"
  flour_use[Product] = {bread: 0.5, cake: 0.8}   # [kg/item] "needs 0.5 kg of flour" "needs 0.8 kg of flour"
  flour_stock = 40   # [kg] "40 kg of flour are available"
  cake_sales = 30   # [item] "at most 30 cakes"
  ordered_cakes = 5   # [item] "at least 5 cakes are ordered"
variables:
  bake[Product]: integer in 0..200   # [item]
maximize: sum(profit[p] * bake[p] for p in Product)   # [$] "maximize the profit"
constraints:
  flour: sum(flour_use[p] * bake[p] for p in Product) <= flour_stock
  sold: bake[cake] <= cake_sales
  orders: bake[cake] >= ordered_cakes
"""
DIET = """
parameters:
  cost_oats = 3   # [$/bowl]
  cost_beans = 5   # [$/bowl]
  iron_oats = 2   # [g/bowl]
  iron_beans = 4   # [g/bowl]
  protein_oats = 5   # [g/bowl]
  protein_beans = 9   # [g/bowl]
  iron_needed = 20   # [g] "at least 20 g of iron"
  protein_needed = 50   # [g] "at least 50 g of protein"
variables:
  oats: real in 0..100
  beans: real in 0..100
minimize: cost_oats * oats + cost_beans * beans
constraints:
  iron: iron_oats * oats + iron_beans * beans >= iron_needed
  protein: protein_oats * oats + protein_beans * beans >= protein_needed
"""
SITES = """
sets:
  Site = {north, south}
parameters:
  opening_cost[Site] = {north: 90, south: 70}   # [$]
  capacity[Site] = {north: 50, south: 40}   # [unit]
  demand = 60   # [unit] "at least 60 units"
variables:
  open[Site]: binary
  make[Site]: real >= 0
minimize: sum(opening_cost[s] * open[s] + make[s] for s in Site)
constraints:
  met: sum(make[s] for s in Site) >= demand
  only_if_open[s in Site]: make[s] <= capacity[s] * open[s]
"""


def battery_on(text: str, *changes: tuple[str, str], **options: object) -> BatteryReport:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return run_battery(Formulation.from_text(text), **options)  # type: ignore[arg-type]


def outcome(report: BatteryReport, test: TestName) -> str:
    result = report.result(test)
    assert result is not None
    return result.outcome


def failed(report: BatteryReport) -> set[str]:
    return {each.test for each in report.findings}


@pytest.mark.parametrize("text", [BAKERY, DIET, SITES])
def test_right_models_pass(text: str) -> None:
    report = battery_on(text)
    assert report.findings == []
    assert report.is_clean
    assert {each.test for each in report.tests} == set(ALL_TESTS)


def test_a_lower_limit_in_place_of_an_upper_one_is_told_with_its_words() -> None:
    report = battery_on(BAKERY, ("bake[cake] <= cake_sales", "bake[cake] >= cake_sales"))
    (finding,) = report.findings
    assert finding.test == "limits"
    assert finding.elements == ("cake_sales", "sold")
    assert finding.confirmed
    assert "at most 30 cakes" in finding.sentence
    assert "never make the optimum worse" in finding.sentence


def test_a_number_in_the_comparison_is_read_by_the_constraints_own_words() -> None:
    wrong = ("bake[cake] <= cake_sales", 'bake[cake] >= 30   # "no more than 30 cakes"')
    assert "limits" in failed(battery_on(BAKERY, wrong))


def test_an_objective_turned_round_is_found_by_its_words_and_by_its_numbers() -> None:
    assert failed(battery_on(BAKERY, ("maximize: ", "minimize: "))) >= {"sense", "coefficients"}


def test_an_omitted_constraint_leaves_a_limit_that_limits_nothing() -> None:
    report = battery_on(BAKERY, ("  sold: bake[cake] <= cake_sales\n", ""))
    assert [(each.test, each.elements) for each in report.findings] == [("unused", ("cake_sales",))]


def test_a_number_written_in_place_of_its_parameter_is_named() -> None:
    report = battery_on(BAKERY, ("<= flour_stock", "<= 40"))
    (finding,) = report.findings
    assert "40 stands in flour as a plain number" in finding.sentence


def test_limits_in_each_others_place_are_found_by_their_names() -> None:
    report = battery_on(
        DIET, (">= iron_needed", ">= other"), (">= protein_needed", ">= iron_needed"), ("other", "protein_needed")
    )
    assert "pairing" in failed(report)


def test_a_number_of_another_entity_shows_when_the_two_are_exchanged() -> None:
    report = battery_on(
        DIET, ("iron_beans * beans", "iron_oats * beans"), ("cost_beans * beans", "cost_beans * beans + 0 * iron_beans")
    )
    assert "exchange" in failed(report)


def test_a_fixed_label_in_a_sum_over_all_of_them_shows_too() -> None:
    assert "exchange" in failed(battery_on(BAKERY, ("flour_use[p] * bake[p]", "flour_use[cake] * bake[p]")))


def test_a_decision_that_nothing_asks_for_is_idle() -> None:
    report = battery_on(SITES, ("make[s] <= capacity[s] * open[s]", "make[s] <= capacity[s]"))
    (finding,) = report.findings
    assert (finding.test, finding.elements) == ("idle decisions", ("open",))


def test_a_decision_called_whole_is_not_a_fraction() -> None:
    report = battery_on(
        DIET, ("oats: real in 0..100", 'oats: real in 0..100   # "only whole numbers of bowls"'), ("= 50", "= 51")
    )
    beans = battery_on(
        DIET, ("beans: real in 0..100", 'beans: real in 0..100   # "only whole numbers of bowls"'), ("= 50", "= 52")
    )
    assert "whole numbers" in failed(report) | failed(beans)


def test_what_the_caller_knows_is_tested_as_well() -> None:
    report = battery_on(BAKERY, asserted=Asserted(sense="minimize", crushed=("cake_sales",)))
    assert failed(report) == {"sense"}
    crush = report.result("crush")
    assert crush is not None
    assert crush.outcome == "passed"


def test_words_raise_doubts_and_contradict_nothing() -> None:
    report = battery_on(BAKERY, ("bake[cake] <= cake_sales", "bake[cake] >= cake_sales"))
    assert [each.basis for each in report.findings] == ["words"]
    assert (report.is_clean, report.contradictions) == (False, [])
    assert str(report.findings[0]).startswith("worth a look: ")
    assert outcome(report, "limits") == "worth_a_look"
    assert "1 worth a look" in str(report)


@pytest.mark.parametrize(
    ("test", "asserted", "changes"),
    [
        ("sense", Asserted(sense="minimize"), []),
        (
            "limits",
            Asserted(roles={"cake_sales": "upper limit"}),
            [("bake[cake] <= cake_sales", "bake[cake] >= cake_sales")],
        ),
        ("coefficients", Asserted(roles={"profit": "cost"}), [(' "maximize the profit"', "")]),
        ("crush", Asserted(crushed=("flour_stock",)), [("  orders: bake[cake] >= ordered_cakes\n", "")]),
    ],
)
def test_what_the_caller_asserted_can_be_contradicted(
    test: TestName, asserted: Asserted, changes: list[tuple[str, str]]
) -> None:
    report = battery_on(BAKERY, *changes, tests=(test,), asserted=asserted)
    assert [each.basis for each in report.findings] == ["arrays"]
    assert report.contradictions == report.findings
    assert str(report.findings[0]).startswith("contradiction: ")
    assert outcome(report, test) == "failed"


def test_an_answer_that_is_not_optimal_contradicts_other_answers() -> None:
    formulation = Formulation.from_text(BAKERY)
    worse = Solution(status="optimal", objective=300.0)
    report = run_battery(formulation, solution=worse)
    assert "homogeneity" in failed(report)
    assert report.contradictions == report.findings


def test_an_answer_within_a_gap_that_was_asked_for_contradicts_nothing() -> None:
    enough = Solution(status="optimal", objective=320.0, gap=0.05)
    assert run_battery(Formulation.from_text(BAKERY), solution=enough).is_clean


def test_a_spent_budget_leaves_tests_undecided_and_finds_nothing() -> None:
    report = battery_on(BAKERY, budget=BatteryBudget(solves=1))
    assert report.findings == []
    homogeneity = report.result("homogeneity")
    assert homogeneity is not None
    assert (homogeneity.outcome, homogeneity.reason) == ("undecided", "the solves of the budget were spent")
    assert report.solves == 1


def test_it_can_be_ended_from_outside() -> None:
    control = SolveControl()
    control.cancel()
    report = battery_on(BAKERY, control=control)
    assert {each.outcome for each in report.tests} == {"undecided"}


def test_it_says_the_same_every_time() -> None:
    wrong = ("bake[cake] <= cake_sales", "bake[cake] >= cake_sales")
    one, other = battery_on(BAKERY, wrong), battery_on(BAKERY, wrong)
    assert one.model_dump(exclude={"seconds"}) == other.model_dump(exclude={"seconds"})


def test_only_the_tests_that_are_asked_for_are_carried_out() -> None:
    report = battery_on(BAKERY, tests=("relaxation",))
    assert [each.test for each in report.tests] == ["relaxation"]
    with pytest.raises(InputError, match="no test 'relaxed'"):
        battery_on(BAKERY, tests=("relaxed",))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (("integer in 0..200", "integer in 0..3"), "infeasible"),
        (('maximize: sum(profit[p] * bake[p] for p in Product)   # [$] "maximize the profit"', ""), "unsupported"),
    ],
)
def test_what_has_no_proven_optimum_is_not_tested(change: tuple[str, str], status: str) -> None:
    report = battery_on(BAKERY, change)
    assert report.status == status
    assert {each.outcome for each in report.tests} == {"not_applicable"}
    assert all(each.reason for each in report.tests)
