"""The smallest conflicting set of a formulation: first which families, then which rows and columns of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.errors import SteepestError
from steepest.solvers.data.instance_data import Data
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.family_probe import FamilyProbe
from steepest.solvers.infeasibility.records import Conflict
from steepest.solvers.infeasibility.reduction import Elements
from steepest.solvers.infeasibility.requirements import Requirement, families
from steepest.solvers.infeasibility.row_probe import RowProbe, columns_of
from steepest.solvers.infeasibility.search import Search
from steepest.solvers.infeasibility.wording import conflict_in_words, element_members, row_members
from steepest.solvers.spending import BudgetSpentError, Spending
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation

MOST_COLUMNS = 40
"""Bounds that are looked at one by one; more are told by the variable's name."""


@dataclass(frozen=True, eq=False)
class Found:
    """An infeasible set of requirements, and whether each of them was proven to be needed."""

    requirements: list[Requirement]
    is_minimal: bool


def compiled(formulation: Formulation, data: Data) -> CompiledModel | None:
    """The arrays of a formulation; None where it has none."""
    try:
        return compile_formulation(formulation, data)
    except SteepestError:  # told by the solve itself, which comes first
        return None


def find_conflict(
    formulation: Formulation, data: Data, model: CompiledModel | None, spending: Spending
) -> Conflict | None:
    """A smallest conflicting set; None where no conflict is proven.

    Args:
        formulation: The formulation.
        data: Its data.
        model: Its arrays, if it has any.
        spending: What may be spent on it.
    """
    if model is not None and not model.steps:
        return _told_by_rows(model, smallest_in(model, spending), spending)
    elements = Elements(formulation, data)
    search = Search(FamilyProbe(elements, spending), elements.requirements())
    found = _smallest_elements(search)
    if found is None:
        return None
    rows = compiled(elements.reduced(found.requirements), data) if found.is_minimal else None
    if rows is not None and not rows.steps:  # the terms that need another form are not in the conflict
        by_rows = smallest_in(rows, spending)
        if by_rows is not None:
            return _told_by_rows(rows, by_rows, spending)
    found = _smallest_pieces(search, found.requirements)
    members = element_members(elements, found.requirements)
    return conflict_in_words(members, found.is_minimal, spending.solves, spending.seconds)


def _told_by_rows(model: CompiledModel, found: Found | None, spending: Spending) -> Conflict | None:
    if found is None:
        return None
    members = row_members(model, found.requirements)
    return conflict_in_words(members, found.is_minimal, spending.solves, spending.seconds)


def _smallest_elements(search: Search) -> Found | None:
    """The elements that conflict; None where they are not proven to."""
    whole = search.best
    try:
        if not search.is_infeasible(whole):
            return None
    except BudgetSpentError:
        return None
    try:
        constraints, others = _by_families(search, whole)
        needed = search.confirmed([*constraints, *search.shrink(others, constraints)])
        return Found(needed, search.is_certain)
    except BudgetSpentError:
        return Found(search.best, False)


def _smallest_pieces(search: Search, found: list[Requirement]) -> Found:
    """The rows of conflicting elements that are needed, and the bounds row by row, as the search's test has it."""
    constraints = [each for each in found if each.kind == "constraint"]
    domains = [each for each in found if each.kind == "domain"]
    bounds = [each for each in found if each.kind not in ("constraint", "domain")]
    try:
        pieces = search.shrink([piece for each in constraints for piece in each.pieces()], [*bounds, *domains])
        columns = [piece for each in bounds for piece in each.pieces()]
        if len(columns) <= MOST_COLUMNS:
            bounds = search.shrink(columns, [*pieces, *domains])
        needed = search.confirmed([*pieces, *bounds, *domains])
        return Found(_merged(needed), search.is_certain)
    except BudgetSpentError:
        return Found(_merged(search.best), False)


def smallest_in(model: CompiledModel, spending: Spending) -> Found | None:
    """A smallest conflicting set of a model whose rows are its formulation's own; None where none is proven."""
    whole = families(model)
    probe = RowProbe(model, spending)
    search = Search(probe, whole)
    try:
        if not search.is_infeasible(whole):
            return None
    except BudgetSpentError:
        return None
    try:
        constraints, others = _by_families(search, whole)
        return Found(_by_rows(model, probe, search, constraints, others), search.is_certain)
    except BudgetSpentError:
        return Found(_merged(search.best), False)


def _by_families(search: Search, whole: list[Requirement]) -> tuple[list[Requirement], list[Requirement]]:
    """The constraint families of a conflict, and all bounds and domains, which are held meanwhile.

    With `x >= 0` held, a shortage in one region is a conflict of its few rows; without, only that of all rows is.
    Whole numbers are given up at once if there is a conflict without them, so that every later test is an LP.
    """
    constraints = [each for each in whole if each.kind == "constraint"]
    bounds = [each for each in whole if each.kind not in ("constraint", "domain")]
    domains = [each for each in whole if each.kind == "domain"]
    if domains and search.is_infeasible([*constraints, *bounds]):
        domains = []
    others = [*bounds, *domains]
    if constraints and search.is_infeasible(others):
        return [], others
    return search.shrink(constraints, others), others


def _by_rows(
    model: CompiledModel, probe: RowProbe, search: Search, constraints: list[Requirement], others: list[Requirement]
) -> list[Requirement]:
    """The rows of the families, then the bounds and domains that these rows need, at last column by column."""
    pieces = [piece for each in constraints for piece in each.pieces()]
    if pieces:
        pieces = search.shrink(_certified(probe, search, pieces, others), others)
        touched = columns_of(model, np.concatenate([each.at for each in pieces]))
        others = [part for each in others if len(part := each.at_columns(touched))]
    others = search.shrink(others, pieces)
    columns = [piece for each in others for piece in each.pieces()]
    if len(columns) <= MOST_COLUMNS:
        others = search.shrink(columns, pieces)
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
