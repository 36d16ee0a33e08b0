"""From a formulation and its data to the arrays that HiGHS takes: symbolic, vectorized, no object a term.

Each constraint family becomes one block of rows in compressed sparse row form; the blocks are laid one behind the
other. The objective may be quadratic (a Hessian); everything else is linear, and what is neither is refused with the
term named.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np
import numpy.typing as npt

from steepest.solvers.backends.array_model import ArrayModel, Hessian
from steepest.solvers.data.instance_data import Data
from steepest.solvers.definitions import needed_definitions
from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Constraint, Formulation, Objective, Sense, Variable
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Expression,
    Label,
    Number,
    Reduction,
    walk,
)
from steepest.solvers.language.spelling import spell
from steepest.solvers.linearization.demand import Demand
from steepest.solvers.linearization.global_constraints import GLOBAL_ROWS
from steepest.solvers.linearization.linearizer import Linearizer
from steepest.solvers.linearization.ratios import has_ratio, multiplied_out
from steepest.solvers.linearization.reformulation import AuxiliaryBlock
from steepest.solvers.linearization.steps import LinearizationStep
from steepest.solvers.vectorized.algebra import Algebra, UnsupportedProblemError, VariableBlock
from steepest.solvers.vectorized.columns import CONTINUOUS, INTEGER, SEMICONTINUOUS, Columns
from steepest.solvers.vectorized.forms import Form, add, compacted
from steepest.solvers.vectorized.frames import ROOT, Frame
from steepest.solvers.vectorized.instance import Instance, within
from steepest.solvers.vectorized.rows import RowBlock, row_block
from steepest.solvers.vectorized.scatter import Numbers, totals
from steepest.solvers.vectorized.truths import is_logical

_VARIABLE_TYPES = {"real": CONTINUOUS, "integer": INTEGER, "binary": INTEGER, "semicontinuous": SEMICONTINUOUS}


@dataclass(frozen=True, eq=False)
class CompiledModel(ArrayModel):
    """The arrays of a formulation, and which element of it each row and column is."""

    variables: list[VariableBlock]
    blocks: list[RowBlock]
    instance: Instance
    auxiliaries: list[AuxiliaryBlock] = field(default_factory=list)
    """The columns behind those of the variables."""
    steps: tuple[LinearizationStep, ...] = ()
    """What was made linear, and how."""
    is_rewritten: bool = False
    """Whether a term is not as it is written, even if that took no step: an answer is read in the formulation again."""
    whole: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    """Which columns stand for whole numbers: the integer ones, and auxiliary ones that whole numbers define."""

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
        blocks: list[VariableBlock | AuxiliaryBlock] = [*self.variables, *self.auxiliaries]
        block = next(each for each in blocks if each.start <= column < each.start + each.size)
        if isinstance(block, AuxiliaryBlock):
            return _spelt(block.name, (column - block.start + 1,))
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
    columns = _lay_out(formulation, algebra)
    linearizer = Linearizer(algebra, columns)
    algebra.beyond = linearizer
    algebra.resolve(names)
    blocks = _all_rows(formulation.constraints, algebra, linearizer)
    objective = _single_objective(formulation)
    sense, form = _objective(objective, algebra)
    cost, offset, hessian = _objective_arrays(form, columns.size, objective)
    blocks += linearizer.finished(blocks, _demand(columns.size, cost, hessian, sense))
    empty = np.empty(0)
    return CompiledModel(
        sense=sense,
        offset=offset,
        cost=np.concatenate([cost, np.zeros(columns.size - len(cost))]),
        lower=columns.lower,
        upper=columns.upper,
        types=columns.types,
        row_starts=_starts([block.counts for block in blocks]),
        row_columns=np.concatenate([np.empty(0, np.int32), *(block.columns for block in blocks)]),
        row_coefficients=np.concatenate([empty, *(block.coefficients for block in blocks)]),
        row_lower=np.concatenate([empty, *(block.lower for block in blocks)]),
        row_upper=np.concatenate([empty, *(block.upper for block in blocks)]),
        hessian=hessian.widened(columns.size) if hessian is not None else None,
        variables=list(algebra.variables.values()),
        blocks=blocks,
        instance=instance,
        auxiliaries=linearizer.made.blocks,
        steps=linearizer.made.steps,
        is_rewritten=linearizer.made.is_needed,
        whole=columns.whole,
    )


def _objective_arrays(form: Form, columns: int, objective: Objective | None) -> tuple[Numbers, float, Hessian | None]:
    cost = np.zeros(columns)
    for block in form.blocks:
        if block.second is None:
            _add_at(cost, block.columns, block.coefficients)
    offset = float(np.sum(form.constant))
    hessian = _hessian(form, columns, objective)
    if not (np.isfinite(offset) and np.isfinite(cost).all() and (hessian is None or np.isfinite(hessian.values).all())):
        raise problem("not-finite", "a coefficient of the objective is not a finite number", element="objective")
    return cost, offset, hessian


def _demand(columns: int, cost: Numbers, hessian: Hessian | None, sense: Sense) -> Demand:
    demand = Demand(columns)
    demand.add_objective(cost, hessian, sense)
    return demand


def _add_at(cost: Numbers, columns: npt.NDArray[np.int32], coefficients: Numbers) -> None:
    """Adds coefficients to a cost vector; columns that follow one another, the usual case, are one slice."""
    if len(columns) and (columns[1:] - columns[:-1] == 1).all():
        cost[columns[0] : columns[-1] + 1] += coefficients
    else:
        cost += totals(columns, np.broadcast_to(coefficients, len(columns)), len(cost))


# Columns


def _lay_out(formulation: Formulation, algebra: Algebra) -> Columns:
    """Lays out the variables one behind the other, and tells the algebra where each begins."""
    columns = Columns()
    bounds = Algebra(algebra.instance, {})  # bounds see data alone: no variable has a column yet
    blocks = {}
    for variable in formulation.variables:
        with within(variable, f"variable {variable.name}"):
            domain = algebra.instance.domain(variable.index) if variable.index is not None else None
            block = blocks[variable.name] = VariableBlock(variable.name, domain, columns.size)
            columns.add(*_bounds(variable, bounds, block.size), _VARIABLE_TYPES[variable.domain])
    algebra.variables.update(blocks)
    return columns


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


def _all_rows(constraints: Sequence[Constraint], algebra: Algebra, linearizer: Linearizer) -> list[RowBlock]:
    """The rows of all constraints in their order; those that divide are read last, since others may say a sign."""
    made: dict[int, list[RowBlock]] = {}
    for place in sorted(range(len(constraints)), key=lambda place: _divides(constraints[place])):
        if _divides(constraints[place]):
            linearizer.given = [block for blocks in made.values() for block in blocks]
        made[place] = _constraint(constraints[place], algebra, linearizer)
    return [block for place in range(len(constraints)) for block in made[place]]


def _divides(constraint: Constraint) -> bool:
    """Whether a constraint may divide by variables."""
    return any(
        isinstance(node, Arithmetic) and node.operator == "/" and not isinstance(node.right, Number)
        for node in walk(constraint.body)
    )


def _constraint(element: Constraint, algebra: Algebra, linearizer: Linearizer) -> list[RowBlock]:
    with algebra.inside(element, f"constraint {element.name}"):
        return _rows(element.name, element.body, algebra, linearizer, algebra.instance.frame(element.index))


def _rows(name: str, body: Expression, algebra: Algebra, linearizer: Linearizer, frame: Frame) -> list[RowBlock]:
    """The rows of a body for a frame; a conditional on data gives each row of the frame the branch that it takes."""
    names = frozenset(frame.columns)
    if isinstance(body, Conditional) and not algebra.has_variables(body.test, names):
        test = np.broadcast_to(algebra.evaluate.condition(body.test, frame), frame.size)
        branches = ((np.flatnonzero(test), body.then), (np.flatnonzero(~test), body.otherwise))
        return [
            block
            for rows, part in branches
            if len(rows)
            for block in _rows(name, part, algebra, linearizer, frame.take(rows))
        ]
    if isinstance(body, Comparison):
        if frame.size and has_ratio(body, algebra, names):
            return _ratio_comparison(name, body, algebra, linearizer, frame)
        return _comparison(name, body, algebra, frame)
    if _is_condition(body):
        if frame.size:
            linearizer.constrain(body, frame)
        return []
    return [_no_comparison(body, algebra, frame)]


def _is_condition(body: Expression) -> bool:
    """Whether a body is logic or a global constraint."""
    return is_logical(body) or (isinstance(body, Call | Reduction) and body.function in GLOBAL_ROWS)


def _comparison(name: str, body: Comparison, algebra: Algebra, frame: Frame) -> list[RowBlock]:
    names = frozenset(frame.columns)
    operands, operators = body.operands, body.operators
    for operator in operators:
        if operator not in ("<=", ">=", "=="):
            raise _bad_operator(body, operator)
    if len(operators) == 2 and not any(algebra.has_variables(end, names) for end in (operands[0], operands[2])):
        return [_range(name, body, algebra, frame)]
    forms = [algebra.form(operand, frame) for operand in operands]
    pairs = zip(forms, operators, forms[1:], strict=False)
    return [_pair(name, body, algebra, frame, *pair) for pair in pairs]


def _ratio_comparison(
    name: str, body: Comparison, algebra: Algebra, linearizer: Linearizer, frame: Frame
) -> list[RowBlock]:
    """The rows of a comparison that divides by variables, turned round where a divisor is negative."""
    found = []
    for left, operator, right in zip(body.operands, body.operators, body.operands[1:], strict=False):
        if operator not in _TURNED:
            raise _bad_operator(body, operator)
        pair = Comparison((left, right), (operator,), place=body.place)
        form, sign = multiplied_out(linearizer, pair, frame)
        form = _linear(form, name, body, algebra).scaled(sign)
        limit = np.broadcast_to(-form.constant, form.size)
        free = np.full(form.size, np.inf)
        lower, upper = (-free if operator == "<=" else limit), (free if operator == ">=" else limit)
        found.append(row_block(name, frame, form, lower, upper, is_auxiliary=True))
    return found


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


def _pair(
    name: str, body: Comparison, algebra: Algebra, frame: Frame, left: Form, operator: str, right: Form
) -> RowBlock:
    """`left - right` with its constant moved into the bounds."""
    form = _linear(add([left, right], [1, -1]), name, body, algebra)
    limit = np.broadcast_to(-form.constant, form.size)
    free = np.full(form.size, np.inf)
    return row_block(name, frame, form, -free if operator == "<=" else limit, free if operator == ">=" else limit)


def _range(name: str, body: Comparison, algebra: Algebra, frame: Frame) -> RowBlock:
    """`a <= b <= c` with data at both ends is one row with two bounds."""
    first, middle, last = body.operands
    form = _linear(algebra.form(middle, frame), name, body, algebra)
    lower, upper = np.full(frame.size, -np.inf), np.full(frame.size, np.inf)
    for end, operator in ((first, _TURNED[body.operators[0]]), (last, body.operators[1])):
        limit = algebra.form(end, frame).constant - form.constant
        lower = lower if operator == "<=" else np.maximum(lower, limit)
        upper = upper if operator == ">=" else np.minimum(upper, limit)
    return row_block(name, frame, form, lower, upper)


_TURNED = {"<=": ">=", ">=": "<=", "==": "=="}


def _linear(form: Form, name: str, body: Comparison, algebra: Algebra) -> Form:
    """The form with its products made linear; a product whose coefficients are all zero is none.

    Raises:
        UnsupportedProblemError: There is a product of continuous variables.
    """
    if form.degree < 2:
        return form
    found = algebra.without_products(compacted(form), body)
    if found.degree > 1:
        raise UnsupportedProblemError(name, "a product of variables in a constraint needs the nonlinear layer")
    return found


def _starts(counts: list[npt.NDArray[np.int32]]) -> npt.NDArray[np.int32]:
    total = np.cumsum(np.concatenate([np.zeros(1, np.int64), *counts]))
    if total[-1] >= 2**31:
        raise problem("too-large", f"{total[-1]:,} nonzeros are more than a solver takes")
    return total.astype(np.int32)


# The objective


def _single_objective(formulation: Formulation) -> Objective | None:
    if len(formulation.objectives) > 1:
        term = "; ".join(f"{each.sense} {spell(each.expression)}" for each in formulation.objectives)
        raise UnsupportedProblemError(term, "several objectives are not one linear or quadratic form")
    return formulation.objectives[0] if formulation.objectives else None


def _objective(objective: Objective | None, algebra: Algebra) -> tuple[Sense, Form]:
    if objective is None:
        return "minimize", Form(1, np.zeros(()))
    with algebra.inside(objective, "objective"):
        form = algebra.form(objective.expression, ROOT)
        return objective.sense, algebra.without_products(form, objective.expression)


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
