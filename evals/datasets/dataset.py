"""Loads benchmark files as problems, with a manifest and a reference for the run's specification."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from steepest.errors import InputError
from steepest.evals.datasets.entries import Entry
from steepest.evals.datasets.findings import BadRecord, Finding, refuse
from steepest.evals.datasets.formats import Format, detect, format_named
from steepest.evals.datasets.json_rows import Digest, Row, json_rows
from steepest.evals.datasets.manifests import Manifest, manifest_of
from steepest.evals.datasets.problem_folders import (
    FOLDER_READERS,
    folder_format,
    folder_problems,
    problem_folders,
)
from steepest.evals.datasets.unknown_fields import Misspelt
from steepest.evals.problems import Problem
from steepest.evals.specification import DatasetReference

__all__ = ["Dataset", "load_dataset", "load_datasets"]

_LOOKED_AT = 20
"""Records that tell the format."""

Outcome = tuple[str, Problem | Finding]
"""A place, and what was read there."""


@dataclass(frozen=True)
class Dataset:
    """Problems of one file or folder."""

    reference: DatasetReference
    problems: tuple[Problem, ...]
    manifest: Manifest
    findings: tuple[Finding, ...] = ()
    """Records that were left out, and why."""
    places: tuple[str, ...] = ()
    """Where each problem stands."""
    warnings: tuple[Finding, ...] = ()
    """What was passed over in records that can be used."""

    @property
    def skipped(self) -> int:
        """How many records were left out."""
        return len(self.findings)


def load_dataset(
    path: str | Path, format: str | None = None, name: str | None = None, skip_bad: bool = False
) -> Dataset:
    """Read a data set.

    Args:
        path: A JSON or JSON lines file, or a folder with a folder for each problem.
        format: One of `FORMATS`; told from the content if None.
        name: What to call it; the file's name without its ending if None.
        skip_bad: Leave out records that can't be read, and list them in `findings`, instead of refusing the file.

    Raises:
        InputError: It can't be read, is of no known format, or has bad records.
    """
    place, digest, misspelt = Path(path), hashlib.sha256(), Misspelt()
    name = name or _name_of(place)
    wanted = format_named(format) if format is not None else None
    if _is_folder(place):
        known, outcomes = _folder_outcomes(place, wanted, name, digest)
    else:
        known, outcomes = _file_outcomes(place, wanted, name, digest, misspelt)
    problems, places, findings = _sorted_out(outcomes)
    if not skip_bad:
        refuse(findings, len(problems) + len(findings), str(path))
    if not problems:
        left_out = f": all {len(findings)} records are bad, the first one {findings[0]}" if findings else ""
        raise InputError(f"{path} holds no problem{left_out}")
    manifest = manifest_of(name, str(path), known, digest.hexdigest(), problems)
    return Dataset(manifest.reference, tuple(problems), manifest, tuple(findings), tuple(places), misspelt.warnings())


def load_datasets(
    paths: Sequence[str | Path], format: str | None = None, skip_bad: bool = False
) -> tuple[Dataset, ...]:
    """Read several data sets for one run; a path may be given as `NAME=PATH`.

    Raises:
        InputError: One of them can't be read, two have the same name, or two problems have the same id.
    """
    if not paths:
        raise InputError("No data set was given")
    datasets: list[Dataset] = []
    for given in paths:
        name, path = _named(given)
        datasets.append(load_dataset(path, format, name, skip_bad))
    _refuse_equal_names(datasets)
    _refuse_equal_ids(datasets)
    return tuple(datasets)


def _named(given: str | Path) -> tuple[str | None, Path]:
    text = str(given)
    name, equals, path = text.partition("=")
    if isinstance(given, Path) or not equals or not name or "/" in name or Path(text).exists():
        return None, Path(text)
    return name, Path(path)


def _name_of(path: Path) -> str:
    name = path.resolve().name if path.name in ("", ".", "..") else path.name
    for ending in (".jsonl", ".json", ".ndjson"):
        if len(name) > len(ending) and name.lower().endswith(ending):
            return name[: -len(ending)]
    return name


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}") from error


def _file_outcomes(
    path: Path, wanted: Format | None, name: str, digest: Digest, misspelt: Misspelt
) -> tuple[str, Iterator[Outcome]]:
    rows = json_rows(path, digest)
    head = list(islice(rows, _LOOKED_AT))
    known = wanted or detect(head, str(path))
    if known.read is None:
        raise InputError(f"{path} is a file, but the format {known.name} is a folder for each problem")
    seen: Iterator[Row] = chain(head, rows)
    if known.name == "unified":
        seen = (_looked_at(row, misspelt) for row in seen)
    return known.name, (_outcome(row, known, name) for row in seen)


def _looked_at(row: Row, misspelt: Misspelt) -> Row:
    misspelt.look_at(row)
    return row


def _outcome(row: Row, format: Format, dataset: str) -> Outcome:
    if row.value is None or format.read is None:
        return row.place, Finding(row.place, row.trouble)
    try:
        return row.place, format.read(Entry(row.value, row.number, dataset))
    except BadRecord as error:
        return row.place, Finding(row.place, str(error))


def _folder_outcomes(path: Path, wanted: Format | None, name: str, digest: Digest) -> tuple[str, Iterator[Outcome]]:
    folders = list(problem_folders(path, digest))
    known = wanted.name if wanted else folder_format(folders)
    if known is None:
        raise InputError(_no_problem_folders(path, len(folders)))
    if known not in FOLDER_READERS:
        raise InputError(f"{path} is a folder, but the format {known} is a file")
    found = folder_problems(folders, known, name)
    return known, ((place, item) for place, items in found for item in _each(items))


def _each(found: list[Problem] | Finding) -> Iterable[Problem | Finding]:
    return [found] if isinstance(found, Finding) else found


def _no_problem_folders(path: Path, folders: int) -> str:
    files = sorted(child.name for child in path.iterdir() if child.suffix.lower() in (".jsonl", ".json", ".ndjson"))
    if files:
        shown = ", ".join(files[:6]) + (", ..." if len(files) > 6 else "")
        return f"{path} is a folder: give the files in it that you mean ({shown})"
    return (
        f"{path} is a folder, and none of the {folders} folders in it holds a problem "
        "(description.txt and sample.json, question.txt and answer.json, or a description and solution.json)"
    )


def _sorted_out(outcomes: Iterable[Outcome]) -> tuple[list[Problem], list[str], list[Finding]]:
    """Problems with their places, and findings, an id that was used before among them."""
    problems: list[Problem] = []
    findings: list[Finding] = []
    places: dict[str, str] = {}
    for place, found in outcomes:
        if isinstance(found, Finding):
            findings.append(found)
        elif found.id in places:
            findings.append(Finding(place, f'has the id "{found.id}", as {places[found.id]} has'))
        else:
            places[found.id] = place
            problems.append(found)
    return problems, list(places.values()), findings


def _refuse_equal_names(datasets: Sequence[Dataset]) -> None:
    seen: dict[str, str] = {}
    for dataset in datasets:
        reference = dataset.reference
        if reference.name in seen:
            raise InputError(
                f"{seen[reference.name]} and {reference.path} are both called {reference.name}: "
                "give one of them another name, as in NAME=PATH"
            )
        seen[reference.name] = reference.path


def _refuse_equal_ids(datasets: Sequence[Dataset]) -> None:
    seen: dict[str, str] = {}
    findings = []
    for dataset in datasets:
        for problem, place in zip(dataset.problems, dataset.places, strict=True):
            if problem.id in seen:
                findings.append(f'"{problem.id}" at {seen[problem.id]} and at {place}')
            seen.setdefault(problem.id, place)
    if findings:
        more = f"\n  and {len(findings) - 5} more" if len(findings) > 5 else ""
        listed = "\n  ".join(findings[:5])
        raise InputError(f"{len(findings)} ids stand in more than one data set:\n  {listed}{more}")
