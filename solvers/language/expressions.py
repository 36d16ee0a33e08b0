"""Expressions of the five-element language: a small immutable tree, and its one canonical spelling.

A node says what is computed, never how: the vectorized compiler, the scalar interpreter, the degree analysis and the
printers each walk the same tree. `parser.parse_expression` reads the text form; `spell` writes it back, and reading
what `spell` wrote gives an equal tree.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeAlias

from steepest.solvers.diagnostics import Place

Label: TypeAlias = str | int | float
"""An element of a set: a word, or a number where the labels are numbers."""

Pattern: TypeAlias = str | tuple[str, ...]
"""What a generator binds: one index name, or a tuple of them."""

ArithmeticOperator = Literal["*", "/", "**", "|", "&"]
ComparisonOperator = Literal["<=", ">=", "==", "!=", "<", ">", "in", "not in"]

RESERVED_WORDS = frozenset({"and", "or", "not", "in", "if", "else", "for"})
"""Words that can't name anything; Python's other keywords can."""

FUNCTIONS = frozenset({"sqrt", "exp", "log", "sin", "cos", "abs", "min", "max"})
"""Numeric functions of one or more arguments."""

SET_FUNCTIONS = frozenset({"len", "first", "last"})
"""Functions of a set."""

REDUCTIONS = frozenset({"sum", "min", "max"})
"""Functions over a comprehension that give a number."""

LOGICAL_FUNCTIONS = frozenset({"implies", "either", "exactly", "at_least", "at_most"})
GLOBAL_CONSTRAINTS = frozenset({"circuit", "no_overlap", "cumulative", "all_different", "piecewise", "norm2"})

CONSTANTS = frozenset({"pi"})

CALLABLE = FUNCTIONS | SET_FUNCTIONS | REDUCTIONS | LOGICAL_FUNCTIONS | GLOBAL_CONSTRAINTS


@dataclass(frozen=True, slots=True)
class Expression:
    """Root of the tree's node types; `place` is where it was read and takes no part in equality."""

    place: Place | None = field(default=None, compare=False, kw_only=True, repr=False)

    def __str__(self) -> str:
        return spell(self)


@dataclass(frozen=True, slots=True)
class Number(Expression):
    """A literal number; in the position of an index it is a label."""

    value: int | float


@dataclass(frozen=True, slots=True)
class LabelRef(Expression):
    """A literal label that is a word."""

    value: str


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """A set, a scalar parameter, variable or named expression, an index in scope, or `pi`."""

    name: str


@dataclass(frozen=True, slots=True)
class Index(Expression):
    """An indexed parameter, variable, named expression or family of sets at an index tuple."""

    name: str
    indices: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Negation(Expression):
    """Arithmetic minus."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Sum(Expression):
    """Terms added or subtracted, the first with sign 1; `-` is a difference and `+` a union where they are sets.

    All terms in one node: a sum of a thousand terms is one level deep, and costs its length to compile.
    """

    terms: tuple[Expression, ...]
    signs: tuple[Literal[1, -1], ...]


@dataclass(frozen=True, slots=True)
class Arithmetic(Expression):
    """Two operands joined by an operator; `|` and `&` are union and intersection of sets."""

    operator: ArithmeticOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Comparison(Expression):
    """A chain such as `a <= b <= c`; one operator fewer than operands."""

    operands: tuple[Expression, ...]
    operators: tuple[ComparisonOperator, ...]


@dataclass(frozen=True, slots=True)
class Not(Expression):
    """Logical negation."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Connective(Expression):
    """Two or more conditions joined by `and` or `or`."""

    operator: Literal["and", "or"]
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    """`then if test else otherwise`, on data."""

    then: Expression
    test: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class TupleOf(Expression):
    """A tuple: an element of a set of tuples, or a body of several values."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A function from `CALLABLE` on plain arguments."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Generator:
    """`for pattern in source if condition`; a head may leave the pattern out (`demand[Store]`)."""

    pattern: Pattern | None
    source: Expression
    condition: Expression | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The index names it binds, from left to right."""
        if self.pattern is None:
            return ()
        return (self.pattern,) if isinstance(self.pattern, str) else self.pattern


@dataclass(frozen=True, slots=True)
class Reduction(Expression):
    """A function over a comprehension: `sum(body for i in A for j in B if condition)`."""

    function: str
    body: Expression
    generators: tuple[Generator, ...]


