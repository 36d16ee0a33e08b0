"""What a data set is: where it comes from, whose labels it has, what is known to be wrong with them."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from steepest.evals.datasets.findings import printable
from steepest.evals.problems import Problem
from steepest.evals.specification import DatasetReference

__all__ = ["KnownSet", "Manifest", "known_sets", "manifest_of"]

_PART = re.compile(r"[._-](?:dev|test|train|val|validation)\Z")


class KnownSet(BaseModel):
    """An edition of a published set, as `known_sets.toml` tells it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    format: str
    """Its native format."""
    files: tuple[str, ...] = ()
    """Names of its native file or folder, in lower case and without ending."""
    source: str
    """Repository and path."""
    commit: str
    license: str
    """As the source states it; `unstated` if it does not."""
    size: int
    """Problems with a label."""
    variant: str
    """Which edition of the labels."""
    remarks: tuple[str, ...] = ()


class Manifest(BaseModel):
    """What is known of the problems that were read."""

    model_config = ConfigDict(frozen=True)

    name: str
    path: str
    """As the person gave it."""
    format: str
    sha256: str
    problems: int
    title: str = ""
    size: int | None = None
    """Problems of the whole published set, of which these may be a part."""
    groups: int = 0
    """Distinct stories: problems with the same `group` count once."""
    with_notes: int = 0
    """Problems with a note about their label."""
    statuses: dict[str, int] = Field(default_factory=dict)
    types: dict[str, int] = Field(default_factory=dict)
    variant: str = ""
    source: str = ""
    license: str = ""
    commit: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def reference(self) -> DatasetReference:
        """The part that a run's specification keeps."""
        return DatasetReference(
            name=self.name,
            path=self.path,
            sha256=self.sha256,
            problems=self.problems,
            format=self.format,
            variant=self.variant,
            license=self.license,
        )


def manifest_of(name: str, path: str, format: str, sha256: str, problems: Sequence[Problem]) -> Manifest:
    """Describe problems that were read; what the records say goes before what the table of known sets says."""
    known = _known(name, format, problems)
    return Manifest(
        name=name,
        path=path,
        format=format,
        sha256=sha256,
        problems=len(problems),
        title=known.title if known else "",
        size=known.size if known else None,
        groups=len({problem.group or problem.id for problem in problems}),
        with_notes=sum(problem.notes is not None for problem in problems),
        statuses=_counted(problem.status for problem in problems),
        types=_counted(problem.type or "none" for problem in problems),
        variant=known.variant if known else "",
        source=_said(problem.source for problem in problems) or (known.source if known else ""),
        license=_said(problem.license for problem in problems) or (known.license if known else ""),
        commit=known.commit if known else "",
        remarks=known.remarks if known else (),
    )


@cache
def known_sets() -> dict[str, KnownSet]:
    """The published sets that are known, by name."""
    table = tomllib.loads(files(__package__).joinpath("known_sets.toml").read_text(encoding="utf-8"))
    return {name: KnownSet.model_validate(entry) for name, entry in table.items()}


def _known(name: str, format: str, problems: Sequence[Problem]) -> KnownSet | None:
    """The published set, told by what all records call it, else by the file's name; shape and size may forbid it."""
    told = {problem.dataset for problem in problems}
    called = told.pop() if format == "unified" and len(told) == 1 else name
    plain = called.lower().replace("_", "-")
    for key, known in known_sets().items():
        native = {file.replace("_", "-") for file in known.files}
        if (_PART.sub("", plain) == key or plain in native) and _could_be(known, format, len(problems)):
            return known
    return None


def _could_be(known: KnownSet, format: str, problems: int) -> bool:
    return format in ("unified", known.format) and problems <= known.size


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(printable, values)).items(), key=lambda item: (-item[1], item[0])))


def _said(values: Iterable[str | None]) -> str:
    """What the records say in common; several things are listed."""
    said = sorted({printable(value) for value in values if value})
    return ", ".join(said[:4]) + (", ..." if len(said) > 4 else "")
