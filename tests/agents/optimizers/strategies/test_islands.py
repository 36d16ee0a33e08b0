"""Islands of MAP-Elites grids keep the best of every kind, beat random search, and go on where they were stopped."""

import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from steepest.agents.llm.chat import ChatRequest
from steepest.agents.llm.function import FunctionModel
from steepest.agents.optimizers.code.edits import edits_between, write_edits
from steepest.agents.optimizers.code.features import layout_free
from steepest.agents.optimizers.search.protocols import Proposal, Situation
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.rollouts import Example, Judgement
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Component
from steepest.agents.optimizers.strategies.islands import Islands
from steepest.errors import InputError
from tests.agents.optimizers.landscapes import Landscape, code, noisy, sphere
from tests.agents.optimizers.scripted import Mutation, Outcome, random_search_result, searched, sign_test

SEEDS = range(12)


def number_model(*, slip: float = 0.3, seed: int = 0) -> FunctionModel:
    """Does what is said about the runs of the `code` landscape as edits or as a whole program; a slip sets a number to
    anything.
    """

    def answer(request: ChatRequest) -> str:
        question = request.messages[0].content
        source = random.Random(f"{seed}/{request.sample}/{question}")
        shown = re.search(r"<current>\n(.*?)\n</current>", question, re.DOTALL)
        assert shown is not None
        changed = shown[1]
        for name, way in sorted(set(re.findall(r"^Feedback: (\w+) is too (low|high)", question, re.MULTILINE))):
            if source.random() >= slip:
                step = source.randint(1, 3) * (1 if way == "low" else -1)
                changed = re.sub(rf"({name} = )(-?\d+)", lambda at, by=step: f"{at[1]}{int(at[2]) + by}", changed)
        if changed == shown[1]:
            changed = re.sub(r"weight = -?\d+", f"weight = {source.randint(-9, 9)}", changed)
        if "<<<<<<< SEARCH" in question:
            return write_edits(edits_between(shown[1], changed)) or "<no_change/>"
        return f"```python\n{changed}\n```"

    return FunctionModel(answer)


def found(seed: int, landscape: Landscape | None = None, calls: int = 320) -> Outcome:
    return searched(landscape or code(seed), Islands(), calls, seed, model=number_model(seed=seed))


def members(search: Search | None) -> list[tuple[int, str, tuple[int, ...], str, float]]:
    assert search is not None
    return [(each.number, each.digest, each.parents, each.origin, search.score(each)) for each in search.pool]


def test_edits_of_code_beat_random_search_with_as_many_evaluations() -> None:
    ours = [found(seed).truth for seed in SEEDS]
    theirs = [random_search_result(code(seed), 320, seed).truth for seed in SEEDS]
    assert sign_test(ours, theirs) < 0.001


def test_they_do_where_evaluations_have_noise() -> None:
    landscapes = [noisy(code(seed), 0.3, seed) for seed in SEEDS]
    ours = [found(seed, each).truth for seed, each in enumerate(landscapes)]
    theirs = [random_search_result(each, 320, seed).truth for seed, each in enumerate(landscapes)]
    assert sign_test(ours, theirs) < 0.001


def test_numbers_are_searched_by_what_they_are() -> None:
    ours, theirs = [], []
    for seed in SEEDS:
        landscape = sphere(seed)
        ours.append(searched(landscape, Islands(proposer=Mutation(landscape)), 400, seed).truth)
        theirs.append(random_search_result(landscape, 400, seed).truth)
    assert sign_test(ours, theirs) < 0.01


@pytest.mark.parametrize("stops", [(3,), (11, 12), (7, 24)])
def test_a_search_that_was_stopped_goes_on_to_the_same_result(tmp_path: Path, stops: Sequence[int]) -> None:
    def strategy() -> Islands:
        return Islands(2, migrate_every=4, children=2)

    whole = searched(code(1), strategy(), 400, 1, model=number_model())
    for steps in stops:
        searched(code(1), strategy(), 400, 1, model=number_model(), folder=tmp_path, steps=steps)
    resumed = searched(code(1), strategy(), 400, 1, model=number_model(), folder=tmp_path)
    assert members(resumed.search) == members(whole.search)
    assert resumed.metric_calls == whole.metric_calls <= 400


class Watched(Islands):
    """Looks at the islands after each step."""

    def __init__(self) -> None:
        super().__init__(3, bins=4, migrate_every=5)
        self.best = [float("-inf")] * 3
        self.seen = 0

    async def step(self, search: Search) -> None:
        await super().step(search)
        for place, island in enumerate(self._islands.grids(search)):
            identities = [layout_free(search.pool[each.number].values["code"]) for each in island.members]
            assert len(identities) == len(set(identities))
            assert island.best.score >= self.best[place]
            self.best[place] = island.best.score
            self.seen += len(island.elites)


