import math

import pytest

from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.explanations import explain_infeasibility
from steepest.solvers.infeasibility.records import Repair
from tests.solvers.infeasibility.random_models import random_formulation
from tests.solvers.infeasibility.test_conflicts import BAKERY


def repairs_of(text: str, **weights: float) -> list[str]:
    return [str(repair) for repair in explain_infeasibility(Formulation.from_text(text), weights=weights).repairs]


def test_the_smallest_repair_comes_first_and_then_its_alternatives() -> None:
    assert repairs_of(BAKERY) == ["lower min_cakes from 100 to 50 item", "raise flour from 40 to 80 kg"]


def test_a_weight_makes_another_limit_give() -> None:
    assert repairs_of(BAKERY, enough_cakes=10)[0] == "raise flour from 40 to 80 kg"


def test_what_may_not_give_stays() -> None:
    assert repairs_of(BAKERY, enough_cakes=math.inf) == ["raise flour from 40 to 80 kg"]


def test_a_parameter_of_another_place_too_is_not_what_moves() -> None:
    elsewhere = BAKERY + "  also: bake[bread] <= flour\n"

    assert repairs_of(elsewhere)[1] == "let flour_stock be at most 80 kg instead of 40"


def test_a_cell_of_a_table_is_named_with_its_index() -> None:
    text = (
        "sets:\n  T = {may, june}\nparameters:\n  need[T] = {may: 5, june: 30}\n  most[T] = {may: 20, june: 20}\n"
        "variables:\n  make[T]: real >= 0\nminimize: sum(make[t] for t in T)\n"
        "constraints:\n  met[t in T]: make[t] >= need[t]\n  room[t in T]: make[t] <= most[t]\n"
    )

    assert repairs_of(text) == ["lower need[june] from 30 to 20", "raise most[june] from 20 to 30"]


def test_a_number_that_is_stated_once_moves_for_all_its_rows() -> None:
    text = (
        "sets:\n  P = {a, b}\nparameters:\n  fewest = 30\n  room = 40\nvariables:\n  order[P]: real >= 0\n"
        "minimize: order[a]\nconstraints:\n  enough[p in P]: order[p] >= fewest\n  fits: order[a] + order[b] <= room\n"
    )

    assert repairs_of(text) == ["lower fewest from 30 to 20", "raise room from 40 to 60"]


def test_two_conflicts_are_repaired_together() -> None:
    text = (
        "variables:\n  x: real\n  y: real\nminimize: x\n"
        "constraints:\n  a: x >= 4\n  b: x <= 2\n  c: y >= 10\n  d: y <= 9\n"
    )

    assert repairs_of(text)[0] == "let a be at least 2 instead of 4 and let c be at least 9 instead of 10"


def test_whole_numbers_are_kept() -> None:
    text = (
        "variables:\n  x: integer in 0..9\n  y: integer in 0..9\nminimize: x\nconstraints:\n  c: 6 * x + 9 * y == 20\n"
    )

    assert repairs_of(text) == ["let c be 21 instead of 20"]


def test_the_bound_of_a_variable_gives() -> None:
    text = "variables:\n  x: real in 0..5\nminimize: x\nconstraints:\n  c: x >= 8\n"

    assert repairs_of(text) == ["let c be at least 5 instead of 8", "raise the upper bound of x from 5 to 8"]


def test_comparisons_with_zero_give_only_if_nothing_else_can() -> None:
    text = (
        "variables:\n  x: real\n  y: real\nminimize: x\nconstraints:\n  a: x - y >= 0\n  b: x <= y - z\n  c: z >= 3\n"
    )

    assert repairs_of(text.replace("y: real\n", "y: real\n  z: real\n"))[0] == "let c be at least 0 instead of 3"


def changed(formulation: Formulation, repair: Repair) -> Formulation:
    """The random formulation with its limits moved, each written at the end of its row or as a bound."""
    document = formulation.model_dump()
    for change in repair.changes:
        for row in document["constraints"]:
            if row["name"] == change.name:
                row["body"] = f"{row['body'].rpartition(' ')[0]} {change.proposed}"
        for variable in document["variables"]:
            if variable["name"] == change.name:
                variable[change.side] = str(change.proposed)
    return Formulation.model_validate({**document, "objectives": []})


@pytest.mark.parametrize("integer", [False, True], ids=["LP", "MIP"])
def test_a_repaired_formulation_has_an_answer(integer: bool) -> None:
    repaired = 0
    for seed in range(60):
        formulation = random_formulation(seed, integer=integer)
        explained = explain_infeasibility(formulation)
        assert bool(explained.repairs) == (explained.conflict is not None), seed
        for repair in explained.repairs:
            feasible = changed(formulation, repair).solve()
            assert feasible.status == "optimal", (seed, str(repair))
            repaired += 1
        if explained.repairs:
            costs = [repair.cost for repair in explained.repairs]
            assert costs[0] <= min(costs) + 1e-6, seed
    assert repaired >= 10
