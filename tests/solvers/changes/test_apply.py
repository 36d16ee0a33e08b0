import pytest

from steepest.solvers.changes.apply import apply_changes
from steepest.solvers.changes.reading import read_changes
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.solve import solve_formulation

BAKERY = """\
# How much to bake
sets:
  Product = {bread, cake, "four-seed roll"}
parameters:
  profit[Product] = {bread: 3, cake: 8, "four-seed roll": 1}   # [$/item]
  use[Product] = {bread: 0.5, cake: 0.8, "four-seed roll": 0.1}   # [kg/item]
  flour = 40   # [kg]
  reserve = 5
  spare = flour - reserve
  start = bread
  most[p in Product] = 10 * profit[p]
variables:
  bake[Product]: integer >= 0   # [item]
  open: binary
maximize: sum(profit[p] * bake[p] for p in Product) - 2 * open
constraints:
  flour_stock: sum(use[p] * bake[p] for p in Product) <= spare
  sold[p in Product]: bake[p] <= most[p]
  orders: 4 <= bake[cake]
  band: 1 <= bake[bread] <= 30
  pair: bake[bread] == 2 * bake[cake]
  opened: bake[bread] <= 100 * open
"""


def bakery() -> Formulation:
    return Formulation.from_text(BAKERY)


def changed(text: str) -> Formulation:
    return apply_changes(bakery(), read_changes(text))


def line(formulation: Formulation, beginning: str) -> str:
    return next(each.strip() for each in formulation.to_text().splitlines() if each.strip().startswith(beginning))


@pytest.mark.parametrize(
    ("change", "beginning", "expected"),
    [
        ("flour = 50", "flour =", "flour = 50   # [kg]"),
        ("flour += 25%", "flour =", "flour = 50   # [kg]"),
        ("flour -= 5", "flour =", "flour = 35   # [kg]"),
        ("flour /= 4", "flour =", "flour = 10   # [kg]"),
        ("flour = 1,000", "flour =", "flour = 1000   # [kg]"),
        ("spare = 3", "spare =", "spare = 3"),
        ("spare *= 2", "spare =", "spare = 70"),
        ("start = cake", "start =", "start = cake"),
        ("profit = 7", "profit", "profit[Product] = 7   # [$/item]"),
        ("most[cake] = 5", "most", 'most[p in Product] = {bread: 30, cake: 5, "four-seed roll": 10}'),
        ("raise flour_stock by 2", "flour_stock", "flour_stock: sum(use[p] * bake[p] for p in Product) <= spare + 2"),
        ("relax orders by 1", "orders", "orders: 3 <= bake[cake]"),
        ("tighten orders by 1", "orders", "orders: 5 <= bake[cake]"),
        ("raise orders by 1", "orders", "orders: 5 <= bake[cake]"),
        ("relax band by 1", "band", "band: 0 <= bake[bread] <= 31"),
        ("relax pair by 3", "pair", "pair: -3 <= bake[bread] - 2 * bake[cake] <= 3"),
        ("relax orders by 50%", "orders", "orders: 2 <= bake[cake]"),
        ("relax sold[cake] by 3", "sold", "sold[p in Product]: bake[p] <= most[p] + (3 if p == cake else 0)"),
        ("drop sold[cake]", "sold", "sold[p in Product if p not in {cake}]: bake[p] <= most[p]"),
        ("add cap: bake[cake] <= 20", "cap", "cap: bake[cake] <= 20"),
        ("add orders: bake[cake] <= 20", "orders_2", "orders_2: bake[cake] <= 20"),
        ("fix open = 1", "fixed_open", "fixed_open: open == 1"),
        ("bake in 0..9", "bake[", "bake[Product]: integer in 0..9   # [item]"),
        ("bake >= 1", "bake[", "bake[Product]: integer >= 1   # [item]"),
        ("bake: real", "bake[", "bake[Product]: real >= 0   # [item]"),
        ("open: real", "open:", "open: real in 0..1"),
        ("minimize", "minimize", "minimize: sum(profit[p] * bake[p] for p in Product) - 2 * open"),
        ("minimize: open", "minimize", "minimize: open"),
    ],
)
def test_a_change_is_made_where_it_says(change: str, beginning: str, expected: str) -> None:
    assert line(changed(change), beginning).startswith(expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("profit[cake] = 9", [3, 9, 1]),
        ("profit[*] += 1", [4, 9, 2]),
        ("profit *= 2", [6, 16, 2]),
        ("profit[bread] /= 2; profit[bread] += 1", [2.5, 8, 1]),
        ('profit["four-seed roll"] = 2', [3, 8, 2]),
        ("profit[four-seed roll] = 2", [3, 8, 2]),
    ],
)
def test_cells_that_are_meant_change_and_no_others(change: str, expected: list[float]) -> None:
    assert [cell.value for cell in changed(change).parameters[0].values] == expected


