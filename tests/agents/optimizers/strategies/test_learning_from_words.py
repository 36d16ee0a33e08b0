"""Strategies that learn from what is said about runs: OPRO, SIMBA, ProTeGi, the error taxonomy.

A function that adds a word that some run misses, and slips now and then, takes the language model's place.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.protocols import Proposal, Situation, Strategy
from steepest.agents.optimizers.search.rollouts import Judgement
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.selection import Shuffled
from steepest.agents.optimizers.search.values import Values
from steepest.agents.optimizers.strategies.etgpo import ErrorTaxonomy
from steepest.agents.optimizers.strategies.minibatch import Minibatch
from steepest.agents.optimizers.strategies.opro import Opro
from steepest.agents.optimizers.strategies.protegi import ProTeGi
from steepest.agents.optimizers.strategies.simba import Simba
from steepest.agents.optimizers.textgrad import TextGradProposer
from tests.agents.optimizers.landscapes import Landscape, words
from tests.agents.optimizers.scripted import Outcome, random_search_result, searched, sign_test
from tests.agents.optimizers.word_models import word_model

STRATEGIES: list[Callable[[], Strategy]] = [Opro, Simba, ProTeGi, ErrorTaxonomy]


def textual_gradients() -> Strategy:
    """TextGrad's step, kept if it is better."""
    return Minibatch(proposer=TextGradProposer(), sampler=Shuffled(6))


SEEDS = range(20)
CALLS = 250


def two_kinds(seed: int) -> Landscape:
    """Twelve words to find, six for each half of the examples."""
    return words(seed, kinds=2, each=6)


def found(strategy: Strategy, seed: int, calls: int = CALLS) -> Outcome:
    return searched(two_kinds(seed), strategy, calls, seed, model=word_model(seed=seed))


def members(search: Search | None) -> list[tuple[int, str, tuple[int, ...], str, float]]:
    assert search is not None
    return [(each.number, each.digest, each.parents, each.note, search.score(each)) for each in search.pool]


@pytest.mark.parametrize("strategy", [*STRATEGIES, textual_gradients])
def test_it_beats_random_search_with_as_many_evaluations(strategy: Callable[[], Strategy]) -> None:
    calls = 2 * CALLS
    ours = [found(strategy(), seed, calls).truth for seed in SEEDS]
    theirs = [random_search_result(two_kinds(seed), calls, seed).truth for seed in SEEDS]

    assert sign_test(ours, theirs) < 0.01


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_without_what_is_said_about_runs_it_finds_next_to_nothing(strategy: Callable[[], Strategy]) -> None:
    blind = searched(two_kinds(0), strategy(), CALLS, 0, model=word_model(slip=1.0))

    assert blind.truth < 0.2


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_it_goes_on_after_a_stop_as_if_there_had_been_none(
    strategy: Callable[[], Strategy], steps: int, tmp_path: Path
) -> None:
    whole = found(strategy(), 3)
    searched(two_kinds(3), strategy(), CALLS, 3, model=word_model(seed=3), folder=tmp_path, steps=steps)

    again = searched(two_kinds(3), strategy(), CALLS, 3, model=word_model(seed=3), folder=tmp_path)

    assert members(again.search) == members(whole.search)
    assert again.metric_calls == whole.metric_calls


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_step_that_the_end_of_a_budget_broke_off_is_made_again(
    strategy: Callable[[], Strategy], tmp_path: Path
) -> None:
    whole = found(strategy(), 4)
    for calls in (61, 130, 217):
        searched(two_kinds(4), strategy(), calls, 4, model=word_model(seed=4), folder=tmp_path)

    again = searched(two_kinds(4), strategy(), CALLS, 4, model=word_model(seed=4), folder=tmp_path)

    assert members(again.search) == members(whole.search)
    assert again.metric_calls == whole.metric_calls


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("calls", [12, 13, 40, 101])
def test_the_budget_is_never_passed(strategy: Callable[[], Strategy], calls: int) -> None:
    assert searched(two_kinds(1), strategy(), calls, 1, model=word_model()).metric_calls <= calls


def test_a_rule_of_simba_is_added_to_what_its_parent_says() -> None:
    searches = [search for seed in range(4) if (search := found(Simba(), seed, 2 * CALLS).search) is not None]
    learned = [(search, each) for search in searches for each in search.pool if each.origin == "rule"]

    assert learned
    for search, each in learned:
        assert each.values["prompt"] == f"{parent_of(search, each).values['prompt']}\n- {each.note}"


def test_scores_of_any_scale_have_failures() -> None:
    plain = two_kinds(6)

    def judge(values: Values, data: Any) -> Judgement:
        judged = plain.judge(values, data)
        return replace(judged, score=100 * judged.score - 400)

    scaled = replace(plain, judge=judge)
    best = searched(scaled, ErrorTaxonomy(), CALLS, 6, model=word_model())

    assert best.truth > scaled.truth(scaled.seed()) + 50


@pytest.mark.parametrize(("score", "failures"), [(1.0, 0), (0.5, 8)])
def test_what_does_equally_well_everywhere_has_failures_unless_all_is_right(score: float, failures: int) -> None:
    seen: list[int] = []

    class Counting:
        async def propose(self, situation: Situation) -> list[Proposal]:
            seen.append(len(situation.rollouts))
            return []

    same = replace(two_kinds(0), judge=lambda values, data: Judgement(score))
    searched(same, ErrorTaxonomy(sorting=Counting()), 100, 0, model=word_model(), steps=1)

    assert seen == ([failures] if failures else [])


def test_the_taxonomy_is_kept_with_the_steps(tmp_path: Path) -> None:
    searched(two_kinds(2), ErrorTaxonomy(), CALLS, 2, model=word_model(), folder=tmp_path, steps=4)

    assert '"name":"lacks ' in (tmp_path / "steps.jsonl").read_text().splitlines()[-1].replace(": ", ":")


def parent_of(search: Search, child: Candidate) -> Candidate:
    return search.pool[child.parents[0]]
