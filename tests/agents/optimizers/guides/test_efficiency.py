"""Speed as a guide: the formula by itself, and real functions, fast and slow, in the sandbox."""

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import steepest
from steepest.agents.llm import FunctionModel
from steepest.agents.optimizers.guides import Efficiency, GuideError, Level
from steepest.agents.optimizers.guides.efficiency import efficiency
from steepest.agents.optimizers.identities import digest_of_program
from steepest.solvers.sandbox import Limits, Sandbox
from steepest.traces import bundle

FAST = """
def primes(limit):
    sieve = bytearray([1]) * (limit + 1)
    sieve[0:2] = b"\\0\\0"
    for number in range(2, int(limit ** 0.5) + 1):
        if sieve[number]:
            for multiple in range(number * number, limit + 1, number):
                sieve[multiple] = 0
    return sum(sieve)
"""
SLOWER = """
def primes(limit):
    sieve = [True] * (limit + 1)
    for number in range(2, limit + 1):
        for multiple in range(2 * number, limit + 1, number):
            sieve[multiple] = False
    return sum(sieve[2:])
"""
SLOW = """
def primes(limit):
    return sum(all(number % each for each in range(2, number)) for number in range(2, limit + 1))
"""
LEVELS = [Level([[1], [30]], weight=0), Level([[3_000]], weight=1), Level([[60_000]], weight=3)]


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Limits(wall_seconds=20)) as opened:
        yield opened


@pytest.fixture(scope="module")
def guide(sandbox):
    return Efficiency(FAST, LEVELS, repeats=3, sandbox=sandbox)


# --- the formula

SECONDS = st.floats(0.001, 10)


@given(st.lists(st.tuples(SECONDS, st.floats(0, 5)), min_size=1), st.floats(1.1, 5))
def test_the_reference_has_one(levels, factor):
    seconds, weights = [each for each, _ in levels], [1 + weight for _, weight in levels]
    assert efficiency(seconds, seconds, weights, factor * max(seconds)) == pytest.approx(1)


@given(st.lists(st.tuples(SECONDS, SECONDS, SECONDS), min_size=1))
def test_who_is_faster_everywhere_has_no_less(levels):
    references = [each for each, _, _ in levels]
    fast, slow = [min(pair) for _, *pair in levels], [max(pair) for _, *pair in levels]
    weights, limit = [1.0] * len(levels), 2 * max(references)
    assert efficiency(fast, references, weights, limit) >= efficiency(slow, references, weights, limit) >= 0


def test_what_is_over_the_limit_counts_as_nothing():
    assert efficiency([1, math.inf], [1, 4], [1, 3], 8) == 0.25
    assert efficiency([math.inf, math.inf], [1, 4], [1, 3], 8) == 0


def test_faster_than_the_reference_is_more_than_one():
    assert efficiency([2.0], [4.0], [3], 8.0) == 1.5


# --- in the sandbox


def test_the_reference_itself_has_about_one(guide):
    judged = guide(None, FAST)
    assert 0.3 < judged.score < 1.7  # other processes share the machine's caches
    assert judged.words.startswith("Right, with an efficiency of")


def test_faster_code_has_a_higher_score_and_slow_code_passes_the_limit(guide):
    slower, slow = guide(None, SLOWER), guide(None, SLOW)
    assert guide(None, FAST).score > slower.score >= slow.score
    assert "level 3: over the limit of" in slow.words
    assert "the reference takes" in slow.words


class Counted:
    """A sandbox that keeps the arguments of what it times."""

    def __init__(self, sandbox):
        self.sandbox, self.arguments = sandbox, []

    def run(self, job, *, limits=None):
        self.arguments.append(job.call.args[0])
        return self.sandbox.run(job, limits=limits)


def test_what_is_hopeless_is_not_timed_again_and_harder_levels_are_not_tried(sandbox):
    counted = Counted(sandbox)
    guide = Efficiency(FAST, [Level([[1], [30]], weight=0), Level([[3_000]]), Level([[60_000]])], sandbox=counted)
    guide(None, SLOW)
    reference = [1, 30, *[3_000] * 6, *[60_000] * 6]
    assert counted.arguments[: len(reference)] == reference
    assert counted.arguments[len(reference) :] == [1, 30, 3_000]


def test_a_wrong_value_at_any_level_counts_as_nothing(guide):
    wrong = FAST.replace("return sum(sieve)", "return sum(sieve) + (limit > 2000)")
    judged = guide(None, wrong)
    assert judged.score == 0.0
    assert "f(3000): gave 431, not 430" in judged.words


def test_code_that_raises_is_told_its_error(guide):
    judged = guide(None, "def primes(limit):\n    return limit.count\n")
    assert judged.score == 0.0
    assert "AttributeError" in judged.words


def test_remembering_results_gains_nothing(guide):
    remembering = "from functools import lru_cache\n" + SLOW.replace("def primes", "@lru_cache(None)\ndef primes")
    assert guide(None, remembering).score <= guide(None, FAST).score / 2


def test_what_is_no_code_or_has_no_such_function_has_nothing(guide):
    assert guide(None, 7).score == 0.0
    assert "no code" in guide(None, 7).words
    assert guide(None, "def other(limit):\n    return 1\n").score == 0.0


def test_a_reference_that_is_too_fast_is_refused(sandbox):
    guide = Efficiency("def one():\n    return 1\n", [Level([[]])], repeats=1, sandbox=sandbox)
    with pytest.raises(GuideError, match="can't be told from what the measuring takes"):
        guide(None, "def one():\n    return 1\n")


def test_a_reference_that_fails_is_refused(sandbox):
    guide = Efficiency("def one(x):\n    return 1 // x\n", [Level([[0]])], repeats=1, sandbox=sandbox)
    with pytest.raises(GuideError, match=r"(?s)the reference fails for \[0\].*ZeroDivisionError"):
        guide(None, "def one(x):\n    return 1\n")


def test_a_guide_is_the_same_after_it_has_measured_and_goes_to_other_processes(sandbox):
    guide = Efficiency(FAST, LEVELS[2:], repeats=1)
    before = digest_of_program(guide)
    guide(None, FAST)
    assert digest_of_program(guide) == before
    assert pickle.dumps(guide)
    assert digest_of_program(Efficiency(FAST, LEVELS[1:])) != before


@pytest.mark.parametrize(
    ("reference", "levels", "options"),
    [
        ("x = 1", LEVELS, {}),
        (FAST, [], {}),
        (FAST, [Level([])], {}),
        (FAST, [Level([[1]], weight=0)], {}),
        (FAST, [Level([[1]], weight=-1)], {}),
        (FAST, LEVELS, {"factor": 1}),
        (FAST, LEVELS, {"repeats": 0}),
    ],
)
def test_what_can_not_be_measured_is_refused(reference, levels, options):
    with pytest.raises(GuideError):
        Efficiency(reference, levels, **options)


@bundle(trainable=True)
def primes(limit):
    """How many primes there are up to a limit."""
    return sum(all(number % each for each in range(2, number)) for number in range(2, limit + 1))


def test_a_search_finds_the_faster_code(guide):
    writer = FunctionModel(lambda request: f'<change name="primes_code">\n{FAST.strip()}\n</change>')
    found = steepest.optimize(lambda: primes, guide=guide, llm=writer, strategy="minibatch", budget=4)
    assert found.score > 0.3 > found.seed_score
    assert "sieve" in found.values["primes_code"]
