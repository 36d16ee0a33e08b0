from itertools import combinations
from pathlib import Path

import pytest

from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.budget import ExplanationBudget
from steepest.solvers.infeasibility.explanations import explain_infeasibility
from steepest.solvers.infeasibility.family_probe import FamilyProbe
from steepest.solvers.infeasibility.records import Conflict
from steepest.solvers.infeasibility.reduction import Elements
from tests.solvers.infeasibility.random_models import (
    inequalities_of,
    is_feasible_exactly,
    random_formulation,
    requirements_of,
)

BAKERY = """
sets:
  Product = {bread, cake}
parameters:
  flour_use[Product] = {bread: 0.5, cake: 0.8}   # [kg/item]
  flour = 40   # [kg] "40 kg of flour"
  min_cakes = 100   # [item] "at least 100 cakes"
variables:
  bake[Product]: integer >= 0   # [item]
maximize: sum(bake[p] for p in Product)
constraints:
  flour_stock: sum(flour_use[p] * bake[p] for p in Product) <= flour
  enough_cakes: bake[cake] >= min_cakes
  some_bread: bake[bread] <= 12
"""


def conflict_of(text: str, **limits: float) -> Conflict:
    budget = ExplanationBudget(**limits)  # type: ignore[arg-type]
    conflict = explain_infeasibility(Formulation.from_text(text), budget=budget).conflict
    assert conflict is not None
    return conflict


def members(conflict: Conflict) -> list[tuple[str, str, object]]:
    return [(member.kind, member.name, member.index) for member in conflict.members]


def test_a_conflict_names_its_members_their_numbers_and_the_users_words() -> None:
    conflict = conflict_of(BAKERY)

    assert conflict.is_minimal
    assert members(conflict) == [
        ("constraint", "flour_stock", ()),
        ("constraint", "enough_cakes", ()),
        ("lower bound", "bake", ("bread",)),
    ]
    assert conflict.members[0].limit == "at most 40 kg"
    assert conflict.members[0].text == "0.5 bake[bread] + 0.8 bake[cake] <= 40"
    assert conflict.members[0].quotes == ("40 kg of flour",)
    assert str(conflict) == (
        'flour_stock (at most 40 kg: 0.5 bake[bread] + 0.8 bake[cake] <= 40, "40 kg of flour") conflicts with:\n'
        '  - enough_cakes (at least 100 item: bake[cake] >= 100, "at least 100 cakes")\n'
        "  - bake[bread] >= 0"
    )


def test_only_the_rows_that_conflict_are_named() -> None:
    conflict = conflict_of(
        "sets:\n  T = 1..50\nparameters:\n  need[t in T] = t\n  most = 49\nvariables:\n  make[T]: real >= 0\n"
        "minimize: sum(make[t] for t in T)\n"
        "constraints:\n  met[t in T]: make[t] >= need[t]\n  room[t in T]: make[t] <= most\n"
    )

    assert members(conflict) == [("constraint", "met", (50,)), ("constraint", "room", (50,))]


def test_integrality_is_a_member_where_only_whole_numbers_conflict() -> None:
    conflict = conflict_of("variables:\n  x: integer\n  y: integer\nminimize: x\nconstraints:\n  c: 2*x + 4*y == 7\n")

    assert members(conflict) == [("constraint", "c", ()), ("domain", "x", ()), ("domain", "y", ())]


def test_a_whole_number_between_two_others_is_a_conflict_of_one_variable() -> None:
    conflict = conflict_of("variables:\n  x: integer in 0.2..0.8\nminimize: x\n")

    assert {(kind, name) for kind, name, _ in members(conflict)} == {
        ("upper bound", "x"),
        ("lower bound", "x"),
        ("domain", "x"),
    }


def test_a_constraint_without_variables_left_conflicts_alone() -> None:
    conflict = conflict_of("variables:\n  x: real\nminimize: x\nconstraints:\n  c: x - x >= 1\n  d: x >= 0\n")

    assert members(conflict) == [("constraint", "c", ())]
    assert "can't be met" in str(conflict)


