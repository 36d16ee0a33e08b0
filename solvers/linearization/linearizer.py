"""Exact linearization of a formulation while it is compiled: what the compiler can't hold becomes columns and rows."""

from collections.abc import Sequence

import numpy as np

from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import Call, Expression, Reduction
from steepest.solvers.language.spelling import spell
from steepest.solvers.linearization.boxes import column_box
from steepest.solvers.linearization.demand import Demand
from steepest.solvers.linearization.global_constraints import GLOBAL_ROWS, require_global
from steepest.solvers.linearization.logic import Logic
from steepest.solvers.linearization.maxima import maximum
from steepest.solvers.linearization.piecewise import piecewise_form
from steepest.solvers.linearization.products import ProductColumns
from steepest.solvers.linearization.reformulation import Reformulation
from steepest.solvers.linearization.refusals import UnboundedTermError, traced
from steepest.solvers.linearization.steps import StepKind
from steepest.solvers.vectorized.algebra import Algebra, UnsupportedProblemError, VariableBlock
from steepest.solvers.vectorized.columns import Columns
from steepest.solvers.vectorized.forms import Form, add, multiply
from steepest.solvers.vectorized.frames import Frame
from steepest.solvers.vectorized.rows import RowBlock


class Linearizer:
    """Takes over where the algebra of linear and quadratic forms ends.

    Args:
        algebra: The forms of everything else.
        columns: Of the model; those of the formulation's variables are in it, auxiliary ones are put behind them.
    """

    def __init__(self, algebra: Algebra, columns: Columns) -> None:
        self.algebra = algebra
        self.made = Reformulation(columns)
        self.products = ProductColumns(self.made)
        self.logic = Logic(self)
        self.given: Sequence[RowBlock] = ()
        """Rows of the formulation that are made, by which the signs of divisors are told."""

    def form(self, node: Expression, frame: Frame) -> Form | None:
        """The form of a term that is neither linear nor quadratic; None if there is no exact one."""
        match node:
            case Call("abs", (argument,)):
                inner = self.linear_form(argument, frame)
                return self._extreme(node, [inner, inner.scaled(np.asarray(-1.0))], 1)
            case Call("min" | "max" as function, arguments) if arguments:
                forms = [self.linear_form(argument, frame) for argument in arguments]
                return self._extreme(node, forms, 1 if function == "max" else -1)
            case Reduction("min" | "max"):
                return self._extreme_over(node, frame)
            case Call("piecewise") | Reduction("piecewise"):
                return piecewise_form(self, node, frame)
        return None

    def linear_form(self, node: Expression, frame: Frame) -> Form:
        """The linear form of an expression, products with whole numbers made linear.

        Raises:
            UnsupportedProblemError: A product of continuous variables is left.
        """
        form = self.linear(self.algebra.form(node, frame), node)
        if form.degree > 1:
            raise UnsupportedProblemError(spell(node), "a product of continuous variables is not linear", node.place)
        return form

    def linear(self, form: Form, node: Expression, kind: StepKind = "product") -> Form:
        """The form with the products that have an integer factor made linear."""
        if form.degree < 2:
            return form
        return self.products.linear(form, self.made.record(kind, node, self.algebra.element))

    def product(self, left: Form, right: Form, node: Expression) -> Form:
        """The product of two forms, linear as far as it can be.

        Raises:
            UnsupportedProblemError: It is of a degree above 2.
        """
        left, right = self.linear(left, node), self.linear(right, node)
        if left.degree + right.degree > 2:
            raise UnsupportedProblemError(spell(node), "a product of more than two variables", node.place)
        return self.linear(multiply(left, right), node)

    def constrain(self, node: Expression, frame: Frame) -> None:
        """Make a logical condition or a global constraint hold in every row of a frame.

        Raises:
            UnsupportedProblemError: It is no condition that has a linear form.
        """
        if isinstance(node, Call | Reduction) and node.function in GLOBAL_ROWS:
            require_global(self, node, frame)
        else:
            self.logic.require(node, frame)

    def finished(self, blocks: Sequence[RowBlock], demand: Demand) -> list[RowBlock]:
        """The rows to put behind those of the formulation.

        Args:
            blocks: The rows of the formulation.
            demand: What the objective wants.

        Raises:
            UnsupportedProblemError: A bound is missing; the variable is named, with its place and what to do.
        """
        try:
            return self.made.finished(blocks, demand)
        except UnboundedTermError as error:
            raise self._told(error) from error

    def _extreme(self, node: Expression, forms: list[Form], sign: int) -> Form:
        """The largest (or, with the sign -1, the smallest) of several forms, row by row."""
        size, count = forms[0].size, len(forms)
        rows = np.arange(size, dtype=np.int32)
        spread = [form.scattered(rows + place * size, count * size) for place, form in enumerate(forms)]
        return self._maximum(node, add(spread, [1] * count), np.tile(rows, count), size, sign)

    def _extreme_over(self, node: Reduction, frame: Frame) -> Form:
        expansion = self.algebra.evaluate.expand(frame, node.generators)
        if (np.bincount(expansion.parents, minlength=frame.size) == 0).any():
            raise problem("empty-reduction", f"`{spell(node)}` of no elements", place=node.place)
        inner = self.linear_form(node.body, expansion.frame)
        return self._maximum(node, inner, expansion.parents, frame.size, 1 if node.function == "max" else -1)

    def _maximum(self, node: Expression, arguments: Form, owners: np.ndarray, size: int, sign: int) -> Form:
        record = self.made.record("max", node, self.algebra.element)
        signed = np.asarray(float(sign))
        return maximum(self.made, record, arguments.scaled(signed), owners, size).scaled(signed)

    def _told(self, error: UnboundedTermError) -> UnsupportedProblemError:
        """The error with the variable that lacks a bound, where it stands, and what to do."""
        box = column_box(self.made.columns)
        variables = list(self.algebra.variables.values())
        own = sum(block.size for block in variables)
        column = traced(error.column, self.made.definitions, box, own)
        block = next(each for each in variables if each.start <= column < each.start + each.size)
        name = _spelt(block, column, self.algebra)
        place = _place_of(block.name, self.algebra.instance.formulation)
        sides = [side for side, value in (("lower", box.low[column]), ("upper", box.high[column])) if np.isinf(value)]
        lacks = f"has no {' and no '.join(sides)} bound" if sides else "has bounds too far apart"
        reason = (
            f"an exact linear form needs finite bounds, and variable `{name}`{place} {lacks}: "
            f"give it one where it is declared, such as `in 0..1000`"
        )
        return UnsupportedProblemError(error.term, reason, error.place)


def _spelt(block: VariableBlock, column: int, algebra: Algebra) -> str:
    if block.domain is None:
        return block.name
    labels = algebra.instance.universe.labels
    index = (str(labels[label]) for label in block.domain.tuple_at(column - block.start))
    return f"{block.name}[{', '.join(index)}]"


def _place_of(name: str, formulation: Formulation) -> str:
    element = next(each for each in formulation.variables if each.name == name)
    return f" ({element.place})" if element.place is not None else ""
