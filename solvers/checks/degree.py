"""How far a formulation goes beyond a linear program: the degree of its expressions, and the terms that raise it.

Nothing is cancelled or multiplied out: `x * y - x * y` is quadratic here, as it is for the compilers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from steepest.solvers.checks.by_name import ByName
from steepest.solvers.checks.findings import shown
from steepest.solvers.checks.symbols import Symbols, title
from steepest.solvers.definitions import acyclic_order
from steepest.solvers.formulation import Constraint, Formulation, NamedExpression, Variable
from steepest.solvers.language.expressions import (
    GLOBAL_CONSTRAINTS,
    LOGICAL_FUNCTIONS,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Generator,
    Index,
    Name,
    Negation,
    Not,
    Reduction,
    Sum,
    TupleOf,
)

ClassName: TypeAlias = Literal["LP", "MIP", "QP", "MIQP", "QCP", "MIQCP", "NLP", "MINLP", "CP"]
Degree: TypeAlias = Literal["constant", "linear", "quadratic", "nonlinear"]
Reason: TypeAlias = Literal[
    "product-of-variables",
    "power-of-variable",
    "division-by-variable",
    "nonlinear-function",
    "needs-linearization",
    "cone",
    "logic",
    "global-constraint",
]

_DEGREES: tuple[Degree, ...] = ("constant", "linear", "quadratic", "nonlinear")
_QUADRATIC, _NONLINEAR = 2, 3
_PIECEWISE_LINEAR = frozenset({"abs", "min", "max", "piecewise"})


class Term(NamedTuple):
    """A term that makes an expression more than linear."""

    element: str
    """The element that it is written in, such as `let burn`."""
    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class ProblemClass:
    """What kind of mathematical program a formulation is."""

    name: ClassName
    """`CP` where there is logic over decisions or a global constraint."""
    offending: tuple[Term, ...] = ()
    """What makes it more than an LP, a MIP or a QP; whether a QP is convex depends on its data."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """The degree of an expression (3 is nonlinear) and the terms that raise it above 1, each with its own degree."""

    degree: int = 0
    terms: tuple[tuple[Term, int], ...] = ()


_CONSTANT, _LINEAR = _Shape(0), _Shape(1)


def classify(formulation: Formulation) -> ProblemClass:
    """The class of a formulation and the terms behind it; names that stand for nothing count as data."""
    symbols = Symbols(formulation)
    shapes = _Shapes(symbols)
    objectives = [
        _without_cones(shapes.of(each.expression, _Place(title(each, formulation)))) for each in formulation.objectives
    ]
    constraints = [shapes.of_constraint(each.body, _constraint_place(each)) for each in formulation.constraints]
    is_discrete = any(variable.domain != "real" for variable in formulation.variables)
    name = _class_name(objectives, constraints, is_discrete)
    if name in ("LP", "MIP", "QP"):
        return ProblemClass(name)
    offending = [term for shape in constraints for term, _ in shape.terms]
    least = _QUADRATIC if is_discrete else _NONLINEAR
    offending += [term for shape in objectives for term, degree in shape.terms if degree >= least]
    return ProblemClass(name, tuple(dict.fromkeys(offending)))


def degree_of(expression: Expression, symbols: Symbols) -> Degree:
    """The degree of an expression in the decision variables, named expressions written out."""
    return _DEGREES[_Shapes(symbols).of(expression, _Place("")).degree]


def _class_name(objectives: list[_Shape], constraints: list[_Shape], is_discrete: bool) -> ClassName:
    shapes = [*objectives, *constraints]
    if any(term.reason in ("logic", "global-constraint") for shape in shapes for term, _ in shape.terms):
        return "CP"
    if any(shape.degree >= _NONLINEAR for shape in shapes):
        return "MINLP" if is_discrete else "NLP"
    if any(shape.degree == _QUADRATIC for shape in constraints):
        return "MIQCP" if is_discrete else "QCP"
    if any(shape.degree == _QUADRATIC for shape in objectives):
        return "MIQP" if is_discrete else "QP"
    return "MIP" if is_discrete else "LP"


def _without_cones(shape: _Shape) -> _Shape:
    """A norm is a cone in a constraint; in an objective it is one nonlinear function more."""
    terms = tuple((term, _NONLINEAR if term.reason == "cone" else degree) for term, degree in shape.terms)
    return _Shape(max((degree for _, degree in terms), default=shape.degree), terms) if terms else shape


@dataclass(frozen=True, slots=True)
class _Place:
    """The element that an expression belongs to, and the index names in scope."""

    element: str
    names: frozenset[str] = frozenset()

    def inside(self, generators: Iterable[Generator]) -> "_Place":
        return replace(self, names=self.names | {name for each in generators for name in each.names})


def _constraint_place(constraint: Constraint) -> _Place:
    head = constraint.index
    return _Place(f"constraint {constraint.name}", frozenset(head.names if head is not None else ()))


class _Shapes:
    """The shapes of one formulation's expressions; those of its named expressions are remembered."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.lets = ByName(self.of_let, _CONSTANT)
        for name in acyclic_order(symbols.formulation):  # each after what it needs: no deep recursion
            self.of_name(name)

    def of_constraint(self, node: Expression, place: _Place) -> _Shape:
        match node:
            case Comparison(operands, operators) if not {"in", "not in", "!="} & set(operators):
                return _highest(self.of(operand, place) for operand in operands)
            case Connective("and", operands):
                return _highest(self.of_constraint(operand, place) for operand in operands)
            case Conditional(then, test, otherwise) if not self.symbols.has_decisions(test, place.names):
                return _highest(self.of_constraint(branch, place) for branch in (then, otherwise))
        return self.of(node, place)

    def of(self, node: Expression, place: _Place) -> _Shape:
        match node:
            case Name(name) if name in place.names:
                return _CONSTANT
            case Name(name) | Index(name):
                return self.of_name(name)
            case Negation(operand):
                return self.of(operand, place)
            case Sum(terms) | TupleOf(terms):
                return _highest(self.of(term, place) for term in terms)
            case Arithmetic("*" | "/" | "**"):
                return self.of_arithmetic(node, place)
            case Conditional(then, test, otherwise):
                if self.symbols.has_decisions(test, place.names):
                    return self.beyond("logic", node, place)
                return _highest((self.of(then, place), self.of(otherwise, place)))
            case Call(function, arguments):
                return self.of_call(function, node, _highest(self.of(each, place) for each in arguments), place)
            case Reduction(function, body, generators):
                inside = self.of(body, place.inside(generators))
                return inside if function == "sum" else self.of_call(function, node, inside, place)
            case Comparison() | Not() | Connective() if self.symbols.has_decisions(node, place.names):
                return self.beyond("logic", node, place)
        return _CONSTANT

    def of_name(self, name: str) -> _Shape:
        element = self.symbols.elements.get(name)
        if isinstance(element, Variable):
            return _LINEAR
        if not isinstance(element, NamedExpression):
            return _CONSTANT
        return self.lets[name]

    def of_let(self, name: str) -> _Shape:
        element = self.symbols.elements[name]
        assert isinstance(element, NamedExpression)  # noqa: S101  # the caller has looked
        names = frozenset(element.index.names if element.index is not None else ())
        return self.of(element.expression, _Place(f"let {name}", names))

    def of_arithmetic(self, node: Arithmetic, place: _Place) -> _Shape:
        left, right = self.of(node.left, place), self.of(node.right, place)
        both = _highest((left, right))
        if node.operator == "*":
            degree = min(left.degree + right.degree, _NONLINEAR)
            if left.degree and right.degree:
                return self.beyond("product-of-variables", node, place, degree, both)
            return both
        if right.degree:
            reason: Reason = "division-by-variable" if node.operator == "/" else "nonlinear-function"
            return self.beyond(reason, node, place, _NONLINEAR, both)
        return left if node.operator == "/" else self.of_power(node, left, place)

    def of_power(self, node: Arithmetic, base: _Shape, place: _Place) -> _Shape:
        exponent = self.symbols.constant_number(node.right, place.names)
        if base.degree == 0 or exponent == 0:
            return _CONSTANT
        if exponent == 1:
            return base
        degree = _QUADRATIC if exponent == 2 and base.degree == 1 else _NONLINEAR
        return self.beyond("power-of-variable", node, place, degree, base)

    def of_call(self, function: str, node: Expression, inside: _Shape, place: _Place) -> _Shape:
        if inside.degree == 0 or function in ("sum", "len", "first", "last"):
            return inside
        if function == "norm2" and inside.degree == 1:
            return self.beyond("cone", node, place, _QUADRATIC, inside)
        if function in _PIECEWISE_LINEAR:
            return self.beyond("needs-linearization", node, place, _NONLINEAR, inside)
        if function in GLOBAL_CONSTRAINTS and function != "norm2":
            return self.beyond("global-constraint", node, place, _NONLINEAR, inside)
        if function in LOGICAL_FUNCTIONS:
            return self.beyond("logic", node, place)
        return self.beyond("nonlinear-function", node, place, _NONLINEAR, inside)

    def beyond(
        self, reason: Reason, node: Expression, place: _Place, degree: int = _NONLINEAR, inside: _Shape = _CONSTANT
    ) -> _Shape:
        return _Shape(degree, (*inside.terms, (Term(place.element, shown(node), reason), degree)))


def _highest(shapes: Iterable[_Shape]) -> _Shape:
    """The shape of a sum of terms."""
    parts = list(shapes)
    degree = max((part.degree for part in parts), default=0)
    return _Shape(degree, tuple(dict.fromkeys(term for part in parts for term in part.terms)))
