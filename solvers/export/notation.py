"""The walk over an expression that writes it as mathematics; LaTeX and MathML are notations of it.

A notation says how each form looks. Which form is inside which, where parentheses stand and what indices are called is
the same in all of them, and is here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Generator,
    Head,
    Index,
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
    walk,
)

__all__ = ["SUM", "Enclosure", "Notation", "Writer", "digits"]

# A weaker form inside a stronger one is put in parentheses.
CONDITION, NOT, COMPARISON, UNION, SUM, PRODUCT, ATOM = range(7)

Enclosure: TypeAlias = Literal["group", "tuple", "set", "size"]
"""What brackets stand for: what belongs together, a tuple, a set, an absolute value or a number of members."""


@dataclass(frozen=True, slots=True)
class Notation:
    """How each form is written, given what is inside it."""

    signs: Mapping[str, str]
    """Between two operands: comparisons and set operators as the language has them, `+`, `-`, `and`, `or`, `implies`,
    `:`, `,` between items and `;` between generators."""
    prefixes: Mapping[str, str]
    """`-` and `not`."""
    dots: str
    pi: str
    number: Callable[[float], str]
    label: Callable[[str], str]
    name: Callable[[str], str]
    times: Callable[[bool, bool], str]
    """Between two factors, given whether the first ends and the second begins with a number."""
    below: Callable[[str, str], str]
    """A name and its indices."""
    enclosed: Callable[[str, Enclosure], str]
    fraction: Callable[[str, str], str]
    power: Callable[[str, str], str]
    root: Callable[[str], str]
    norm: Callable[[str], str]
    function: Callable[[str, str], str]
    """A function and its arguments in their parentheses."""
    total: Callable[[str, str], str]
    """A sum: over what, and of what."""
    reduction: Callable[[str, str, str], str]
    """Another function over indices: its name, over what, and of what in parentheses."""
    cases: Callable[[str, str, str], str]
    """A value, the condition under which it holds, and the value otherwise."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes expressions in a notation."""

    notation: Notation

    def write(self, node: Expression, outer: int = CONDITION) -> str:
        """The expression, in parentheses where it binds more weakly than what it stands in."""
        text, strength = self._form(node)
        return self.notation.enclosed(text, "group") if strength < outer else text

    def indexed(self, name: str, head: Head | None) -> str:
        """A name with the indices that it is declared over."""
        if head is None:
            return self.notation.name(name)
        names = [each for names in _index_names(head.generators) for each in names]
        return self.notation.below(self.notation.name(name), self._joined([self.notation.name(each) for each in names]))

    def over(self, generators: Sequence[Generator]) -> str:
        """The indices and the sets that they run over."""
        signs = self.notation.signs
        parts = []
        for generator, names in zip(generators, _index_names(generators), strict=True):
            written = [self.notation.name(name) for name in names]
            is_tuple = isinstance(generator.pattern, tuple)
            pattern = self.notation.enclosed(self._joined(written), "tuple") if is_tuple else written[0]
            condition = f"{signs[':']}{self.write(generator.condition)}" if generator.condition is not None else ""
            parts.append(f"{pattern}{signs['in']}{self.write(generator.source, UNION)}{condition}")
        return signs[";"].join(parts)

    def _form(self, node: Expression) -> tuple[str, int]:
        notation = self.notation
        match node:
            case Number(value):
                return notation.number(value), SUM if value < 0 else PRODUCT if digits(value)[1] else ATOM
            case LabelRef(value):
                return notation.label(str(value)), ATOM
            case Name(name):
                return notation.pi if name == "pi" else notation.name(name), ATOM
            case Index(name, indices):
                return notation.below(notation.name(name), self._listed(indices)), ATOM
            case Negation(operand):
                return f"{notation.prefixes['-']}{self.write(operand, PRODUCT)}", SUM
            case Sum(terms, signs):
                rest = zip(signs[1:], terms[1:], strict=True)
                further = [
                    f"{notation.signs['+' if sign > 0 else '-']}{self.write(each, PRODUCT)}" for sign, each in rest
                ]
                return "".join([self.write(terms[0], SUM), *further]), SUM
            case Arithmetic():
                return self._arithmetic(node)
            case Call(function, arguments):
                return self._call(function, arguments)
            case Reduction(function, body, generators):
                return self._reduction(function, body, generators)
            case TupleOf(items):
                return notation.enclosed(self._listed(items), "tuple"), ATOM
        return self._condition_or_set(node)

    def _arithmetic(self, node: Arithmetic) -> tuple[str, int]:
        operator, left, right = node.operator, node.left, node.right
        if operator == "/":
            return self.notation.fraction(self.write(left), self.write(right)), PRODUCT
        if operator == "**":
            return self.notation.power(self.write(left, ATOM), self.write(right)), PRODUCT
        if operator == "*":
            return self._product(left, right), PRODUCT
        # Not everybody reads unions, intersections and differences in one order: parentheses say which is meant.
        is_chain = isinstance(left, Arithmetic) and left.operator == operator
        first = self.write(left, UNION if is_chain else PRODUCT)
        return f"{first}{self.notation.signs[operator]}{self.write(right, PRODUCT)}", UNION

    def _product(self, left: Expression, right: Expression) -> str:
        first = self.write(left, PRODUCT)
        running = _running(left)
        if running and running & {node.name for node in walk(right) if isinstance(node, Name)}:
            first = self.notation.enclosed(first, "group")  # or the sum would run over what follows as well
        sign = self.notation.times(_ends_in_number(left), _begins_with_number(right))
        return f"{first}{sign}{self.write(right, PRODUCT)}"

    def _call(self, function: str, arguments: Sequence[Expression]) -> tuple[str, int]:
        if function == "implies" and len(arguments) == 2:
            return self.notation.signs["implies"].join(self.write(each, NOT) for each in arguments), CONDITION
        listed = self._listed(arguments)
        if function == "sqrt" and len(arguments) == 1:
            return self.notation.root(listed), ATOM
        if function in ("abs", "len") and len(arguments) == 1:
            return self.notation.enclosed(listed, "size"), ATOM
        if function == "norm2":
            return self.notation.norm(listed), ATOM
        return self.notation.function(function, self.notation.enclosed(listed, "group")), ATOM

    def _reduction(self, function: str, body: Expression, generators: Sequence[Generator]) -> tuple[str, int]:
        under = self.over(generators)
        if function == "sum":
            return self.notation.total(under, self.write(body, PRODUCT)), PRODUCT
        values = self._listed(body.items) if isinstance(body, TupleOf) else self.write(body)
        return self.notation.reduction(function, under, self.notation.enclosed(values, "group")), ATOM

    def _condition_or_set(self, node: Expression) -> tuple[str, int]:
        notation = self.notation
        match node:
            case Comparison(operands, operators):
                rest = zip(operators, operands[1:], strict=True)
                compared = [notation.signs[each] + self.write(operand, UNION) for each, operand in rest]
                return "".join([self.write(operands[0], UNION), *compared]), COMPARISON
            case Not(operand):
                return f"{notation.prefixes['not']}{self.write(operand, ATOM)}", NOT
            case Connective(operator, operands):
                return notation.signs[operator].join(self.write(each, NOT) for each in operands), CONDITION
            case Conditional(then, test, otherwise):
                return notation.cases(self.write(then), self.write(test), self.write(otherwise)), PRODUCT
            case SetLiteral(elements):
                return notation.enclosed(self._listed(elements), "set"), ATOM
            case Range(first, last):
                ends = [self.write(first, SUM), notation.dots, self.write(last, SUM)]
                return notation.enclosed(self._joined(ends), "set"), ATOM
            case SetComprehension(element, generators):
                inside = f"{self.write(element)}{notation.signs[':']}{self.over(generators)}"
                return notation.enclosed(inside, "set"), ATOM
        raise TypeError(f"no mathematics for {type(node).__name__}")

    def _listed(self, items: Sequence[Expression]) -> str:
        return self._joined([self.write(item) for item in items])

    def _joined(self, parts: Sequence[str]) -> str:
        return self.notation.signs[","].join(parts)


