"""Labels as small integers, so that index tuples are arrays: every label of an instance has one id."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from steepest.solvers.data.coded_labels import CodedLabels
from steepest.solvers.language.expressions import Label

Ids = npt.NDArray[np.int32]
"""Label ids; -1 stands for "no such label"."""


class Universe:
    """The labels that occur in an instance, each interned once."""

    def __init__(self) -> None:
        self._ids: dict[Label, int] = {}
        self.labels: list[Label] = []
        self._numbers: npt.NDArray[np.float64] = np.empty(0)

    def __len__(self) -> int:
        return len(self.labels)

    def intern(self, labels: Iterable[Label]) -> Ids:
        """The ids of labels, new ones added."""
        if isinstance(labels, CodedLabels):
            return self.intern(labels.distinct)[labels.codes]
        ids = self._ids
        found: list[int] = []
        for label in labels:
            number = ids.get(label)
            if number is None:
                number = ids[label] = len(ids)
                self.labels.append(label)
            found.append(number)
        return np.array(found, np.int32)

    def find(self, labels: Sequence[Label]) -> Ids:
        """The ids of labels, -1 for those that occur nowhere."""
        if isinstance(labels, CodedLabels):
            return self.find(labels.distinct)[labels.codes]
        ids = self._ids
        return np.fromiter((ids.get(label, -1) for label in labels), np.int32, len(labels))

    def find_numbers(self, values: npt.NDArray[np.float64]) -> Ids:
        """The ids of numeric labels by their values; linear but for sorting the distinct values."""
        if values.ndim == 0:
            return np.array(self._ids.get(_as_label(float(values)), -1), np.int32)
        distinct, inverse = np.unique(values, return_inverse=True)
        return self.find([_as_label(value) for value in distinct.tolist()])[inverse]

    @property
    def numbers(self) -> npt.NDArray[np.float64]:
        """Each label's value by id, NaN for words; one entry more, NaN, so that id -1 has none either."""
        if len(self._numbers) != len(self.labels) + 1:
            values = [float("nan") if isinstance(label, str) else label for label in self.labels]
            self._numbers = np.array([*values, float("nan")], np.float64)
        return self._numbers


def _as_label(value: float) -> Label:
    return int(value) if value.is_integer() else value
