"""Compiles expressions with variables to forms: the linear and quadratic half of the language's meaning."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from steepest.errors import SteepestError
from steepest.solvers.diagnostics import Place, problem
from steepest.solvers.formulation import Element, NamedExpression
from steepest.solvers.language.expressions import (
    GLOBAL_CONSTRAINTS,
    LOGICAL_FUNCTIONS,
    Arithmetic,
    Call,
    Conditional,
    Expression,
    Index,
    Name,
    Negation,
    Reduction,
    SetComprehension,
    Sum,
    children,
)
from steepest.solvers.language.spelling import spell
from steepest.solvers.vectorized.evaluation import Evaluator
from steepest.solvers.vectorized.forms import Block, Form, add, compacted, constant_form, multiply
from steepest.solvers.vectorized.frames import ROOT, Frame
from steepest.solvers.vectorized.instance import Instance, within
from steepest.solvers.vectorized.relations import Domain


class UnsupportedProblemError(SteepestError):
    """The problem is well formed, but of a class that no back end here takes; the term is named."""

    def __init__(self, term: str, reason: str, place: Place | None = None) -> None:
        self.term = term
        self.reason = reason
        self.place = place
        super().__init__(f"`{term}`: {reason}")


_HIGHEST_POWER = 6
"""Powers up to this are products of whole numbers; beyond it the numbers grow out of a solver's reach."""


@dataclass(frozen=True, eq=False)
class VariableBlock:
    """The columns of one variable: `start`, `start + 1`, ... in the order of its domain."""

    name: str
    domain: Domain | None
    """None for a scalar variable."""
    start: int

    @property
    def size(self) -> int:
        """How many columns it has."""
        return 1 if self.domain is None else len(self.domain)


class Beyond(Protocol):
    """What knows an exact linear form of more than linear and quadratic expressions."""

    def form(self, node: Expression, frame: Frame) -> Form | None:
        """The form of a term, or None if there is no exact one."""

    def linear(self, form: Form, node: Expression) -> Form:
        """The form without those products that have a linear form."""


