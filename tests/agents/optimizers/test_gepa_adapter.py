"""Programs that were written for GEPA run in our searches, and ours in GEPA's."""

import asyncio
import pickle
import re
import threading
import time
from dataclasses import dataclass
from typing import Any

import pytest

from steepest.agents.optimizers.gepa_adapter import adapter_of_program, program_of_adapter
from steepest.agents.optimizers.search.executors import Threads
from steepest.agents.optimizers.search.limits import SearchLimits, Spending
from steepest.agents.optimizers.search.loop import carry_out
from steepest.agents.optimizers.search.protocols import Proposal
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Component
from steepest.agents.optimizers.strategies.minibatch import Minibatch
from steepest.errors import InputError

WORDS = ["bread", "oven", "flour", "yeast"]


@dataclass
class Batch:  # as gepa's EvaluationBatch
    outputs: list[Any]
    scores: list[float]
    trajectories: list[Any] | None = None
    objective_scores: list[dict[str, float]] | None = None


class WordAdapter:
    """Scores a prompt by whether it has the word of an example."""

    def __init__(self):
        self.at_once = self.most_at_once = 0

    def evaluate(self, batch, candidate, capture_traces=False):
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(0.001)
        self.at_once -= 1
        text = " ".join(candidate.values())
        scores = [float(word in text) for word in batch]
        return Batch(
            outputs=[f"about {word}" for word in batch],
            scores=scores,
            trajectories=list(zip(batch, scores, strict=True)) if capture_traces else None,
            objective_scores=[{"hit": score, "short": -len(text)} for score in scores],
        )

    def make_reflective_dataset(self, candidate, eval_batch, components_to_update):
        records = [
            {"Inputs": word, "Generated Outputs": "", "Feedback": "" if score else f"the word {word} is missing"}
            for word, score in eval_batch.trajectories
        ]
        return {name: records for name in components_to_update}


class Broken(WordAdapter):
    def evaluate(self, batch, candidate, capture_traces=False):
        raise KeyError("model")


class ByComponent(WordAdapter):
    def make_reflective_dataset(self, candidate, eval_batch, components_to_update):
        return {name: [{"Feedback": f"mend {name}", "expected": 7}] for name in components_to_update}


class Words:
    """A proposer that adds the words that the feedback misses."""

    async def propose(self, situation):
        missing = {word for each in situation.rollouts for word in re.findall(r"the word (\w+) is missing", each.words)}
        text = situation.parent.values["system"]
        return [Proposal({"system": " ".join([text, *sorted(missing)])}, "they were missing")]


EXAMPLE = Example("e1", "bread")


def test_a_rollout_has_score_output_feedback_and_objectives():
    program = program_of_adapter(WordAdapter(), {"system": "help", "user": "me"})
    rollout = program.run(program.seed(), EXAMPLE, traced=True)
    assert (rollout.example, rollout.score, rollout.output) == ("e1", 0.0, "'about bread'")
    assert rollout.words == "the word bread is missing"
    assert rollout.objectives == {"hit": 0.0, "short": -7.0}
    assert [each.name for each in program.components] == ["system", "user"]


def test_without_traces_nothing_is_reflected_on():
    program = program_of_adapter(WordAdapter(), {"system": "help"})
    assert program.run(program.seed(), EXAMPLE, traced=False).words == ""


def test_feedback_that_differs_by_component_is_told_by_component():
    program = program_of_adapter(ByComponent(), {"system": "help", "user": "me"})
    words = program.run(program.seed(), EXAMPLE, traced=True).words
    assert "system: mend system" in words
    assert "user: mend user" in words
    assert "expected: 7" in words


def test_a_search_improves_a_program_of_gepas():
    adapter = WordAdapter()
    examples = [Example(word, word) for word in WORDS]
    search = Search(
        program_of_adapter(adapter, {"system": "help"}),
        {"train": examples},
        Spending(SearchLimits(metric_calls=300)),
        executor=Threads(4),
    )
    asyncio.run(carry_out(search, Minibatch(proposer=Words()), steps=10))
    search.close()
    assert search.score(search.best) == 1.0
    assert adapter.most_at_once == 1  # GEPA's contract says nothing of threads


def test_an_adapter_that_raises_is_broken():
    program = program_of_adapter(Broken(), {"system": "help"})
    with pytest.raises(InputError, match="the adapter Broken raised KeyError: 'model'"):
        program.run(program.seed(), EXAMPLE, traced=False)


def test_a_program_of_an_adapter_travels():
    program = pickle.loads(pickle.dumps(program_of_adapter(WordAdapter(), {"system": "bread"})))  # noqa: S301
    assert program.run(program.seed(), EXAMPLE, traced=False).score == 1.0


