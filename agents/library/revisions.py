"""What one version of an insight or a label becomes from others: by a merge, by evidence, by undoing."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from steepest.agents.library.events import Change
from steepest.agents.library.insights import Insight, Usage
from steepest.agents.library.labels import Definition
from steepest.agents.library.stores.protocol import Entry
from steepest.errors import InputError

__all__ = ["bare", "built_on", "difference", "joined", "merge_of", "standing", "united"]


def standing(changes: Mapping[int, Change]) -> dict[int, Change]:
    """Changes without those that others among them undid, and without those."""
    gone: set[int] = set()
    for number, change in sorted(changes.items(), reverse=True):
        if number not in gone and change.kind == "undo" and changes.keys() >= set(change.undoes):
            gone |= {number, *change.undoes}
    return {number: change for number, change in changes.items() if number not in gone}


def built_on(name: str, number: int, later: Collection[int]) -> InputError:
    """What is said to somebody who would undo a change that something later was built on."""
    numbers = ", ".join(str(each) for each in sorted(later, reverse=True))
    return InputError(f"{name} was changed since event {number}: undo {numbers} first.")


def united(merged: Insight, parts: Sequence[Insight]) -> Insight:
    """The merged insight with what it takes over from its parts."""
    every = (merged, *parts)
    labels = {label.key: label for each in every for label in each.labels}
    tasks = dict.fromkeys(task for each in every for task in each.provenance.tasks)
    names = dict.fromkeys(each.id for each in parts)
    sources = dict.fromkeys(one for each in every for one in each.provenance.source.split("; ") if one)
    provenance: Mapping[str, Any] = {"tasks": tuple(tasks), "merged": tuple(names), "source": "; ".join(sources)}
    return merged.model_copy(
        update={
            "labels": tuple(labels.values()),
            "fingerprint": tuple(sorted({feature for each in every for feature in each.fingerprint})),
            "provenance": merged.provenance.model_copy(update=provenance),
        }
    )


def merge_of(parts: Sequence[Entry], merged: Insight, reason: str = "") -> Change:
    """The change that puts one insight in the place of exactly these, with their labels, tasks, features and counts."""
    whole = united(merged, [each.insight for each in parts])
    names = [each.insight.id for each in parts]
    after: dict[str, Insight | None] = {**dict.fromkeys(names), whole.id: whole}
    counted = _sum_of([each.usage for each in parts])
    is_new = whole.id not in names
    return Change(
        kind="merge", insights=after, usage={whole.id: counted} if is_new and counted != Usage() else {}, reason=reason
    )


def _sum_of(usages: Sequence[Usage]) -> Usage:
    """What experience says of several; when they were verified says nothing of what they become."""
    return Usage(
        retrieved=sum(each.retrieved for each in usages),
        used=sum(each.used for each in usages),
        helped=sum(each.helped for each in usages),
        hurt=sum(each.hurt for each in usages),
        tokens=sum(each.tokens for each in usages),
    )


def joined(definition: Definition, known: Definition) -> Definition:
    """A definition with the other names and tasks that are known besides."""
    aliases = dict.fromkeys((*definition.aliases, *known.aliases))
    tasks = dict.fromkeys((*definition.tasks, *known.tasks))
    return definition.model_copy(update={"aliases": tuple(aliases), "tasks": tuple(tasks)})


def bare(definition: Definition) -> Definition:
    """A definition without its evidence."""
    return definition.model_copy(update={"tasks": ()})


def difference(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What has to be put so that `now` becomes `then`; None for what has to go."""
    return {name: then.get(name) for name in sorted(then.keys() | now.keys()) if then.get(name) != now.get(name)}
