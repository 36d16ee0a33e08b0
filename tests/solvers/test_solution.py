"""The values of a solution by their names."""

import pytest

from steepest.solvers.solution import Solution, VariableValue


def solution() -> Solution:
    return Solution(status="optimal", variables=[VariableValue("x", ("a",), 1.0), VariableValue("y", (), 2.0)])


def test_a_value_is_found_by_name_and_index() -> None:
    assert (solution().value("x", "a"), solution().value("y")) == (1, 2)
    with pytest.raises(KeyError, match=r"there is no x\['b'\]; there are x\[a\]"):
        solution().value("x", "b")


def test_an_unknown_name_is_answered_with_a_close_one() -> None:
    bakes = Solution(status="optimal", variables=[VariableValue("bake", ("a",), 1.0)])
    with pytest.raises(KeyError, match=r"did you mean bake\?"):
        bakes.value("bakes", "a")
    with pytest.raises(KeyError, match="the solve ended with infeasible"):
        Solution(status="infeasible").value("bake")


def test_values_are_those_of_the_variables_at_hand() -> None:
    first = solution()
    assert first.value("y") == 2
    second = first.model_copy(update={"variables": [VariableValue("y", (), 3.0)]})
    assert (second.value("y"), first.value("y")) == (3, 2)
    first.variables.append(VariableValue("z", (), 4.0))
    assert first.value("z") == 4


def test_looking_a_value_up_goes_through_the_variables_once() -> None:
    class Counted(list[VariableValue]):
        passes = 0

        def __iter__(self):  # type: ignore[no-untyped-def]
            Counted.passes += 1
            return super().__iter__()

    looked = solution()
    looked.variables = Counted(looked.variables)
    assert [looked.value("y") for _ in range(5)] == [2.0] * 5
    assert Counted.passes == 1


def test_a_solution_equals_its_copy_whether_a_value_was_looked_up_or_not() -> None:
    first, second = solution(), solution()
    first.value("y")
    assert first == second
