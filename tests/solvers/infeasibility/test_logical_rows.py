"""Conflicts of logic, schedules and products, told by index, and what repairs them."""

from pathlib import Path

import pytest

from steepest.solvers.control import SolveControl
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.budget import ExplanationBudget
from steepest.solvers.infeasibility.explanations import explain_infeasibility
from steepest.solvers.infeasibility.records import Explanation

WORKSHOP = Path(__file__).parents[3] / "examples" / "workshop.five"

SHIFTS = """
sets:
  Nurse = {ann, bob, cem}
  Day = 1..4
parameters:
  needed[Day] = {1: 0, 2: 3, 3: 1, 4: 1}
variables:
  works[Nurse, Day]: binary
minimize: sum(works[n, d] for n in Nurse for d in Day)
constraints:
  staffed[d in Day]: at_least(needed[d], works[n, d] == 1 for n in Nurse)
  rests[n in Nurse]: not (works[n, 1] == 1 and works[n, 2] == 1)
  early[n in Nurse]: implies(works[n, 3] == 0, works[n, 1] == 1)
  away: works[cem, 3] == 0
"""


def explained(text: str, **limits: float) -> Explanation:
    budget = ExplanationBudget(**limits)  # type: ignore[arg-type]
    return explain_infeasibility(Formulation.from_text(text), budget=budget)


def test_rows_of_logic_are_told_by_index() -> None:
    conflict = explained(SHIFTS).conflict

    assert conflict is not None
    assert conflict.is_minimal
    assert {(each.name, each.index) for each in conflict.members if each.kind == "constraint"} == {
        ("staffed", (2,)),
        ("rests", ("cem",)),
        ("early", ("cem",)),
        ("away", ()),
    }


def test_a_row_of_logic_is_told_with_its_labels_in_place_of_index_names() -> None:
    conflict = explained(SHIFTS).conflict

    assert conflict is not None
    texts = {each.name: each.text for each in conflict.members if each.kind == "constraint"}
    assert texts["early"] == "implies(works[cem, 3] == 0, works[cem, 1] == 1)"
    assert texts["staffed"] == "at_least(needed[2], works[n, 2] == 1 for n in Nurse)"
    assert texts["away"] == "works[cem, 3] == 0"


def test_an_infeasible_workshop_has_a_proven_reason_and_a_repair() -> None:
    pytest.importorskip("ortools")
    tight = WORKSHOP.read_text().replace("done: integer >= 0", "done: integer in 0..25")

    found = explained(tight, seconds=300)

    assert found.conflict is not None
    assert found.conflict.is_minimal
    assert {each.name for each in found.conflict.members} == {"in_order", "one_at_a_time", "all_dry", "start", "done"}
    assert ("upper bound", "done", ()) in [(each.kind, each.name, each.index) for each in found.conflict.members]
    assert not [each for each in found.conflict.members if each.kind == "domain"]
    assert [str(each) for each in found.repairs] == ["raise the upper bound of done from 25 to 27 h"]


def test_whole_numbers_are_a_member_where_fractions_would_do() -> None:
    pytest.importorskip("ortools")
    found = explained(
        "sets:\n  T = 1..2\nvariables:\n  x[T]: integer in 0..4\n  y: integer in 0..9\nminimize: y\n"
        "constraints:\n  apart: no_overlap(x[t], 2 for t in T)\n  odd: 2 * y == 3 + 2 * x[1]\n"
    )

    assert found.conflict is not None
    assert {(each.kind, each.name) for each in found.conflict.members} == {
        ("constraint", "odd"),
        ("domain", "x"),
        ("domain", "y"),
    }


def test_a_limit_that_many_rows_share_moves_for_all_of_them() -> None:
    pytest.importorskip("ortools")
    found = explained(
        "sets:\n  Task = {cut, glue, sand}\nparameters:\n  takes = 4   # [h]\n  shift = 10   # [h]\n"
        "variables:\n  start[Task]: integer in 0..100   # [h]\nminimize: start[cut]\n"
        "constraints:\n  alone: no_overlap(start[t], takes for t in Task)\n  over[t in Task]: start[t] + takes"
        " <= shift\n"
    )

    assert [str(each) for each in found.repairs] == ["raise shift from 10 to 12 h"]


def test_a_product_that_only_scip_takes_gets_a_repair_of_one_limit() -> None:
    pytest.importorskip("pyscipopt")
    found = explained(
        "parameters:\n  least = 30\nvariables:\n  x: real in 0..5\n  y: real in 0..4\nminimize: x\n"
        "constraints:\n  area: x * y >= least\n"
    )

    assert "lower least from 30 to 20" in [str(each) for each in found.repairs]


def test_a_cancelled_search_tells_what_is_known() -> None:
    pytest.importorskip("ortools")
    tight = WORKSHOP.read_text().replace("done: integer >= 0", "done: integer in 0..25")
    control = SolveControl()
    control.cancel()

    assert explain_infeasibility(Formulation.from_text(tight), control=control).conflict is None


def test_a_spent_budget_tells_elements_that_are_not_proven_to_be_needed() -> None:
    conflict = explained(SHIFTS, solves=4).conflict

    assert conflict is not None
    assert not conflict.is_minimal


LOOSENED_ROW = """\
variables:
  x: integer in 0..4
  y: integer in 0..{most_y}
  b: binary
minimize: x
constraints:
  c0: either(x <= y - 1, x >= y + 1)
  c1: 3 * x + b <= 8
  c2: x == 4 or x >= 4
  c3: not (y <= 3)
"""


def test_a_repair_is_of_the_formulation_and_not_of_a_linear_form_that_rests_on_the_row_it_loosens() -> None:
    assert explain_infeasibility(Formulation.from_text(LOOSENED_ROW.format(most_y=4))).repairs == ()


def test_a_row_beside_logic_is_repaired_where_that_helps() -> None:
    repairs = explain_infeasibility(Formulation.from_text(LOOSENED_ROW.format(most_y=9))).repairs
    assert "let c1 be at most 12 instead of 8" in [str(each) for each in repairs]
