"""Choosing among solutions in the sandbox by tests of which some are wrong."""

import itertools

import pytest

import steepest
from steepest.agents.llm import FunctionModel
from steepest.agents.optimizers import choose_code
from steepest.agents.optimizers.guides import Case, UnitTests
from steepest.errors import InputError
from steepest.solvers.sandbox import Limits, Sandbox
from steepest.traces import bundle

RIGHT = "def middle(xs):\n    xs = sorted(xs)\n    n = len(xs)\n    return (xs[(n - 1) // 2] + xs[n // 2]) / 2\n"
ALSO_RIGHT = "from statistics import median\n\ndef middle(xs):\n    return median(xs)\n"
UNSORTED = "def middle(xs):\n    return xs[len(xs) // 2]\n"
UPPER = "def middle(xs):\n    return sorted(xs)[len(xs) // 2]\n"
MEAN = "def middle(xs):\n    return sum(xs) / len(xs)\n"
ENDLESS = "def middle(xs):\n    while True:\n        pass\n"
SOLUTIONS = [UNSORTED, UPPER, RIGHT, MEAN, ALSO_RIGHT, "def middle(xs:"]

SOUND = [
    "assert middle([3, 1, 2]) == 2",
    "assert middle([4, 1, 3, 2]) == 2.5",
    "assert middle([5]) == 5",
    "assert middle([9, 1, 1]) == 1",
]
WRONG = [  # the solution that is wrong in the same way passes most of them
    "assert middle([1, 2, 3, 4]) == 3",
    "assert middle([4, 1, 3, 2]) == 3",
    "assert middle([1, 2]) == 2",
    "assert middle([7, 9]) == 9",
    "assert middle([0, 0, 3]) == 1",
]


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Limits(wall_seconds=2)) as opened:
        yield opened


def test_the_right_solutions_are_chosen_although_another_passes_as_many_tests(sandbox):
    chosen = choose_code(SOLUTIONS, [*SOUND, *WRONG], sandbox=sandbox)
    assert chosen.source == RIGHT
    assert chosen.sets[0].solutions == (2, 4)
    assert set(chosen.doubtful) == set(WRONG)
    assert sum(chosen.passes[1]) > sum(chosen.passes[2])
    assert str(chosen) == "2 of 6 solutions pass the same 4 of 9 tests"


def test_another_rule_may_be_named_or_given(sandbox):
    by_codet = choose_code(SOLUTIONS, SOUND, rule="codet", sandbox=sandbox)
    assert by_codet.source == RIGHT
    last = choose_code(SOLUTIONS, SOUND, rule=lambda passes: list(by_codet.sets[::-1]), sandbox=sandbox)
    assert last.source != RIGHT
    with pytest.raises(InputError, match="there are b4, codet"):
        choose_code(SOLUTIONS, SOUND, rule="B5", sandbox=sandbox)


def test_what_is_no_test_is_left_out_and_equal_tests_are_one(sandbox):
    chosen = choose_code([RIGHT, MEAN], [*SOUND, SOUND[0], "assert middle(", "print(middle([1]))"], sandbox=sandbox)
    assert len(chosen.tests) == 4
    assert len(chosen.left_out) == 2
    assert "not Python" in chosen.left_out[0]
    assert str(chosen).endswith("; 2 that are no tests were left out")


def test_a_setup_that_fails_takes_no_other_tests_along(sandbox):
    broken = "import no_such_module\nassert middle([5]) == 5"
    chosen = choose_code([RIGHT, MEAN], [*SOUND, broken], sandbox=sandbox)
    assert chosen.passes[0] == (True, True, True, True, False)
    assert chosen.doubtful == ("assert middle([5]) == 5",)


def test_cases_are_tests_too(sandbox):
    chosen = choose_code([MEAN, RIGHT, ALSO_RIGHT], [Case([[3, 1, 9]], 3), Case([[1, 2]], 2)], sandbox=sandbox)
    assert chosen.source == RIGHT
    assert chosen.passes == ((False, False), (True, False), (True, False))


def test_code_without_end_fails_and_the_others_are_judged(sandbox):
    chosen = choose_code([ENDLESS, RIGHT, ALSO_RIGHT], SOUND[:2], limits=Limits(wall_seconds=0.5), sandbox=sandbox)
    assert chosen.source == RIGHT
    assert chosen.passes[0] == (False, False)


@pytest.mark.parametrize(
    ("solutions", "tests", "said"),
    [
        ([], SOUND, "no solutions"),
        ([RIGHT], [], "no test to choose by"),
        ([RIGHT], ["x ="], "no test to choose by: these tests are not Python"),
    ],
)
def test_there_has_to_be_something_to_choose_and_to_choose_by(solutions, tests, said):
    with pytest.raises(InputError, match=said):
        choose_code(solutions, tests)


@bundle(trainable=True)
def middle(xs):
    """The middle of some numbers."""
    return xs[len(xs) // 2]


def test_the_candidates_of_a_search_can_be_chosen_from(sandbox):
    drafts = itertools.cycle([UPPER, RIGHT, MEAN, ALSO_RIGHT])
    writer = FunctionModel(lambda request: f'<change name="middle_code">\n{next(drafts).strip()}\n</change>')
    tests = [*SOUND, *WRONG]
    guide = UnitTests(tests, sandbox=sandbox)
    found = steepest.optimize(lambda: middle.code.node.value, guide=guide, llm=writer, strategy="opro", budget=6)
    assert "sorted(xs)[len(xs) // 2]" in found.values["middle_code"]  # which passes most, and is wrong
    chosen = choose_code([each.values["middle_code"] for each in found.pool], tests, sandbox=sandbox)
    assert chosen.source.strip() == RIGHT.strip()