def test_the_original_stays_as_it_is() -> None:
    formulation = bakery()
    before = formulation.model_dump_json()

    apply_changes(formulation, read_changes("profit[cake] = 1; drop sold[cake]; fix bake = 3; open: real; minimize"))

    assert formulation.model_dump_json() == before


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("fix bake[cake] = 6", 6),
        ("bake[cake] <= 7; drop orders; drop pair; flour = 1000", 7),
        ("bake[cake] in 4..9; drop pair; flour = 1000", 9),
        ("drop sold[cake]; drop pair; drop band; flour = 85", 100),
    ],
)
def test_a_changed_formulation_is_solved_as_it_says(change: str, expected: float) -> None:
    assert changed(change).solve().value("bake", "cake") == expected


def test_a_changed_formulation_is_what_its_own_text_says() -> None:
    text = "profit[cake] = 1; drop sold[cake]; fix bake = 3; open: real; bake[cake] >= 2; relax sold by 3"

    formulation = changed(text)

    assert Formulation.from_text(formulation.to_text()) == formulation


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("flor = 5", "did you mean `flour`"),
        ("profit[cak] = 5", r"did you mean `profit\[cake\]`"),
        ("profit[cake, cake] = 5", "its index has 1 label"),
        ("flour[cake] = 5", "has no index"),
        ("bake = 5", "is a variable, not a parameter"),
        ("drop flour", "is a parameter, not a constraint"),
        ("fix flour = 5", "a parameter is changed by"),
        ("drop flour_stok", "did you mean `flour_stock`"),
        ("drop sold[pie]", r"has no `sold\[pie\]`"),
        ("tighten pair by 3", "can't be tightened"),
        ("raise band by 3", "two limits"),
        ("relax pair by 3; relax opened by 10%", "give the amount as a number"),
        ("start += 1", "can't be computed with"),
        ("bake[cake]: real", "all cells of a variable have one domain"),
    ],
)
def test_a_change_of_what_is_not_there_names_what_is(change: str, message: str) -> None:
    with pytest.raises(FormulationError, match=message) as raised:
        changed(change)

    assert "change `" in str(raised.value)


def held(text: str) -> dict[str, str]:
    """The constraints that changes have put on decisions, by name."""
    first = {each.name for each in bakery().constraints}
    found = apply_changes(bakery(), read_changes(text))
    lines = found.to_text().splitlines()
    return {
        each.name: next(line.partition(": ")[2].partition("   #")[0] for line in lines if each.name in line)
        for each in found.constraints
        if each.name not in first
    }


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("fix bake[bread] = 3; fix bake[bread] = 4", ["bake[i1] == 4"]),
        ("fix bake[bread] = 3; fix bake[cake] = 4", ["bake[i1] == 3", "bake[i1] == 4"]),
        ("fix bake[bread] = 3; fix bake = 4", ["bake[i1] == 4"]),
        ("fix open = 1; fix open = 0", ["open == 0"]),
        ("bake[bread] <= 3; bake[bread] <= 20", ["bake[i1] <= 20"]),
        ("bake[bread] <= 3; fix bake[bread] = 2", ["bake[i1] <= 3", "bake[i1] == 2"]),
        ("bake[bread] <= 3; bake <= 20", []),
    ],
)
def test_a_later_hold_takes_the_place_of_an_earlier_one(text: str, left: list[str]) -> None:
    assert sorted(held(text).values()) == left


def test_a_bound_or_a_limit_is_moved_any_number_of_times() -> None:
    bounds = [f"bake[cake] <= {each}" for each in range(1, 80)]
    limits = [f"relax sold[{each}] by 1" for each in ("cake", "bread") * 40]
    found = changed("bake in 0..99; " + "; ".join([*bounds, *limits]))
    again = Formulation.from_text(found.to_text())
    assert again == found
    assert line(again, "bake[").startswith("bake[i1 in Product]: integer in 0..(79 if i1 == cake else 99)")


def test_of_a_hold_on_many_cells_the_other_cells_stay_held() -> None:
    formulation = changed("fix bake = 3; fix bake[cake] = 4; drop flour_stock; drop pair; drop orders")
    solution = solve_formulation(Formulation.from_text(formulation.to_text()))
    values = {each.index[0]: each.value for each in solution.variables if each.name == "bake"}
    assert values == {"bread": 3, "cake": 4, "four-seed roll": 3}
    again = apply_changes(Formulation.from_text(formulation.to_text()), read_changes("fix bake[cake] = 5"))
    solution = solve_formulation(again)
    values = {each.index[0]: each.value for each in solution.variables if each.name == "bake"}
    assert values == {"bread": 3, "cake": 5, "four-seed roll": 3}
