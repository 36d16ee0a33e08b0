"""The unit of every expression, as far as the units that are written determine it, and where units disagree.

A number without a name, an index and an element without a unit fit everywhere: what they make part of has no known
unit, and takes part in no comparison. A named expression without a unit has the one that its parts give it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from steepest.solvers.checks.by_name import ByName
from steepest.solvers.checks.symbols import Symbols
from steepest.solvers.formulation import NamedExpression, Objective, Parameter, Set, Variable
from steepest.solvers.language.expressions import (
    GLOBAL_CONSTRAINTS,
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
    SetComprehension,
    Sum,
    TupleOf,
    walk,
)
from steepest.solvers.units.comparison import Difference, difference
from steepest.solvers.units.reading import read_unit
from steepest.solvers.units.unit import Unit, UnitOverflowError
from steepest.solvers.units.vocabulary import SHARE

Hidden: TypeAlias = frozenset[str]
"""Index names in scope, which hide elements of the same name."""

NO_INDEX: Hidden = frozenset()

_OF_ONE_UNIT = frozenset({"abs", "min", "max", "norm2"})
_PURE = Unit()


@dataclass(frozen=True, slots=True)
class Inferred:
    """The unit of an expression."""

    unit: Unit
    is_sure: bool = True
    """False where words or periods were left out on the way, so that only its physics and currencies count."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two expressions that should have one unit and have not."""

    left: Expression
    right: Expression
    left_unit: Unit
    right_unit: Unit
    difference: Difference
    is_comparison: bool
    """Whether they are compared rather than added."""


