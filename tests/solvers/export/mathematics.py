"""Expressions, and what each is worth.

Worth is counted modulo a large prime: every sum, product and quotient is exact there, cells and functions are
scrambled numbers, and so an expression that is read with a parenthesis or a sign fewer is worth something else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from hashlib import sha256
from typing import TypeAlias

from hypothesis import strategies as st

from steepest.solvers.language.expressions import (
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
    Number,
    Range,
    Reduction,
    SetComprehension,
    SetLiteral,
    Sum,
)

PRIME = 2**61 - 1
SCALARS = ("a", "b2", "_1", "cost_1", "é", "pi")
CELLS = ("x", "use")
SETS = {"I": frozenset({1, 2}), "J": frozenset({2, 5}), "Kind": frozenset({2})}
RUNNING = ("i", "j", "t1", "a")
"""Names of indices; the last one hides a scalar."""

Worth: TypeAlias = int | bool | frozenset[int]
Scope: TypeAlias = Mapping[str, int]


def scrambled(*parts: object) -> int:
    """A number modulo the prime that nothing else has."""
    return int.from_bytes(sha256(repr(parts).encode()).digest()) % PRIME


def number(text: str) -> int:
    """A decimal number modulo the prime."""
    fraction = Fraction(text)
    return fraction.numerator * pow(fraction.denominator, -1, PRIME) % PRIME


def quotient(above: int, below: int) -> int:
    return above * pow(below, PRIME - 2, PRIME) % PRIME


def power(base: int, exponent: int) -> int:
    """The upper half of the numbers are the negative ones."""
    return pow(base, exponent, PRIME) if exponent < PRIME // 2 else quotient(1, pow(base, PRIME - exponent, PRIME))


def size(inside: Worth) -> int:
    return len(inside) if isinstance(inside, frozenset) else scrambled("abs", inside)


def added(one: Worth, other: Worth, sign: int) -> Worth:
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return one | other if sign > 0 else one - other
    return (one + sign * other) % PRIME  # type: ignore[operator]  # numbers, or the expression has no worth


COMPARISONS: dict[str, Callable[[Worth, Worth], bool]] = {
    "<=": lambda one, other: one <= other,  # type: ignore[operator]
    ">=": lambda one, other: one >= other,  # type: ignore[operator]
    "<": lambda one, other: one < other,  # type: ignore[operator]
    ">": lambda one, other: one > other,  # type: ignore[operator]
    "==": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "in": lambda one, other: one in other,  # type: ignore[operator]
    "not in": lambda one, other: one not in other,  # type: ignore[operator]
}


def compared(operands: Sequence[Worth], operators: Sequence[str]) -> bool:
    pairs = zip(operands, operators, operands[1:], strict=False)
    return all([COMPARISONS[operator](one, other) for one, operator, other in pairs])


def joined(operator: str, operands: Sequence[Worth]) -> bool:
    if operator == "implies":
        return not operands[0] or bool(operands[1])
    return all(operands) if operator == "and" else any(operands)


def named(name: str, scope: Scope) -> Worth:
    if name in scope:
        return scope[name]
    return SETS[name] if name in SETS else scrambled(name)


# What an expression is worth.


def worth(node: Expression, scope: Scope) -> Worth:
    def of(each: Expression) -> Worth:
        return worth(each, scope)

    match node:
        case Number(value):
            return number(f"{value:.15g}")
        case Name(name):
            return named(name, scope)
        case Index(name, indices):
            return scrambled(name, [of(each) for each in indices])
        case Negation(operand):
            return added(0, of(operand), -1)
        case Sum(terms, signs):
            further = [(of(term), sign) for term, sign in zip(terms[1:], signs[1:], strict=True)]
            return reduce(lambda total, term: added(total, *term), further, of(terms[0]))
        case Arithmetic(operator, left, right):
            return combined(operator, of(left), of(right))
        case Call(function, arguments):
            return applied(function, [of(each) for each in arguments])
        case Reduction(function, body, generators):
            values = [worth(body, inner) for inner in inner_scopes(generators, scope)]
            return sum(values) % PRIME if function == "sum" else scrambled(function, values)  # type: ignore[arg-type]
    return worth_of_condition_or_set(node, scope)


def worth_of_condition_or_set(node: Expression, scope: Scope) -> Worth:
    def of(each: Expression) -> Worth:
        return worth(each, scope)

    match node:
        case Comparison(operands, operators):
            return compared([of(each) for each in operands], operators)
        case Not(operand):
            return not of(operand)
        case Connective(operator, operands):
            return joined(operator, [of(each) for each in operands])
        case Conditional(then, test, otherwise):
            return of(then) if of(test) else of(otherwise)
        case SetLiteral(elements):
            return frozenset(of(each) for each in elements)  # type: ignore[misc]
        case Range(first, last):
            return frozenset(range(of(first), of(last) + 1))  # type: ignore[arg-type, operator]
        case SetComprehension(element, generators):
            return frozenset(worth(element, inner) for inner in inner_scopes(generators, scope))  # type: ignore[misc]
    raise TypeError(type(node).__name__)


def applied(function: str, values: list[Worth]) -> Worth:
    if function == "implies":
        return joined(function, values)
    return size(values[0]) if function in ("abs", "len") else scrambled(function, values)


def combined(operator: str, left: Worth, right: Worth) -> Worth:
    match operator:
        case "*":
            return left * right % PRIME  # type: ignore[operator]
        case "/":
            return quotient(left, right)  # type: ignore[arg-type]
        case "**":
            return power(left, right)  # type: ignore[arg-type]
        case "|":
            return left | right  # type: ignore[operator]
    return left & right  # type: ignore[operator]


def inner_scopes(generators: Sequence[Generator], scope: Scope) -> Iterator[Scope]:
    if not generators:
        yield scope
        return
    first, *rest = generators
    source = worth(first.source, scope)
    assert isinstance(first.pattern, str)
    assert isinstance(source, frozenset)
    for label in sorted(source):
        inner = {**scope, first.pattern: label}
        if first.condition is None or worth(first.condition, inner):
            yield from inner_scopes(rest, inner)


# Expressions.

numbers = st.one_of(
    st.integers(0, 12), st.sampled_from([-3, -1, 0.5, 2.25, 1e20, 1e-7, -2.5e-9, 123_456, 10**15, 1.5e300])
).map(Number)


@st.composite
def numeric(draw: st.DrawFn, bound: Sequence[str] = (), depth: int = 3) -> Expression:
    """Numbers made of numbers, under index names that are bound around them."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(numbers | st.sampled_from((*SCALARS, *bound)).map(Name))
    inner = numeric(bound, depth - 1)
    match draw(st.integers(0, 10)):
        case 0 | 1:
            terms = draw(st.lists(inner, min_size=2, max_size=3))
            signs = (1, *(draw(st.sampled_from([1, -1])) for _ in terms[1:]))
            return Sum(tuple(terms), signs)
        case 2 | 3 | 4:
            return Arithmetic("*", draw(inner), draw(inner))
        case 5:
            return Arithmetic(draw(st.sampled_from(["/", "**"])), draw(inner), draw(inner))
        case 6:
            return Negation(draw(inner))
        case 7:
            return draw(calls(bound, depth))
        case 8:
            return Conditional(draw(inner), draw(conditions(bound, depth - 1)), draw(inner))
        case 9:
            return Index(draw(st.sampled_from(CELLS)), tuple(draw(st.lists(labels(bound), min_size=1, max_size=2))))
    generators, inside = draw(some_generators(bound, depth - 1))
    return Reduction(draw(st.sampled_from(["sum", "sum", "min"])), draw(numeric(inside, depth - 1)), generators)


