"""Key columns of data: no cell twice, no label that its set does not have."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from steepest.solvers.checks.findings import listed, nearest, spell_member
from steepest.solvers.checks.known_sets import KnownSet, Member
from steepest.solvers.data.coded_labels import CodedLabels, coded
from steepest.solvers.diagnostics import FormulationError, problem
from steepest.solvers.language.expressions import Label

Keys: TypeAlias = tuple[Sequence[Label], ...]
"""A sequence of labels for each position of an index tuple."""

Where: TypeAlias = Callable[[int, int], str]
"""How messages call the key at a row and position."""

Numbers: TypeAlias = npt.NDArray[np.float64]

ABSENT_SIGNS = frozenset({"-", "–", "—"})
"""What stands in a cell that has no value."""

_MOST_CODES = 2**62


@dataclass(frozen=True, slots=True)
class KeySet:
    """The set that some neighbouring positions of an index tuple range over together."""

    name: str
    width: int
    known: KnownSet | None = None
    """Its elements, where they are known before all sets are evaluated."""


def require_distinct(keys: Keys, where: Where) -> None:
    """Refuse a key that is given twice.

    Raises:
        FormulationError: Names the key and where it stands for the second time.
    """
    if not keys or _are_distinct(keys):
        return
    seen: dict[tuple[Label, ...], int] = {}
    for row, key in enumerate(zip(*keys, strict=True)):
        if key in seen:
            shown = spell_member(key[0] if len(key) == 1 else key)
            message = f"{where(row, 0)}: {shown} is given a second time, after {where(seen[key], 0)}"
            raise problem("duplicate-key", message, repair="leave one of the two out")
        seen[key] = row


def _are_distinct(keys: Keys) -> bool:
    codes, radix = np.zeros(len(keys[0]), np.int64), 1
    for column in keys:
        distinct, of_column = (column.distinct, column.codes) if isinstance(column, CodedLabels) else coded(column)
        radix *= max(1, len(distinct))
        if radix > _MOST_CODES:
            return len(set(zip(*keys, strict=True))) == len(keys[0])
        codes = codes * len(distinct) + of_column
    codes.sort()  # several times faster here than np.unique, which hashes
    return bool((codes[1:] != codes[:-1]).all())


def require_known(keys: Keys, sets: Sequence[KeySet], where: Where) -> None:
    """Refuse a label, or a tuple of them, that its set does not have.

    Raises:
        FormulationError: Names the label, where it stands, and what may have been meant.
    """
    start = 0
    for each in sets:
        columns = keys[start : start + each.width]
        if each.known is not None:
            members: Sequence[Member] = columns[0] if each.width == 1 else list(zip(*columns, strict=True))
            distinct = members.distinct if isinstance(members, CodedLabels) else dict.fromkeys(members)
            unknown = [member for member in distinct if member not in each.known]
            if unknown:
                raise _unknown(unknown, each, each.known, where(members.index(unknown[0]), start))
        start += each.width


def _unknown(unknown: Sequence[Member], of: KeySet, known: KnownSet, where: str) -> FormulationError:
    first = unknown[0]
    close = nearest(first, [each for each in known if isinstance(each, str)]) if isinstance(first, str) else None
    more = f" (and {len(unknown) - 1} more)" if len(unknown) > 1 else ""
    return problem(
        "unknown-label",
        f"{where}: {spell_member(first)} is not in {of.name}{more}",
        repair=f"did you mean {spell_member(close)}?" if close else f"{of.name} contains {listed(known.members)}",
    )


def without_absent(keys: Keys, values: Numbers) -> tuple[Keys, Numbers]:
    """The cells that have a value; what is left out has the parameter's default, if it has one."""
    absent = np.isnan(values)
    if not absent.any():
        return keys, values
    return _taken(keys, np.flatnonzero(~absent).tolist()), values[~absent]


def without_absent_labels(keys: Keys, values: Sequence[Label]) -> tuple[Keys, Sequence[Label]]:
    """The cells that have a label as their value."""
    kept = [row for row, value in enumerate(values) if value not in ABSENT_SIGNS]
    if len(kept) == len(values):
        return keys, values
    return _taken(keys, kept), [values[row] for row in kept]


def _taken(keys: Keys, rows: list[int]) -> Keys:
    return tuple(
        CodedLabels(column.distinct, column.codes[rows])
        if isinstance(column, CodedLabels)
        else [column[row] for row in rows]
        for column in keys
    )
