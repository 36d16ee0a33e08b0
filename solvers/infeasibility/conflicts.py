"""The smallest conflicting set of a formulation: first which families, then which rows and columns of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from steepest.errors import SteepestError
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.budget import BudgetSpentError, Spending
from steepest.solvers.infeasibility.family_probe import FamilyProbe, elements_of, reduced_to
from steepest.solvers.infeasibility.records import Conflict
from steepest.solvers.infeasibility.requirements import Requirement, families
from steepest.solvers.infeasibility.row_probe import RowProbe, columns_of
from steepest.solvers.infeasibility.search import Search
from steepest.solvers.infeasibility.wording import conflict_in_words, element_members, row_members
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation

MOST_COLUMNS = 400
"""Bounds that are looked at one by one; more are told by the variable's name."""


@dataclass(frozen=True, eq=False)
class Found:
    """An infeasible set of requirements, and whether each of them was proven to be needed."""

    requirements: list[Requirement]
    is_minimal: bool


def compiled(formulation: Formulation, tables: Tables | None, folder: Path | None) -> CompiledModel | None:
    """The arrays of a formulation; None where it has none."""
    try:
        return compile_formulation(formulation, bind(formulation, tables, folder=folder))
    except SteepestError:  # told by the solve itself, which comes first
        return None


def find_conflict(
    formulation: Formulation, tables: Tables | None, folder: Path | None, model: CompiledModel | None, spending: Spending
) -> Conflict | None:
    """A smallest conflicting set; None where no conflict is proven.

    Args:
        formulation: The formulation.
        tables: Its data.
        folder: Where the files that it names are found.
        model: Its arrays, if it has any.
        spending: What may be spent on it.
    """
    if model is not None and not model.steps:
        return _told_by_rows(model, smallest_in(model, spending), spending)
    found = _smallest_elements(FamilyProbe(formulation, tables, folder, spending), formulation)
    if found is None:
        return None
    reduced = reduced_to(formulation, found.requirements)
    rows = compiled(reduced, tables, folder) if found.is_minimal else None
    if rows is not None and not rows.steps:  # the terms that need another form are not in the conflict
        by_rows = smallest_in(rows, spending)
        if by_rows is not None:
            return _told_by_rows(rows, by_rows, spending)
    members = element_members(formulation, found.requirements)
    return conflict_in_words(members, found.is_minimal, spending.solves, spending.seconds)


def _told_by_rows(model: CompiledModel, found: Found | None, spending: Spending) -> Conflict | None:
    if found is None:
        return None
    members = row_members(model, found.requirements)
    return conflict_in_words(members, found.is_minimal, spending.solves, spending.seconds)


def _smallest_elements(probe: FamilyProbe, formulation: Formulation) -> Found | None:
    whole = elements_of(formulation)
    search = Search(probe, whole)
    try:
        if not search.is_infeasible(whole):
            return None
        return Found(search.shrink(whole), search.is_certain)
    except BudgetSpentError:
        return Found(search.best, False)


def smallest_in(model: CompiledModel, spending: Spending) -> Found | None:
    """A smallest conflicting set of a compiled model whose rows are its formulation's own; None where none is proven."""
    whole = families(model)
    probe = RowProbe(model, spending)
    search = Search(probe, whole)
    try:
        if not search.is_infeasible(whole):
            return None
    except BudgetSpentError:
        return None
    try:
        return Found(_by_rows(model, probe, search, _by_families(search, whole)), search.is_certain)
    except BudgetSpentError:
        return Found(_merged(search.best), False)


def _by_families(search: Search, whole: list[Requirement]) -> list[Requirement]:
    """The families of a conflict; without whole numbers if it has one without, which makes every later test an LP."""
    continuous = [each for each in whole if each.kind != "domain"]
    if len(continuous) < len(whole) and search.is_infeasible(continuous):
        whole = continuous
    return search.shrink(whole)


def _by_rows(model: CompiledModel, probe: RowProbe, search: Search, kept: list[Requirement]) -> list[Requirement]:
    """The rows of the families, then the columns whose bounds and whole numbers these rows need."""
    others = [each for each in kept if each.kind != "constraint"]
    pieces = [piece for each in kept if each.kind == "constraint" for piece in each.pieces()]
    if pieces:
        pieces = search.shrink(_certified(probe, search, pieces, others), others)
    rows = np.concatenate([np.empty(0, np.int64), *(each.at for each in pieces)])
    if len(rows):
        touched = columns_of(model, rows)
        others = [part for each in others if len(part := each.at_columns(touched))]
    columns = [piece for each in others for piece in each.pieces()]
    if len(columns) <= MOST_COLUMNS and columns:
        columns = search.shrink(columns, pieces)
        return _merged([*pieces, *columns])
    return _merged([*pieces, *others])


def _certified(
    probe: RowProbe, search: Search, pieces: list[Requirement], others: list[Requirement]
) -> list[Requirement]:
    """The rows in an LP's certificate of infeasibility, usually few of many, if they are proven to conflict."""
    if not search.is_infeasible([*pieces, *others]):
        return pieces
    used = probe.in_certificate(pieces)
    return used if used is not None and search.is_infeasible([*used, *others]) else pieces


def _merged(requirements: Sequence[Requirement]) -> list[Requirement]:
    """The requirements with those of one kind and name as one, in the order of their first."""
    parts: dict[tuple[str, str], list[Requirement]] = {}
    for each in requirements:
        parts.setdefault((each.kind, each.name), []).append(each)
    return [
        Requirement(group[0].kind, group[0].name, np.sort(np.concatenate([each.at for each in group])))
        for group in parts.values()
    ]
