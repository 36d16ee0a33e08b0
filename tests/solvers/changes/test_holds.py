"""Holds that changes put on decisions: a later one takes the place of an earlier one, and of nothing else."""

import pytest

from steepest.solvers.changes.apply import apply_changes
from steepest.solvers.changes.holds import HELD
from steepest.solvers.changes.reading import read_changes
from steepest.solvers.formulation import Constraint, Formulation

GRID = """\
sets:
  Day = 1..60
  Shift = {early, late}
variables:
  staff[Day, Shift]: real >= 0
minimize: sum(staff[d, s] for d in Day for s in Shift)
constraints:
  enough: sum(staff[d, s] for d in Day for s in Shift) >= 10
"""


def changed(text: str, changes: str) -> Formulation:
    return apply_changes(Formulation.from_text(text), read_changes(changes))


def reread(formulation: Formulation) -> Formulation:
    return Formulation.from_text(formulation.to_text())


def named(formulation: Formulation, name: str) -> Constraint:
    return next(each for each in formulation.constraints if each.name == name)


def test_a_hold_says_that_a_change_has_put_it_there() -> None:
    found = changed("variables:\n  x: >= 0\nmaximize: x", "fix x = 3")
    assert (named(found, "fixed_x").note, HELD) == ("held by a change", "held by a change")


@pytest.mark.parametrize("said", ['# "the oven holds 7"', "# the oven's size", ""])
@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("bound_bake: bake <= 7", "bake <= 9"),
        ("bound_bake: bake >= 7", "bake >= 9"),
        ("fixed_bake: bake == 7", "fix bake = 9"),
        ("fixed_bake_2: bake == 7", "fix bake = 9"),
    ],
)
def test_a_constraint_of_the_problem_stays_whatever_it_is_called(constraint: str, change: str, said: str) -> None:
    text = f"variables:\n  bake: real in 0..99\nmaximize: bake\nconstraints:\n  {constraint}   {said}"
    before = Formulation.from_text(text).constraints
    assert changed(text, change).constraints[:1] == before


def test_rows_of_the_problem_stay_where_a_cell_is_fixed() -> None:
    rows = '  fixed_staff[d in Day, s in Shift]: staff[d, s] == 2   # "two everywhere"\n'
    found = changed(GRID + rows, "fix staff[3, late] = 5")
    assert named(found, "fixed_staff") == named(Formulation.from_text(GRID + rows), "fixed_staff")
    assert found.solve().status == "infeasible"


def test_a_hold_that_was_written_down_and_read_again_is_one_still() -> None:
    once = reread(changed(GRID, "fix staff[3, late] = 5"))
    again = apply_changes(once, read_changes("fix staff[3, late] = 6"))
    assert [each.name for each in again.constraints] == ["enough", "fixed_staff"]
    assert again.solve().value("staff", 3, "late") == 6


def test_a_hold_on_many_cells_takes_any_number_of_changes() -> None:
    changes = ["fix staff[*, late] = 3", *(f"fix staff[{day}, late] = {day}" for day in range(1, 59))]
    found = reread(changed(GRID, "; ".join(changes)))
    values = found.solve().value
    assert [values("staff", day, "late") for day in range(1, 61)] == [*range(1, 59), 3, 3]


def test_the_cells_that_a_hold_no_longer_has_are_one_set() -> None:
    found = changed(GRID, "fix staff[*, late] = 3; fix staff[1, late] = 4; fix staff[2, late] = 5")
    head = str(named(found, "fixed_staff").index)
    assert head == 'i1 in Day, i2 in Shift if i2 == "late" and (i1, i2) not in {(1, "late"), (2, "late")}'


def test_rows_taken_away_one_by_one_are_one_set_beside_those_taken_away_together() -> None:
    rows = "  most[d in Day, s in Shift if d > 1]: staff[d, s] <= 9\n"
    found = reread(changed(GRID + rows, "drop most[7, early]; drop most[*, late]; drop most[9, early]"))
    head = str(named(found, "most").index)
    assert head == ('d in Day, s in Shift if d > 1 and (d, s) not in {(7, "early"), (9, "early")} and not s == "late"')


def test_taking_away_the_last_rows_leaves_no_hold() -> None:
    found = changed(GRID, "fix staff[1, late] = 3; fix staff[*, late] = 4")
    assert [each.name for each in found.constraints] == ["enough", "fixed_staff"]
