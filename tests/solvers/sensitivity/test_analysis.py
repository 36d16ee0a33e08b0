import pytest

from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.sensitivity.analysis import sensitivity
from steepest.solvers.sensitivity.report import Range
from steepest.solvers.sensitivity.resolved import Budget
from steepest.solvers.sensitivity.words import told

WYNDOR = """\
parameters:
  plant_1 = 4   # [h]
  plant_2 = 12   # [h]
  plant_3 = 18   # [h]
variables:
  doors: real >= 0
  windows: real >= 0
maximize: 3 * doors + 5 * windows   # [$]
constraints:
  first: doors <= plant_1
  second: 2 * windows <= plant_2
  third: plant_3 >= 3 * doors + 2 * windows
"""


def formulation(text: str) -> Formulation:
    return Formulation.from_text(text)


def test_duals_and_ranges_are_those_of_the_textbook() -> None:
    found = sensitivity(formulation(WYNDOR))

    assert found.method == "exact"
    assert [each.dual for each in found.constraints] == [0, 1.5, 1]
    assert [each.valid for each in found.constraints] == [Range(2, None), Range(6, 18), Range(12, 24)]
    assert [each.costs for each in found.variables] == [Range(0, 7.5), Range(2, None)]
    assert (found.duals_are_unique, found.answer_is_unique) == (True, True)


def test_a_limit_that_stands_on_the_left_is_told_as_it_is_written() -> None:
    third = sensitivity(formulation(WYNDOR)).constraint("third")

    assert (third.relation, third.limit, third.activity, third.dual) == ("<=", 18, 18, 1)
    assert third.parameter == "plant_3"


def test_a_person_reads_what_one_more_is_worth_and_how_far_that_holds() -> None:
    found = sensitivity(formulation(WYNDOR))

    assert told(found) == [
        "one more h of plant_2 is worth 1.5 $ (valid from 6 to 18 h)",
        "one more h of plant_3 is worth 1 $ (valid from 12 to 24 h)",
    ]


def test_a_parameter_that_stands_in_two_places_is_not_told_as_if_it_stood_in_one() -> None:
    found = sensitivity(formulation(WYNDOR.replace("doors <= plant_1", "doors <= plant_1 + plant_2")))

    assert found.constraint("second").parameter is None
    assert "one more h on the limit of second is worth 1.5 $ (valid from 0 to 18 h)" in told(found)


def test_a_cell_that_limits_several_rows_is_not_told_as_if_it_limited_one() -> None:
    text = """\
sets:
  A = {a, b}
parameters:
  most[A] = {a: 3, b: 4}
variables:
  x[A, A]: real >= 0
maximize: sum(x[i, j] for i in A for j in A)
constraints:
  cap[i in A, j in A]: x[i, j] <= most[i]
  each[i in A]: x[i, i] <= 2
"""
    found = sensitivity(formulation(text))

    assert found.constraint("cap", "a", "b").parameter is None
    assert found.constraint("cap", "a", "b").dual == 1


def test_a_constant_beside_the_decisions_moves_the_range_of_the_parameter() -> None:
    found = sensitivity(formulation(WYNDOR.replace("2 * windows <= plant_2", "2 * windows + 5 <= plant_2")))

    second = found.constraint("second")
    assert (second.limit, second.activity) == (12, 12)
    more = sensitivity(formulation(WYNDOR.replace("2 * windows <= plant_2", "2 * windows + 5 <= plant_2")
                                   .replace("plant_2 = 12", "plant_2 = 13")))  # fmt: skip
    assert more.objective == pytest.approx((found.objective or 0) + second.dual)


def test_a_degenerate_answer_is_told_to_be_one() -> None:
    text = WYNDOR.replace("constraints:", "constraints:\n  also: 3 * doors + windows <= 12")

    found = sensitivity(formulation(text))

    assert found.duals_are_unique is False
    assert any("degenerate" in note for note in found.notes)


def test_other_answers_are_told_to_be_possible() -> None:
    found = sensitivity(formulation(WYNDOR.replace("3 * doors + 5 * windows   #", "3 * doors + 2 * windows   #")))

    assert found.answer_is_unique is False


def test_a_problem_in_whole_numbers_is_solved_again_and_says_so() -> None:
    found = sensitivity(formulation(WYNDOR.replace("real", "integer")), budget=Budget(solves=4))

    assert (found.method, found.constraints, found.variables) == ("re-solved", [], [])
    assert len(found.deltas) == 4
    assert all("(solved again)" in line for line in told(found))


def test_a_named_number_is_solved_again_with_the_given_step() -> None:
    found = sensitivity(formulation(WYNDOR.replace("real", "integer")), of=["plant_3", "second"], step=2)

    assert [(str(each.change), each.objective_change) for each in found.deltas] == [
        ("plant_3 += 2", pytest.approx(0)),
        ("plant_3 -= 2", pytest.approx(-3)),
        ("raise second by 2", pytest.approx(2)),
        ("lower second by 2", pytest.approx(-5)),
    ]


def test_a_budget_that_is_spent_is_told() -> None:
    found = sensitivity(formulation(WYNDOR), of=["plant_1", "plant_2"], budget=Budget(solves=3))

    assert len(found.deltas) == 3
    assert found.notes[-1] == "1 of 4 re-solves were left out: the budget was spent"


def test_a_name_that_is_none_is_told_with_what_is_close() -> None:
    with pytest.raises(FormulationError, match="did you mean `plant_2`"):
        sensitivity(formulation(WYNDOR), of=["plant_22"])


def test_without_an_optimum_there_is_nothing_to_tell() -> None:
    found = sensitivity(formulation(WYNDOR.replace("doors <= plant_1", "doors >= 20")))

    assert (found.status, found.method) == ("infeasible", "none")


def test_a_minimum_of_maxima_has_duals_but_no_ranges_of_coefficients() -> None:
    text = "variables:\n  x: real\nminimize: max(x, 2 - x)\nconstraints:\n  least: x >= 3"

    found = sensitivity(formulation(text))

    assert found.method == "exact"
    assert found.constraint("least").dual == 1
    assert found.variable("x").costs is None


def test_a_ratio_that_was_multiplied_out_has_no_dual() -> None:
    text = (
        "variables:\n  x: real in 0..9\n  y: real in 1..5\nmaximize: x\nconstraints:\n  mix: x / y <= 2\n  cap: y <= 4"
    )

    found = sensitivity(formulation(text))

    assert [each.name for each in found.constraints] == ["cap"]
    assert any("`mix`" in note for note in found.notes)


def test_limits_that_the_usual_budget_has_no_room_for_are_counted() -> None:
    text = "sets:\n  I = 1..9\nvariables:\n  x[I]: integer >= 0\nmaximize: sum(x[i] for i in I)\n"
    found = sensitivity(formulation(text + "constraints:\n  most[i in I]: x[i] <= 10 + i\n"))
    assert found.notes[-1] == "6 of 18 re-solves were left out: the budget was spent"
    assert found.notes[-1] in str(found)
