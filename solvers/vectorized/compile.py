"""From a formulation and its data to the arrays that HiGHS takes: symbolic, vectorized, no object a term.

Each constraint family becomes one block of rows in compressed sparse row form; the blocks are laid one behind the
other. The objective may be quadratic (a Hessian); everything else is linear, and what is neither is refused with the
term named.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from steepest.solvers.backends.array_model import ArrayModel, Hessian
from steepest.solvers.data.instance_data import Data
from steepest.solvers.definitions import needed_definitions
from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Constraint, Formulation, Objective, Sense, Variable
from steepest.solvers.language.expressions import Comparison, Conditional, Expression, Label, spell
from steepest.solvers.vectorized.algebra import Algebra, UnsupportedProblemError, VariableBlock
from steepest.solvers.vectorized.forms import Form, add, compacted
from steepest.solvers.vectorized.frames import ROOT, Frame
from steepest.solvers.vectorized.instance import Instance, within
from steepest.solvers.vectorized.scatter import Numbers, totals

T = TypeVar("T", bound=np.generic)

_VARIABLE_TYPES = {"real": 0, "integer": 1, "binary": 1, "semicontinuous": 2}
"""As HiGHS numbers them."""


@dataclass(frozen=True, eq=False)
class RowBlock:
    """The rows of one comparison of one constraint family, in compressed sparse row form."""

    name: str
    frame: Frame
    """The index tuple of each row."""
    counts: npt.NDArray[np.int32]
    columns: npt.NDArray[np.int32]
    coefficients: Numbers
    lower: Numbers
    upper: Numbers

    def __len__(self) -> int:
        return len(self.counts)


@dataclass(frozen=True, eq=False)
class CompiledModel(ArrayModel):
    """The arrays of a formulation, and which element of it each row and column is."""

    variables: list[VariableBlock]
    blocks: list[RowBlock]
    instance: Instance

    def variable_index(self, variable: VariableBlock, position: int) -> tuple[Label, ...]:
        """The labels of a variable's index tuple."""
        if variable.domain is None:
            return ()
        return tuple(self.instance.universe.labels[label] for label in variable.domain.tuple_at(position))

    def row_index(self, block: RowBlock, row: int) -> tuple[Label, ...]:
        """The labels of a row's index tuple."""
        return next(self.row_indices(block, np.array([row])))

    def row_indices(self, block: RowBlock, rows: npt.NDArray[np.integer]) -> Iterator[tuple[Label, ...]]:
        """The labels of the index tuples of many rows, looked up a column at a time."""
        labels = self.instance.universe.labels
        columns = [
            [labels[label] for label in np.broadcast_to(column.take(rows).ids, len(rows)).tolist()]
            for column in block.frame.columns.values()
        ]
        return zip(*columns, strict=True) if columns else repeat((), len(rows))

    def row_name(self, row: int) -> str:
        """The constraint's name with its index, `stock[flour]`."""
        ends = np.cumsum([len(block) for block in self.blocks])
        place = int(np.searchsorted(ends, row, "right"))
        block = self.blocks[place]
        return _spelt(block.name, self.row_index(block, row - int(ends[place]) + len(block)))

    def column_name(self, column: int) -> str:
        """The variable's name with its index, `bake[bread]`."""
        block = next(each for each in self.variables if each.start <= column < each.start + each.size)
        return _spelt(block.name, self.variable_index(block, column - block.start))


def _spelt(name: str, index: tuple[Label, ...]) -> str:
    return f"{name}[{', '.join(str(label) for label in index)}]" if index else name


def compile_formulation(formulation: Formulation, data: Data) -> CompiledModel:
    """Compile a formulation with its data.

    Raises:
        FormulationError: Something has no meaning: an index outside, a missing value, a constraint that is none.
        UnsupportedProblemError: The problem is beyond a linear or quadratic objective over linear constraints.
    """
    with np.errstate(all="ignore"):  # what is not finite is found, named and refused below
        return _compiled(formulation, Instance(formulation, data))


def _compiled(formulation: Formulation, instance: Instance) -> CompiledModel:
    names = needed_definitions(formulation)
    instance.resolve(names)
    algebra = Algebra(instance, {})
    columns = _Columns.of(formulation, algebra)
    algebra.resolve(names)
    blocks = [block for each in formulation.constraints for block in _constraint(each, algebra)]
    objective = _single_objective(formulation)
    sense, form = _objective(objective, algebra)
    cost = np.zeros(columns.size)
    for block in form.blocks:
        if block.second is None:
            _add_at(cost, block.columns, block.coefficients)
    offset = float(np.sum(form.constant))
    hessian = _hessian(form, columns.size, objective)
    if not (np.isfinite(offset) and np.isfinite(cost).all() and (hessian is None or np.isfinite(hessian.values).all())):
        raise problem("not-finite", "a coefficient of the objective is not a finite number", element="objective")
    empty = np.empty(0)
    return CompiledModel(
        sense=sense,
        offset=offset,
        cost=cost,
        lower=columns.lower,
        upper=columns.upper,
        types=columns.types,
        row_starts=_starts([block.counts for block in blocks]),
        row_columns=np.concatenate([np.empty(0, np.int32), *(block.columns for block in blocks)]),
        row_coefficients=np.concatenate([empty, *(block.coefficients for block in blocks)]),
        row_lower=np.concatenate([empty, *(block.lower for block in blocks)]),
        row_upper=np.concatenate([empty, *(block.upper for block in blocks)]),
        hessian=hessian,
        variables=list(algebra.variables.values()),
        blocks=blocks,
        instance=instance,
    )


