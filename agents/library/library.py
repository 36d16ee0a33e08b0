"""A library of insights: what is in it, how it changes, and how every change is undone."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from steepest.agents.library.events import Change, ChangeKind, Event, Outcome, State
from steepest.agents.library.insights import Insight, Status
from steepest.agents.library.labels import Definition, Label, Taxonomy
from steepest.agents.library.stores.places import open_store
from steepest.agents.library.stores.protocol import Entry, Store
from steepest.errors import InputError

__all__ = ["Library"]

_KIND_OF_STATUS: dict[Status, ChangeKind] = {
    "active": "activate",
    "quarantined": "quarantine",
    "retired": "retire",
    "candidate": "edit",
}


class Library:
    """Insights in a store.

    Every method that changes something writes one event, all or nothing. One that changes an insight which somebody
    else has changed since it was read raises `ConflictError`.

    Args:
        store: Where they are kept.
        author: Who changes things, for the record.
        run: The run of learning that changes things, for the record.
    """

    def __init__(self, store: Store, *, author: str = "", run: str = "") -> None:
        self.store = store
        self.author = author
        self.run = run

    @classmethod
    def open(cls, place: str | Path, *, author: str = "", run: str = "", must_exist: bool = False) -> "Library":
        """Open a library, or begin one.

        Args:
            place: A file, or `postgresql://USER@HOST/DATABASE`.
            author: Who changes things, for the record.
            run: The run of learning that changes things, for the record.
            must_exist: Whether a file that is not there is an error rather than a new library.

        Raises:
            LibraryError: It can't be opened, or is no library.
        """
        return cls(open_store(place, must_exist=must_exist), author=author, run=run)

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Library({self.store.place!r})"

    def close(self) -> None:
        """Let go of the file or the connection."""
        self.store.close()

    # What is in it

    def entry(self, name: str) -> Entry:
        """An insight with its version and usage.

        Raises:
            InputError: There is none of this id.
        """
        found = self.store.entries([name])
        if not found:
            raise InputError(f"{self.store.place}: there is no insight {name}.")
        return found[0]

    def entries(self, status: Status | None = None) -> list[Entry]:
        """All insights, or those of one status, in the order of their ids."""
        return [each for each in self.store.entries() if status is None or each.insight.status == status]

    def taxonomy(self) -> Taxonomy:
        """The labels that are known."""
        return Taxonomy(self.store.definitions())

    def history(self, name: str | None = None) -> list[Event]:
        """What happened to an insight, or to the whole library."""
        return list(self.store.events(touching=name))

    def state(self, number: int | None = None) -> State:
        """The library after this event, or now, as its events say.

        Raises:
            InputError: There is no such event.
        """
        last = self.store.number()
        if number is not None and not 0 <= number <= last:
            raise InputError(f"{self.store.place}: there is no event {number}; the last one is {last}.")
        return State.replayed(self.store.events(until=last if number is None else number))

    # How it changes

    def add(self, insights: Iterable[Insight], reason: str = "", *, kind: ChangeKind = "add") -> Event:
        """Add new insights, with the labels that are not known yet.

        Raises:
            ConflictError: There is one of such an id already.
            InputError: There are none to add.
        """
        given = {each.id: each for each in insights}
        if not given:
            raise InputError("there is no insight to add.")
        expected = dict.fromkeys(given, 0)
        return self._write(kind, given, expected, reason, definitions=self._evidence(given.values()))

    def merge(self, names: Sequence[str], merged: Insight, reason: str = "") -> Event:
        """Put one insight in the place of exactly these; it takes over their labels, tasks and features.

        Raises:
            InputError: There are fewer than two, or one is not there.
            ConflictError: Somebody else changed one in the meantime.
        """
        distinct = list(dict.fromkeys(names))
        if len(distinct) < 2:
            raise InputError("merging takes at least two insights.")
        parts = [self.entry(name) for name in distinct]
        whole = _united(merged, [each.insight for each in parts])
        expected = {each.insight.id: each.version for each in parts}
        after: dict[str, Insight | None] = {**dict.fromkeys(distinct), whole.id: whole}
        expected.setdefault(whole.id, 0)
        return self._write("merge", after, expected, reason)

    def change(self, entry: Entry, after: Insight, reason: str = "", *, kind: ChangeKind = "edit") -> Event:
        """Put a new text, new labels or a new status in the place of what was read.

        Raises:
            ConflictError: Somebody else changed it in the meantime.
            InputError: It has another id.
        """
        name = entry.insight.id
        if after.id != name:
            raise InputError(f"the insight {name} can't become {after.id}: add one and retire the other.")
        new = [each for each in after.labels if each.key not in {label.key for label in entry.insight.labels}]
        evidence = self._evidence([after], only=new)
        return self._write(kind, {name: after}, {name: entry.version}, reason, definitions=evidence)

    def put_status(self, entry: Entry, status: Status, reason: str = "") -> Event:
        """Activate, quarantine or retire.

        Raises:
            ConflictError: Somebody else changed it in the meantime.
        """
        after = entry.insight.model_copy(update={"status": status})
        return self.change(entry, after, reason, kind=_KIND_OF_STATUS[status])

    def define(self, definitions: Iterable[Definition], reason: str = "") -> Event:
        """Say what labels mean."""
        return self._write("label", {}, {}, reason, definitions={each.label.key: each for each in definitions})

    def merge_labels(self, kept: Label, other: Label, reason: str = "") -> Event:
        """Make a label another name of one that is kept; insights under it are found under the kept one.

        Raises:
            InputError: One is not known, or both are the same.
        """
        taxonomy = self.taxonomy()
        stays, goes = taxonomy.find(kept), taxonomy.find(other)
        if stays is None or goes is None:
            raise InputError(f"there is no label {kept if stays is None else other}.")
        if stays.label.key == goes.label.key:
            raise InputError(f"{kept} and {other} are the same label.")
        aliases = tuple(dict.fromkeys((*stays.aliases, goes.label, *goes.aliases)))
        tasks = tuple(dict.fromkeys((*stays.tasks, *goes.tasks)))
        joined = stays.model_copy(update={"aliases": aliases, "tasks": tasks})
        after = {stays.label.key: joined, goes.label.key: None}
        return self._write("label", {}, {}, reason, definitions=after)

    def record(self, outcome: Outcome) -> Event:
        """Count what came of a task that asked the library."""
        given = outcome.model_copy(update={"author": outcome.author or self.author, "run": outcome.run or self.run})
        return self.store.write(given)

    # How a change is undone

    def undo(self, number: int, reason: str = "") -> Event:
        """Put back what a change took away or wrote over.

        Raises:
            InputError: There is no such change, or something that it wrote was changed since.
        """
        change = self._change_at(number)
        insights = {name: self._before(name, number) for name in change.insights}
        definitions = {key: self._definition_before(key, number) for key in change.definitions}
        for name in (*change.insights, *change.definitions):
            self._require_last(name, number)
        present = {each.insight.id: each.version for each in self.store.entries(change.insights)}
        expected = {name: present.get(name, 0) for name in change.insights}
        return self._write("undo", insights, expected, reason, definitions=definitions, undoes=(number,))

    def restore(self, number: int, reason: str = "") -> Event:
        """Put back all insights and labels as they were after this event; counts of usage stay.

        Raises:
            InputError: There is no such event.
        """
        then, now = self.state(number), self.state()
        insights = _difference(then.insights, now.insights)
        expected = {name: now.versions[name] if name in now.insights else 0 for name in insights}
        definitions = _difference(then.definitions, now.definitions)
        undone = tuple(range(number + 1, now.number + 1))
        return self._write("restore", insights, expected, reason, definitions=definitions, undoes=undone)

    def _write(
        self,
        kind: ChangeKind,
        insights: Mapping[str, Insight | None],
        expected: Mapping[str, int],
        reason: str,
        *,
        definitions: Mapping[str, Definition | None] | None = None,
        undoes: tuple[int, ...] = (),
    ) -> Event:
        change = Change(
            kind=kind,
            insights=dict(insights),
            definitions=dict(definitions or {}),
            reason=reason,
            author=self.author,
            run=self.run,
            undoes=undoes,
        )
        return self.store.write(change, expected)

    def _evidence(self, insights: Iterable[Insight], only: Sequence[Label] | None = None) -> dict[str, Definition]:
        """The labels that insights bring or back with their tasks, as far as that says something new."""
        taxonomy = self.taxonomy()
        found: dict[str, Definition] = {}
        for insight in insights:
            for label in insight.labels if only is None else only:
                known = found.get(label.key) or taxonomy.find(label) or Definition(label=label)
                tasks = tuple(dict.fromkeys((*known.tasks, *insight.provenance.tasks)))
                if taxonomy.find(label) is None or (tasks != known.tasks and not known.is_given):
                    found[known.label.key] = known.model_copy(update={"tasks": tasks})
        return found

    def _change_at(self, number: int) -> Change:
        event = next(self.store.events(after=number - 1, until=number), None)
        if event is None:
            raise InputError(f"{self.store.place}: there is no event {number}.")
        if not isinstance(event.body, Change):
            raise InputError(f"event {number} counts what came of a task; there is nothing to undo in it.")
        return event.body

    def _before(self, name: str, number: int) -> Insight | None:
        """What an insight was before an event."""
        earlier = [event.body for event in self.store.events(until=number - 1, touching=name)]
        changes = [body for body in earlier if isinstance(body, Change)]
        return changes[-1].insights[name] if changes else None

    def _definition_before(self, key: str, number: int) -> Definition | None:
        earlier = [event.body for event in self.store.events(until=number - 1, touching=key)]
        changes = [body for body in earlier if isinstance(body, Change)]
        return changes[-1].definitions[key] if changes else None

    def _require_last(self, name: str, number: int) -> None:
        """Refuse to undo what something later was built on."""
        later = [event for event in self.store.events(after=number, touching=name) if isinstance(event.body, Change)]
        if later:
            numbers = ", ".join(str(event.number) for event in later)
            raise InputError(f"{name} was changed since event {number}: undo {numbers} first, the last one first.")


def _united(merged: Insight, parts: Sequence[Insight]) -> Insight:
    """The merged insight with what it takes over from its parts."""
    every = (merged, *parts)
    labels = {label.key: label for each in every for label in each.labels}
    tasks = dict.fromkeys(task for each in every for task in each.provenance.tasks)
    names = dict.fromkeys(each.id for each in parts)
    sources = dict.fromkeys(each.provenance.source for each in every if each.provenance.source)
    provenance: Mapping[str, Any] = {"tasks": tuple(tasks), "merged": tuple(names), "source": "; ".join(sources)}
    return merged.model_copy(
        update={
            "labels": tuple(labels.values()),
            "fingerprint": tuple(sorted({feature for each in every for feature in each.fingerprint})),
            "provenance": merged.provenance.model_copy(update=provenance),
        }
    )


def _difference(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What has to be put so that `now` becomes `then`; None for what has to go."""
    return {name: then.get(name) for name in sorted(then.keys() | now.keys()) if then.get(name) != now.get(name)}
