"""Two entities in each other's place: expressions with their labels or names exchanged, and the shape of expressions.

The shape of an expression is a text that is equal for expressions that differ in the order of terms, factors and sides
only, and, if asked for, in which of the two entities' numbers they use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from steepest.solvers.language.expressions import (
    Arithmetic,
    Comparison,
    Expression,
    Generator,
    Head,
    Index,
    LabelRef,
    Name,
    Negation,
    Reduction,
    Sum,
    children,
    map_children,
)
from steepest.solvers.language.spelling import spell, spell_head

_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}


@dataclass(frozen=True)
class Mirror:
    """An exchange of two entities: of two labels of a set, or of the names that belong to each."""

    labels: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()
    """The names that stand for data: which of the two entities' they are is no part of a blurred shape."""

    def __call__(self, node: Expression) -> Expression:
        """The expression with the two exchanged."""
        match node:
            case LabelRef(value) if value in self.labels:
                return replace(node, value=self.labels[value])
            case Name(name) if name in self.names:
                return replace(node, name=self.names[name])
        return map_children(node, self)

    def blurred(self, node: Expression) -> Expression:
        """The expression without what says whose the data in it are."""
        match node:
            case Name(name) if name in self.parameters and name in self.names:
                return Name(min(name, self.names[name]))
            case Index(name, indices) if name in self.parameters:
                return Index(name, tuple(self._blurred_label(each) for each in indices))
        return map_children(node, self.blurred)

    def _blurred_label(self, node: Expression) -> Expression:
        if isinstance(node, LabelRef) and node.value in self.labels:
            return LabelRef(min(node.value, self.labels[node.value]))
        return self.blurred(node)

    def mentions(self, node: Expression) -> frozenset[str]:
        """Which of the two labels or of the names an expression mentions, data aside."""
        if isinstance(node, Index) and node.name in self.parameters:
            return frozenset()
        own = getattr(node, "value", None) if isinstance(node, LabelRef) else getattr(node, "name", None)
        found = {own} if isinstance(own, str) and own in (self.labels or self.names) else set()
        if isinstance(node, Name) and node.name in self.parameters:
            found = set()
        return frozenset(found.union(*(self.mentions(child) for child in children(node))))


def shape(node: Expression, head: Head | None = None) -> str:
    """The shape of a condition or sum over a head."""
    return f"[{spell_head(head)}] {_shape(node)}" if head is not None else _shape(node)


def _shape(node: Expression) -> str:
    match node:
        case Sum(terms, signs):
            return "(" + " ".join(sorted(_signed(term, sign) for term, sign in zip(terms, signs, strict=True))) + ")"
        case Negation(operand):
            return f"({_signed(operand, -1)})"
        case Arithmetic("*", _, _):
            return "*".join(sorted(_factors(node)))
        case Arithmetic(operator, left, right):
            return f"({_shape(left)} {operator} {_shape(right)})"
        case Comparison((left, right), (operator,)):
            return _comparison(left, operator, right)
        case Reduction(function, body, generators):
            return f"{function}({_shape(body)} {'; '.join(_generator(each) for each in generators)})"
    return spell(node)


def _comparison(left: Expression, operator: str, right: Expression) -> str:
    one, other = _shape(left), _shape(right)
    if operator in (">=", ">"):
        one, other, operator = other, one, _TURNED[operator]
    if operator in ("==", "!="):
        one, other = sorted((one, other))
    return f"{one} {operator} {other}"


def _signed(term: Expression, sign: int) -> str:
    return f"{'+' if sign > 0 else '-'}{_shape(term)}"


def _factors(node: Expression) -> list[str]:
    if isinstance(node, Arithmetic) and node.operator == "*":
        return [*_factors(node.left), *_factors(node.right)]
    return [_shape(node)]


def _generator(generator: Generator) -> str:
    condition = f" if {_shape(generator.condition)}" if generator.condition is not None else ""
    return f"{generator.pattern} in {spell(generator.source)}{condition}"