def test_calls_at_once_are_for_adapters_that_take_them():
    adapter = WordAdapter()
    program = program_of_adapter(adapter, {"system": "help"}, at_once=True)
    meeting = threading.Barrier(2, timeout=5)
    evaluate = adapter.evaluate
    adapter.evaluate = lambda *given, **named: (meeting.wait(), evaluate(*given, **named))[1]
    threads = [threading.Thread(target=program.run, args=({}, EXAMPLE), kwargs={"traced": False}) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(5)
    assert not meeting.broken


@pytest.mark.parametrize(
    ("adapter", "seed", "words"),
    [
        (object(), {"system": "help"}, "has a method evaluate, and object has none"),
        (WordAdapter(), {}, "a text for each component"),
        (WordAdapter(), {"system": 3}, "a text for each component: system"),
    ],
)
def test_what_is_no_adapter_or_seed_is_refused(adapter, seed, words):
    with pytest.raises(InputError, match=words):
        program_of_adapter(adapter, seed)


def in_range(value):
    if not 0 <= value <= 10:
        raise InputError(f"{value} is out of range")
    return value


class Ours:
    """A program of ours: a text and a number."""

    components = (Component("text", "text"), Component("size", "integer", judge=in_range))

    def seed(self):
        return {"text": "help", "size": 3}

    def run(self, values, example, *, traced):
        found = float(example.data in values["text"])
        words = "" if found else f"the word {example.data} is missing"
        return Rollout(example.key, found, words, {"size": -values["size"]}, str(example.data), values["text"])


def test_our_program_is_evaluated_as_gepa_does():
    adapter = adapter_of_program(Ours())
    seed = adapter.seed_candidate()
    assert seed == {"text": "help", "size": "3"}
    batch = adapter.evaluate(["bread", "help"], seed, capture_traces=True)
    assert (batch.scores, batch.outputs) == ([0.0, 1.0], ["help", "help"])
    assert batch.objective_scores == [{"size": -3}, {"size": -3}]
    told = adapter.make_reflective_dataset(seed, batch, ["text"])
    assert told["text"][0] == {
        "Inputs": "bread",
        "Generated Outputs": "help",
        "Feedback": "Score: 0\nthe word bread is missing",
    }
    assert adapter.evaluate(["bread"], seed).trajectories is None


@pytest.mark.parametrize(("size", "words"), [("20", "20 is out of range"), ("many", "is no JSON")])
def test_what_a_component_cannot_have_fails_with_the_reason_as_feedback(size, words):
    adapter = adapter_of_program(Ours())
    batch = adapter.evaluate(["bread"], {"text": "bread", "size": size}, capture_traces=True)
    assert batch.scores == [0.0]
    assert words in adapter.make_reflective_dataset({}, batch, ["size"])["size"][0]["Feedback"]


def reflecting(prompt):
    """GEPA's reflection model: adds the words that are missing in the prompt that it is shown."""
    shown = prompt if isinstance(prompt, str) else str(prompt)
    missing = sorted(set(re.findall(r"the word (\w+) is missing", shown)))
    return f"```\nhelp {' '.join(missing)} {len(shown)}\n```"


class Quiet:
    def log(self, message):
        """Nowhere."""


@pytest.mark.filterwarnings("ignore")  # gepa's own warnings are gepa's
def test_gepa_itself_optimizes_our_program():
    gepa = pytest.importorskip("gepa", reason="gepa is not installed")
    adapter = adapter_of_program(Ours())
    result = gepa.optimize(
        adapter.seed_candidate(),
        trainset=WORDS,
        valset=WORDS,
        adapter=adapter,
        reflection_lm=reflecting,
        reflection_minibatch_size=4,
        max_metric_calls=60,
        logger=Quiet(),
    )
    assert max(result.val_aggregate_scores) == 1.0
    assert all(word in result.best_candidate["text"] for word in WORDS)


@pytest.mark.filterwarnings("ignore")
def test_gepas_own_adapter_is_a_program_of_ours():
    gepa = pytest.importorskip("gepa.core.adapter", reason="gepa is not installed")

    class Native(WordAdapter):
        def evaluate(self, batch, candidate, capture_traces=False):
            made = super().evaluate(batch, candidate, capture_traces)
            return gepa.EvaluationBatch(outputs=made.outputs, scores=made.scores, trajectories=made.trajectories)

    program = program_of_adapter(Native(), {"system": "bread"})
    rollout = program.run(program.seed(), EXAMPLE, traced=True)
    assert (rollout.score, rollout.objectives) == (1.0, {})
