"""Members of a pool by their mean scores, in order, at 24 bytes each."""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import overload

__all__ = ["Ranking"]


class Ranking(Sequence[tuple[float, int]]):
    """Mean and number of each member, ascending: the last is the best, of equal ones the latest."""

    def __init__(self) -> None:
        self._means = array("d")
        self._numbers = array("q")
        self._mean_of = array("d")
        """By number; NaN of those that are not ranked."""

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> tuple[float, int]: ...
    @overload
    def __getitem__(self, place: slice) -> list[tuple[float, int]]: ...
    def __getitem__(self, place: int | slice) -> tuple[float, int] | list[tuple[float, int]]:
        if isinstance(place, slice):
            return list(zip(self._means[place], self._numbers[place], strict=True))
        return self._means[place], self._numbers[place]

    def __iter__(self) -> Iterator[tuple[float, int]]:
        return zip(self._means, self._numbers, strict=True)

    @property
    def best(self) -> int:
        """The number of the best member; of equal ones the first.

        Raises:
            IndexError: There is none.
        """
        return self._numbers[bisect_left(self._means, self._means[-1])]

    def mean(self, number: int) -> float:
        """A member's mean; minus infinity of one that is not ranked."""
        known = self._mean_of[number] if number < len(self._mean_of) else math.nan
        return -math.inf if math.isnan(known) else known

    def put(self, number: int, mean: float) -> None:
        """Rank a member by its mean, or by another one than before."""
        self._mean_of.extend([math.nan] * (number + 1 - len(self._mean_of)))
        before = self._mean_of[number]
        if before == mean:
            return
        if not math.isnan(before):
            place = self._place(before, number)
            del self._means[place], self._numbers[place]
        place = self._place(mean, number)
        self._means.insert(place, mean)
        self._numbers.insert(place, number)
        self._mean_of[number] = mean

    def _place(self, mean: float, number: int) -> int:
        first = bisect_left(self._means, mean)
        return bisect_left(self._numbers, number, first, bisect_right(self._means, mean, first))