def test_logic_is_explained_with_its_constraints() -> None:
    conflict = conflict_of(
        "variables:\n  x: real in 0..5\n  y: binary\nminimize: x\n"
        "constraints:\n  c: implies(y == 1, x <= 2)\n  d: x >= 3\n  e: y == 1\n"
    )

    assert conflict.is_minimal
    assert members(conflict) == [("constraint", "c", ()), ("constraint", "d", ()), ("constraint", "e", ())]


def test_a_conflict_beside_logic_is_explained_by_rows() -> None:
    conflict = conflict_of(
        "sets:\n  T = 1..3\nvariables:\n  x[T]: real in 0..5\n  y: binary\nminimize: x[1]\n"
        "constraints:\n  c: implies(y == 1, x[1] <= 2)\n  d[t in T]: x[t] >= 2 * t\n"
    )

    assert ("constraint", "d", (3,)) in members(conflict)
    assert ("upper bound", "x", (3,)) in members(conflict)


def test_products_are_explained_with_their_constraints() -> None:
    pytest.importorskip("pyscipopt")
    conflict = conflict_of(
        "variables:\n  x: real in 0..5\n  y: real in 0..4\n  z: real >= 0\nminimize: x\n"
        "constraints:\n  c: x * y >= 30\n  d: z <= 3\n"
    )

    assert ("constraint", "c") in {(kind, name) for kind, name, _ in members(conflict)}
    assert ("constraint", "d") not in {(kind, name) for kind, name, _ in members(conflict)}


def test_a_quadratic_objective_takes_no_part_in_a_conflict() -> None:
    conflict = conflict_of("variables:\n  x: real >= 2\nminimize: x ^ 2\nconstraints:\n  c: x <= 1\n")

    assert members(conflict) == [("constraint", "c", ()), ("lower bound", "x", ())]


def test_a_spent_budget_tells_the_best_set_so_far() -> None:
    conflict = conflict_of(BAKERY, solves=2)

    assert not conflict.is_minimal
    assert "not proven smallest" in conflict.sentences[-1]
    assert {"flour_stock", "enough_cakes"} <= {member.name for member in conflict.members}


def test_a_feasible_formulation_has_no_conflict(tmp_path: Path) -> None:
    explained = explain_infeasibility(Formulation.from_text(BAKERY.replace("= 100 ", "= 10 ")), folder=tmp_path)

    assert explained.conflict is None
    assert not explained.lines


def test_the_same_formulation_has_the_same_conflict() -> None:
    first, second = conflict_of(BAKERY), conflict_of(BAKERY)

    assert (first.members, first.solves) == (second.members, second.solves)


@pytest.mark.parametrize("integer", [False, True], ids=["LP", "MIP"])
def test_random_conflicts_are_irreducible(integer: bool) -> None:
    found = 0
    for seed in range(60):
        formulation = random_formulation(seed, integer=integer)
        conflict = explain_infeasibility(formulation).conflict
        elements = Elements(formulation, bind(formulation))
        probe = FamilyProbe(elements, ExplanationBudget(seconds=1000).spending())
        if conflict is None:
            assert probe(elements.requirements()) is True
            continue
        found += 1
        needed = requirements_of(conflict.members)
        assert conflict.is_minimal
        assert probe(needed) is False, seed
        for member in needed:
            assert probe([each for each in needed if each is not member]) is True, (seed, member)
    assert found >= 10


def test_random_linear_conflicts_are_among_those_that_enumeration_finds() -> None:
    for seed in range(80):
        formulation = random_formulation(seed, integer=False)
        whole = Elements(formulation, bind(formulation)).requirements()
        feasible = is_feasible_exactly(inequalities_of(formulation, whole))
        conflict = explain_infeasibility(formulation).conflict
        assert (conflict is None) == feasible, seed
        if conflict is None:
            continue
        needed = requirements_of(conflict.members)
        assert not is_feasible_exactly(inequalities_of(formulation, needed)), seed
        for part in combinations(needed, len(needed) - 1):
            assert is_feasible_exactly(inequalities_of(formulation, part)), (seed, part)
