"""A library of insights: what is in it, how it changes, and how every change is undone."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from steepest.agents.library.events import Change, ChangeKind, Event, Outcome, State
from steepest.agents.library.insights import Insight, Status, Usage
from steepest.agents.library.labels import Definition, Label, Taxonomy
from steepest.agents.library.revisions import difference, joined, merge_of
from steepest.agents.library.skills.skill import Skill
from steepest.agents.library.stores.places import open_store
from steepest.agents.library.stores.protocol import SKILLS, Entry, Store
from steepest.agents.library.undoing import change_at, definition_undone, insight_before, skill_before, skills_of
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

    def skills(self) -> list[Skill]:
        """What was distilled from insights, in the order of names."""
        found = skills_of(self.store.events(touching=SKILLS))
        return [found[name] for name in sorted(found)]

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
        listed = list(insights)
        given = {each.id: each for each in listed}
        if not given:
            raise InputError("there is no insight to add.")
        if len(given) < len(listed):
            twice = next(each.id for each in listed if given[each.id] is not each)
            raise InputError(f"the id {twice} stands for two insights: an id is one insight's alone.")
        with self.store.alone():
            evidence = self._evidence(given)
            return self._write(kind, given, dict.fromkeys(given, 0), reason, definitions=evidence)

    def put(
        self,
        insights: Mapping[str, Insight | None],
        expected: Mapping[str, int],
        reason: str = "",
        *,
        kind: ChangeKind = "import",
        usage: Mapping[str, Usage] | None = None,
        definitions: Iterable[Definition] = (),
    ) -> Event:
        """Put what a file holds into the library: insights that are new or changed, their counts, labels.

        Args:
            insights: What each is to be, by id; None for one that is to go.
            expected: The version that each must still have; 0 for a new one.
            reason: Why, for the record.
            kind: Of the event.
            usage: Counts that come along.
            definitions: What labels mean; tasks and other names that are known of one stay.

        Raises:
            ConflictError: Somebody else changed one in the meantime.
        """
        with self.store.alone():
            after = self._defined(definitions)
            for key, evidence in self._evidence(insights).items():
                defined = after.get(key)
                after[key] = joined(defined, evidence) if defined is not None else evidence
            return self._write(kind, insights, expected, reason, definitions=after, usage=usage)

    def merge(self, names: Sequence[str], merged: Insight, reason: str = "") -> Event:
        """Put one insight in the place of exactly these; it takes over their labels, tasks, features and counts.

        Raises:
            InputError: There are fewer than two, or one is not there.
            ConflictError: Somebody else changed one in the meantime.
        """
        distinct = list(dict.fromkeys(names))
        if len(distinct) < 2:
            raise InputError("merging takes at least two insights.")
        with self.store.alone():
            parts = [self.entry(name) for name in distinct]
            change = merge_of(parts, merged, reason)
            new = [name for name in change.insights if name not in distinct]
            return self.carry_out(
                change, {**{each.insight.id: each.version for each in parts}, **dict.fromkeys(new, 0)}
            )

    def change(self, entry: Entry, after: Insight, reason: str = "", *, kind: ChangeKind = "edit") -> Event:
        """Put a new text, new labels or a new status in the place of what was read.

        Raises:
            ConflictError: Somebody else changed it in the meantime.
            InputError: It has another id.
        """
        name = entry.insight.id
        if after.id != name:
            raise InputError(f"the insight {name} can't become {after.id}: add one and retire the other.")
        with self.store.alone():
            evidence = self._evidence({name: after})
            return self._write(kind, {name: after}, {name: entry.version}, reason, definitions=evidence)

    def put_status(self, entry: Entry, status: Status, reason: str = "") -> Event:
        """Activate, quarantine or retire.

        Raises:
            ConflictError: Somebody else changed it in the meantime.
        """
        after = entry.insight.model_copy(update={"status": status})
        return self.change(entry, after, reason, kind=_KIND_OF_STATUS[status])

    def carry_out(self, change: Change, expected: Mapping[str, int] | None = None) -> Event:
        """Write a change that was decided before, with the labels that its insights bring.

        Args:
            change: Its author and run become the library's.
            expected: The version that each insight must still have; 0 for a new one.

        Raises:
            ConflictError: Somebody else changed one in the meantime.
        """
        with self.store.alone():
            definitions = {**self._evidence(change.insights), **self._with_known(change.definitions)}
            known = {"definitions": definitions, "author": self.author, "run": self.run}
            return self.store.write(change.model_copy(update=known), expected or {})

    def define(self, definitions: Iterable[Definition], reason: str = "") -> Event:
        """Say what labels mean; tasks and other names that are known of one stay.

        Raises:
            InputError: There are none.
        """
        with self.store.alone():
            after = self._defined(definitions)
            if not after:
                raise InputError("there is no label to define.")
            return self._write("label", {}, {}, reason, definitions=after)

    def merge_labels(self, kept: Label, other: Label, reason: str = "") -> Event:
        """Make a label another name of one that is kept; insights under it are found under the kept one.

        Raises:
            InputError: One is not known, or both are the same.
        """
        with self.store.alone():
            taxonomy = self.taxonomy()
            stays, goes = taxonomy.find(kept), taxonomy.find(other)
            if stays is None or goes is None:
                raise InputError(f"there is no label {kept if stays is None else other}.")
            if stays.label.key == goes.label.key:
                raise InputError(f"{kept} and {other} are the same label.")
            whole = joined(stays, goes.model_copy(update={"aliases": (goes.label, *goes.aliases)}))
            after = {stays.label.key: whole, goes.label.key: None}
            return self._write("label", {}, {}, reason, definitions=after)

    def put_skills(self, skills: Mapping[str, Skill | None], reason: str = "") -> Event:
        """Put skills in the place of what there is of these names; None for one that is to go.

        Raises:
            InputError: There are none.
        """
        if not skills:
            raise InputError("there is no skill to keep.")
        return self._write("skill", {}, {}, reason, skills=skills)

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
        with self.store.alone():
            change = change_at(self.store, number)
            insights = {name: insight_before(self.store, name, number) for name in change.insights}
            expected = {each.insight.id: each.version for each in self.store.entries(change.insights)}
            definitions = {key: definition_undone(self.store, key, number) for key in change.definitions}
            skills = {name: skill_before(self.store, name, number) for name in change.skills}
            return self._write(
                "undo", insights, expected, reason, definitions=definitions, skills=skills, undoes=(number,)
            )

    def restore(self, number: int, reason: str = "") -> Event:
        """Put back all insights, labels and skills as they were after this event; counts of usage stay.

        Raises:
            InputError: There is no such event, or nothing changed since.
        """
        with self.store.alone():
            then, now = self.state(number), self.state()
            insights = difference(then.insights, now.insights)
            expected = {name: now.versions[name] if name in now.insights else 0 for name in insights}
            definitions = difference(then.definitions, now.definitions)
            skills = difference(then.skills, now.skills)
            if not insights and not definitions and not skills:
                raise InputError(f"{self.store.place} is as it was after event {number}: there is nothing to put back.")
            undone = tuple(range(number + 1, now.number + 1))
            return self._write(
                "restore", insights, expected, reason, definitions=definitions, skills=skills, undoes=undone
            )

    def _write(
        self,
        kind: ChangeKind,
        insights: Mapping[str, Insight | None],
        expected: Mapping[str, int],
        reason: str,
        *,
        definitions: Mapping[str, Definition | None] | None = None,
        usage: Mapping[str, Usage] | None = None,
        skills: Mapping[str, Skill | None] | None = None,
        undoes: tuple[int, ...] = (),
    ) -> Event:
        change = Change(
            kind=kind,
            insights=dict(insights),
            definitions=dict(definitions or {}),
            usage=dict(usage or {}),
            skills=dict(skills or {}),
            reason=reason,
            author=self.author,
            run=self.run,
            undoes=undoes,
        )
        return self.store.write(change, expected)

    def _evidence(self, after: Mapping[str, Insight | None]) -> dict[str, Definition]:
        """The labels that insights bring or back with their tasks, as far as that says something new.

        A label that an insight has already, or one in whose place it comes, has its evidence: who merges two that each
        asked for another label must not have each label asked for by both.
        """
        taxonomy = self.taxonomy()
        there = [each.insight for each in self.store.entries(after)]
        before = {each.id: {taxonomy.settled(label).key for label in each.labels} for each in there}
        replaced = {key for name, keys in before.items() if after[name] is None for key in keys}
        found: dict[str, Definition] = {}
        for name, insight in after.items():
            if insight is None:
                continue
            had = replaced | before.get(name, set())
            for label in insight.labels:
                known = found.get(label.key) or taxonomy.find(label) or Definition(label=label)
                tasks = tuple(dict.fromkeys((*known.tasks, *insight.provenance.tasks)))
                is_new = tasks != known.tasks and not known.is_given and known.label.key not in had
                if taxonomy.find(label) is None or is_new:
                    found[known.label.key] = known.model_copy(update={"tasks": tasks})
        return found

    def _with_known(self, definitions: Mapping[str, Definition | None]) -> dict[str, Definition | None]:
        """Definitions with the tasks and other names that somebody has given them since they were decided."""
        known = self.taxonomy().definitions
        return {key: joined(each, known[key]) if each and key in known else each for key, each in definitions.items()}

    def _defined(self, definitions: Iterable[Definition]) -> dict[str, Definition | None]:
        """Definitions with what is known of their labels besides.

        Raises:
            InputError: One is of a label that is another's name.
        """
        taxonomy = self.taxonomy()
        found: dict[str, Definition | None] = {}
        for each in definitions:
            known = taxonomy.find(each.label) or each
            if known.label.key != each.label.key:
                raise InputError(f"{each.label} is another name of {known.label}: define that one.")
            found[each.label.key] = joined(each, known)
        return found
