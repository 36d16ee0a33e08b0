"""Data sets as a program gives them: files, data sets that it has read, or problems."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

from steepest.errors import InputError
from steepest.evals.datasets.dataset import Dataset, load_datasets
from steepest.evals.datasets.manifests import manifest_of
from steepest.evals.problems import Problem

__all__ = ["Data", "dataset_of", "datasets_of"]

Data: TypeAlias = str | Path | Dataset | Iterable[str | Path] | Iterable[Dataset] | Iterable[Problem]
"""Files (a path may be written `NAME=PATH`), data sets, or problems."""


def datasets_of(given: Data) -> tuple[Dataset, ...]:
    """The data sets that are meant.

    Raises:
        InputError: There is none, one can't be read, or what is given is of several kinds.
    """
    if isinstance(given, (str, Path)):
        return load_datasets([given])
    if isinstance(given, Dataset):
        return (given,)
    listed: list[Any] = list(given)
    if all(isinstance(each, Problem) for each in listed):
        return (dataset_of(listed),)
    if all(isinstance(each, Dataset) for each in listed):
        return tuple(listed)
    if all(isinstance(each, (str, Path)) for each in listed):
        return load_datasets(listed)
    kinds = ", ".join(sorted({type(each).__name__ for each in listed}))
    raise InputError(f"Give files, data sets or problems, all of one kind, not {kinds}.")


def dataset_of(problems: Iterable[Problem], name: str = "problems") -> Dataset:
    """A data set of these problems; those that name no data set get its name.

    Raises:
        InputError: There are none, or two have the same id.
    """
    listed = [each if each.dataset else each.model_copy(update={"dataset": name}) for each in problems]
    if not listed:
        raise InputError("A data set needs at least one problem.")
    digest, seen = hashlib.sha256(), set[str]()
    for problem in listed:
        if problem.id in seen:
            raise InputError(f"Two problems are called {problem.id!r}: a data set needs an id of its own for each.")
        seen.add(problem.id)
        digest.update(problem.model_dump_json().encode() + b"\n")
    manifest = manifest_of(name, name, "unified", digest.hexdigest(), listed)
    places = tuple(f"{name}, problem {number}" for number in range(1, len(listed) + 1))
    return Dataset(manifest.reference, tuple(listed), manifest, places=places)
