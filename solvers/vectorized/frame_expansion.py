"""Combines the rows of a frame with the elements that generators give for them, by joins where a filter allows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import (
    Comparison,
    Connective,
    Expression,
    Generator,
    LabelRef,
    Name,
    Number,
    Sum,
)
from steepest.solvers.language.spelling import spell
from steepest.solvers.vectorized.frames import MAX_ROWS, Expansion, Frame, Labels, Rows, crossed, joined
from steepest.solvers.vectorized.universe import Ids

if TYPE_CHECKING:
    from steepest.solvers.vectorized.evaluation import Evaluator


@dataclass(frozen=True, slots=True)
class FrameExpander:
    """Expands frames by the evaluator of the sets and filters that generators have."""

    evaluate: "Evaluator"

    def expand(self, frame: Frame, generators: Iterable[Generator]) -> Expansion:
        """Every row of a frame combined with all elements that the generators give for it, filtered."""
        expansion: Expansion | None = None
        for generator in generators:
            outer = expansion.frame if expansion else frame
            inner = self._extend(outer, generator)
            if expansion is None:
                parents = inner.parents
            elif frame.size == 1:  # all from the one row: no need to spell a million zeros out
                parents = np.broadcast_to(np.int32(0), inner.frame.size)
            else:
                parents = expansion.parents[inner.parents]
            expansion = Expansion(inner.frame, parents)
        return expansion or Expansion(frame, np.arange(frame.size, dtype=np.int32))

    def _extend(self, frame: Frame, generator: Generator) -> Expansion:
        """A frame combined with one generator; an equality between its index and the row is a join, not a filter."""
        if self.evaluate.depends(generator.source, frame):
            rows, columns = self.evaluate.sets.members(generator.source, frame)
            conditions = conjuncts(generator.condition)
        else:
            rows, columns, conditions = self._independent(frame, generator)
        anonymous = tuple(f"#{len(frame.columns) + k}" for k in range(len(columns)))
        names = anonymous if generator.pattern is None else generator.names
        if len(columns) != len(names):
            raise self._wrong_pattern(names, generator.source, len(columns))
        taken = frame if frame.size == 1 and len(rows) == 1 else frame.take(rows)
        combined = Frame(len(rows), {**taken.columns, **dict(zip(names, columns, strict=True))})
        for condition in conditions:
            truth = self.evaluate.condition(condition, combined)
            if truth.ndim == 0 and truth:
                continue
            keep = np.flatnonzero(np.broadcast_to(truth, combined.size))
            combined, rows = combined.take(keep), rows[keep]
        return Expansion(combined, rows)

    def _independent(self, frame: Frame, generator: Generator) -> tuple[Rows, list[Labels], list[Expression]]:
        relation = self.evaluate.relation(generator.source)
        conditions = conjuncts(generator.condition)
        for position, condition in enumerate(conditions):
            key = self._join_key(condition, generator.names, frame)
            if key is not None and key[0] < relation.width:
                rows, elements = joined(np.broadcast_to(key[1], frame.size), relation, key[0])
                del conditions[position]
                break
        else:
            if frame.size * len(relation) > MAX_ROWS:
                message = f"{frame.size:,} x {len(relation):,} index tuples are too many"
                raise problem(
                    "too-large", message, place=generator.source.place, repair="sum over a sparse set instead"
                )
            rows, elements = crossed(frame.size, len(relation))
        if relation.width == 1:
            return rows, [Labels(relation, elements)], conditions
        columns = [Labels(relation.over(k), None, column[elements]) for k, column in enumerate(relation.columns)]
        return rows, columns, conditions

    def _join_key(self, condition: Expression, names: tuple[str, ...], frame: Frame) -> tuple[int, Ids] | None:
        """The column and the key's ids for a condition such as `s2 == s`, if evaluating the key can't fail."""
        if not isinstance(condition, Comparison) or condition.operators != ("==",):
            return None
        for new, key in (condition.operands, tuple(reversed(condition.operands))):
            if isinstance(new, Name) and new.name in names:
                ids = self._key(key, frame)
                if ids is not None:
                    return names.index(new.name), ids
        return None

    def _key(self, key: Expression, frame: Frame) -> Ids | None:
        """The ids that a key stands for; a sum is a number here, not a step along a set."""
        parts = key.terms if isinstance(key, Sum) else (key,)
        known = [frame.columns[part.name] for part in parts if isinstance(part, Name) and part.name in frame.columns]
        literals = [part for part in parts if isinstance(part, Number | LabelRef)]
        if len(known) + len(literals) < len(parts):
            return None
        if not isinstance(key, Sum):
            return self.evaluate.labels(key, frame).ids
        numbers = self.evaluate.symbols.universe.numbers
        if any(isinstance(part, LabelRef) for part in literals) or any(np.isnan(numbers[k.ids]).any() for k in known):
            return None
        return self.evaluate.symbols.universe.find_numbers(np.asarray(self.evaluate.number(key, frame)))

    def _wrong_pattern(self, names: tuple[str, ...], source: Expression, width: int) -> Exception:
        what = "single labels" if width == 1 else f"tuples of {width}"
        message = f"`{spell(source)}` holds {what}, but {len(names)} index names take its elements"
        repair = (
            f"name the {width} labels: `for ({', '.join('abcdefgh'[:width])}) in {spell(source)}`"
            if width > 1
            else None
        )
        return problem("pattern-width", message, place=source.place, repair=repair)


def conjuncts(condition: Expression | None) -> list[Expression]:
    """The parts of a condition that are joined by `and`."""
    if condition is None:
        return []
    return (
        list(condition.operands) if isinstance(condition, Connective) and condition.operator == "and" else [condition]
    )