def _add_at(cost: Numbers, columns: npt.NDArray[np.int32], coefficients: Numbers) -> None:
    """Adds coefficients to a cost vector; columns that follow one another, the usual case, are one slice."""
    if len(columns) and (columns[1:] - columns[:-1] == 1).all():
        cost[columns[0] : columns[-1] + 1] += coefficients
    else:
        cost += totals(columns, np.broadcast_to(coefficients, len(columns)), len(cost))


# Columns


@dataclass(eq=False)
class _Columns:
    """Bounds and types of all columns."""

    lower: Numbers
    upper: Numbers
    types: npt.NDArray[np.int32]

    @property
    def size(self) -> int:
        return len(self.lower)

    @classmethod
    def of(cls, formulation: Formulation, algebra: Algebra) -> "_Columns":
        """Lays out the variables one behind the other, and tells the algebra where each begins."""
        lower: list[Numbers] = []
        upper: list[Numbers] = []
        types: list[npt.NDArray[np.int32]] = []
        start = 0
        bounds = Algebra(algebra.instance, {})  # bounds see data alone: no variable has a column yet
        blocks = {}
        for variable in formulation.variables:
            with within(variable, f"variable {variable.name}"):
                domain = algebra.instance.domain(variable.index) if variable.index is not None else None
                block = blocks[variable.name] = VariableBlock(variable.name, domain, start)
                low, high = _bounds(variable, bounds, block.size)
            lower.append(low)
            upper.append(high)
            types.append(np.full(block.size, _VARIABLE_TYPES[variable.domain], np.int32))
            start += block.size
        algebra.variables.update(blocks)
        if not blocks:
            return cls(np.empty(0), np.empty(0), np.empty(0, np.int32))
        return cls(_joined(lower), _joined(upper), _joined(types))


def _bounds(variable: Variable, algebra: Algebra, size: int) -> tuple[Numbers, Numbers]:
    frame = algebra.instance.frame(variable.index)

    def values(bound: Expression | None, default: float) -> Numbers:
        if bound is None:
            return np.full(size, default)
        return np.array(np.broadcast_to(algebra.evaluate.number(bound, frame), size))

    binary = variable.domain == "binary"
    lower, upper = values(variable.lower, 0.0 if binary else -np.inf), values(variable.upper, 1.0 if binary else np.inf)
    if variable.domain == "semicontinuous" and variable.lower is None:
        lower = np.zeros(size)
    if (lower > upper).any():
        row = int(np.argmax(lower > upper))
        message = f"the lower bound {lower[row]:g} is above the upper bound {upper[row]:g}"
        raise problem("bounds-cross", message, repair="correct one of the bounds, or the data they come from")
    return lower, upper


# Rows


def _constraint(element: Constraint, algebra: Algebra) -> list[RowBlock]:
    with within(element, f"constraint {element.name}"):
        return _rows(element.name, element.body, algebra, algebra.instance.frame(element.index))


def _rows(name: str, body: Expression, algebra: Algebra, frame: Frame) -> list[RowBlock]:
    """The rows of a body for a frame; a conditional on data gives each row of the frame the branch that it takes."""
    names = frozenset(frame.columns)
    if isinstance(body, Conditional) and not algebra.has_variables(body.test, names):
        test = np.broadcast_to(algebra.evaluate.condition(body.test, frame), frame.size)
        branches = ((np.flatnonzero(test), body.then), (np.flatnonzero(~test), body.otherwise))
        return [block for rows, part in branches if len(rows) for block in _rows(name, part, algebra, frame.take(rows))]
    if not isinstance(body, Comparison):
        return [_no_comparison(body, algebra, frame)]
    operands, operators = body.operands, body.operators
    for operator in operators:
        if operator not in ("<=", ">=", "=="):
            raise _bad_operator(body, operator)
    if len(operators) == 2 and not any(algebra.has_variables(end, names) for end in (operands[0], operands[2])):
        return [_range(name, body, algebra, frame)]
    pairs = zip(operands, operators, operands[1:], strict=False)
    return [_row_block(name, frame, *_sides(algebra, frame, *pair)) for pair in pairs]


