"""What the tasks of a run say about an insight: for which it should be found, and for which it should not."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from steepest.agents.library.learning.journal import TaskRecord
from steepest.agents.library.stores.protocol import Entry

__all__ = ["Evidence", "Halves", "Role", "evidence_of"]

Role: TypeAlias = Literal["positive", "negative", "unretrieved"]
"""`positive`: it helps there; `negative`: it misled; `unretrieved`: it would have helped and was not found."""

_ROLES: tuple[Role, ...] = ("unretrieved", "negative", "positive")


@dataclass(frozen=True)
class Halves:
    """Tasks with the role that an insight has for each: those that choose a condition, and those that check it."""

    choosing: dict[str, Role] = field(default_factory=dict)
    checking: dict[str, Role] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """What is known of an insight."""

    roles: dict[str, Role] = field(default_factory=dict)
    """By task; what was seen last stands."""
    iterations: dict[str, int] = field(default_factory=dict)
    """In which a task said so; -1 for a task that the insight was learned from."""

    def of(self, role: Role) -> list[str]:
        """Tasks for which the insight has this role, in an order that says nothing about them."""
        return sorted((task for task, known in self.roles.items() if known == role), key=_shuffled)

    def asks_for_refinement(self, iteration: int, support: int) -> bool:
        """Whether this iteration showed that the condition is wrong.

        Args:
            iteration: That has ended.
            support: Tasks that were misled, before that counts; that it was missed counts at once.
        """
        misled = self.of("negative")
        wrong = [*self.of("unretrieved"), *(misled if len(misled) >= support else ())]
        return any(self.iterations[task] == iteration for task in wrong)

    def halves(self, most: int) -> Halves:
        """Two halves with as equal a share of each role as can be.

        Args:
            most: Tasks of a role in both together.
        """
        ordered = [(task, role) for role in _ROLES for task in self.of(role)[:most]]
        return Halves(dict(ordered[::2]), dict(ordered[1::2]))


def evidence_of(records: Iterable[TaskRecord], entries: Sequence[Entry], tasks: Collection[str]) -> dict[str, Evidence]:
    """What is known of each insight.

    Args:
        records: Of the run, in order.
        entries: The insights that there are; one that others were merged into has what is known of those.
        tasks: Ids of tasks that are at hand.
    """
    heirs = {part: each.insight.id for each in entries for part in each.insight.provenance.merged}
    heirs |= {each.insight.id: each.insight.id for each in entries}
    found: dict[str, Evidence] = defaultdict(Evidence)
    seen = [(each.insight.id, task, -1) for each in entries for task in each.insight.provenance.tasks]
    said: list[tuple[str, str, int, Role]] = [(*each, "positive") for each in seen]
    said += [(name, each.task, each.iteration, role) for each in records for name, role in _roles_in(each)]
    for name, task, iteration, role in said:
        if name in heirs and task in tasks:
            found[heirs[name]].roles[task] = role
            found[heirs[name]].iterations[task] = iteration
    return dict(found)


def _roles_in(record: TaskRecord) -> Iterator[tuple[str, Role]]:
    """What a task says about insights; that one of several hurt says nothing of each, unless it is borne out."""
    for name in record.helped:
        yield name, "positive"
    if len(record.used) == 1:
        for name in record.hurt:
            yield name, "negative"
    if record.diagnosis is not None:
        yield from ((name, "positive") for name in record.diagnosis.positive)
        yield from ((name, "negative") for name in record.diagnosis.negative)
        yield from ((name, "unretrieved") for name in record.diagnosis.unretrieved)


def _shuffled(task: str) -> str:
    return hashlib.sha256(task.encode()).hexdigest()
