"""What is added to a model so that it becomes linear: auxiliary columns, rows, and a record of every step.

An auxiliary column is made where its term is compiled, and defined by rows only when the whole model is there. By then
it is known how far the rows bound every column (`propagation`), and in which direction each is pulled (`demand`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from steepest.solvers.diagnostics import Place
from steepest.solvers.language.expressions import Expression
from steepest.solvers.language.spelling import spell
from steepest.solvers.linearization.boxes import Box, column_box
from steepest.solvers.linearization.demand import Demand
from steepest.solvers.linearization.propagation import propagated
from steepest.solvers.linearization.steps import LinearizationStep, StepKind
from steepest.solvers.vectorized.columns import CONTINUOUS, INTEGER, Columns
from steepest.solvers.vectorized.forms import Form
from steepest.solvers.vectorized.frames import Frame
from steepest.solvers.vectorized.rows import RowBlock, row_block
from steepest.solvers.vectorized.scatter import Numbers

_ROUNDS = 2
"""How often definitions and rows narrow each other's bounds."""

Numbered = npt.NDArray[np.int32]
"""Numbers of columns."""


@dataclass(eq=False)
class Record:
    """A step as far as it has been taken."""

    kind: StepKind
    text: str
    element: str | None
    place: Place | None
    auxiliaries: list[str] = field(default_factory=list)
    columns: int = 0
    binaries: int = 0
    rows: int = 0
    big_m: float | None = None

    def note_big_m(self, factors: Numbers) -> None:
        """Keep the largest factor that was used."""
        if len(factors):
            self.big_m = max(self.big_m or 0.0, float(np.max(factors)))

    def step(self) -> LinearizationStep:
        """The step as it is told."""
        return LinearizationStep(
            kind=self.kind,
            text=self.text,
            element=self.element,
            place=self.place,
            auxiliaries=tuple(self.auxiliaries),
            columns=self.columns,
            binaries=self.binaries,
            rows=self.rows,
            big_m=self.big_m,
        )


class Definition(Protocol):
    """What says, in rows, what auxiliary columns stand for, or when other rows hold."""

    record: Record

    @property
    def results(self) -> Numbered:
        """The columns that it defines."""

    @property
    def arguments(self) -> Numbered:
        """The columns that they are defined by."""

    def narrow(self, box: Box) -> None:
        """Narrow the box at the defined columns to what the other columns' box allows."""

    def rows(self, made: "Reformulation", box: Box, demand: Demand) -> Iterator[RowBlock]:
        """The rows that define it in the directions in which it is wanted."""


@dataclass(frozen=True, slots=True)
class AuxiliaryBlock:
    """Auxiliary columns made at once: `start`, `start + 1`, ..."""

    name: str
    start: int
    size: int


@dataclass(eq=False)
class Reformulation:
    """The columns and rows that are added to one model."""

    columns: Columns
    definitions: list[Definition] = field(default_factory=list)
    plain: list[RowBlock] = field(default_factory=list)
    """Rows that hold as they are."""
    blocks: list[AuxiliaryBlock] = field(default_factory=list)
    _records: dict[tuple[str, str | None, Place | None], Record] = field(default_factory=dict)

    def record(self, kind: StepKind, node: Expression, element: str | None) -> Record:
        """The record of a term; one for all rows of its element."""
        text = spell(node)
        return self._records.setdefault((text, element, node.place), Record(kind, text, element, node.place))

    @property
    def is_needed(self) -> bool:
        """Whether any term was looked at that is more than linear as it is written."""
        return bool(self._records)

    @property
    def steps(self) -> tuple[LinearizationStep, ...]:
        """What was done; terms that turned out to be linear as they are took no step."""
        return tuple(record.step() for record in self._records.values() if record.columns or record.rows)

    def add_columns(
        self, record: Record, low: Numbers, high: Numbers, whole: npt.NDArray[np.bool_] | None = None
    ) -> Numbered:
        """Auxiliary columns between bounds; `whole` tells those that stand for whole numbers."""
        return self._add(record, record.kind, low, high, CONTINUOUS, whole)

    def add_binaries(self, record: Record, count: int) -> Numbered:
        """Auxiliary binary columns."""
        record.binaries += count
        return self._add(record, "choice", np.zeros(count), np.ones(count), INTEGER, None)

    def _add(
        self,
        record: Record,
        stem: str,
        low: Numbers,
        high: Numbers,
        kind: int,
        whole: npt.NDArray[np.bool_] | None,
    ) -> Numbered:
        numbers = self.columns.add(low, high, kind, whole)
        if len(numbers):
            name = f"{stem}#{len(self.blocks) + 1}"  # `#` is in no name of the language
            self.blocks.append(AuxiliaryBlock(name, int(numbers[0]), len(numbers)))
            record.columns += len(numbers)
            record.auxiliaries.append(name)
        return numbers

    def row_block(self, record: Record, form: Form, lower: Numbers | float, upper: Numbers | float) -> RowBlock:
        """The rows `lower <= form <= upper`, constants in the form included."""
        record.rows += form.size
        low, high = (np.asarray(np.broadcast_to(each - form.constant, form.size)) for each in (lower, upper))
        return row_block(record.element or record.text, Frame(form.size), form, low, high, is_auxiliary=True)

    def add_rows(self, record: Record, form: Form, lower: Numbers | float, upper: Numbers | float) -> None:
        """Rows that hold as they are."""
        if form.size:
            self.plain.append(self.row_block(record, form, lower, upper))

    def finished(self, blocks: Sequence[RowBlock], demand: Demand) -> list[RowBlock]:
        """The rows to put behind those of the formulation.

        Args:
            blocks: The rows of the formulation.
            demand: What the objective wants; what the rows want is added.

        Raises:
            UnsupportedProblemError: A bound is missing; the variable is named.
        """
        given = [*blocks, *self.plain]
        if not self.definitions:
            return self.plain
        box = column_box(self.columns)
        for _ in range(_ROUNDS):
            for definition in self.definitions:
                definition.narrow(box)
            box = propagated(given, box, self.columns.whole)
        for block in given:
            demand.add_rows(block)
        found = list(self.plain)
        for definition in reversed(self.definitions):  # those that use a column come before the one that defines it
            demand.reach(self.columns.size)
            for block in definition.rows(self, box, demand):
                demand.add_rows(block)
                found.append(block)
        return found
