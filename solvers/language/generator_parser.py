"""Reads generators (`for i in A if condition`), patterns and heads."""

from typing import TYPE_CHECKING

from steepest.solvers.language.expressions import RESERVED_WORDS, Expression, Generator, Head, Pattern

if TYPE_CHECKING:
    from steepest.solvers.language.parser import Parser

_COMPARISONS = ("<", ">", "<=", ">=", "==", "!=")
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
    generators = [_part_of_head(parser)]
    condition: Expression | None = None
    while condition is None and parser.take(","):
        condition = _bare_condition(parser)
        if condition is None:
            generators.append(_part_of_head(parser))
    condition = condition or _filter(parser)
    if condition is not None:
        last = generators[-1]
        generators[-1] = Generator(last.pattern, last.source, condition)
    return Head(tuple(generators))


def _part_of_head(parser: "Parser") -> Generator:
    pattern = _pattern_of_head(parser) if _starts_pattern(parser) else None
    if pattern is not None:
        parser.expect("in", "after the index")
    return Generator(pattern, parser.union())


def _bare_condition(parser: "Parser") -> Expression | None:
    """`t > 1` behind a comma, which others write for `if t > 1`; nothing if a set stands here."""
    if _starts_pattern(parser):
        return None
    if not _compares(parser):
        return None
    parser.note("spelling", "a condition behind a comma is read behind `if`", parser.token)
    return parser.disjunction()


def _compares(parser: "Parser") -> bool:
    """Whether a comparison stands in front of the next comma or filter, brackets left aside."""
    ahead, depth = 0, 0
    while (token := parser.peek(ahead)).kind != "end" and (depth or token.text not in (",", "if", "where", ":")):
        if token.kind == "operator":
            depth += (token.text in "([{") - (token.text in ")]}")
        if not depth and parser.meaning(token) in _COMPARISONS:
            return True
        ahead += 1
    return False


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
