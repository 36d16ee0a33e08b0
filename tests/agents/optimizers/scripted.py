"""Proposers that follow a script, random search to measure by, and the sign test over seeds."""

import asyncio
import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from steepest.agents.llm.chat import ChatModel
from steepest.agents.optimizers.search.evaluations import Evaluations
from steepest.agents.optimizers.search.executors import Inline
from steepest.agents.optimizers.search.journal import Journal
from steepest.agents.optimizers.search.limits import SearchLimits, Spending
from steepest.agents.optimizers.search.loop import carry_out
from steepest.agents.optimizers.search.models import Models
from steepest.agents.optimizers.search.protocols import Proposal, Situation, Strategy
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Component, Value, Values
from tests.agents.optimizers.landscapes import Landscape

__all__ = [
    "Following",
    "Mutation",
    "Outcome",
    "drawn",
    "followed",
    "mutated",
    "random_search_result",
    "searched",
    "sign_test",
]


@dataclass(frozen=True)
class Outcome:
    """What a search came to."""

    truth: float
    """Of the candidate that it calls the best, without noise."""
    values: Values
    metric_calls: int
    search: Search | None = None


def searched(
    landscape: Landscape,
    strategy: Strategy,
    metric_calls: int,
    seed: int,
    *,
    model: ChatModel | None = None,
    folder: Path | None = None,
    steps: int | None = None,
) -> Outcome:
    """What a strategy finds with so many metric calls; continued if the folder holds what it did before."""
    evaluations = Evaluations(folder and folder / "evaluations.sqlite")
    spent = evaluations.totals()
    search = Search(
        landscape,
        landscape.examples,
        Spending(SearchLimits(metric_calls=metric_calls), metric_calls=spent[0], tokens=spent[1], money=spent[2]),
        models=Models([model] if model is not None else []),
        evaluations=evaluations,
        executor=Inline(),
        seed=seed,
    )
    asyncio.run(carry_out(search, strategy, journal=Journal(folder and folder / "steps.jsonl"), steps=steps))
    search.close()
    best = search.best
    return Outcome(landscape.truth(best.values), best.values, search.spending.metric_calls, search)


def random_search_result(landscape: Landscape, metric_calls: int, seed: int) -> Outcome:
    """The best of candidates that are drawn at random, each evaluated on the whole ranking split, the seed first."""
    source = random.Random(f"random search/{seed}")
    examples = landscape.examples[landscape.ranking]
    best, highest = landscape.seed(), -math.inf
    for number in range(metric_calls // len(examples)):
        values = landscape.seed() if number == 0 else _all_drawn(landscape, source)
        score = math.fsum(landscape.run(values, each, traced=False).score for each in examples)
        if score > highest:
            best, highest = values, score
    return Outcome(landscape.truth(best), best, metric_calls // len(examples) * len(examples))


def _all_drawn(landscape: Landscape, source: random.Random) -> dict[str, Value]:
    return {each.name: drawn(each, source, landscape) for each in landscape.components}


def drawn(component: Component, source: random.Random, landscape: Landscape) -> Value:
    """A value at random, evenly over what there is."""
    if component.kind == "choice":
        return source.choice(component.choices)
    if component.kind == "boolean":
        return source.random() < 0.5
    if component.kind == "text":
        return " ".join(source.sample(landscape.vocabulary, landscape.room))
    if component.kind == "code":
        start = str(landscape.start[component.name])
        return re.sub(r"= -?\d+$", lambda _: f"= {source.randint(-9, 9)}", start, flags=re.MULTILINE)
    assert component.low is not None
    assert component.high is not None
    if component.log:
        value = math.exp(source.uniform(math.log(component.low), math.log(component.high)))
    else:
        value = source.uniform(component.low, component.high)
    return round(value) if component.kind == "integer" else value


def mutated(component: Component, value: Value, source: random.Random, landscape: Landscape) -> Value:
    """A value a small step away, never out of its bounds."""
    if component.kind in ("choice", "boolean"):
        return drawn(component, source, landscape)
    if component.kind == "text":
        return _with_word(value, source.choice(landscape.vocabulary), landscape.room)
    if component.kind == "code":
        names = re.findall(r"(\w+) = -?\d+$", value, flags=re.MULTILINE)
        return _with_number_moved(value, source.choice(names), source.choice([-2, -1, 1, 2])) if names else value
    assert component.low is not None
    assert component.high is not None
    if component.log:
        moved = value * math.exp(source.gauss(0, math.log(component.high / component.low) / 10))
    else:
        moved = value + source.gauss(0, (component.high - component.low) / 10)
    within = min(max(moved, component.low), component.high)
    return round(within) if component.kind == "integer" else within


def followed(component: Component, value: Value, advice: Sequence[str], landscape: Landscape) -> Value | None:
    """The value that the first word of advice that is about it asks for; None if none is."""
    for words in advice:
        told = re.search(r"(?:(\w+): )?missing: (\w+)", words)
        if told is not None and component.kind == "text" and told[1] in (None, component.name):
            return _with_word(value, told[2], landscape.room)
        told = re.search(r"(\w+) is too (low|high)", words)
        if told is not None and component.kind == "code":
            return _with_number_moved(value, told[1], 1 if told[2] == "low" else -1)
    return None


def _with_word(text: str, word: str, room: int) -> str:
    """A text with a word added, the oldest left out when there are too many."""
    return " ".join([*(each for each in text.split() if each != word), word][-room:])


def _with_number_moved(text: str, name: str, step: int) -> str:
    return re.sub(rf"({name} = )(-?\d+)", lambda at: f"{at[1]}{int(at[2]) + step}", text)


@dataclass(frozen=True)
class Mutation:
    """Changes one component a little, at random."""

    landscape: Landscape

    async def propose(self, situation: Situation) -> list[Proposal]:
        """As many as are wanted."""
        made = []
        for _ in range(situation.count):
            component = situation.rng.choice(situation.components)
            value = situation.parent.values[component.name]
            changed = mutated(component, value, situation.rng, self.landscape)
            made.append(Proposal({component.name: changed}, "a step at random", origin="mutation"))
        return made


@dataclass(frozen=True)
class Following:
    """Does what the words about one of the worse rollouts ask for; a slip makes it a step at random."""

    landscape: Landscape
    slip: float = 0.3

    async def propose(self, situation: Situation) -> list[Proposal]:
        """As many as are wanted."""
        return [self._proposal(situation) for _ in range(situation.count)]

    def _proposal(self, situation: Situation) -> Proposal:
        component = situation.rng.choice(situation.components)
        advice = [(each.score, each.words) for each in situation.rollouts]
        changed = self.changed(component, situation.parent.values[component.name], advice, situation.rng)
        return Proposal({component.name: changed}, "as the words ask", origin="following")

    def changed(
        self, component: Component, value: Value, advice: Sequence[tuple[float, str]], source: random.Random
    ) -> Value:
        """Another value, from scores and the words about them."""
        mixed = source.sample(list(advice), len(advice))
        words = [said for _, said in sorted(mixed, key=lambda each: each[0])]
        wanted = None if source.random() < self.slip else followed(component, value, words, self.landscape)
        return mutated(component, value, source, self.landscape) if wanted is None else wanted


def sign_test(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The probability of at least as many wins in pairs if either won with the same probability; ties do not count."""
    wins = sum(first > second for first, second in zip(ours, theirs, strict=True))
    losses = sum(first < second for first, second in zip(ours, theirs, strict=True))
    pairs = wins + losses
    return math.fsum(math.comb(pairs, count) for count in range(wins, pairs + 1)) / 2**pairs
