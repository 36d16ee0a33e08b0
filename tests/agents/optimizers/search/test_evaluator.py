"""What a search pays for: runs that are begun, as far as the limits allow."""

import asyncio
import math
import threading
import time
from contextlib import closing

import pytest

from steepest.agents.optimizers.search.evaluations import Evaluations
from steepest.agents.optimizers.search.executors import Inline, Threads
from steepest.agents.optimizers.search.limits import BudgetSpent, SearchLimits, Spending
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Component
from steepest.errors import InputError


class Running:
    """Takes the seconds that its examples say, and tokens and money."""

    components = (Component("x", "integer", low=0, high=100),)

    def __init__(self, tokens=0, money=0.0, **figures):
        self.tokens, self.money, self.figures = tokens, money, figures
        self.begun = []
        self.lock = threading.Lock()

    def seed(self):
        return {"x": 0}

    def run(self, values, example, *, traced):
        with self.lock:
            self.begun.append(example.key)
        if example.data:
            time.sleep(example.data)
        return Rollout(example.key, **{"score": 1.0, "tokens": self.tokens, "money": self.money, **self.figures})


def examples(*seconds):
    return [Example(f"e{number}", each) for number, each in enumerate(seconds)]


def searching(program, limits, given, *, executor=None, evaluations=None, test=()):
    calls, tokens, money = evaluations.totals() if evaluations is not None else (0, 0, 0.0)
    search = Search(
        program,
        {"train": given, "test": list(test)},
        Spending(limits, metric_calls=calls, tokens=tokens, money=money),
        executor=executor or Inline(),
        evaluations=evaluations,
    )
    search.spending.set_aside = 2 * len(test)
    search.sow()
    search.begin(0)
    return search


def evaluated(search):
    return asyncio.run(search.evaluate([search.pool[0]], search.keys()))


@pytest.mark.parametrize("limits", [SearchLimits(tokens=200), SearchLimits(money=0.04)])
def test_tokens_and_money_spent_by_the_workflow_do_not_pass_their_limit(limits):
    program = Running(tokens=50, money=0.01)
    with closing(searching(program, limits, examples(*[0] * 100))) as search:
        with pytest.raises(BudgetSpent, match="the budget of"):
            evaluated(search)
        assert len(program.begun) == 4
        assert search.spending.tokens == 200


@pytest.mark.parametrize("limits", [SearchLimits(tokens=1_000), SearchLimits(money=0.2)])
def test_a_limit_is_passed_at_most_by_what_is_under_way(limits):
    program = Running(tokens=50, money=0.01)
    with closing(searching(program, limits, examples(*[0.01] * 100), executor=Threads(4))) as search:
        with pytest.raises(BudgetSpent):
            evaluated(search)
        assert search.spending.tokens == 1_000
        assert search.spending.metric_calls == len(program.begun) == 20


ROOM = [SearchLimits(metric_calls=20), SearchLimits(tokens=1_000), SearchLimits(money=0.2), SearchLimits(seconds=1.5)]


@pytest.mark.parametrize("limits", ROOM)
def test_the_test_is_made_within_the_limits_whatever_ends_the_search(limits):
    program = Running(tokens=50, money=0.01)
    sealed = examples(*[0.05] * 4)
    with closing(searching(program, limits, examples(*[0.05] * 100), test=sealed)) as search:
        with pytest.raises(BudgetSpent, match="set aside for the test"):
            evaluated(search)
        search.begin(search.TEST_STEP)
        search.spending.set_aside = 0
        asyncio.run(search.evaluate([search.pool[0]], search.keys("test"), "test"))
        spending = search.spending
        assert len(program.begun) == spending.metric_calls <= (limits.metric_calls or 30)
        assert spending.tokens <= (limits.tokens or 1_500)
        assert limits.money is None or spending.money <= 0.2
        assert spending.seconds <= 1.5


def test_what_is_done_when_the_time_ends_is_kept_and_what_was_begun_is_counted(tmp_path):
    program = Running(tokens=10)
    given = examples(0.01, 0.01, 5, 5, 0.01)
    with closing(Evaluations(tmp_path / "evaluations.sqlite")) as evaluations:
        limits = SearchLimits(seconds=0.6)
        search = searching(program, limits, given, executor=Threads(2), evaluations=evaluations)
        with pytest.raises(BudgetSpent, match="seconds that the search may take are over"):
            evaluated(search)
        assert search.spending.metric_calls == len(program.begun) == 4
        assert search.spending.tokens == 20
        assert evaluations.totals() == (4, 20, 0.0)


def test_a_run_that_was_begun_and_never_heard_of_is_the_same_metric_call_when_it_is_made_again(tmp_path):
    path = tmp_path / "evaluations.sqlite"
    with closing(Evaluations(path)) as evaluations:
        search = searching(Running(), SearchLimits(), examples(0, 0), evaluations=evaluations)
        assert evaluations.begin(search.pool[0].digest, "train", "e0")
    with closing(Evaluations(path)) as evaluations:
        assert evaluations.totals()[0] == 1
        search = searching(Running(), SearchLimits(metric_calls=2), examples(0, 0), evaluations=evaluations)
        assert evaluations.find(search.pool[0].digest, "train", "e0") is None
        evaluated(search)
        assert search.spending.metric_calls == evaluations.totals()[0] == 2


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("score nan", {"score": math.nan}),
        ("score -inf", {"score": -math.inf}),
        ("score None", {"score": None}),
        ("up inf", {"objectives": {"up": math.inf}}),
        ("money nan", {"money": math.nan}),
    ],
)
def test_a_figure_that_is_none_is_told_with_program_and_example(name, figures):
    with (
        closing(searching(Running(**figures), SearchLimits(), examples(0))) as search,
        pytest.raises(InputError, match=f"Running gives {name} for the example 'e0'"),
    ):
        evaluated(search)


def test_a_failed_run_needs_no_score():
    program = Running(score=math.nan, error="it fell")
    with closing(searching(program, SearchLimits(), examples(0))) as search:
        with pytest.raises(InputError, match="every run of the values to begin with fails: it fell"):
            evaluated(search)
        assert search.spending.metric_calls == 1


def test_what_earlier_sessions_lost_counts_by_their_last_record():
    spending = Spending(SearchLimits(tokens=500, seconds=10), metric_calls=3, tokens=100, money=0.5)
    spending.go_on_after(4.0, 300, 0.25)
    assert (spending.metric_calls, spending.tokens, spending.money) == (3, 300, 0.5)
    assert 4.0 <= spending.seconds < 5.0
