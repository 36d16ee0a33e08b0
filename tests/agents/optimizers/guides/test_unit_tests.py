"""Unit tests as a guide: in the sandbox for source, here for functions."""

import pytest

from steepest.agents.optimizers.guides import Case, GuideError, UnitTests
from steepest.agents.optimizers.guides.split_tests import split_tests
from steepest.solvers.sandbox import Limits, Sandbox

GOOD = "def total(numbers):\n    return sum(numbers)\n"
ONE_OFF = "def total(numbers):\n    return sum(numbers) + 1\n"
TESTS = '''
START = [1, 2]

def test_of_two():
    """A text over
    two lines."""
    assert total(START) == 3

def test_of_none():
    assert total([]) == 0
    assert total([5]) > 4
'''


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Limits(wall_seconds=2)) as opened:
        yield opened


@pytest.fixture
def judge(sandbox):
    def run(tests, output, **options):
        return UnitTests(tests, sandbox=sandbox, **options)(None, output)

    return run


def test_code_that_passes_all_has_the_score_one(judge):
    judged = judge(TESTS, GOOD)
    assert (judged.score, judged.words) == (1.0, "2 of 2 tests passed.")


def test_failed_assertions_tell_what_was_there_and_what_was_wanted(judge):
    judged = judge(TESTS, ONE_OFF)
    assert judged.score == 0.0
    assert "test_of_two: AssertionError: total(START) is 4, not 3" in judged.words
    assert "test_of_none: AssertionError: total([]) is 1, not 0" in judged.words


def test_bare_assertions_are_a_test_each(judge):
    judged = judge(["assert total([1]) == 1", "assert total([1]) == 2", "assert total([1]) > 3"], GOOD)
    assert judged.score == pytest.approx(1 / 3)
    assert "total([1]) is 1, not 2" in judged.words
    assert "total([1]) > 3 does not hold" in judged.words


def test_a_message_of_ones_own_is_told(judge):
    assert "sums start at 0" in judge("assert total([]) == 1, 'sums start at 0'", GOOD).words


def test_an_exception_in_the_code_is_told_with_its_line(judge):
    judged = judge("assert total(3) == 3", GOOD)
    assert "line 2, in total" in judged.words
    assert "TypeError: 'int' object is not iterable" in judged.words
    assert "steepest_" not in judged.words


def test_code_that_does_not_load_fails_all_tests_for_one_reason(judge):
    judged = judge(TESTS, "def total(numbers:\n")
    assert judged.score == 0.0
    assert "- test_of_two, test_of_none: " in judged.words
    assert "SyntaxError" in judged.words


def test_a_test_that_hangs_costs_no_other(judge):
    hanging = "def total(numbers):\n    while numbers == [1]:\n        pass\n    return sum(numbers)\n"
    judged = judge(["assert total([2]) == 2", "assert total([1]) == 1", "assert total([3]) == 3"], hanging)
    assert judged.score == pytest.approx(2 / 3)
    assert "stopped after 2 seconds" in judged.words


def test_code_that_hangs_when_it_is_loaded_is_not_waited_for_again_and_again(judge):
    judged = judge([f"assert total([{number}]) == {number}" for number in range(50)], "while True:\n    pass\n")
    assert judged.score == 0.0


def test_cases_are_compared_outside_of_the_code(judge):
    cases = [Case([[1, 2]], 3), Case([[0.1, 0.2]], 0.3), Case([[]], 1)]
    judged = judge(cases, GOOD)
    assert judged.score == pytest.approx(2 / 3)
    assert "f([]): gave 0, not 1" in judged.words
    flattering = (
        "class Any:\n    def __eq__(self, other):\n        return True\ndef total(numbers):\n    return Any()\n"
    )
    assert judge(cases, flattering).score == 0.0


def test_cases_take_the_named_function_else_the_last_one(judge):
    two = GOOD + "\ndef helper(numbers):\n    return 0\n"
    assert judge([Case([[1, 2]], 3)], two).score == 0.0
    assert judge([Case([[1, 2]], 3)], two, function="total").score == 1.0
    assert "no code with a function" in judge([Case([1], 1)], "x = 1").words


def test_a_yes_is_no_one(judge):
    assert judge([Case([1], 1)], "def f(x):\n    return True\n").score == 0.0


def test_tests_may_come_with_the_example(sandbox):
    guide = UnitTests(lambda example: example["tests"], sandbox=sandbox)
    assert guide({"tests": ["assert total([1]) == 1"]}, GOOD).score == 1.0
    assert guide({"tests": ["assert total([1]) == 2"]}, GOOD).score == 0.0


def test_a_function_is_tested_here_with_cases():
    judged = UnitTests([Case([[1, 2]], 3), Case([None], 0)])(None, sum)
    assert judged.score == 0.5
    assert "f(None): TypeError" in judged.words
    with pytest.raises(GuideError, match="test a function with Case"):
        UnitTests(TESTS)(None, sum)


def test_an_output_that_is_no_code_has_the_score_zero():
    assert UnitTests(TESTS)(None, 3).words == "The output is no code: 3."


@pytest.mark.parametrize(
    ("tests", "hint"),
    [
        ([], "no tests"),
        ("x = 1", "no `assert`"),
        ("assert (", "not Python"),
        ("def test_it(fixture):\n    assert fixture", "takes arguments"),
        ([3], "a source or a Case"),
    ],
)
def test_what_is_no_test_is_refused_at_once(tests, hint):
    with pytest.raises(GuideError, match=hint):
        UnitTests(tests)


def test_imports_and_helpers_are_the_setup_of_each_test():
    one, other = split_tests("import math\nassert math.sqrt(4) == f(2)\nassert f(3) == 3\n")
    assert one.setup == other.setup == "import math"
