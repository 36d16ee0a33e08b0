"""Which rows a change reaches, as far as the text tells."""

import pytest

from steepest.solvers.changes.change import ANY, Target
from steepest.solvers.changes.touching import touches
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import Label

MODEL = Formulation.from_text("""\
sets:
  Product = {bread, cake}
  Day = 1..3
  Sold = {p for p in Product if price[p] > free}
parameters:
  price[Product] = {bread: 1, cake: 2}
  free = 0
  demand[Day] = {1: 1, 2: 2, 3: 4}
  flour = 40
  spare = flour - 5
  most[p in Product] = 2 * price[p]
variables:
  bake[Product]: >= 0
  store[Day]: >= 0
named expressions:
  need = price[cake] * 2
  worth[p in Product] = most[p] * bake[p]
  longer = need + 1
minimize: sum(bake[p] for p in Product) + sum(store[t] for t in Day)
constraints:
  least: bake[cake] >= price[cake]
  day[t in Day]: store[t] >= demand[t]
  next_day[t in Day if t > 1]: store[t] >= demand[t - 1]
  all_days[t in Day]: store[t] <= sum(demand[u] for u in Day)
  hidden[t in Day]: store[1] <= sum(demand[t] for t in Day)
  by_name: bake[bread] >= longer
  each[p in Product]: worth[p] <= 100
  one: worth[cake] <= 100
  stock: bake[bread] <= spare
  sold: sum(bake[p] for p in Sold) <= 9
""")


def reached(target: Target, name: str, index: tuple[Label, ...] = ()) -> bool:
    constraint = next(each for each in MODEL.constraints if each.name == name)
    return touches(target, constraint, index, MODEL)


CAKE, BREAD, SECOND = Target("price", ("cake",)), Target("price", ("bread",)), Target("demand", (2,))


@pytest.mark.parametrize(
    ("target", "name", "index"),
    [
        (CAKE, "least", ()),
        (Target("price"), "least", ()),
        (Target("price", (ANY,)), "least", ()),
        (SECOND, "day", (2,)),
        (Target("day", (2,)), "day", (2,)),
        (CAKE, "by_name", ()),
        (CAKE, "each", ("cake",)),
        (CAKE, "one", ()),
        (Target("flour"), "stock", ()),
        (Target("spare"), "stock", ()),
        (Target("free"), "sold", ()),
    ],
)
def test_a_row_is_reached_by_what_is_in_it_and_in_what_it_is_defined_by(
    target: Target, name: str, index: tuple[Label, ...]
) -> None:
    assert reached(target, name, index)


@pytest.mark.parametrize(
    ("target", "name", "index"),
    [
        (BREAD, "least", ()),
        (SECOND, "day", (1,)),
        (Target("day", (2,)), "day", (1,)),
        (BREAD, "by_name", ()),
        (CAKE, "each", ("bread",)),
        (BREAD, "one", ()),
        (CAKE, "stock", ()),
        (Target("flour"), "sold", ()),
    ],
)
def test_another_cell_or_another_parameter_reaches_no_row(target: Target, name: str, index: tuple[Label, ...]) -> None:
    assert not reached(target, name, index)


@pytest.mark.parametrize("name", ["next_day", "all_days", "hidden"])
@pytest.mark.parametrize("day", [2, 3])
def test_where_the_text_does_not_tell_the_cell_it_may_be_any(name: str, day: int) -> None:
    assert reached(SECOND, name, (day,))


def test_definitions_that_go_in_a_circle_end() -> None:
    lets = "named expressions:\n  a = b + 1\n  b = a + 1\n"
    formulation = Formulation.from_text(f"{lets}variables:\n  x: >= 0\nminimize: x\nconstraints:\n  c: x >= a\n")
    assert not touches(Target("flour"), formulation.constraints[0], (), formulation)