class UnitInference:
    """The units of one formulation's expressions; `clashes` are those met since it was last emptied."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self._elements: ByName[Inferred | None] = ByName(self._of_declared, None)
        self.clashes: list[Clash] = []

    def of_element(self, name: str) -> Inferred | None:
        """The unit of a declared element: the one written, else of a definition the one that its parts give it."""
        return self._elements[name]

    def _of_declared(self, name: str) -> Inferred | None:
        element = self._symbols.elements.get(name)
        if isinstance(element, Variable) and element.unit is None and element.domain == "binary":
            return Inferred(_PURE, is_sure=False)  # an amount that is there or not
        if element is None or isinstance(element, Set):
            return None
        if element.unit is None and isinstance(element, NamedExpression | Parameter):
            return self._of_definition(element)
        return written(element)

    def _of_definition(self, element: NamedExpression | Parameter) -> Inferred | None:
        if element.expression is None:
            return None
        met = self.clashes
        self.clashes = []  # they are told where the element itself is checked
        hidden = frozenset(element.index.names) if element.index is not None else NO_INDEX
        found = self.of(element.expression, hidden)
        self.clashes = met
        return found

    def of(self, node: Expression, hidden: Hidden = NO_INDEX) -> Inferred | None:
        """The unit of an expression, None where it is not determined; adds what clashes in it to `clashes`."""
        match node:
            case Name(name) if name in hidden:
                return None
            case Name(name) | Index(name):
                return self.of_element(name)
            case Negation(operand):
                return self.of(operand, hidden)
            case Sum(terms):
                return self._alike(terms, hidden)
            case Arithmetic():
                return self._of_arithmetic(node, hidden)
            case Conditional(then, test, otherwise):
                self.of(test, hidden)
                return self._alike((then, otherwise), hidden)
            case Call(function, arguments):
                return self._of_call(function, arguments, hidden)
            case Reduction(_, body, generators):
                inside = self.enter(generators, hidden)
                return self._alike(body.items if isinstance(body, TupleOf) else (body,), inside)
            case _:
                self._enter_condition(node, hidden)
        return None

    def _enter_condition(self, node: Expression, hidden: Hidden) -> None:
        """Conditions and sets have no unit; what they compare has."""
        match node:
            case Comparison(operands):
                self._alike(operands, hidden, is_comparison=True)
            case Connective(_, operands) | TupleOf(operands):
                self._each(operands, hidden)
            case Not(operand):
                self.of(operand, hidden)
            case SetComprehension(_, generators):
                self.enter(generators, hidden)

    def enter(self, generators: Iterable[Generator], hidden: Hidden = NO_INDEX) -> Hidden:
        """The index names in scope behind generators, whose filters are gone through on the way."""
        for generator in generators:
            if isinstance(generator.source, SetComprehension):
                self.of(generator.source, hidden)
            hidden = hidden | frozenset(generator.names)
            if generator.condition is not None:
                self.of(generator.condition, hidden)
        return hidden

    def compare(self, left: Expression, right: Expression, ours: Inferred | None, theirs: Inferred | None) -> None:
        """Add a clash if the two can't be compared."""
        self._meet(left, right, ours, theirs, is_comparison=True)

    def _each(self, nodes: Iterable[Expression], hidden: Hidden) -> list[Inferred | None]:
        return [self.of(node, hidden) for node in nodes]

    def _alike(self, nodes: Sequence[Expression], hidden: Hidden, *, is_comparison: bool = False) -> Inferred | None:
        """The one unit of expressions that are added or compared."""
        first: Expression | None = None
        found: Inferred | None = None
        for node, inferred in zip(nodes, self._each(nodes, hidden), strict=True):
            if inferred is None:
                continue
            if first is None or found is None:
                first, found = node, inferred
                continue
            if self._meet(first, node, found, inferred, is_comparison=is_comparison):
                return None
            found = Inferred(found.unit, found.is_sure and inferred.is_sure and found.unit == inferred.unit)
        return found

    def _meet(
        self,
        left: Expression,
        right: Expression,
        ours: Inferred | None,
        theirs: Inferred | None,
        *,
        is_comparison: bool,
    ) -> bool:
        """Whether two units clash, which is then kept."""
        if ours is None or theirs is None:
            return False
        found = difference(ours.unit, theirs.unit)
        if found is None or (found.kind != "dimension" and not (ours.is_sure and theirs.is_sure)):
            return False
        self.clashes.append(Clash(left, right, ours.unit, theirs.unit, found, is_comparison))
        return True

    def _of_arithmetic(self, node: Arithmetic, hidden: Hidden) -> Inferred | None:
        left, right = self.of(node.left, hidden), self.of(node.right, hidden)
        if left is None or node.operator not in ("*", "/", "**"):
            return None
        try:
            if node.operator == "**":
                return self._of_power(left, node.right, hidden)
            if right is None:
                return None
            unit = left.unit * right.unit if node.operator == "*" else left.unit / right.unit
            return Inferred(unit, left.is_sure and right.is_sure)
        except UnitOverflowError:
            return None

    def _of_power(self, base: Inferred, exponent: Expression, hidden: Hidden) -> Inferred | None:
        if base.unit == _PURE:
            return base
        power = self._symbols.constant_number(exponent, hidden)
        if power is None or abs(power) > 100:
            return None
        return Inferred(base.unit ** Fraction(power).limit_denominator(24), base.is_sure)

    def _of_call(self, function: str, arguments: tuple[Expression, ...], hidden: Hidden) -> Inferred | None:
        if function in _OF_ONE_UNIT:
            return self._alike(arguments, hidden)
        if function in ("len", "first", "last"):
            return Inferred(_PURE, is_sure=False) if function == "len" else None
        if function in GLOBAL_CONSTRAINTS:
            return None
        found = self._each(arguments, hidden)
        if function != "sqrt" or found[0] is None:
            return None
        try:
            return Inferred(found[0].unit ** Fraction(1, 2), found[0].is_sure)
        except UnitOverflowError:
            return None


def written(element: Parameter | Variable | NamedExpression | Objective) -> Inferred | None:
    """The unit that an element declares; None where it declares none, or several."""
    unit = read_unit(element.unit)
    if unit is None:
        return None
    return Inferred(unit, is_sure=SHARE not in dict(unit.powers))


def measured_names(node: Expression, inference: UnitInference) -> Iterator[tuple[str, Unit]]:
    """The elements in an expression whose units are written, each once, in the order of the text."""
    seen: set[str] = set()
    for each in walk(node):
        if isinstance(each, Name | Index) and each.name not in seen:
            seen.add(each.name)
            found = inference.of_element(each.name)
            if found is not None:
                yield each.name, found.unit
