"""A long column of labels, each distinct one once: a million rows are hashed when they are read, and never again."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt

from steepest.solvers.language.expressions import Label

Codes = npt.NDArray[np.int64]
H = TypeVar("H", bound=Hashable)


class CodedLabels(Sequence[Label]):
    """A sequence of labels that knows which of them are equal.

    Args:
        distinct: The labels, each once.
        codes: For each row, the place of its label among the distinct ones.
    """

    __slots__ = ("codes", "distinct")

    def __init__(self, distinct: list[Label], codes: Codes) -> None:
        self.distinct = distinct
        self.codes = codes

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Label]:
        return map(self.distinct.__getitem__, self.codes.tolist())

    @overload
    def __getitem__(self, place: int) -> Label: ...
    @overload
    def __getitem__(self, place: slice) -> "CodedLabels": ...
    def __getitem__(self, place: int | slice) -> "Label | CodedLabels":
        if isinstance(place, slice):
            return CodedLabels(self.distinct, self.codes[place])
        return self.distinct[int(self.codes[place])]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and not isinstance(other, str) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as lists have none

    def __repr__(self) -> str:
        return repr(list(self))


def coded(cells: Sequence[H]) -> tuple[list[H], Codes]:
    """The distinct cells in the order in which they are first seen, and for each row the place of its cell."""
    places = {cell: place for place, cell in enumerate(dict.fromkeys(cells))}
    return list(places), np.fromiter(map(places.__getitem__, cells), np.int64, len(cells))


def relabelled(distinct: Sequence[H], codes: Codes, labels: Mapping[H, Label]) -> CodedLabels:
    """The labels of coded cells, of which several may have one label."""
    found, places = coded([labels[cell] for cell in distinct])
    return CodedLabels(found, places[codes])
