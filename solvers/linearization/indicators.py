"""Rows that hold unless something else does: `f <= M u`, where `u` is a whole number that is zero or more."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from steepest.solvers.linearization.boxes import Box, form_box
from steepest.solvers.linearization.demand import Demand
from steepest.solvers.linearization.reformulation import Numbered, Record, Reformulation
from steepest.solvers.linearization.refusals import LARGEST_FACTOR, unbounded
from steepest.solvers.vectorized.forms import Form, add, compacted
from steepest.solvers.vectorized.rows import RowBlock

_REDUNDANT = 1e-12
"""A row whose form can't come above this holds anyway."""


@dataclass(eq=False)
class Indicators:
    """The rows `form <= 0`, each unless its exception is 1 or more."""

    record: Record
    form: Form
    exception: Form

    @property
    def results(self) -> Numbered:
        """None: it defines no columns."""
        return np.empty(0, np.int32)

    @property
    def arguments(self) -> Numbered:
        """The columns of the rows."""
        return np.concatenate([np.empty(0, np.int32), *(block.columns for block in self.form.blocks)])

    def narrow(self, box: Box) -> None:
        """Nothing follows from a row that need not hold."""

    def _always(self) -> npt.NDArray[np.bool_]:
        """Which rows have no exception."""
        count = self.form.size
        terms = np.zeros(count)
        for block in self.exception.blocks:
            terms += np.bincount(block.rows_in(count), minlength=count)
        return np.asarray((terms == 0) & (np.broadcast_to(self.exception.constant, count) == 0))

    def rows(self, made: Reformulation, box: Box, demand: Demand) -> Iterator[RowBlock]:
        """The rows, each with the most that its form can come to as its factor."""
        factors = np.where(self._always(), 1.0, form_box(self.form, box).high)
        needed = np.flatnonzero(factors > _REDUNDANT)
        if not (factors[needed] <= LARGEST_FACTOR).all():
            worst = self.form.gathered(needed[np.argmax(factors[needed])].reshape(1))
            raise unbounded(self.record, compacted(worst).blocks[0].columns, box)
        if not len(needed):
            return
        self.record.note_big_m(factors[needed])
        exception = self.exception.gathered(needed).scaled(factors[needed])
        yield made.row_block(self.record, add([self.form.gathered(needed), exception], [1, -1]), -np.inf, 0.0)
