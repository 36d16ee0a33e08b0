"""The strategies that are a pool and a proposer beat random search, keep to their budget, and can be continued."""

import asyncio
from dataclasses import dataclass

import pytest

from steepest.agents.optimizers.acceptance import Better, Paired
from steepest.agents.optimizers.search.executors import Inline
from steepest.agents.optimizers.search.journal import Journal
from steepest.agents.optimizers.search.limits import SearchLimits, Spending
from steepest.agents.optimizers.search.loop import carry_out
from steepest.agents.optimizers.search.protocols import Proposal
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Component
from steepest.agents.optimizers.strategies.beam import Beam
from steepest.agents.optimizers.strategies.best_of_n import BestOfN
from steepest.agents.optimizers.strategies.minibatch import Minibatch
from steepest.agents.optimizers.strategies.pareto import Pareto
from steepest.agents.optimizers.strategies.restarts import Restarting
from steepest.agents.optimizers.strategies.ucb import PrioritySearch
from tests.agents.optimizers.landscapes import lattice, noisy, pair, sphere, words
from tests.agents.optimizers.scripted import Following, random_search_result, searched, sign_test

STRATEGIES = {
    "minibatch": Minibatch,
    "best-of-n": lambda proposer: BestOfN(proposer=proposer),
    "beam": lambda proposer: Beam(proposer=proposer),
    "ucb": lambda proposer: PrioritySearch(proposer=proposer),
    "pareto": Pareto,
    "restarting": lambda proposer: Restarting(Pareto(proposer), patience=15),
}
CONTINUED = {
    **STRATEGIES,
    "restarting soon": lambda proposer: Restarting(PrioritySearch(proposer=proposer), patience=3),
}


def with_name(name, landscape):
    return CONTINUED[name](Following(landscape))


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize(("make", "budget"), [(sphere, 100), (lattice, 200), (pair, 500)])
def test_every_strategy_beats_random_search_at_equal_cost(name, make, budget):
    seeds = range(6)
    found = [searched(make(seed), with_name(name, make(seed)), budget, seed).truth for seed in seeds]
    at_random = [random_search_result(make(seed), budget, seed).truth for seed in seeds]

    assert sign_test(found, at_random) < 0.05


@pytest.mark.parametrize("name", CONTINUED)
@pytest.mark.parametrize("steps", [0, 1, 7])
def test_a_search_that_was_killed_between_steps_goes_on_to_the_same_result(name, steps, tmp_path):
    landscape = pair(3)
    whole = searched(landscape, with_name(name, landscape), 300, 3).search
    searched(landscape, with_name(name, landscape), 300, 3, folder=tmp_path, steps=steps)
    resumed = searched(landscape, with_name(name, landscape), 300, 3, folder=tmp_path).search

    assert list(resumed.pool) == list(whole.pool)
    assert [resumed.pool.scores(each, resumed.ranking) for each in resumed.pool.numbers] == [
        whole.pool.scores(each, whole.ranking) for each in whole.pool.numbers
    ]
    assert list(resumed.past) == list(whole.past)
    assert resumed.spending.metric_calls == whole.spending.metric_calls <= 300


class PowerCut(BaseException):
    """Not one that anything catches."""


@dataclass(frozen=True)
class Failing:
    """A landscape whose power is cut at a metric call."""

    landscape: object
    runs: list
    last: int

    def __getattr__(self, name):
        return getattr(self.landscape, name)

    def run(self, values, example, *, traced):
        self.runs.append(example.key)
        if len(self.runs) > self.last:
            raise PowerCut
        return self.landscape.run(values, example, traced=traced)


@pytest.mark.parametrize("name", CONTINUED)
@pytest.mark.parametrize("last", [3, 60, 200])
def test_a_search_that_was_killed_within_a_step_goes_on_to_the_same_result_and_pays_nothing_twice(name, last, tmp_path):
    landscape = pair(5)
    whole = searched(landscape, with_name(name, landscape), 300, 5)
    with pytest.raises(PowerCut):
        searched(Failing(landscape, [], last), with_name(name, landscape), 300, 5, folder=tmp_path)
    resumed = searched(landscape, with_name(name, landscape), 300, 5, folder=tmp_path)

    assert list(resumed.search.pool) == list(whole.search.pool)
    assert resumed.metric_calls == whole.metric_calls


