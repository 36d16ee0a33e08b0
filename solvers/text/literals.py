"""Data literals: `{corn: 3, beet: 2}`, `{a: {x: 1, y: 2}}`, `[3, 2]`, `{(a, b): 1}`, read into cells.

Entries with keys say where they belong. Lists follow the order of the set, so their length must be the set's: a number
written as `400,000` in a list would be read as two, and is told instead.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import NoReturn, TypeAlias

from steepest.solvers.diagnostics import FormulationError, problem
from steepest.solvers.language.expressions import Label
from steepest.solvers.text.cells import CellError, Value, is_absent, read_label, read_value
from steepest.solvers.text.statements import Statement

_TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<sign>=>|[{}\[\](),:;=])'
    r'|(?P<run>[^{}\[\](),:;="\s][^{}\[\](),:;="]*)|(?P<bad>"))'
)
_THOUSANDS = re.compile(r"\d{3}\Z", re.ASCII)
_BEHIND_LABEL = (":", "=", "=>")
_MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Entries:
    """What braces with keys hold: labels and what they stand for, each with where it stands."""

    pairs: list[tuple[tuple[Label, ...], "Literal", int]]


@dataclass(frozen=True, slots=True)
class Items:
    """What a list holds, in order."""

    values: list["Literal"]
    offset: int


Literal: TypeAlias = Entries | Items | Value
Cell: TypeAlias = tuple[tuple[Label, ...], Value]


@dataclass(frozen=True, slots=True)
class Axis:
    """One index set of a parameter: how many labels an element has, and the elements in order where they are known."""

    name: str
    arity: int | None
    elements: Sequence[tuple[Label, ...]] | None


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int


def read_literal(statement: Statement, offset: int, element: str, oddities: set[str]) -> tuple[Literal, int]:
    """The literal that begins at an offset of the statement's code, and where it ends.

    Raises:
        FormulationError: It is no literal; the finding says where.
    """
    return _Reader(statement, element, oddities).read(offset)


class _Reader:
    """The tokens of one literal."""

    def __init__(self, statement: Statement, element: str, oddities: set[str]) -> None:
        self.statement = statement
        self.element = element
        self.oddities = oddities
        self.position = 0
        self.token = _Token("end", "", 0)

    def read(self, offset: int) -> tuple[Literal, int]:
        self.position = offset
        self.advance()
        literal = self.value(0)
        return literal, self.token.start

    def advance(self) -> _Token:
        before = self.token
        match = _TOKEN.match(self.statement.code, self.position)
        if match is None or match.lastgroup is None:
            self.token = _Token("end", "", len(self.statement.code))
        else:
            kind = match.lastgroup
            self.token = _Token(kind, match[kind].rstrip(), match.start(kind))
            self.position = match.end()
        return before

    def fail(self, message: str, repair: str | None = None, at: int | None = None) -> NoReturn:
        place = self.statement.place_at(self.token.start if at is None else at)
        raise problem("data", message, place=place, repair=repair, element=self.element)

    def expect(self, sign: str, context: str) -> None:
        if self.token.text != sign or self.token.kind != "sign":
            found = f"`{self.token.text[:30]}`" if self.token.text else "the end"
            self.fail(f"`{sign}` was expected {context}, but {found} stands here")
        self.advance()

    def value(self, depth: int) -> Literal:
        if depth > _MAX_DEPTH:
            self.fail(f"data nested more than {_MAX_DEPTH} levels deep", "write a table with key columns")
        if self.token.text == "{" and self.token.kind == "sign":
            return self.braces(depth)
        if self.token.text == "[" and self.token.kind == "sign":
            return self.items("]", depth)
        return self.scalar()

    def scalar(self) -> Literal:
        if self.token.kind not in ("run", "string"):
            self.fail("a value is missing here" if self.token.kind != "bad" else "a quotation mark that nothing closes")
        token = self.advance()
        if token.text == "..." or token.text == "…":
            self.fail("`...` stands for data that are not written", "write them all, or `missing`", token.start)
        if token.kind == "run" and is_absent(token.text):
            return Entries([])
        try:
            return read_value(token.text, self.oddities)
        except CellError as error:
            self.fail(str(error), error.repair, token.start)

    def braces(self, depth: int) -> Literal:
        """Entries with keys; braces without keys are a list."""
        start, position = self.token, self.position
        self.advance()
        if self.token.text == "}":
            self.advance()
            return Entries([])
        if self.token.text == "(" or self.key_follows():
            return self.entries(depth)
        self.token, self.position = start, position
        return self.items("}", depth)

    def key_follows(self) -> bool:
        match = _TOKEN.match(self.statement.code, self.position)
        return self.token.kind in ("run", "string") and match is not None and match["sign"] in _BEHIND_LABEL

    def entries(self, depth: int) -> Entries:
        pairs: list[tuple[tuple[Label, ...], Literal, int]] = []
        while self.token.text != "}":
            if pairs and self.is_rest_of_thousands(pairs[-1]):
                pairs[-1] = self.with_thousands(pairs[-1])
            else:
                start = self.token.start
                key = self.key()
                self.colon()
                pairs.append((key, self.value(depth + 1), start))
            if self.token.text != ",":
                break
            self.advance()
        self.expect("}", "to close the braces")
        return Entries(pairs)

    def colon(self) -> None:
        if self.token.kind == "sign" and self.token.text in ("=", "=>"):
            self.oddities.add(f"`{self.token.text}` behind a label")
            self.advance()
        else:
            self.expect(":", "behind a label")

    def is_rest_of_thousands(self, pair: tuple[tuple[Label, ...], Literal, int]) -> bool:
        """Whether `000` stands here for what follows a comma between thousands: `{a: 400,000, b: 3}`."""
        is_number = isinstance(pair[1], int) and not isinstance(pair[1], bool) and pair[1] != 0
        return is_number and _THOUSANDS.match(self.token.text) is not None and not self.key_follows()

    def with_thousands(self, pair: tuple[tuple[Label, ...], Literal, int]) -> tuple[tuple[Label, ...], Literal, int]:
        key, value, start = pair
        touching = self.statement.code[self.token.start - 1] == ","
        if not touching or not isinstance(value, int):
            self.fail(f"`{self.token.text}` has no label", "write `label: value`")
        self.oddities.add("a comma between thousands")
        digits = int(self.advance().text)
        return key, value * 1000 + (digits if value > 0 else -digits), start

    def key(self) -> tuple[Label, ...]:
        if self.token.text != "(":
            return (self.label(),)
        self.advance()
        labels = [self.label()]
        while self.token.text == ",":
            self.advance()
            if self.token.text != ")":
                labels.append(self.label())
        self.expect(")", "to close the tuple")
        return tuple(labels)

    def label(self) -> Label:
        if self.token.text == "(":
            self.fail("a tuple within a tuple", "write the labels of an element as one flat tuple: `(a, b, c, d)`")
        if self.token.kind not in ("run", "string"):
            self.fail("a label is missing here", "write `label: value`")
        token = self.advance()
        if token.text in ("...", "…"):
            self.fail("`...` stands for data that are not written", "write them all, or `missing`", token.start)
        try:
            return read_label(token.text)
        except CellError as error:
            self.fail(str(error), error.repair, token.start)

    def items(self, closing: str, depth: int) -> Items:
        start = self.advance().start
        values: list[Literal] = []
        while self.token.text != closing or self.token.kind != "sign":
            values.append(self.value(depth + 1))
            if self.token.text != ",":
                break
            self.advance()
        self.expect(closing, "to close the list")
        return Items(values, start)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a parameter's literal is laid out over its index sets."""

    axes: Sequence[Axis]
    statement: Statement
    element: str

    def cells(self, literal: Literal, key: tuple[Label, ...] = ()) -> list[Cell]:
        """The cells of a literal.

        Raises:
            FormulationError: A list doesn't have the length of its set, or its set isn't known.
        """
        match literal:
            case Entries(pairs):
                is_nested = any(isinstance(inner, Entries | Items) for _, inner, _ in pairs)
                return [
                    cell
                    for labels, inner, _ in pairs
                    for cell in (
                        [(key + labels, None)] if inner is None and not is_nested else self.cells(inner, key + labels)
                    )
                ]
            case Items(values, offset):
                return self._listed(values, offset, key)
        if literal is None:
            return [(each, None) for each in self._completions(key)]
        return [(key, literal)]

    def _listed(self, values: list[Literal], offset: int, key: tuple[Label, ...]) -> list[Cell]:
        axis = self._axis_at(len(key), offset)
        if axis.elements is None:
            raise self._problem(
                "list-order",
                f"a list follows the order of {axis.name}, whose elements are not written out in the text",
                offset,
                "write `{label: value, ...}`",
            )
        if len(values) != len(axis.elements):
            raise self._problem(
                "list-length",
                f"the list has {len(values)} values, but {axis.name} has {len(axis.elements)} elements",
                offset,
                _length_repair(values),
            )
        pairs = zip(axis.elements, values, strict=True)
        return [cell for labels, value in pairs for cell in self.cells(value, key + labels)]

    def _axis_at(self, position: int, offset: int) -> Axis:
        begin: int | None = 0
        for axis in self.axes:
            if begin == position:
                return axis
            begin = None if begin is None or axis.arity is None else begin + axis.arity
        raise self._problem(
            "list-depth",
            "a list stands deeper than the parameter has index sets",
            offset,
            "write `{label: value, ...}`, or a table",
        )

    def _completions(self, key: tuple[Label, ...]) -> list[tuple[Label, ...]]:
        """All keys that begin with the given labels, where the sets are known."""
        begin = 0
        for number, axis in enumerate(self.axes):
            if begin == len(key):
                rest = [each.elements for each in self.axes[number:]]
                known = [elements for elements in rest if elements is not None]
                if len(known) < len(rest):
                    return [key]
                return [key + sum(labels, ()) for labels in product(*known)]
            begin += axis.arity or 1
        return [key]

    def _problem(self, code: str, message: str, offset: int, repair: str) -> FormulationError:
        return problem(code, message, place=self.statement.place_at(offset), repair=repair, element=self.element)


def _length_repair(values: list[Literal]) -> str:
    zeros = any(isinstance(value, int) and value == 0 for value in values)
    repair = "write `{label: value, ...}`, which can't go wrong"
    return f"numbers in a list have no comma between thousands: 400000, not 400,000; {repair}" if zeros else repair