@dataclass
class Algebra:
    """Turns expressions into forms over the columns of the variables."""

    instance: Instance
    variables: dict[str, VariableBlock]
    beyond: Beyond | None = None
    """Asked where the algebra ends."""
    element: str | None = None
    """The element that is being compiled, such as `constraint load`."""
    _with_variables: dict[str, bool] = field(default_factory=dict)

    @property
    def evaluate(self) -> Evaluator:
        """The evaluator of the data in an expression."""
        return self.instance.evaluate

    def form(self, node: Expression, frame: Frame) -> Form:
        """The linear or quadratic form of an expression, a row per row of the frame.

        Raises:
            UnsupportedProblemError: The expression is of no such form; the smallest offending term is named.
            FormulationError: It has no meaning for some row.
        """
        if not frame.size:
            return constant_form(np.zeros(()), 0)
        if not self.has_variables(node, frozenset(frame.columns)):
            return constant_form(np.asarray(self.evaluate.number(node, frame)), frame.size)
        match node:
            case Name(name) | Index(name=name) if name in self.variables:
                return self._variable(node, self.variables[name], frame)
            case Name(name) | Index(name=name):
                return self._named_expression(node, name, frame)
            case Negation(operand):
                return self.form(operand, frame).scaled(np.asarray(-1.0))
            case Sum(terms, signs):
                return add([self.form(term, frame) for term in terms], signs)
            case Arithmetic(operator, left, right):
                return self._operation(node, operator, left, right, frame)
            case Reduction("sum", body, generators):
                expansion = self.evaluate.expand(frame, generators)
                return self.form(body, expansion.frame).summed(expansion.parents, frame.size)
            case Conditional():
                return self._conditional(node, frame)
        found = self.beyond.form(node, frame) if self.beyond is not None else None
        if found is None:
            raise self._unsupported(node)
        return found

    @contextmanager
    def inside(self, element: Element, name: str) -> Iterator[None]:
        """Places findings and terms in an element."""
        outer, self.element = self.element, name
        try:
            with within(element, name):
                yield
        finally:
            self.element = outer

    def has_variables(self, node: Expression, bound: frozenset[str] = frozenset()) -> bool:
        """Whether a variable occurs in an expression, directly or through a named expression.

        An index in `bound` hides a variable of its name.
        """
        match node:
            case Name(name):
                return name not in bound and self._stands_for_variables(name)
            case Index(name=name) if self._stands_for_variables(name):
                return True
            case Reduction(generators=generators) | SetComprehension(generators=generators):
                bound |= {name for generator in generators for name in generator.names}
        return any(self.has_variables(child, bound) for child in children(node))

    def _stands_for_variables(self, name: str) -> bool:
        if name not in self.named:
            return name in self.variables
        if name not in self._with_variables:
            element = self.named[name]
            bound = frozenset(element.index.names) if element.index is not None else frozenset()
            self._with_variables[name] = False  # a circle, which the resolution of names reports, ends here
            self._with_variables[name] = self.has_variables(element.expression, bound)
        return self._with_variables[name]

    @cached_property
    def named(self) -> dict[str, NamedExpression]:
        """The named expressions of the formulation."""
        return {each.name: each for each in self.instance.formulation.lets}

    def resolve(self, names: Iterable[str]) -> None:
        """Compile named expressions in an order in which none waits for another."""
        for name in names:
            if self._stands_for_variables(name) and name in self.named:
                self.instance.once(name, lambda element=self.named[name]: self._compiled(element))  # type: ignore[misc]

    def _variable(self, node: Name | Index, variable: VariableBlock, frame: Frame) -> Form:
        positions = self._positions(node, variable.domain, frame)
        columns = np.broadcast_to(positions + np.int32(variable.start), frame.size).astype(np.int32, copy=False)
        return Form(frame.size, np.zeros(()), (Block(None, columns, np.ones(())),))

    def _positions(self, node: Name | Index, domain: Domain | None, frame: Frame) -> npt.NDArray[np.integer]:
        if isinstance(node, Index):
            if domain is None:
                raise problem("not-indexed", f"`{node.name}` has no index", place=node.place)
            return self.evaluate.locate(node, domain, frame)
        if domain is not None:
            message = f"`{node.name}` is indexed: write `{node.name}[...]`"
            raise problem("index-missing", message, place=node.place)
        return np.zeros((), np.int32)

    def _named_expression(self, node: Name | Index, name: str, frame: Frame) -> Form:
        """A named expression is compiled once over its whole index, and its rows are picked where it is used."""
        form, domain = self.instance.once(name, lambda: self._compiled(self.named[name]))
        positions = self._positions(node, domain, frame)
        return form.gathered(np.broadcast_to(positions, frame.size))

    def _compiled(self, element: NamedExpression) -> tuple[Form, Domain | None]:
        with self.inside(element, f"let {element.name}"):
            if element.index is None:
                return compacted(self.form(element.expression, ROOT)), None
            frame = self.instance.frame(element.index)
            return compacted(self.form(element.expression, frame)), self.instance.domain(element.index)

    def _operation(self, node: Arithmetic, operator: str, left: Expression, right: Expression, frame: Frame) -> Form:
        if operator == "/":
            return self._quotient(node, left, right, frame)
        if operator == "**":
            return self._power(node, left, right, frame)
        if operator != "*":
            raise problem("not-a-number", f"`{spell(node)}` is a set, not a number", place=node.place)
        a, b = self.form(left, frame), self.form(right, frame)
        if a.degree + b.degree > 2:
            a, b = self.without_products(a, left), self.without_products(b, right)
        if a.degree + b.degree > 2:
            raise UnsupportedProblemError(spell(node), "a product of more than two variables", node.place)
        return multiply(a, b)

    def without_products(self, form: Form, node: Expression) -> Form:
        """The form with those products made linear that can be."""
        return form if self.beyond is None else self.beyond.linear(form, node)

    def _quotient(self, node: Arithmetic, left: Expression, right: Expression, frame: Frame) -> Form:
        if self.has_variables(right, frozenset(frame.columns)):
            reason = "division by a variable; multiply both sides by it where its sign is known"
            raise UnsupportedProblemError(spell(node), reason, node.place)
        divisor = np.asarray(self.evaluate.number(right, frame))
        if (divisor == 0).any():
            raise problem("division-by-zero", f"`{spell(node)}` divides by zero", place=node.place)
        return self.form(left, frame).scaled(1.0 / divisor)

    def _power(self, node: Arithmetic, base: Expression, exponent: Expression, frame: Frame) -> Form:
        if self.has_variables(exponent, frozenset(frame.columns)):
            raise UnsupportedProblemError(spell(node), "a variable in an exponent", node.place)
        value = np.asarray(self.evaluate.number(exponent, frame))
        form = self.form(base, frame)
        if value.ndim == 0 and value == 0:
            return constant_form(np.ones(()), frame.size)
        if value.ndim == 0 and value == 1:
            return form
        if value.ndim == 0 and 2 <= value <= _HIGHEST_POWER and value == np.round(value):
            found = form
            for _ in range(int(value) - 1):
                found, form = self.without_products(found, node), self.without_products(form, base)
                if found.degree + form.degree > 2:
                    break
                found = multiply(found, form)
            else:
                return found
        raise UnsupportedProblemError(spell(node), "a power of a variable other than the square", node.place)

    def _conditional(self, node: Conditional, frame: Frame) -> Form:
        if self.has_variables(node.test, frozenset(frame.columns)):
            raise UnsupportedProblemError(spell(node), "a condition on a variable", node.place)
        test = np.broadcast_to(self.evaluate.condition(node.test, frame), frame.size)
        parts = []
        for rows, part in ((np.flatnonzero(test), node.then), (np.flatnonzero(~test), node.otherwise)):
            if len(rows):
                parts.append(self.form(part, frame.take(rows)).scattered(rows, frame.size))
        return add(parts, [1] * len(parts)) if parts else constant_form(np.zeros(()), frame.size)

    def _unsupported(self, node: Expression) -> SteepestError:
        """Why an expression with variables is neither linear nor quadratic."""
        match node:
            case Call(function) | Reduction(function=function) if function in LOGICAL_FUNCTIONS | GLOBAL_CONSTRAINTS:
                reason = f"`{function}` over variables has no linear form here"
            case Call(function) | Reduction(function=function) if function in ("abs", "min", "max"):
                reason = f"`{function}` of a variable needs exact linearization"
            case Call(function):
                reason = f"`{function}` of a variable is nonlinear"
            case _:
                return problem("not-a-number", f"`{spell(node)}` is not a number", place=node.place)
        return UnsupportedProblemError(spell(node), reason, node.place)
