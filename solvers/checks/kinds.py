"""What an expression stands for, before any value is known: a number, a word, a set, a condition."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from steepest.solvers.checks.by_name import ByName
from steepest.solvers.checks.known_sets import Member
from steepest.solvers.checks.scopes import BoundIndex, Scope, head_scope
from steepest.solvers.checks.symbols import Symbols
from steepest.solvers.formulation import NamedExpression, Parameter, Set, Variable
from steepest.solvers.language.expressions import (
    CONSTANTS,
    FUNCTIONS,
    REDUCTIONS,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Index,
    Label,
    LabelRef,
    Name,
    Negation,
    Not,
    Number,
    Range,
    Reduction,
    SetComprehension,
    SetLiteral,
    Sum,
    TupleOf,
)

Kind: TypeAlias = Literal["number", "word", "set", "condition", "tuple", "unknown"]
"""`unknown` is what the formulation alone does not tell; no check objects to it."""


class Kinds:
    """The kinds of a formulation's expressions; those of its parameters and lets are remembered."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self._named: ByName[Kind] = ByName(self._of_element, "unknown")

    def of(self, node: Expression, scope: Scope) -> Kind:
        """The kind of an expression."""
        match node:
            case Number() | Negation() | Arithmetic("*" | "/" | "**"):
                return "number"
            case LabelRef():
                return "word"
            case Name(name) if name in scope.names:
                return _kind_of_index(scope.names[name])
            case Name(name) | Index(name):
                return self._named[name]
            case Sum(terms):
                return self._of_sum([self.of(term, scope) for term in terms])
            case Comparison() | Not() | Connective():
                return "condition"
            case Conditional(then, _, otherwise):
                return self._common([self.of(then, scope), self.of(otherwise, scope)])
            case TupleOf():
                return "tuple"
            case Arithmetic() | SetLiteral() | Range() | SetComprehension():
                return "set"
            case Call(function) | Reduction(function):
                return _kind_of_function(function)
        return "unknown"

    @staticmethod
    def _common(kinds: list[Kind]) -> Kind:
        return kinds[0] if len(set(kinds)) == 1 else "unknown"

    @staticmethod
    def _of_sum(kinds: list[Kind]) -> Kind:
        """A sum is of sets or of numbers; one operand that is surely a number decides, and one surely a set."""
        decided = {kind for kind in kinds if kind in ("set", "number")}
        return decided.pop() if len(decided) == 1 else "unknown"

    def _of_element(self, name: str) -> Kind:
        element = self.symbols.elements.get(name)
        match element:
            case Set():
                return "set"
            case Variable():
                return "number"
            case Parameter():
                return self._of_parameter(element)
            case NamedExpression(index=head, expression=expression):
                return self.of(expression, head_scope(head, self.symbols))
        return "number" if name in CONSTANTS else "unknown"

    def _of_parameter(self, parameter: Parameter) -> Kind:
        if parameter.name in self.symbols.bound:
            return "unknown"
        if parameter.expression is not None:
            return self.of(parameter.expression, head_scope(parameter.index, self.symbols))
        values = [cell.value for cell in parameter.values] if parameter.values else [parameter.value]
        return kind_of_labels(value for value in values if value is not None)


def kind_of_labels(labels: Iterable[Label]) -> Kind:
    """The kind that all of the labels have."""
    kinds: set[Kind] = {"word" if isinstance(label, str) else "number" for label in labels}
    return kinds.pop() if len(kinds) == 1 else "unknown"


def _kind_of_index(index: BoundIndex) -> Kind:
    if index.labels is not None:
        return _kind_of_members(index.labels)
    return "number" if isinstance(index.source, Range) else "unknown"


def _kind_of_members(members: Iterable[Member]) -> Kind:
    kinds: set[Kind] = set()
    for member in members:
        kinds.add("tuple" if isinstance(member, tuple) else "word" if isinstance(member, str) else "number")
        if len(kinds) > 1:
            return "unknown"
    return kinds.pop() if kinds else "unknown"


def _kind_of_function(function: str) -> Kind:
    if function in FUNCTIONS or function in REDUCTIONS or function in ("len", "norm2"):
        return "number"
    if function in ("first", "last", "piecewise"):
        return "unknown"
    return "condition"
