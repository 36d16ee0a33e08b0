"""The folder of a search: what was asked for, and all that is needed to go on.

`run.json` says what the search is of; the same search goes on in its folder, and any other one is refused. Beside it
stand the records of the steps, the evaluations, and what the models answered.
"""

import json
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.agents.folder_lock import locked
from steepest.agents.optimizers.search.journal import Journal
from steepest.agents.optimizers.search.values import are_same
from steepest.errors import InputError

__all__ = ["ComponentEntry", "RunEntry", "RunFolder"]

FORMAT = "steepest.optimize"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ComponentEntry(_Entry):
    """A component as the folder tells of it."""

    name: str
    kind: str
    description: str = ""
    constraint: str = ""


class RunEntry(_Entry):
    """What a search is of."""

    format: str = FORMAT
    version: int = 1
    steepest: str = Field(default_factory=lambda: version("steepest"))
    workflow: str
    identities: dict[str, str] = Field(default_factory=dict)
    """Digests of the workflow or program and of the guide: of their source and settings, without what is learned."""
    components: tuple[ComponentEntry, ...]
    seed_values: dict[str, Any]
    strategy: str
    """With its settings."""
    models: tuple[str, ...] = ()
    guide: str = ""
    goal: str = ""
    sizes: dict[str, int] = Field(default_factory=dict)
    """Examples by split."""
    digests: dict[str, str] = Field(default_factory=dict)
    """Of the examples by split."""
    seed: int = 0
    limits: dict[str, int | float | None] = Field(default_factory=dict)
    """What the latest call allowed for, the steps included; None for no limit."""


_MAY_DIFFER = frozenset({"steepest", "limits"})


class RunFolder:
    """A folder that one search at a time works in.

    Args:
        path: It is made if it is not there.

    Raises:
        InputError: It can't be made, holds something else, or another process works in it.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.steps = self.path / "steps.jsonl"
        self.evaluations = self.path / "evaluations.sqlite"
        self.replies = self.path / "replies.sqlite"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"the folder {path} can't be made: {error.strerror or error}") from error
        strange = [each.name for each in self.path.iterdir()] if not self._entry_path.exists() else []
        if [each for each in strange if each != "lock"]:
            raise InputError(f"{path} holds other things ({sorted(strange)[0]}, ...): name a new or an empty folder")

    @property
    def _entry_path(self) -> Path:
        return self.path / "run.json"

    def require(self, entry: RunEntry) -> dict[str, Any]:
        """Make sure that the folder is of this search.

        Args:
            entry: What is to be searched. Its seed values may also be those of a candidate that was found here: whoever
                goes on in the same process, or has written the best values into the source, means the same search.

        Returns:
            The values that the search begins with, or began with.

        Raises:
            InputError: It is of another one; the message says what differs.
        """
        if not self._entry_path.exists():
            self._write(entry)
            return entry.seed_values
        known = read_entry(self.path)
        differing = _differing(known, entry)
        if "seed_values" in differing and self._knows(known, entry):
            differing.remove("seed_values")
        if differing and not len(Journal(self.steps).read()):
            self._start_over(entry)
            return entry.seed_values
        if differing:
            told = "; ".join(_told(name, known, entry) for name in differing)
            raise InputError(
                f"{self.path} holds another search ({told}): go on with what it was begun with, or name another folder"
            )
        if known.limits != entry.limits:
            self._write(known.model_copy(update={"limits": entry.limits}))
        return known.seed_values

    def _start_over(self, entry: RunEntry) -> None:
        """Begin with another search where one has failed before its first step was over: of what it has evaluated, the
        figures may be those of a guide or a workflow that was mended since.
        """
        for part in ("", "-wal", "-shm"):
            self.evaluations.with_name(self.evaluations.name + part).unlink(missing_ok=True)
        self._write(entry)

    def _knows(self, known: RunEntry, entry: RunEntry) -> bool:
        """Whether the seed's values are those of a member of the pool."""
        members: dict[int, Mapping[str, Any]] = {0: known.seed_values}
        for record in Journal(self.steps).read():
            for birth in record.births:
                members[birth.number] = {**members[birth.parents[0]], **birth.values}
        return any(are_same(each, entry.seed_values) for each in members.values())

    def locked(self) -> AbstractContextManager[None]:
        """Keep other processes out until the block is left.

        Raises:
            InputError: One is in.
        """
        return locked(self.path)

    def _write(self, entry: RunEntry) -> None:
        beside = self._entry_path.with_suffix(".part")
        try:
            beside.write_text(entry.model_dump_json(indent=2) + "\n", "utf-8")
            os.replace(beside, self._entry_path)
        except OSError as error:
            raise InputError(f"{self._entry_path} can't be written: {error.strerror or error}") from error


def read_entry(path: str | Path) -> RunEntry:
    """What the search in a folder is of.

    Raises:
        InputError: There is none, or it can't be read.
    """
    file = Path(path) / "run.json"
    try:
        content = json.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"there is no search in {path}: it has no run.json") from error
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{file} can't be read: {error}") from error
    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        raise InputError(f"{file} is of another kind of run, not of an optimization")
    try:
        return RunEntry.model_validate(content)
    except ValidationError as error:
        raise InputError(f"{file} is no description of a search that this steepest reads: {error}") from error


def _differing(known: RunEntry, entry: RunEntry) -> list[str]:
    """What differs, by the names of fields and identities; what has another name is told by that alone."""
    before, now = known.model_dump(mode="json"), entry.model_dump(mode="json")
    fields = now.keys() - _MAY_DIFFER - {"identities"}
    found = [name for name in now if name in fields and not are_same(before[name], now[name])]
    edited = [name for name, digest in entry.identities.items() if known.identities.get(name) != digest]
    named = "workflow" in found
    return found + [name for name in edited if name not in found and not (name == "program" and named)]


def _told(name: str, known: RunEntry, entry: RunEntry) -> str:
    """A difference in words."""
    there, here = getattr(known, name, None), getattr(entry, name, None)
    if there == here:  # by name
        called = entry.guide if name == "guide" else entry.workflow
        return f"the {name} {called} has other code or settings now, and the scores there are of the old one"
    before, now = _written(there), _written(here)
    alike = next((place for place, both in enumerate(zip(before, now, strict=False)) if both[0] != both[1]), 0)
    return f"{name}: {_short(before, alike)} there, {_short(now, alike)} now"


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=BaseModel.model_dump)


def _short(written: str, alike: int) -> str:
    """A text from a little before where it differs from another one."""
    begin = max(0, alike - 20) if len(written) > 60 else 0
    shown = written[begin:]
    return ("..." if begin else "") + (shown if len(shown) <= 60 else shown[:57] + "...")
