"""Between GEPA's adapters and programs: a GEPA or DSPy user brings an existing program, and takes one of ours along.

Nothing of gepa is imported: an adapter is what has its two methods (gepa 0.1.4, `gepa.core.adapter.GEPAAdapter`).
"""

import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from steepest.agents.optimizers.guides.guide import judgement_of
from steepest.agents.optimizers.search.protocols import Program
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.values import Component, Value, Values
from steepest.errors import InputError, SteepestError
from steepest.traces.previews import cut, preview

__all__ = ["AdapterProgram", "Evaluation", "GepaAdapter", "ProgramAdapter", "adapter_of_program", "program_of_adapter"]

_SHOWN = 2_000
"""Characters of an input and of an output that a rollout keeps."""
_TOLD = 6_000
"""Characters of the words of a rollout."""
_USUAL = frozenset({"Inputs", "Generated Outputs", "Feedback"})


class EvaluationBatch(Protocol):
    """What `evaluate` gives: a place for each example in each list."""

    @property
    def outputs(self) -> Sequence[Any]:
        """What the program gave."""

    @property
    def scores(self) -> Sequence[float]:
        """Larger is better."""

    @property
    def trajectories(self) -> Sequence[Any] | None:
        """What `make_reflective_dataset` reads."""


class GepaAdapter(Protocol):
    """A program as GEPA sees it."""

    def evaluate(self, batch: list[Any], candidate: dict[str, str], capture_traces: bool = False) -> Any:
        """Run the candidate on examples; an `EvaluationBatch`."""

    def make_reflective_dataset(
        self, candidate: dict[str, str], eval_batch: Any, components_to_update: list[str]
    ) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """What is to be told of the runs, by component."""


def program_of_adapter(
    adapter: GepaAdapter,
    seed_candidate: Mapping[str, str],
    *,
    descriptions: Mapping[str, str] | None = None,
    at_once: bool = False,
) -> "AdapterProgram":
    """A program of an adapter that was written for GEPA, for `steepest.optimize(program, data, ...)`.

    Args:
        adapter: It is given one example at a time.
        seed_candidate: The texts to begin with, by component.
        descriptions: What the components are for, in words.
        at_once: Whether the adapter may be called from several threads at once. GEPA never does, so one call waits for
            the other unless you say so.

    Raises:
        InputError: It is no adapter, or the seed no texts.
    """
    return AdapterProgram(adapter, seed_candidate, descriptions or {}, at_once=at_once)


class AdapterProgram:
    """A GEPA adapter as a program (`program_of_adapter`)."""

    def __init__(
        self, adapter: GepaAdapter, seed_candidate: Mapping[str, str], descriptions: Mapping[str, str], *, at_once: bool
    ) -> None:
        for name in ("evaluate", "make_reflective_dataset"):
            if not callable(getattr(adapter, name, None)):
                raise InputError(f"a GEPA adapter has a method {name}, and {type(adapter).__name__} has none")
        wrong = [name for name, text in seed_candidate.items() if not isinstance(text, str)]
        if wrong or not seed_candidate:
            raise InputError(f"a seed candidate has a text for each component{': ' + wrong[0] if wrong else ''}")
        self._adapter = adapter
        self._seed = dict(seed_candidate)
        self._at_once = at_once
        self._turn = threading.Lock()
        self.components: Sequence[Component] = [
            Component(name, "text", descriptions.get(name, ""), judge=_text) for name in seed_candidate
        ]

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_turn"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _turn=threading.Lock())

    def seed(self) -> Values:
        """The texts to begin with."""
        return dict(self._seed)

    def run(self, values: Values, example: Example, *, traced: bool) -> Rollout:
        """Run on one example.

        Raises:
            InputError: The adapter raised, which GEPA's contract keeps for what is broken whatever the example; or what
                it gave is no evaluation.
        """
        candidate = dict(values)
        turn: AbstractContextManager[Any] = nullcontext() if self._at_once else self._turn
        try:
            with turn:
                batch = self._adapter.evaluate([example.data], candidate, capture_traces=traced)
                told = (
                    self._adapter.make_reflective_dataset(candidate, batch, list(candidate))
                    if traced and batch.trajectories
                    else {}
                )
        except SteepestError:
            raise
        except Exception as error:
            raise InputError(
                f"the adapter {type(self._adapter).__name__} raised {type(error).__name__}: {error}. Adapters give "
                "what failed on one example a low score"
            ) from error
        return _rollout(example, batch, told)


