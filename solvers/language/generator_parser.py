"""Reads generators (`for i in A if condition`), patterns and heads."""

from typing import TYPE_CHECKING

from steepest.solvers.language.expressions import RESERVED_WORDS, Expression, Generator, Head, Pattern

if TYPE_CHECKING:
    from steepest.solvers.language.parser import Parser

_QUANTIFIERS = ("all", "each", "every")


def at_for(parser: "Parser") -> bool:
    """Whether a `for` clause begins here, or behind the comma that stands here."""
    return _is_for(parser, 0) or (parser.at(",") and _is_for(parser, 1))


def _is_for(parser: "Parser", ahead: int) -> bool:
    return parser.peek(ahead).text in ("for", "forall", "∀") and parser.peek(ahead).kind != "string"


def _take_for(parser: "Parser") -> bool:
    """Go on over `for`, and over `forall`, `for all` and `∀`, which mean the same."""
    if not at_for(parser):
        return False
    parser.take(",")
    token = parser.advance()
    is_long = token.text == "for" and parser.at(*_QUANTIFIERS) and parser.meaning(parser.peek()) not in ("in", ",")
    if token.text != "for" or is_long:
        written = f"{token.text} {parser.advance().text}" if is_long else token.text
        parser.note("spelling", f"`{written}` is read as `for`", token)
    return True


def for_clauses(parser: "Parser") -> tuple[Generator, ...]:
    """The generators of `for i in A for j in B`."""
    generators: list[Generator] = []
    while _take_for(parser):
        generators.append(_generator(parser))
        while parser.at(",") and starts_generator(parser, 1):
            parser.note("spelling", "`for a in A, b in B` is read as `for a in A for b in B`", parser.token)
            parser.advance()
            generators.append(_generator(parser))
    return tuple(generators)


def read_generators(parser: "Parser") -> tuple[Generator, ...]:
    """Generators set apart by commas, as in `{c in City if c != 1}` and `sum{i in A, j in B} x[i, j]`."""
    generators = [_generator(parser)]
    while parser.take(","):
        generators.append(_generator(parser))
    return tuple(generators)


def starts_generator(parser: "Parser", ahead: int) -> bool:
    """Whether a pattern and `in` stand `ahead` tokens from here."""
    token = parser.peek(ahead)
    while token.text in ("(", ")", ",") or (token.kind == "word" and token.text not in RESERVED_WORDS):
        ahead += 1
        token = parser.peek(ahead)
    return parser.meaning(token) == "in"


def _generator(parser: "Parser") -> Generator:
    pattern = _pattern(parser)
    parser.expect("in", "after the index of a generator")
    source = parser.union()
    condition = _filter(parser)
    return Generator(pattern, source, condition)


def _filter(parser: "Parser") -> Expression | None:
    if not (parser.take("if") or parser.take("where") or parser.take(":")):
        return None
    return parser.disjunction()


def _pattern(parser: "Parser") -> Pattern:
    token = parser.token
    if parser.take("("):
        names = _pattern_names(parser)
        parser.expect(")", "to close the index tuple")
        return tuple(names)
    names = _pattern_names(parser)
    if len(names) == 1:
        return names[0]
    parser.note("spelling", f"`{', '.join(names)}` is read as `({', '.join(names)})`", token)
    return tuple(names)


def _pattern_names(parser: "Parser") -> list[str]:
    names = [_index_name(parser)]
    while parser.take(","):
        names.append(_index_name(parser))
    return names


def _index_name(parser: "Parser") -> str:
    if parser.token.kind != "word" or parser.token.text in RESERVED_WORDS:
        parser.unexpected("the name of an index")
    return parser.advance().text


def read_head(parser: "Parser") -> Head:
    """What stands between the brackets of a head."""
    generators: list[Generator] = []
    while True:
        named = _starts_pattern(parser)
        pattern = _pattern_of_head(parser) if named else None
        if named:
            parser.expect("in", "after the index")
        source = parser.union()
        generators.append(Generator(pattern, source))
        if not parser.take(","):
            break
    condition = _filter(parser)
    if condition is not None:
        last = generators[-1]
        generators[-1] = Generator(last.pattern, last.source, condition)
    return Head(tuple(generators))


def _starts_pattern(parser: "Parser") -> bool:
    """Whether `name in` or `(name, ...) in` stands here; in a head a comma separates generators."""
    if parser.meaning(parser.peek()) == "in" and parser.token.kind == "word":
        return True
    if parser.token.text != "(":
        return False
    ahead = 1
    while parser.peek(ahead).kind == "word" or parser.peek(ahead).text == ",":
        ahead += 1
    return parser.peek(ahead).text == ")" and parser.meaning(parser.peek(ahead + 1)) == "in"


def _pattern_of_head(parser: "Parser") -> Pattern:
    if parser.token.text == "(":
        return _pattern(parser)
    return _index_name(parser)