@dataclass(frozen=True, slots=True)
class SetLiteral(Expression):
    """`{bread, cake}`: elements in order."""

    elements: tuple[Expression, ...]
    cyclic: bool = False


@dataclass(frozen=True, slots=True)
class Range(Expression):
    """`1..12`: whole numbers, both ends included."""

    first: Expression
    last: Expression
    cyclic: bool = False


@dataclass(frozen=True, slots=True)
class SetComprehension(Expression):
    """`{(i, j) for i in A for j in B if condition}`."""

    element: Expression
    generators: tuple[Generator, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What an element is indexed by: `[i in A, (j, k) in B if condition]`; a condition is on the last generator."""

    generators: tuple[Generator, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The index names it binds, from left to right."""
        return tuple(name for generator in self.generators for name in generator.names)

    def __str__(self) -> str:
        return spell_head(self)


_LEAVES = (Number, LabelRef, Name)


_PARTS: dict[str, tuple[str, ...]] = {}


def _parts(node: Expression) -> tuple[str, ...]:
    """The fields of a node that can hold nodes; looked up once per node type."""
    kind = type(node).__name__
    if kind not in _PARTS:
        _PARTS[kind] = tuple(entry.name for entry in fields(node) if entry.name not in ("place", "pattern"))
    return _PARTS[kind]


def children(node: Expression) -> Iterator[Expression]:
    """The nodes right below a node, in the order of the text."""
    if isinstance(node, _LEAVES):
        return
    for part in _parts(node):
        value = getattr(node, part)
        if isinstance(value, Expression):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Expression):
                    yield item
                elif isinstance(item, Generator):
                    yield item.source
                    if item.condition is not None:
                        yield item.condition


