"""A taxonomy of failures that grows as failures are told apart, and guidance against one kind of them (ETGPO, arXiv
2602.00997).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from steepest.agents.llm.schemas import strict_schema
from steepest.agents.optimizers.asking import ask, ask_changes, form_of, model_of, sample_of
from steepest.agents.optimizers.evidence import aim, current, inert, records, way
from steepest.agents.optimizers.replies import UnusableReply, json_object
from steepest.agents.optimizers.search.protocols import Proposal, Situation
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.together import together
from steepest.prompts import load_prompt

__all__ = ["FailureGuidance", "FailureSorting", "Mode", "Taxonomy"]

LONGEST_NAME, LONGEST_DESCRIPTION = 60, 400
"""Characters of a kind's name and of its description; what is longer is sent back."""
_LINE = re.compile(r"^[\s*-]*(?:run\s*)?(\d+)\s*[:.)]\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
_DASH = re.compile(r"\s+[-–—]+\s+|:\s+")


@dataclass(slots=True)
class Mode:
    """A kind of failure."""

    name: str
    description: str
    count: int = 0
    """Failures since guidance against it was last accepted."""
    tries: int = 0
    """Guidance against it since then that did not help."""
    failures: list[Rollout] = field(default_factory=list)
    """Those of this step."""


class Taxonomy:
    """The kinds of failures that are known; a name is the same in capitals.

    Args:
        noted: What `as_json` gave.
    """

    def __init__(self, noted: Iterable[Mapping[str, Any]] = ()) -> None:
        self._modes = {each["name"].casefold(): Mode(**each) for each in noted}

    def __iter__(self) -> Iterator[Mode]:
        return iter(self._modes.values())

    def add(self, kind: str, description: str, rollout: Rollout) -> None:
        """Count a failure; the first description of a kind stands."""
        mode = self._modes.setdefault(kind.casefold(), Mode(kind, description))
        mode.count += 1
        mode.failures.append(rollout)

    def most_frequent(self) -> Mode | None:
        """The kind of this step's failures with the largest count, where guidance that did not help halves the weight,
        then makes it a third, and so on; None without failures.
        """
        present = [each for each in self._modes.values() if each.failures]
        return max(present, key=lambda each: each.count / (1 + each.tries), default=None)

    def as_json(self) -> list[dict[str, Any]]:
        """Every kind, without its failures."""
        return [
            {"name": each.name, "description": each.description, "count": each.count, "tries": each.tries}
            for each in self._modes.values()
        ]


@dataclass(frozen=True, slots=True)
class FailureSorting:
    """Sorts the rollouts, which are failures, into `notes["taxonomy"]`, and proposes nothing; one call."""

    longest: int = 12_000
    """Characters that the failures share."""

    async def propose(self, situation: Situation) -> Sequence[Proposal]:
        """A proposal without changes, for the replies that could not be used.

        Raises:
            InputError: There is no model.
        """
        model = model_of(situation, "etgpo")
        taxonomy: Taxonomy = situation.notes["taxonomy"]
        form = form_of(model)
        reader = _read_json if form == "json" else _read_text
        known = [inert(f"{each.name} - {each.description}") for each in taxonomy]
        prompt = load_prompt(f"taxonomy_sort_{form}").render(
            runs=records(situation.rollouts, self.longest), modes=known
        )
        asked = await ask(
            model,
            prompt,
            partial(_checked, reader, len(situation.rollouts)),
            sample=sample_of(situation.step, 0),
            schema=_SCHEMA if form == "json" else None,
        )
        for kind, rollout in zip(asked.value or (), situation.rollouts, strict=False):
            taxonomy.add(kind.kind, kind.description, rollout)
        return [Proposal(origin="sorting", rejections=asked.rejections)] if asked.rejections else []


@dataclass(frozen=True, slots=True)
class FailureGuidance:
    """Proposes guidance against the kind of failure in `notes["mode"]`; one call a proposal."""

    longest: int = 8000
    """Characters that the failures share."""

    async def propose(self, situation: Situation) -> Sequence[Proposal]:
        """As many as are wanted."""
        mode: Mode = situation.notes["mode"]
        variables = {
            "goal": aim(situation),
            "current": current(situation),
            "kind": inert(mode.name),
            "description": inert(mode.description),
            "count": mode.count,
            "runs": records(situation.rollouts, self.longest),
        }
        return await together(
            ask_changes(
                situation, "taxonomy_guidance", {**variables, "way": way(index)}, index=index, origin="guidance"
            )
            for index in range(situation.count)
        )


class _Sorted(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    run: int
    kind: str
    description: str


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    failures: list[_Sorted]


_SCHEMA = strict_schema(_Reply.model_json_schema())


def _read_json(text: str) -> list[_Sorted]:
    try:
        return _Reply.model_validate(json_object(text, keys=("failures",))).failures
    except ValidationError as error:
        raise UnusableReply(
            '`failures` has to be a list of {"run": ..., "kind": ..., "description": ...}: a number and two texts'
        ) from error


def _read_text(text: str) -> list[_Sorted]:
    found = []
    for line in _LINE.finditer(text):
        kind, *rest = _DASH.split(line[2], maxsplit=1)
        found.append(_Sorted(run=int(line[1][:9]), kind=kind.strip("*\"'`<> "), description="".join(rest)))
    return found


def _checked(read: Callable[[str], list[_Sorted]], count: int, text: str) -> list[_Sorted]:
    """What is said about each run, in their order."""
    said = {each.run: each for each in reversed(read(text))}
    missing = [str(number) for number in range(1, count + 1) if number not in said or not said[number].kind.strip()]
    if missing:
        raise UnusableReply(f"no kind of failure is given for run {', '.join(missing)}: every run has to have one")
    sorted_runs = [said[number] for number in range(1, count + 1)]
    long = [
        each for each in sorted_runs if len(each.kind) > LONGEST_NAME or len(each.description) > LONGEST_DESCRIPTION
    ]
    if long:
        raise UnusableReply(
            f"what is said about run {long[0].run} is too long: a name has at most {LONGEST_NAME} characters, "
            f"what goes wrong at most {LONGEST_DESCRIPTION}"
        )
    return [each.model_copy(update={"kind": " ".join(each.kind.split())}) for each in sorted_runs]