def labels(bound: Sequence[str]) -> st.SearchStrategy[Expression]:
    """What stands in the place of an index."""
    numbers_there = st.integers(1, 9).map(Number)
    if not bound:
        return numbers_there
    names = st.sampled_from(bound).map(Name)
    return st.one_of(numbers_there, names, st.builds(lambda name: Sum((name, Number(1)), (1, -1)), names))


@st.composite
def calls(draw: st.DrawFn, bound: Sequence[str], depth: int) -> Expression:
    inner = numeric(bound, depth - 1)
    function = draw(st.sampled_from(["sqrt", "abs", "exp", "max", "norm2", "len"]))
    if function == "len":
        return Call("len", (draw(sets(bound, depth - 1)),))
    many = 3 if function in ("max", "norm2") else 1
    return Call(function, tuple(draw(st.lists(inner, min_size=1, max_size=many))))


@st.composite
def conditions(draw: st.DrawFn, bound: Sequence[str], depth: int) -> Expression:
    """What is true or false."""
    inner = conditions(bound, depth - 1)
    match draw(st.integers(0, 6 if depth > 0 else 2)):
        case 3:
            return Not(draw(inner))
        case 4 | 5:
            operands = draw(st.lists(inner, min_size=2, max_size=3))
            return Connective(draw(st.sampled_from(["and", "or"])), tuple(operands))
        case 6:
            return Call("implies", (draw(inner), draw(inner)))
        case 0:
            operators = (draw(st.sampled_from(["in", "not in"])),)
            return Comparison((draw(labels(bound)), draw(sets(bound, depth - 1))), operators)
    operands = draw(st.lists(numeric(bound, max(0, depth - 1)), min_size=2, max_size=3))
    signs = tuple(draw(st.sampled_from(["<=", ">=", "==", "!=", "<", ">"])) for _ in operands[1:])
    return Comparison(tuple(operands), signs)


@st.composite
def sets(draw: st.DrawFn, bound: Sequence[str], depth: int) -> Expression:
    """Sets of numbers."""
    match draw(st.integers(0, 7 if depth > 0 else 1)):
        case 2:
            found = draw(st.lists(st.integers(0, 9), max_size=2, unique=True))
            return SetLiteral(tuple(map(Number, found)))
        case 3:
            first = draw(st.integers(0, 4))
            return Range(Number(first), Number(first + draw(st.integers(0, 2))))
        case 4:
            generators, inside = draw(some_generators(bound, depth - 1))
            return SetComprehension(Name(inside[-1]), generators)
        case 5 | 6:
            operator = draw(st.sampled_from(["|", "&"]))
            return Arithmetic(operator, draw(sets(bound, depth - 1)), draw(sets(bound, depth - 1)))
        case 7:
            terms = (draw(sets(bound, depth - 1)), draw(sets(bound, depth - 1)))
            return Sum(terms, (1, draw(st.sampled_from([1, -1]))))
    return Name(draw(st.sampled_from(sorted(SETS))))


@st.composite
def some_generators(draw: st.DrawFn, bound: Sequence[str], depth: int) -> tuple[tuple[Generator, ...], tuple[str, ...]]:
    """Generators, and the names that are bound behind them; an index may hide another one."""
    found, inside = [], tuple(bound)
    for _ in range(draw(st.integers(1, 2))):
        source = draw(sets(inside, depth))
        name = draw(st.sampled_from(RUNNING))
        inside = (*inside, name)
        condition = draw(st.none() | conditions(inside, max(0, depth - 1)))
        found.append(Generator(name, source, condition))
    return tuple(found), inside