def test_a_line_that_was_torn_is_made_again(tmp_path):
    landscape = pair(2)
    whole = searched(landscape, with_name("pareto", landscape), 300, 2)
    searched(landscape, with_name("pareto", landscape), 300, 2, folder=tmp_path, steps=7)
    steps = tmp_path / "steps.jsonl"
    steps.write_bytes(steps.read_bytes()[:-20])
    resumed = searched(landscape, with_name("pareto", landscape), 300, 2, folder=tmp_path)

    assert list(resumed.search.pool) == list(whole.search.pool)


@dataclass(frozen=True)
class Halves:
    """Two switches, each of which helps one example and harms the other unless both are set."""

    components = (Component("a", "boolean"), Component("b", "boolean"))

    def seed(self):
        return {"a": False, "b": False}

    def run(self, values, example, *, traced):
        mine, other = ("a", "b") if example.key == "first" else ("b", "a")
        return Rollout(example.key, 2.0 if values[mine] else -0.5 if values[other] else 0.0)


class OneSwitch:
    """Sets one of the switches of the seed, and changes nobody else."""

    async def propose(self, situation):
        if situation.parent.number:
            return [Proposal(no_change=True)]
        return [Proposal({"ab"[situation.step % 2]: True})]


def test_a_pareto_search_merges_what_two_candidates_learned_apart(tmp_path):
    examples = {"train": [Example("first", None), Example("second", None)]}
    search = Search(Halves(), examples, Spending(SearchLimits()), executor=Inline())
    journal = Journal()
    asyncio.run(carry_out(search, Pareto(OneSwitch(), acceptance=Better()), steps=20, journal=journal))

    assert search.best.values == {"a": True, "b": True}
    assert search.best.origin == "merge"
    assert sorted(search.best.parents) == [1, 2]
    assert [record.notes["merge"][:2] for record in journal.read() if "merge" in record.notes] == [[1, 2]]


def test_a_restart_begins_at_the_seed_and_keeps_the_best(tmp_path):
    landscape = words(0)
    strategy = Restarting(Minibatch(Following(landscape, slip=1.0)), patience=2)
    found = searched(landscape, strategy, 700, 0, folder=tmp_path)
    records = Journal(tmp_path / "steps.jsonl").read()

    later_seeds = [each for record in records[10:] for each in (*record.births, *record.tried) if each.parents[0] == 0]
    assert later_seeds
    assert strategy._restarts >= 1
    assert found.search.score(found.search.best) == max(found.search.score(each) for each in found.search.pool)


@dataclass(frozen=True)
class Telling:
    """Takes down what proposers are told of restarts."""

    told: list

    def __deepcopy__(self, memo):
        return self

    async def propose(self, situation):
        self.told.append(situation.notes.get("restart"))
        return [Proposal({"prompt": f"try {situation.step}"})]


def test_proposers_are_told_of_a_restart():
    told = []
    searched(words(0), Restarting(Minibatch(Telling(told)), patience=3), 10**6, 0, steps=8)

    assert told == [None, None, None, 1, 1, 1, 2, 2]


def test_best_of_n_tests_its_choice_on_examples_that_did_not_choose_it():
    landscape = noisy(words(1, examples=60), 0.3)
    calls = []

    @dataclass(frozen=True)
    class Watching:
        async def decide(self, parent, child, draw):
            calls.append(len(child))
            return await Paired(0.2).decide(parent, child, draw)

    outcome = searched(landscape, BestOfN(3, Following(landscape), acceptance=Watching()), 400, 1)

    assert calls
    for tried in outcome.search.past:
        assert tried.outcome in ("accepted", "not better", "rejected")


def test_priority_search_comes_back_to_candidates_that_were_tried_less():
    landscape = lattice(0)
    strategy = PrioritySearch(c=1.0, proposer=Following(landscape))
    searched(landscape, strategy, 120, 0)

    assert len(strategy._tries) > 3


def test_a_program_with_one_example_is_compared_exactly():
    assert searched(sphere(1), Minibatch(Following(sphere(1))), 150, 1).truth > -0.1
