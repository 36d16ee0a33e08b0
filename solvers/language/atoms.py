"""Reads the atoms of expressions: numbers, labels, names, calls, parentheses and braces."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from steepest.solvers.language.expressions import (
    CALLABLE,
    RESERVED_WORDS,
    Call,
    Comparison,
    Expression,
    Generator,
    Index,
    LabelRef,
    Name,
    Number,
    Reduction,
    SetComprehension,
    SetLiteral,
    Sum,
    TupleOf,
)
from steepest.solvers.language.generator_parser import at_for, for_clauses, read_generators, starts_generator
from steepest.solvers.language.labels import label_or_number
from steepest.solvers.language.tokens import Token

if TYPE_CHECKING:
    from steepest.solvers.language.parser import Parser

_OTHER_NAMES = {"size": "len", "card": "len", "count": "len", "norm": "norm2", "ln": "log", "Sum": "sum"}
"""What functions are called elsewhere."""


def read_atom(parser: "Parser") -> Expression:
    """A number, a label, a name with what belongs to it, or what stands in parentheses or braces."""
    token = parser.token
    if token.kind == "number":
        parser.advance()
        return Number(_number(parser, token), place=parser.since(token.start))
    if token.kind == "string":
        parser.advance()
        return label_or_number(_string(parser, token), parser.since(token.start))
    if parser.meaning() == "sum" or token.kind == "word":
        return _named(parser)
    if token.text == "(":
        return _parenthesis(parser)
    if token.text == "{":
        return _braces(parser)
    parser.unexpected("a value")


def _number(parser: "Parser", token: Token) -> int | float:
    text = token.text.replace("_", "")
    if text.isdigit() and len(text) <= 15:
        return int(text)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        parser.fail_at(token.start, token.end, f"{token.text} is too large for a number")
    return value


def _string(parser: "Parser", token: Token) -> str:
    if token.text[0] == "'":
        return token.text[1:-1].replace("\\'", "'").replace("\\\\", "\\")
    try:
        return str(json.loads(token.text))
    except json.JSONDecodeError:
        parser.fail_at(token.start, token.end, f"{token.text} has an escape that is not known", 'use \\" and \\\\')


def _named(parser: "Parser") -> Expression:
    token = parser.token
    name = parser.meaning()
    if name in RESERVED_WORDS:
        parser.unexpected("a value")
    parser.advance()
    if parser.token.text == "(" and name in _OTHER_NAMES:
        parser.note("spelling", f"`{name}` is read as `{_OTHER_NAMES[name]}`", token)
        name = _OTHER_NAMES[name]
    if parser.token.text == "(" and (name in CALLABLE or parser.token.start == token.end):
        return _call(parser, name, token)
    if name in ("sum", "sum_") and parser.token.text == "{":
        return _sum_in_braces(parser, token)
    if parser.token.text == "[":
        return Index(name, _indices(parser, token), place=parser.since(token.start))
    return Name(name, place=parser.since(token.start))


def _indices(parser: "Parser", token: Token) -> tuple[Expression, ...]:
    """`[i, j]`, and `[i][j]` read as the same; a tuple in the brackets is spread."""
    found: list[Expression] = []
    brackets = 0
    while parser.take("["):
        found.extend(_items(parser, "]", _label_of_words))
        parser.expect("]", "to close the index")
        brackets += 1
    if brackets > 1:
        parser.note("spelling", f"`{token.text}[...][...]` is read as `{token.text}[..., ...]`", token)
    if not found:
        parser.fail_at(token.start, parser.token.start, "an index is missing between the brackets")
    return tuple(item for index in found for item in (index.items if isinstance(index, TupleOf) else (index,)))


def _label_of_words(parser: "Parser") -> Expression | None:
    """`regular mix` in the place of an index: words side by side are one label, for nothing else can be meant."""
    first, count = parser.token, 0
    while parser.peek(count).kind == "word" and parser.meaning(parser.peek(count)) not in RESERVED_WORDS:
        count += 1
    if count < 2 or parser.peek(count).text not in (",", "]", "}"):
        return None
    last = parser.peek(count - 1)
    label = parser.text[first.start : last.end]
    for _ in range(count):
        parser.advance()
    parser.note("spelling", f'`{label}` is read as the label "{label}"', first)
    return LabelRef(" ".join(label.split()), place=parser.since(first.start))


def _items(
    parser: "Parser", closing: str, shortcut: "Callable[[Parser], Expression | None] | None" = None
) -> list[Expression]:
    found: list[Expression] = []
    while not parser.at(closing):
        found.append((shortcut(parser) if shortcut is not None else None) or parser.expression())
        if parser.at_thousands() and parser.peek().text.startswith("0"):  # `max(x, 1,000)` would be `max(x, 1, 0)`
            parser.unexpected("a number without commas")
        if parser.at(",") and parser.meaning(parser.peek()) == "for":  # the comma in `sum(x[i], for i in S)`
            break
        if not parser.take(","):
            break
    return found


def _call(parser: "Parser", name: str, token: Token) -> Expression:
    if name not in CALLABLE:
        known = ", ".join(sorted(CALLABLE))
        parser.fail(
            "unknown-function",
            f"`{name}(...)` is no function of the language",
            f"an indexed name takes brackets, as in `{name}[i]`; the functions are {known}",
            token.start,
            token.end,
        )
    parser.expect("(", f"after `{name}`")
    arguments = _items(parser, ")")
    if at_for(parser) and arguments:
        body = arguments[0] if len(arguments) == 1 else TupleOf(tuple(arguments), place=parser.since(token.start))
        generators = for_clauses(parser)
        parser.expect(")", f"to close `{name}(`")
        return Reduction(name, body, generators, place=parser.since(token.start))
    parser.expect(")", f"to close `{name}(`")
    if name == "sum" and len(arguments) > 1 and all(map(_is_membership, arguments[1:])):
        parser.note("spelling", "`sum(..., i in S)` is read as `sum(... for i in S)`", token)
        generators = tuple(map(_generator_of, arguments[1:]))
        return Reduction("sum", arguments[0], generators, place=parser.since(token.start))
    if name == "sum" and len(arguments) > 1:
        parser.note("spelling", "`sum(a, b)` is read as `a + b`", token)
        return Sum(tuple(arguments), tuple(1 for _ in arguments), place=parser.since(token.start))
    return Call(name, tuple(arguments), place=parser.since(token.start))


def _is_membership(node: Expression) -> bool:
    """Whether a node reads `i in S` or `(i, j) in S`, with nothing but names on the left."""
    match node:
        case Comparison((Name(), _), ("in",)):
            return True
        case Comparison((TupleOf(items), _), ("in",)):
            return all(isinstance(item, Name) for item in items)
    return False


def _generator_of(membership: Expression) -> Generator:
    match membership:
        case Comparison((TupleOf(items), source), _):
            return Generator(tuple(item.name for item in items if isinstance(item, Name)), source)
        case Comparison((Name(name), source), _):
            return Generator(name, source)
    raise TypeError(f"{membership} is no membership")


def _sum_in_braces(parser: "Parser", token: Token) -> Expression:
    """`sum{body for i in S}`, or the AMPL form `sum{i in S} body`."""
    parser.expect("{", "after `sum`")
    if starts_generator(parser, 0):
        generators = read_generators(parser)
        parser.expect("}", "to close `sum{`")
        body = parser.product()
    else:
        body = parser.expression()
        generators = for_clauses(parser)
        parser.expect("}", "to close `sum{`")
    parser.note("spelling", "`sum{...}` is read as `sum(... for ...)`", token)
    return Reduction("sum", body, generators, place=parser.since(token.start))


def _parenthesis(parser: "Parser") -> Expression:
    token = parser.advance()
    found = _items(parser, ")")
    comma = parser.tokens[parser.position - 1].text == ","
    parser.expect(")", "to close the parenthesis")
    if len(found) == 1 and not comma:
        return found[0]
    if not found:
        parser.fail_at(token.start, parser.token.start, "a value is missing between the parentheses")
    return TupleOf(tuple(found), place=parser.since(token.start))


def _braces(parser: "Parser") -> Expression:
    """A set: its elements, a comprehension, or a filter such as `{c in City if c != 1}`."""
    token = parser.advance()
    if starts_generator(parser, 0):
        generators = read_generators(parser)
        parser.expect("}", "to close the set")
        names = [name for generator in generators for name in generator.names]
        element = Name(names[0]) if len(names) == 1 else TupleOf(tuple(Name(name) for name in names))
        return SetComprehension(element, generators, place=parser.since(token.start))
    found = _items(parser, "}", _label_of_words)
    if at_for(parser) and len(found) == 1:
        generators = for_clauses(parser)
        parser.expect("}", "to close the set")
        return SetComprehension(found[0], generators, place=parser.since(token.start))
    parser.expect("}", "to close the set")
    return SetLiteral(tuple(found), place=parser.since(token.start))
