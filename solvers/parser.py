"""Reads an expression of the five-element language into a tree.

The accepted language is a subset of Python's expression syntax (arithmetic, indexing, comparisons, comprehensions with
`if`) plus what models of the field need: ranges `1..12`, percents, set-builder filters `{c in City if c != 1}`, and
Python's keywords as names. Forms that language models write instead (`=`, `=>`, `^`, `x[i][j]`, `0.8x`, `sum{...}`,
`for a in A, b in B`) are read as what they mean and leave a note. Nothing is ever evaluated as Python.

A precedence-climbing parser (Pratt, "Top down operator precedence", POPL 1973).
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from steepest.solvers.diagnostics import Diagnostic, Diagnostics, FormulationError, Place
from steepest.solvers.expressions import (
    CALLABLE,
    RESERVED_WORDS,
    Arithmetic,
    ArithmeticOperator,
    Call,
    Comparison,
    ComparisonOperator,
    Conditional,
    Connective,
    Expression,
    Generator,
    Head,
    Index,
    Name,
    Negation,
    Not,
    Number,
    Pattern,
    Range,
    Reduction,
    SetComprehension,
    SetLiteral,
    Sum,
    TupleOf,
    children,
)
from steepest.solvers.labels import label_or_number

MAX_DEPTH = 60
"""How deep an expression may be nested: every reader of the tree recurses, and no model needs more."""

MAX_LENGTH = 200_000
"""Characters in one expression; data that is longer belongs in a table."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:\d+(?:_\d+)*(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d]\w*)
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<operator>\.\.\.|\.\.|\*\*|<=|>=|=>|=<|==|!=|<>|&&|\|\||[-+*/^()\[\]{},<>=|&%!:;≤≥≠−×·∈∑])
    """,
    re.VERBOSE,
)

_SPELLINGS = {
    "=": "==", "=>": ">=", "=<": "<=", "<>": "!=", "≤": "<=", "≥": ">=", "≠": "!=",
    "^": "**", "−": "-", "×": "*", "·": "*", "∈": "in", "∑": "sum", "&&": "and", "||": "or", "!": "not",
}  # fmt: skip
"""What other notations write, and what it means here."""

_COMPARISONS: frozenset[str] = frozenset({"<=", ">=", "==", "!=", "<", ">", "in"})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def parse_expression(
    text: str,
    *,
    start: Place | None = None,
    element: str | None = None,
    diagnostics: Diagnostics | None = None,
) -> Expression:
    """Read one expression.

    Args:
        text: The expression's text; may run over several lines.
        start: Where its first character stands in the source, for places in diagnostics.
        element: The element it belongs to, named in diagnostics.
        diagnostics: Where notes about normalized spellings are added.

    Raises:
        FormulationError: The text is no expression; its one diagnostic says where it stops making sense.
    """
    parser = _Parser(text, start, element, diagnostics)
    node = parser.expression()
    parser.end()
    return _within_depth(node, parser)


def parse_body(
    text: str,
    *,
    start: Place | None = None,
    element: str | None = None,
    diagnostics: Diagnostics | None = None,
) -> tuple[Expression, tuple[Generator, ...]]:
    """Read an expression and the `for` clauses that some writers put behind it (`x[i] <= 3 for i in S`).

    Raises:
        FormulationError: As `parse_expression`.
    """
    parser = _Parser(text, start, element, diagnostics)
    node = parser.expression()
    generators = parser.for_clauses() if parser.at("for") else ()
    parser.end()
    return _within_depth(node, parser), generators


def parse_head(
    text: str,
    *,
    start: Place | None = None,
    element: str | None = None,
    diagnostics: Diagnostics | None = None,
) -> Head:
    """Read what stands between the brackets of a head: `i in A, (j, k) in B if condition`, or set names alone.

    Raises:
        FormulationError: As `parse_expression`.
    """
    parser = _Parser(text, start, element, diagnostics)
    head = parser.head()
    parser.end()
    for generator in head.generators:
        _within_depth(generator.source, parser)
        if generator.condition is not None:
            _within_depth(generator.condition, parser)
    return head


def _within_depth(node: Expression, parser: "_Parser") -> Expression:
    """The node itself, unless long chains of operators have made it deeper than its readers can follow."""
    level, depth = [node], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            parser.fail("too-deep", f"the expression is nested more than {MAX_DEPTH} levels deep", _SPLIT)
        level = [child for parent in level for child in children(parent)]
    return node


_SPLIT = "split it with named expressions under `let:`"


class _Parser:
    """One expression's tokens and how far they have been read."""

    def __init__(self, text: str, start: Place | None, element: str | None, diagnostics: Diagnostics | None) -> None:
        self.text = text
        self.start = start
        self.element = element
        self.diagnostics = diagnostics
        self.position = 0
        self.depth = 0
        self.tokens: list[_Token] = []
        if len(text) > MAX_LENGTH:
            self.fail("too-long", f"an expression of {len(text):,} characters", "put the data into a table")
        self.tokens = self.tokenize()

    # Tokens

    def tokenize(self) -> list[_Token]:
        tokens, position = [], 0
        while position < len(self.text):
            match = _TOKEN.match(self.text, position)
            if match is None:
                self.fail_at(position, position + 1, f"{self.text[position]!r} has no meaning in an expression")
            kind = match.lastgroup or ""
            if kind != "space":
                tokens.append(_Token(kind, match.group(), match.start(), match.end()))
            position = match.end()
        tokens.append(_Token("end", "", len(self.text), len(self.text)))
        return tokens

    @property
    def token(self) -> _Token:
        return self.tokens[self.position]

    def peek(self, ahead: int = 1) -> _Token:
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def meaning(self, token: _Token | None = None) -> str:
        """The token's text in this language's own spelling; a string never means an operator."""
        token = token or self.token
        return _SPELLINGS.get(token.text, token.text) if token.kind in ("operator", "word") else ""

    def at(self, *texts: str) -> bool:
        return self.meaning() in texts

    def advance(self) -> _Token:
        token = self.token
        if token.kind == "operator" and token.text in _SPELLINGS:
            self.note("spelling", f"`{token.text}` is read as `{_SPELLINGS[token.text]}`", token)
        self.position += 1
        return token

    def take(self, text: str) -> bool:
        if not self.at(text):
            return False
        self.advance()
        return True

    def expect(self, text: str, context: str) -> None:
        if not self.take(text):
            self.unexpected(f"`{text}` {context}")

    def end(self) -> None:
        if self.token.kind != "end":
            self.unexpected("the end of the expression")

    # Findings

    def place(self, begin: int, end: int) -> Place | None:
        if self.start is None:
            return None
        before = self.text[:begin]
        line = self.start.line + before.count("\n")
        column = begin - before.rfind("\n") if "\n" in before else self.start.column + begin
        return Place(line=line, column=column, end_column=column + max(1, end - begin))

    def note(self, code: str, message: str, token: _Token) -> None:
        if self.diagnostics is not None:
            place = self.place(token.start, token.end)
            self.diagnostics.add("note", code, message, element=self.element, place=place)

    def fail(self, code: str, message: str, repair: str | None, begin: int = 0, end: int = 1) -> NoReturn:
        place = self.place(begin, end)
        raise FormulationError(
            [
                Diagnostic(
                    code=code,
                    severity="error",
                    message=message,
                    element=self.element,
                    place=place,
                    repair=repair,
                )
            ]
        )

    def fail_at(self, begin: int, end: int, message: str, repair: str | None = None) -> NoReturn:
        shown = _excerpt(self.text, begin, end)
        self.fail("syntax", f"{message}, in: {shown}", repair, begin, end)

    def unexpected(self, wanted: str) -> NoReturn:
        token = self.token
        found = f"`{token.text}`" if token.kind != "end" else "the end"
        before = self.tokens[self.position - 1] if self.position else None
        repair = None
        if token.text == "...":
            repair = "write every element out; what the text does not give is `missing`"
        elif token.kind == "word" and before is not None and before.kind == "word":
            repair = f'a label of several words stands in quotes: "{before.text} {token.text}"'
        self.fail_at(token.start, token.end, f"{wanted} was expected, but {found} stands here", repair)

    # Expressions, from the weakest operator to the strongest

    def expression(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("too-deep", f"the expression is nested more than {MAX_DEPTH} levels deep", _SPLIT)
        begin = self.token.start
        if self.at("if"):
            node = self.if_then(begin)
        else:
            node = self.disjunction()
            if self.at("implies") and self.peek().text != "(":
                node = self.infix_implies(node, begin)
            if self.at("if"):
                node = self.conditional(node, begin)
        self.depth -= 1
        return node

    def conditional(self, then: Expression, begin: int) -> Expression:
        token = self.advance()
        test = self.disjunction()
        if not self.take("else"):
            self.fail_at(
                token.start,
                token.end,
                "an `if` without an `else`",
                "a condition on a constraint is `implies(condition, constraint)`; a filter stands in `for ... if ...`",
            )
        return Conditional(then, test, self.expression(), place=self.since(begin))

    def if_then(self, begin: int) -> Expression:
        token = self.advance()
        test = self.expression()
        self.expect("then", "after the condition")
        consequence = self.expression()
        self.note("spelling", "`if ... then ...` is read as `implies(..., ...)`", token)
        return Call("implies", (test, consequence), place=self.since(begin))

    def infix_implies(self, condition: Expression, begin: int) -> Expression:
        token = self.advance()
        consequence = self.disjunction()
        self.note("spelling", "`... implies ...` is read as `implies(..., ...)`", token)
        return Call("implies", (condition, consequence), place=self.since(begin))

    def disjunction(self) -> Expression:
        begin = self.token.start
        operands = [self.conjunction()]
        while self.take("or"):
            operands.append(self.conjunction())
        if len(operands) == 1:
            return operands[0]
        return Connective("or", tuple(operands), place=self.since(begin))

    def conjunction(self) -> Expression:
        begin = self.token.start
        operands = [self.negated()]
        while self.take("and"):
            operands.append(self.negated())
        if len(operands) == 1:
            return operands[0]
        return Connective("and", tuple(operands), place=self.since(begin))

    def negated(self) -> Expression:
        begin, negations = self.token.start, 0
        while self.take("not"):
            negations += 1
            if negations > MAX_DEPTH:
                self.fail("too-deep", f"more than {MAX_DEPTH} `not` in a row", None)
        node = self.comparison()
        for _ in range(negations):
            node = Not(node, place=self.since(begin))
        return node

    def comparison(self) -> Expression:
        begin = self.token.start
        operands: list[Expression] = [self.union()]
        operators: list[ComparisonOperator] = []
        while operator := self.comparison_operator():
            operators.append(operator)
            operands.append(self.union())
        if not operators:
            return operands[0]
        return Comparison(tuple(operands), tuple(operators), place=self.since(begin))

    def comparison_operator(self) -> ComparisonOperator | None:
        if self.at("not") and self.meaning(self.peek()) == "in":
            self.advance()
            self.advance()
            return "not in"
        if self.meaning() not in _COMPARISONS:
            return None
        operator = self.meaning()
        self.advance()
        return operator  # type: ignore[return-value]  # one of _COMPARISONS

    def union(self) -> Expression:
        return self.left_associative(("|",), self.intersection)

    def intersection(self) -> Expression:
        return self.left_associative(("&",), self.range)

    def left_associative(
        self, operators: tuple[ArithmeticOperator, ...], operand: Callable[[], Expression]
    ) -> Expression:
        begin = self.token.start
        node = operand()
        while self.at(*operators):
            operator = self.meaning()
            self.advance()
            right = operand()
            node = Arithmetic(operator, node, right, place=self.since(begin))  # type: ignore[arg-type]
        return node

    def range(self) -> Expression:
        begin = self.token.start
        cyclic = self.token.text == "cyclic" and (self.peek().kind == "number" or self.peek().text == "{")
        if cyclic:
            self.advance()
        node = self.sum()
        if self.take(".."):
            return Range(node, self.sum(), cyclic, place=self.since(begin))
        if cyclic:
            if not isinstance(node, SetLiteral):
                self.fail_at(begin, self.token.start, "`cyclic` goes before a range or a list of labels")
            return SetLiteral(node.elements, True, place=self.since(begin))
        return node

    def sum(self) -> Expression:
        begin = self.token.start
        terms, signs = [self.product()], [1]
        while self.at("+", "-"):
            signs.append(1 if self.meaning() == "+" else -1)
            self.advance()
            terms.append(self.product())
        if len(terms) == 1:
            return terms[0]
        return Sum(tuple(terms), tuple(signs), place=self.since(begin))  # type: ignore[arg-type]  # 1 or -1

    def product(self) -> Expression:
        return self.left_associative(("*", "/"), self.signed)

    def signed(self) -> Expression:
        begin, minuses = self.token.start, 0
        while self.at("-", "+"):
            minuses += self.meaning() == "-"
            self.advance()
            if minuses > MAX_DEPTH:
                self.fail("too-deep", f"more than {MAX_DEPTH} minus signs in a row", None)
        node = self.power()
        for _ in range(minuses):
            node = negate(node, place=self.since(begin))
        return node

    def power(self) -> Expression:
        begin = self.token.start
        base = self.implicit_product()
        if not self.take("**"):
            return base
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("too-deep", f"the expression is nested more than {MAX_DEPTH} levels deep", _SPLIT)
        exponent = self.signed()
        self.depth -= 1
        return Arithmetic("**", base, exponent, place=self.since(begin))

    def implicit_product(self) -> Expression:
        """An atom; `0.8x` and `2(a + b)` are products."""
        token = self.token
        node = self.atom()
        follower = self.token
        if not isinstance(node, Number) or token.kind != "number":
            return node
        if follower.text == "%":
            self.advance()
            return Number(_percent(node.value), place=self.since(token.start))
        touching = follower.start == token.end
        if not touching or (follower.kind != "word" and follower.text != "("):
            return node
        if follower.text in RESERVED_WORDS:
            return node
        self.note("spelling", f"`{token.text}{follower.text}` is read as a product", token)
        return Arithmetic("*", node, self.power(), place=self.since(token.start))

    # Atoms

    def atom(self) -> Expression:
        token = self.token
        if token.kind == "number":
            self.advance()
            return Number(self.number(token), place=self.since(token.start))
        if token.kind == "string":
            self.advance()
            return label_or_number(self.string(token), self.since(token.start))
        if self.meaning() == "sum" or token.kind == "word":
            return self.named()
        if token.text == "(":
            return self.parenthesis()
        if token.text == "{":
            return self.braces()
        self.unexpected("a value")

    def number(self, token: _Token) -> int | float:
        text = token.text.replace("_", "")
        if text.isdigit() and len(text) <= 15:
            return int(text)
        value = float(text)
        if value in (float("inf"), float("-inf")):
            self.fail_at(token.start, token.end, f"{token.text} is too large for a number")
        return value

    def string(self, token: _Token) -> str:
        if token.text[0] == "'":
            return token.text[1:-1].replace("\\'", "'").replace("\\\\", "\\")
        try:
            return str(json.loads(token.text))
        except json.JSONDecodeError:
            self.fail_at(token.start, token.end, f"{token.text} has an escape that is not known", 'use \\" and \\\\')

    def named(self) -> Expression:
        token = self.token
        name = self.meaning()
        if name in RESERVED_WORDS:
            self.unexpected("a value")
        self.advance()
        if self.token.text == "(" and (name in CALLABLE or self.token.start == token.end):
            return self.call(name, token)
        if name == "sum" and self.token.text == "{":
            return self.sum_in_braces(token)
        if self.token.text == "[":
            return Index(name, self.indices(token), place=self.since(token.start))
        return Name(name, place=self.since(token.start))

    def indices(self, token: _Token) -> tuple[Expression, ...]:
        """`[i, j]`, and `[i][j]` read as the same; a tuple in the brackets is spread."""
        found: list[Expression] = []
        brackets = 0
        while self.take("["):
            found.extend(self.items("]"))
            self.expect("]", "to close the index")
            brackets += 1
        if brackets > 1:
            self.note("spelling", f"`{token.text}[...][...]` is read as `{token.text}[..., ...]`", token)
        if not found:
            self.fail_at(token.start, self.token.start, "an index is missing between the brackets")
        return tuple(item for index in found for item in (index.items if isinstance(index, TupleOf) else (index,)))

    def items(self, closing: str) -> list[Expression]:
        found: list[Expression] = []
        while not self.at(closing):
            found.append(self.expression())
            if not self.take(","):
                break
        return found

    def call(self, name: str, token: _Token) -> Expression:
        if name not in CALLABLE:
            known = ", ".join(sorted(CALLABLE))
            self.fail(
                "unknown-function",
                f"`{name}(...)` is no function of the language",
                f"an indexed name takes brackets, as in `{name}[i]`; the functions are {known}",
                token.start,
                token.end,
            )
        self.expect("(", f"after `{name}`")
        arguments = self.items(")")
        if self.at("for") and len(arguments) >= 1:
            body = arguments[0] if len(arguments) == 1 else TupleOf(tuple(arguments), place=self.since(token.start))
            generators = self.for_clauses()
            self.expect(")", f"to close `{name}(`")
            return Reduction(name, body, generators, place=self.since(token.start))
        self.expect(")", f"to close `{name}(`")
        return Call(name, tuple(arguments), place=self.since(token.start))

    def sum_in_braces(self, token: _Token) -> Expression:
        """`sum{body for i in S}`, or the AMPL form `sum{i in S} body`."""
        self.expect("{", "after `sum`")
        mark = self.position
        generators = self.try_generators("}")
        if generators:
            body = self.product()
        else:
            self.position = mark
            body = self.expression()
            generators = self.for_clauses()
            self.expect("}", "to close `sum{`")
        self.note("spelling", "`sum{...}` is read as `sum(... for ...)`", token)
        return Reduction("sum", body, generators, place=self.since(token.start))

    def try_generators(self, closing: str) -> tuple[Generator, ...]:
        """Generators up to and with the closing sign, or nothing if something else stands here."""
        depth, notes = self.depth, len(self.diagnostics) if self.diagnostics is not None else 0
        try:
            generators = [self.generator()]
            while self.take(","):
                generators.append(self.generator())
        except FormulationError:
            generators = []
        if generators and self.take(closing):
            return tuple(generators)
        self.depth = depth
        if self.diagnostics is not None:
            self.diagnostics.truncate(notes)
        return ()

    def parenthesis(self) -> Expression:
        token = self.advance()
        found = self.items(")")
        comma = self.tokens[self.position - 1].text == ","
        self.expect(")", "to close the parenthesis")
        if len(found) == 1 and not comma:
            return found[0]
        if not found:
            self.fail_at(token.start, self.token.start, "a value is missing between the parentheses")
        return TupleOf(tuple(found), place=self.since(token.start))

    def braces(self) -> Expression:
        """A set: its elements, a comprehension, or a filter such as `{c in City if c != 1}`."""
        token = self.advance()
        mark = self.position
        if self.token.kind == "word" or self.token.text == "(":
            generators = self.try_generators("}")
            if generators:
                names = [name for generator in generators for name in generator.names]
                element = Name(names[0]) if len(names) == 1 else TupleOf(tuple(Name(name) for name in names))
                return SetComprehension(element, generators, place=self.since(token.start))
            self.position = mark
        found = self.items("}")
        if self.at("for") and len(found) == 1:
            generators = self.for_clauses()
            self.expect("}", "to close the set")
            return SetComprehension(found[0], generators, place=self.since(token.start))
        self.expect("}", "to close the set")
        return SetLiteral(tuple(found), place=self.since(token.start))

    # Generators and heads

    def for_clauses(self) -> tuple[Generator, ...]:
        generators: list[Generator] = []
        while self.take("for"):
            generators.append(self.generator())
            while self.at(",") and self.starts_generator(1):
                self.note("spelling", "`for a in A, b in B` is read as `for a in A for b in B`", self.token)
                self.advance()
                generators.append(self.generator())
        return tuple(generators)

    def starts_generator(self, ahead: int) -> bool:
        """Whether a pattern and `in` stand `ahead` tokens from here."""
        while self.peek(ahead).kind == "word" or self.peek(ahead).text in ("(", ")", ","):
            if self.meaning(self.peek(ahead)) == "in":
                return True
            ahead += 1
        return self.meaning(self.peek(ahead)) == "in"

    def generator(self) -> Generator:
        pattern = self.pattern()
        self.expect("in", "after the index of a generator")
        source = self.union()
        condition = self.filter()
        return Generator(pattern, source, condition)

    def filter(self) -> Expression | None:
        if not (self.take("if") or self.take("where") or self.take(":")):
            return None
        return self.disjunction()

    def pattern(self) -> Pattern:
        token = self.token
        if self.take("("):
            names = self.pattern_names()
            self.expect(")", "to close the index tuple")
            return tuple(names)
        names = self.pattern_names()
        if len(names) == 1:
            return names[0]
        self.note("spelling", f"`{', '.join(names)}` is read as `({', '.join(names)})`", token)
        return tuple(names)

    def pattern_names(self) -> list[str]:
        names = [self.index_name()]
        while self.take(","):
            names.append(self.index_name())
        return names

    def index_name(self) -> str:
        if self.token.kind != "word" or self.token.text in RESERVED_WORDS:
            self.unexpected("the name of an index")
        return self.advance().text

    def head(self) -> Head:
        generators: list[Generator] = []
        while True:
            named = self.starts_pattern()
            pattern = self.pattern_of_head() if named else None
            if named:
                self.expect("in", "after the index")
            source = self.union()
            generators.append(Generator(pattern, source))
            if not self.take(","):
                break
        condition = self.filter()
        if condition is not None:
            last = generators[-1]
            generators[-1] = Generator(last.pattern, last.source, condition)
        return Head(tuple(generators))

    def starts_pattern(self) -> bool:
        """Whether `name in` or `(name, ...) in` stands here; in a head a comma separates generators."""
        if self.meaning(self.peek()) == "in" and self.token.kind == "word":
            return True
        if self.token.text != "(":
            return False
        ahead = 1
        while self.peek(ahead).kind == "word" or self.peek(ahead).text == ",":
            ahead += 1
        return self.peek(ahead).text == ")" and self.meaning(self.peek(ahead + 1)) == "in"

    def pattern_of_head(self) -> Pattern:
        if self.token.text == "(":
            return self.pattern()
        return self.index_name()

    def since(self, begin: int) -> Place | None:
        end = self.tokens[self.position - 1].end if self.position else begin
        return self.place(begin, end)


def negate(node: Expression, place: Place | None = None) -> Expression:
    """Arithmetic minus of a node; of a number, the number with the other sign."""
    if isinstance(node, Number) and node.value > 0:
        return Number(-node.value, place=place)
    return Negation(node, place=place)


def _percent(value: float) -> float:
    """25 % as 0.25, rounded to the digits that were written (7 / 100 has them; 0.1 / 100 does not)."""
    return float(Decimal(str(value)) / 100)


def _excerpt(text: str, begin: int, end: int, width: int = 60) -> str:
    """The text around a stretch, on one line, for a message."""
    left, right = max(0, begin - width), min(len(text), end + width)
    piece = " ".join(text[left:right].split())
    return f"{'... ' if left else ''}{piece}{' ...' if right < len(text) else ''}"