def test_no_island_has_the_same_code_twice_or_ever_gets_worse() -> None:
    strategy = Watched()
    searched(code(2), strategy, 300, 2, model=number_model())
    assert strategy.seen > 60


class Scripted:
    """Proposes these sources, one a step."""

    def __init__(self, *sources: str) -> None:
        self.sources = sources
        self.situations: list[Situation] = []

    async def propose(self, situation: Situation) -> list[Proposal]:
        self.situations.append(situation)
        return [Proposal({"f": self.sources[(situation.step - 1) % len(self.sources)]}, origin="diff")]


def ranked(scores: dict[str, float]) -> Landscape:
    """Sources with these scores; 'broken' fails."""

    def judge(values: dict[str, str], data: object) -> Judgement:
        return Judgement(next(score for key, score in scores.items() if key in values["f"]))

    examples = {"train": [Example("only", None)]}
    return Landscape("ranked", [Component("f", "code")], {"f": "first = 1"}, examples, judge, 1.0)


def after(proposer: Scripted, scores: dict[str, float], steps: int, **settings: int) -> tuple[Search, list[StepRecord]]:
    kept: list[StepRecord] = []

    class Kept(Islands):
        def observe(self, record: StepRecord) -> None:
            kept.append(record)
            super().observe(record)

    search = searched(ranked(scores), Kept(1, proposer=proposer, **settings), 100, 0, steps=steps).search
    assert search is not None
    return search, kept


def test_who_loses_its_cell_is_not_admitted_and_the_record_says_to_whom() -> None:
    search, kept = after(Scripted("other = 2"), {"first": 0.5, "other": 0.4}, 1, bins=1)
    assert len(search.pool) == 1
    (tried,) = kept[1].tried
    assert tried.reason == "its cell has candidate 0 with 0.5, no worse"
    assert tried.gain == pytest.approx(-0.1)


def test_a_worse_one_of_another_kind_stays() -> None:
    search, kept = after(Scripted("other = [2, 3, 4]"), {"first": 0.5, "other": 0.4}, 1)
    assert [each.number for each in search.pool] == [0, 1]
    assert kept[1].births[0].reason == "a kind of its own"


def test_a_better_one_takes_the_cell() -> None:
    _, kept = after(Scripted("other = 2"), {"first": 0.5, "other": 0.6}, 1, bins=1)
    assert kept[1].births[0].reason == "it has the cell of 0"


def test_the_same_code_in_another_layout_is_not_evaluated() -> None:
    search, kept = after(Scripted("first  =  1  # one"), {"first": 0.5}, 1)
    assert kept[1].tried[0].reason == "the same but for its layout is on the island already"
    assert search.spending.metric_calls == 1


def test_proposers_are_told_of_others_to_learn_from() -> None:
    proposer = Scripted("other = 2", "third = [1, 2]", "fourth = f(1)(2)(3)(4)(5)", "fifth = {1: 2, 3: 4, 5: [6, 7]}")
    search, _ = after(proposer, {"first": 0.1, "other": 0.2, "third": 0.3, "fourth": 0.4, "fifth": 0.5}, 5)
    last = proposer.situations[-1]
    told = {*last.notes["top"], *last.notes["diverse"]}
    assert last.parent.number not in told
    assert last.notes["partner"] in told
    assert told <= {each.number for each in search.pool}


def test_settings_and_features_that_can_not_be_are_refused() -> None:
    with pytest.raises(InputError, match="1 or more"):
        Islands(0)
    with pytest.raises(InputError, match="one child or more, not 0"):
        Islands(children=0)
    broken = Islands(proposer=Scripted("a = 1"), features={"size": lambda values, seed: float("nan")})
    with pytest.raises(InputError, match="the feature 'size' of candidate 0 is nan"):
        searched(ranked({"first": 0.5}), broken, 10, 0)


def test_a_feature_of_ones_own_tells_kinds_apart() -> None:
    by_digit = {"last digit": lambda values, seed: float(values["f"][-1])}
    proposer = Scripted("a = 2", "b = 3", "c = 3")
    strategy = Islands(1, bins=3, proposer=proposer, features=by_digit)
    search = searched(ranked({"first": 0.5, "a": 0.1, "b": 0.2, "c": 0.1}), strategy, 20, 0, steps=3).search
    assert search is not None
    assert [each.values["f"] for each in search.pool] == ["first = 1", "a = 2", "b = 3"]