@dataclass
class Evaluation:
    """An `EvaluationBatch` of ours: what GEPA's engine reads."""

    outputs: list[str]
    scores: list[float]
    trajectories: list[Rollout] | None = None
    objective_scores: list[dict[str, float]] | None = None
    num_metric_calls: int | None = None


def adapter_of_program(program: Program) -> "ProgramAdapter":
    """A program of ours as GEPA's adapter: `gepa.optimize(adapter.seed_candidate(), ..., adapter=adapter)`.

    Values that are no texts travel as JSON; what GEPA proposes and a component can't have fails with the reason as its
    feedback.
    """
    return ProgramAdapter(program)


class ProgramAdapter:
    """A program as GEPA's adapter (`adapter_of_program`)."""

    propose_new_texts = None
    """GEPA's own proposer is used."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._components = {each.name: each for each in program.components}

    def seed_candidate(self) -> dict[str, str]:
        """The values to begin with, as texts."""
        return {name: self._as_text(name, value) for name, value in self._program.seed().items()}

    def evaluate(self, batch: list[Any], candidate: dict[str, str], capture_traces: bool = False) -> Evaluation:
        """Run the candidate on examples."""
        examples = [Example(str(place), data) for place, data in enumerate(batch)]
        try:
            values = {name: self._value(name, text) for name, text in candidate.items()}
        except SteepestError as error:
            rollouts = [
                Rollout(each.key, 0.0, inputs=preview(each.data, _SHOWN), error=str(error)) for each in examples
            ]
        else:
            rollouts = [self._program.run(values, each, traced=capture_traces) for each in examples]
        has_objectives = any(each.objectives for each in rollouts)
        return Evaluation(
            outputs=[each.output for each in rollouts],
            scores=[each.score for each in rollouts],
            trajectories=rollouts if capture_traces else None,
            objective_scores=[dict(each.objectives) for each in rollouts] if has_objectives else None,
            num_metric_calls=len(rollouts),
        )

    def make_reflective_dataset(
        self, candidate: dict[str, str], eval_batch: Any, components_to_update: list[str]
    ) -> dict[str, list[dict[str, Any]]]:
        """What is to be told of the runs, the same for each component."""
        records = [_record(each) for each in eval_batch.trajectories or ()]
        return {name: records for name in components_to_update}

    def _as_text(self, name: str, value: Value) -> str:
        return value if self._is_text(name) else json.dumps(value, ensure_ascii=False)

    def _is_text(self, name: str) -> bool:
        return self._components[name].kind in ("text", "code")

    def _value(self, name: str, text: str) -> Value:
        if name not in self._components:
            raise InputError(f"there is no component {name!r}: there are {', '.join(self._components)}")
        component = self._components[name]
        try:
            value = text if self._is_text(name) else json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{name} is of the kind {component.kind}, and {cut(text, 200)!r} is no JSON") from error
        return component.judge(value) if component.judge is not None else value


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise InputError(f"it has to be a text, not {preview(value, 100)}")
    return value


def _rollout(example: Example, batch: EvaluationBatch, told: Mapping[str, Sequence[Mapping[str, Any]]]) -> Rollout:
    if len(batch.scores) != 1 or len(batch.outputs) != 1:
        raise InputError(
            f"the adapter was given one example and gave {len(batch.scores)} scores and {len(batch.outputs)} outputs"
        )
    objectives = getattr(batch, "objective_scores", None)
    judged = judgement_of({"score": batch.scores[0], "objectives": objectives[0] if objectives else None})
    return Rollout(
        example.key,
        judged.score,
        cut(_words(told), _TOLD),
        judged.objectives,
        preview(example.data, _SHOWN),
        preview(batch.outputs[0], _SHOWN),
    )


def _words(told: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """The feedback of the reflective dataset; by component where it says something else of each."""
    texts = {name: "\n".join(filter(None, map(_feedback, records))) for name, records in told.items()}
    different = dict.fromkeys(text for text in texts.values() if text)
    if len(different) <= 1:
        return next(iter(different), "")
    return "\n".join(f"{name}: {text}" for name, text in texts.items() if text)


def _feedback(record: Mapping[str, Any]) -> str:
    said = str(record.get("Feedback", ""))
    more = [f"{name}: {preview(value, 500)}" for name, value in record.items() if name not in _USUAL]
    return "\n".join(filter(None, [said, *more]))


def _record(rollout: Rollout) -> dict[str, Any]:
    feedback = [f"Score: {rollout.score:g}", rollout.words, f"Error: {rollout.error}" if rollout.error else ""]
    return {
        "Inputs": rollout.inputs,
        "Generated Outputs": rollout.output,
        "Feedback": "\n".join(filter(None, feedback)),
    }
