"""Expressions of the five-element language: a small immutable tree.

A node says what is computed, never how: the vectorized compiler, the scalar interpreter, the degree analysis and the
printers each walk the same tree. `parser.parse_expression` reads the text form; `spelling.spell` writes it back, and
reading what that wrote gives an equal tree.
"""

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
        from steepest.solvers.language.spelling import spell  # which knows all of these

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
        from steepest.solvers.language.spelling import spell_head  # which knows all of these

        return spell_head(self)


LEAVES = (Number, LabelRef, Name)
"""The nodes that have none below them."""

_PARTS: dict[str, tuple[str, ...]] = {}


def _parts(node: Expression) -> tuple[str, ...]:
    """The fields of a node that can hold nodes; looked up once per node type."""
    kind = type(node).__name__
    if kind not in _PARTS:
        _PARTS[kind] = tuple(entry.name for entry in fields(node) if entry.name not in ("place", "pattern"))
    return _PARTS[kind]


def children(node: Expression) -> Iterator[Expression]:
    """The nodes right below a node, in the order of the text."""
    if isinstance(node, LEAVES):
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

    if isinstance(node, LEAVES):
        return node
    return replace(node, **{part: changed(getattr(node, part)) for part in _parts(node)})