def digits(value: float) -> tuple[str, str]:
    """The digits of a number and its power of ten, which is empty where the number is written without one."""
    mantissa, _, exponent = f"{value:.15g}".partition("e")
    return mantissa, str(int(exponent)) if exponent else ""


def _begins_with_number(node: Expression) -> bool:
    """Whether a factor has a number at its left end; a fraction has its numerator there."""
    while isinstance(node, Arithmetic):
        node = node.left
    return isinstance(node, Number)


def _ends_in_number(node: Expression) -> bool:
    """Whether a factor has a number at its right end, on the line of its signs."""
    while True:
        match node:
            case Arithmetic("*", _, right):
                node = right
            case Reduction("sum", body):
                node = body
            case _:
                return isinstance(node, Number)


def _running(node: Expression) -> set[str]:
    """The indices of the sums of a product, which take in what is written behind it."""
    names: set[str] = set()
    factors = [node]
    while factors:
        match factors.pop():
            case Arithmetic("*", left, right):
                factors += [left, right]
            case Reduction("sum", body, generators):
                names.update(name for generator in generators for name in generator.names)
                factors.append(body)
    return names


def _index_names(generators: Sequence[Generator]) -> list[tuple[str, ...]]:
    """The index names of generators; those that are left out (`ship[Plant, Store]`) are i, j, k in turn."""
    taken = {name for generator in generators for name in generator.names}
    free = (letter for letter in "ijklmnopqrstuvwxyz" if letter not in taken)
    return [generator.names or (next(free, "i"),) for generator in generators]
