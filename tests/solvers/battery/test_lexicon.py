import pytest

from steepest.solvers.battery.lexicon import limit_named, limit_said, money_named, sense_said, tokens


@pytest.mark.parametrize(
    ("text", "value", "role"),
    [
        ("can sell at most 30 cakes", 30, "upper limit"),
        ("a budget of no more than $2,500", 2500, "upper limit"),
        ("240 hours of labor are available", 240, "upper limit"),
        ("at most 40% of his meals", 0.4, "upper limit"),
        ("cannot exceed 12 tons", 12, "upper limit"),
        ("at least five cakes", 5, "lower limit"),
        ("a minimum of 50 seats", 50, "lower limit"),
        ("20 units or more", 20, "lower limit"),
        ("at least a total of 500 units", 500, "lower limit"),
    ],
)
def test_a_comparison_beside_the_number_says_what_it_is(text: str, value: float, role: str) -> None:
    said = limit_said([text], [value])
    assert said is not None
    assert said.role == role


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("at most 30 cakes and at least 30 pies", 30),
        ("at most 40% of 500 units", 500),
        ("at least 5 cakes, and it has 3 ovens", 3),
        ("5 machines run for at most 8 hours", 5),
        ("a profit of $3", 3),
        ("at most 30 cakes", 31),
    ],
)
def test_a_doubt_is_silence(text: str, value: float) -> None:
    assert limit_said([text], [value]) is None


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("max_servings", "upper limit"),
        ("budget", "upper limit"),
        ("minimumBatch", "lower limit"),
        ("workers_needed", "lower limit"),
        ("min_capacity", None),
        ("capacity_limit", None),
        ("max_cost", None),
        ("setup_min", None),
        ("available_from", None),
        ("demand", None),
        ("flour", None),
    ],
)
def test_a_name_says_what_it_is_unless_the_rest_of_it_blurs_that(name: str, role: str | None) -> None:
    named = limit_named(name, None, [], is_least_cost=True)
    assert (named.role if named else None) == role


def test_a_demand_is_a_requirement_where_words_say_that_it_is_met() -> None:
    assert limit_named("demand", None, ["demand_met"], is_least_cost=True) is not None
    assert limit_named("demand", None, ["demand_met"], is_least_cost=False) is None


def test_a_quote_against_the_name_silences_it() -> None:
    assert limit_named("capacity", None, ["must process at least 500 people"], is_least_cost=True) is None
    assert money_named("ticket_cost", ["tickets are sold for $30"]) is None


@pytest.mark.parametrize(("name", "role"), [("unit_cost", "cost"), ("profit", "reward"), ("cost_saving", None)])
def test_costs_and_rewards_are_known_by_name(name: str, role: str | None) -> None:
    named = money_named(name, [])
    assert (named.role if named else None) == role


def test_a_sense_counts_only_for_what_the_objective_is_made_of() -> None:
    assert sense_said(["minimize the total cost"], ["unit_cost"]) == ("minimize", "minimize")
    assert sense_said(["minimize the waste"], ["length"]) is None
    assert sense_said(["minimize the cost and maximize the profit"], ["cost", "profit"]) is None


def test_names_are_taken_apart() -> None:
    assert tokens("flourStock_max2") == ("flour", "stock", "max", "2")