def walk(node: Expression) -> Iterator[Expression]:
    """A node and all below it, parents first; iterative, so that depth is no limit."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(list(children(top))))


def map_children(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """A copy of the node whose children, those in its generators too, went through `change`."""

    def changed(value: Any) -> Any:
        match value:
            case Expression():
                return change(value)
            case Generator(pattern, source, condition):
                return Generator(pattern, change(source), change(condition) if condition is not None else None)
            case tuple():
                return tuple(changed(item) for item in value)
        return value

    if isinstance(node, _LEAVES):
        return node
    return replace(node, **{part: changed(getattr(node, part)) for part in _parts(node)})


# The canonical spelling

_IDENTIFIER = re.compile(r"[^\W\d]\w*\Z")

# Binding strength of each form; a weaker operand inside a stronger one is put in parentheses.
_CONDITIONAL, _OR, _AND, _NOT, _COMPARISON, _UNION, _INTERSECTION, _RANGE = range(8)
_SUM, _PRODUCT, _MINUS, _POWER, _ATOM = range(8, 13)
_STRENGTH = {"|": _UNION, "&": _INTERSECTION, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}

BareLabels: TypeAlias = Callable[[str], bool]
"""Whether a label may be written without quotes."""


def is_identifier(text: str) -> bool:
    """Whether a text can stand as a name in the language."""
    return _IDENTIFIER.match(text) is not None and text not in RESERVED_WORDS


def spell_label(label: Label, bare: BareLabels | None = None) -> str:
    """A label as it is written: numbers plain, words quoted unless `bare` allows them as they are."""
    if not isinstance(label, str):
        return spell_number(label)
    if bare is not None and is_identifier(label) and bare(label):
        return label
    return json.dumps(label, ensure_ascii=False)


def spell_number(value: float) -> str:
    """A number that reads back as the same number."""
    return repr(float(value)) if isinstance(value, int) and abs(value) >= 10**15 else repr(value)


def spell(node: Expression, bare: BareLabels | None = None) -> str:
    """The canonical text of an expression; labels are quoted unless `bare` says that they need not be."""
    return _Speller(bare).spell(node)


def spell_operand(node: Expression, bare: BareLabels | None = None) -> str:
    """As `spell`, in parentheses where it could not stand beside `<=`."""
    return _Speller(bare).spell(node, _UNION)


def spell_head(head: Head, bare: BareLabels | None = None) -> str:
    """The canonical text of a head, without its brackets."""
    return _Speller(bare).head(head)


class _Speller:
    """Writes a tree with as few parentheses as reading it back allows."""

    def __init__(self, bare: BareLabels | None) -> None:
        self.bare = bare

    def spell(self, node: Expression, outer: int = _CONDITIONAL) -> str:
        text, strength = self.form(node)
        return f"({text})" if strength < outer else text

    def form(self, node: Expression) -> tuple[str, int]:
        """The text of a node and how strongly its outermost operator binds."""
        match node:
            case Number(value):
                return spell_number(value), _ATOM if value >= 0 else _MINUS
            case LabelRef(value):
                return spell_label(value, self.bare), _ATOM
            case Name(name):
                return name, _ATOM
            case Index(name, indices):
                return f"{name}[{self.list(indices)}]", _ATOM
            case Negation(operand):
                return f"-{self.spell(operand, _MINUS)}", _MINUS
            case Sum(terms, signs):
                text = self.spell(terms[0], _SUM + 1)
                for sign, term in zip(signs[1:], terms[1:], strict=True):
                    text += f" {'+' if sign > 0 else '-'} {self.spell(term, _SUM + 1)}"
                return text, _SUM
            case Arithmetic():
                return self.arithmetic(node)
            case Call(function, arguments):
                return f"{function}({self.list(arguments)})", _ATOM
            case Reduction(function, body, generators):
                values = self.list(body.items) if isinstance(body, TupleOf) else self.spell(body)
                return f"{function}({values}{self.clauses(generators)})", _ATOM
            case TupleOf(items):
                return f"({self.list(items)}{',' if len(items) == 1 else ''})", _ATOM
            case _:
                return self.condition_or_set(node)

    def condition_or_set(self, node: Expression) -> tuple[str, int]:
        match node:
            case Comparison(operands, operators):
                text = self.spell(operands[0], _COMPARISON + 1)
                for operator, operand in zip(operators, operands[1:], strict=True):
                    text += f" {operator} {self.spell(operand, _COMPARISON + 1)}"
                return text, _COMPARISON
            case Not(operand):
                return f"not {self.spell(operand, _NOT)}", _NOT
            case Connective(operator, operands):
                strength = _AND if operator == "and" else _OR
                return f" {operator} ".join(self.spell(each, strength + 1) for each in operands), strength
            case Conditional(then, test, otherwise):
                return (
                    f"{self.spell(then, _OR)} if {self.spell(test, _OR)} else {self.spell(otherwise)}",
                    _CONDITIONAL,
                )
            case SetLiteral(elements, cyclic):
                return f"{'cyclic ' if cyclic else ''}{{{self.list(elements)}}}", _RANGE if cyclic else _ATOM
            case Range(first, last, cyclic):
                begin, end = self.spell(first, _SUM), self.spell(last, _SUM)
                if not cyclic:
                    return f"{begin}..{end}", _RANGE
                return f"cyclic {f'({begin})' if begin.startswith('-') else begin}..{end}", _RANGE
            case SetComprehension(element, generators):
                return f"{{{self.spell(element)}{self.clauses(generators)}}}", _ATOM
        raise TypeError(f"no spelling for {type(node).__name__}")

    def arithmetic(self, node: Arithmetic) -> tuple[str, int]:
        strength = _STRENGTH[node.operator]
        if node.operator == "**":  # binds to the right, and its exponent may carry a sign
            return f"{self.spell(node.left, _ATOM)}**{self.spell(node.right, _MINUS)}", strength
        left, right = self.spell(node.left, strength), self.spell(node.right, strength + 1)
        return f"{left} {node.operator} {right}", strength

    def list(self, items: tuple[Expression, ...]) -> str:
        return ", ".join(self.spell(item) for item in items)

    def clauses(self, generators: tuple[Generator, ...]) -> str:
        return "".join(f" for {self.generator(generator)}" for generator in generators)

    def generator(self, generator: Generator) -> str:
        # The source and the condition stop short of a bare conditional: its `if` would be taken for a filter.
        source = self.spell(generator.source, _UNION)
        text = f"{spell_pattern(generator.pattern)} in {source}" if generator.pattern is not None else source
        if generator.condition is not None:
            text += f" if {self.spell(generator.condition, _OR)}"
        return text

    def head(self, head: Head) -> str:
        return ", ".join(self.generator(generator) for generator in head.generators)


def spell_pattern(pattern: Pattern) -> str:
    """An index name, or a tuple of them in parentheses."""
    return pattern if isinstance(pattern, str) else f"({', '.join(pattern)})"