def _no_comparison(body: Expression, algebra: Algebra, frame: Frame) -> RowBlock:
    if algebra.has_variables(body, frozenset(frame.columns)):
        algebra.form(body, frame)  # names what is unsupported, if that is why
    raise problem(
        "not-a-constraint", f"`{spell(body)}` is no comparison", place=body.place, repair="compare it: `... <= ...`"
    )


def _bad_operator(body: Comparison, operator: str) -> Exception:
    if operator in ("<", ">"):
        message = f"`{spell(body)}` is a strict inequality, which has no optimal answer at its edge"
        repair = f"write `{operator}=`; for whole numbers `a < b` is `a <= b - 1`"
        return problem("strict-inequality", message, place=body.place, repair=repair)
    return UnsupportedProblemError(spell(body), f"`{operator}` between variables needs the logic layer", body.place)


def _sides(
    algebra: Algebra, frame: Frame, left: Expression, operator: str, right: Expression
) -> tuple[Form, Numbers, Numbers]:
    """`left - right` with its constant moved into the bounds."""
    form = add([algebra.form(left, frame), algebra.form(right, frame)], [1, -1])
    limit = np.broadcast_to(-form.constant, form.size)
    free = np.full(form.size, np.inf)
    return form, -free if operator == "<=" else limit, free if operator == ">=" else limit


def _range(name: str, body: Comparison, algebra: Algebra, frame: Frame) -> RowBlock:
    """`a <= b <= c` with data at both ends is one row with two bounds."""
    first, middle, last = body.operands
    before, after = body.operators
    form, low, high = _sides(algebra, frame, middle, after, last)
    _, low2, high2 = _sides(algebra, frame, middle, {"<=": ">=", ">=": "<=", "==": "=="}[before], first)
    return _row_block(name, frame, form, np.maximum(low, low2), np.minimum(high, high2))


def _row_block(name: str, frame: Frame, form: Form, lower: Numbers, upper: Numbers) -> RowBlock:
    """The rows of a linear form; a product whose coefficients are all zero is none."""
    compact = compacted(form)
    if compact.degree > 1:
        raise UnsupportedProblemError(name, "a product of variables in a constraint needs the nonlinear layer")
    _require_finite(compact, lower, upper)
    if not compact.blocks:
        none = np.empty(0, np.int32)
        return RowBlock(name, frame, np.zeros(frame.size, np.int32), none, np.empty(0), lower, upper)
    (block,) = compact.blocks
    counts = np.bincount(block.rows_in(frame.size), minlength=frame.size).astype(np.int32)
    return RowBlock(name, frame, counts, block.columns, block.coefficients, lower, upper)


def _require_finite(form: Form, lower: Numbers, upper: Numbers) -> None:
    bad = np.isnan(lower) | np.isnan(upper) | (lower == np.inf) | (upper == -np.inf)
    if bad.any() or any(not np.isfinite(block.coefficients).all() for block in form.blocks):
        raise problem("not-finite", "a coefficient or bound is not a finite number")


def _joined(parts: list[npt.NDArray[T]]) -> npt.NDArray[T]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _starts(counts: list[npt.NDArray[np.int32]]) -> npt.NDArray[np.int32]:
    total = np.cumsum(np.concatenate([np.zeros(1, np.int64), *counts]))
    if total[-1] >= 2**31:
        raise problem("too-large", f"{total[-1]:,} nonzeros are more than a solver takes")
    return total.astype(np.int32)


# The objective


def _single_objective(formulation: Formulation) -> Objective | None:
    if len(formulation.objectives) > 1:
        term = "; ".join(f"{each.sense} {spell(each.expression)}" for each in formulation.objectives)
        raise UnsupportedProblemError(term, "several objectives need the layer for ranked and weighted objectives")
    return formulation.objectives[0] if formulation.objectives else None


def _objective(objective: Objective | None, algebra: Algebra) -> tuple[Sense, Form]:
    if objective is None:
        return "minimize", Form(1, np.zeros(()))
    with within(objective, "objective"):
        return objective.sense, algebra.form(objective.expression, ROOT)


def _hessian(form: Form, columns: int, objective: Objective | None) -> Hessian | None:
    """Products `c x_i x_j` as the lower triangle of Q: `2c` on the diagonal, `c` off it."""
    quadratic = [block for block in form.blocks if block.second is not None]
    if not quadratic or objective is None:
        return None
    (products,) = compacted(Form(1, np.zeros(()), tuple(quadratic))).blocks or (None,)
    if products is None or products.second is None:
        return None
    values = np.where(products.columns == products.second, 2.0, 1.0) * products.coefficients
    counts = np.bincount(products.columns, minlength=columns).astype(np.int32)
    return Hessian(_starts([counts]), products.second, values, spell(objective.expression))
