"""What a run is: all that decides its answers, and what may differ when it is continued."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from steepest.errors import InputError

__all__ = ["DatasetReference", "LibraryReference", "RunSpecification", "Selection", "differences"]


class DatasetReference(BaseModel):
    """Which problems were asked."""

    model_config = ConfigDict(frozen=True)

    name: str
    path: str
    """As the person gave it; where it lies takes no part in identity."""
    sha256: str
    problems: int
    format: str = "unified"
    variant: str = ""
    """Which edition of the labels, where the reader knows."""
    license: str = ""


class Selection(BaseModel):
    """Which of a data set's problems a run asks; may grow when a run is continued."""

    model_config = ConfigDict(frozen=True)

    limit: int | None = Field(default=None, ge=1)
    ids: tuple[str, ...] = ()
    shard: tuple[int, int] | None = None
    """(i, n): part i of n, from 1."""
    types: tuple[str, ...] = ()
    """Only problems of these types; all if empty."""
    without_notes: bool = False
    """Only problems about whose label nothing is noted."""
    epochs: int = Field(default=1, ge=1)


class LibraryReference(BaseModel):
    """An experience library as it was at one moment."""

    model_config = ConfigDict(frozen=True)

    place: str
    """As the person gave it, without a password."""
    number: int = Field(ge=0)
    """Of its last event when the run began."""

    def __str__(self) -> str:
        return f"{self.place} as of event {self.number}"


class RunSpecification(BaseModel):
    """The content of `run.json`."""

    model_config = ConfigDict(frozen=True)

    version: int = 1
    """Of the run folder's format."""
    datasets: tuple[DatasetReference, ...]
    method: str
    method_settings: dict[str, Any] = Field(default_factory=dict)
    model: str
    """Its name; empty for a method that asks none."""
    prompts: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ("strict",)
    seed: int = 0
    """Order of the problems where a limit takes some of them, and seed of solvers."""
    solver_seconds: float = 60.0
    library: LibraryReference | None = None
    """What the method asks for experience; a run keeps asking it as it was then."""
    selection: Selection = Selection()
    created: datetime
    versions: dict[str, str] = Field(default_factory=dict)
    """Of steepest, Python, solvers and client libraries."""
    commit: str | None = None
    """Git commit of the folder that steepest was run in, `+dirty` appended when it had changes."""
    max_cost: Decimal | None = None

    @property
    def title(self) -> str:
        """Method and model, as a heading has them."""
        return f"{self.method} with {self.model}" if self.model else self.method


_IDENTITY = (
    "version",
    "method",
    "method_settings",
    "model",
    "prompts",
    "profiles",
    "seed",
    "solver_seconds",
    "library",
)


def differences(known: RunSpecification, wanted: RunSpecification) -> list[str]:
    """Why `wanted` can't continue `known`, one line each; empty if it can.

    Selection, concurrency, limits on money and the versions of packages may differ: they change how far a run goes,
    not what an answer of it means.
    """
    lines = []
    before = {reference.name: reference.sha256 for reference in known.datasets}
    after = {reference.name: reference.sha256 for reference in wanted.datasets}
    if before != after:
        lines.append(f"data sets: {_shown(before)} before, {_shown(after)} now")
    for field in _IDENTITY:
        old, new = getattr(known, field), getattr(wanted, field)
        if old != new and isinstance(old, dict):
            lines += [f"{field.replace('_', ' ')}: {told}" for told in _changed_keys(old, new)]
        elif old != new:
            lines.append(f"{field.replace('_', ' ')}: {_short(old)} before, {_short(new)} now")
    return lines


def require_same(known: RunSpecification, wanted: RunSpecification, place: str) -> None:
    """Refuse to continue another run.

    Raises:
        InputError: The runs differ; the message names each difference.
    """
    if lines := differences(known, wanted):
        listed = "\n  ".join(lines)
        raise InputError(
            f"{place} holds another run, which differs in\n  {listed}\nGive another folder, or the same settings."
        )


def _shown(hashes: dict[str, str]) -> str:
    return ", ".join(f"{name} ({digest[:12]})" for name, digest in hashes.items()) or "none"


def _changed_keys(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return [f"{key} {_short(old.get(key, 'not set'))} before, {_short(new.get(key, 'not set'))} now" for key in keys]


def _short(value: object) -> str:
    text = "none" if value is None else str(value) or "none"
    return text if len(text) <= 200 else f"{text[:200]}..."
