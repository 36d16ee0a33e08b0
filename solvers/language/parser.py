"""Reads an expression of the five-element language into a tree.

The accepted language is a subset of Python's expression syntax (arithmetic, indexing, comparisons, comprehensions with
`if`) plus what models of the field need: ranges `1..12`, percents, set-builder filters `{c in City if c != 1}`, and
Python's keywords as names. Forms that language models write instead (`=`, `=>`, `^`, `x[i][j]`, `0.8x`, `sum{...}`,
`for a in A, b in B`) are read as what they mean and leave a note. Nothing is ever evaluated as Python.

A precedence-climbing parser (Pratt, "Top down operator precedence", POPL 1973).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from steepest.solvers.diagnostics import Diagnostics, Place, problem
from steepest.solvers.language.atoms import read_atom
from steepest.solvers.language.expressions import (
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
    Negation,
    Not,
    Number,
    Range,
    SetLiteral,
    Sum,
    children,
)
from steepest.solvers.language.generator_parser import at_for, for_clauses, read_head
from steepest.solvers.language.tokens import Token, TokenStream

MAX_DEPTH = 60
"""How deep an expression may be nested: every reader of the tree recurses, and no model needs more."""

_COMPARISONS: frozenset[str] = frozenset({"<=", ">=", "==", "!=", "<", ">", "in"})


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
    parser = Parser(text, start, element, diagnostics)
    with _recursion_told(parser):
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
    parser = Parser(text, start, element, diagnostics)
    with _recursion_told(parser):
        node = parser.expression()
        generators = for_clauses(parser) if at_for(parser) else ()
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
    parser = Parser(text, start, element, diagnostics)
    with _recursion_told(parser):
        head = read_head(parser)
    parser.end()
    for generator in head.generators:
        _within_depth(generator.source, parser)
        if generator.condition is not None:
            _within_depth(generator.condition, parser)
    return head


@contextmanager
def _recursion_told(parser: "Parser") -> Iterator[None]:
    """Say what is nested too deep also where Python's own limit comes first, as it may far down in a program."""
    try:
        yield
    except RecursionError as error:
        finding = problem(
            "too-deep",
            "the expression is nested too deep",
            place=parser.place(0, 1),
            repair=_SPLIT,
            element=parser.element,
        )
        raise finding from error


def _within_depth(node: Expression, parser: "Parser") -> Expression:
    """The node itself, unless long chains of operators have made it deeper than its readers can follow."""
    level, depth = [node], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            parser.fail("too-deep", f"the expression is nested more than {MAX_DEPTH} levels deep", _SPLIT)
        level = [child for parent in level for child in children(parent)]
    return node


_SPLIT = "split it with named expressions under `let:`"


class Parser(TokenStream):
    """Reads expressions, from the weakest operator to the strongest."""

    def expression(self) -> Expression:
        """Any expression."""
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
        """`then if test else otherwise`, from its `if` on."""
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
        """`if ... then ...`, which other languages write for an implication."""
        token = self.advance()
        test = self.expression()
        self.expect("then", "after the condition")
        consequence = self.expression()
        self.note("spelling", "`if ... then ...` is read as `implies(..., ...)`", token)
        return Call("implies", (test, consequence), place=self.since(begin))

    def infix_implies(self, condition: Expression, begin: int) -> Expression:
        """`a implies b`, from `implies` on."""
        token = self.advance()
        consequence = self.disjunction()
        self.note("spelling", "`... implies ...` is read as `implies(..., ...)`", token)
        return Call("implies", (condition, consequence), place=self.since(begin))

    def disjunction(self) -> Expression:
        """Conditions joined by `or`."""
        begin = self.token.start
        operands = [self.conjunction()]
        while self.take("or"):
            operands.append(self.conjunction())
        if len(operands) == 1:
            return operands[0]
        return Connective("or", tuple(operands), place=self.since(begin))

    def conjunction(self) -> Expression:
        """Conditions joined by `and`."""
        begin = self.token.start
        operands = [self.negated()]
        while self.take("and"):
            operands.append(self.negated())
        if len(operands) == 1:
            return operands[0]
        return Connective("and", tuple(operands), place=self.since(begin))

    def negated(self) -> Expression:
        """A condition behind any number of `not`."""
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
        """Operands joined by comparison operators."""
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
        """The comparison operator that stands here, or none."""
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
        """Sets joined by `|`."""
        return self.left_associative(("|",), self.intersection)

    def intersection(self) -> Expression:
        """Sets joined by `&`."""
        return self.left_associative(("&",), self.range)

    def left_associative(
        self, operators: tuple[ArithmeticOperator, ...], operand: Callable[[], Expression]
    ) -> Expression:
        """Operands joined by operators of one strength."""
        begin = self.token.start
        node = operand()
        while self.at(*operators):
            operator = self.meaning()
            self.advance()
            right = operand()
            node = Arithmetic(operator, node, right, place=self.since(begin))  # type: ignore[arg-type]
        return node

    def range(self) -> Expression:
        """`1..12`, `cyclic 1..7`, `cyclic {a, b}`, or what stands without `..`."""
        begin = self.token.start
        cyclic = self.at_cyclic()
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

    def at_cyclic(self) -> bool:
        """Whether `cyclic` stands here as a mark of a range or list rather than as a name."""
        follower = self.peek()
        if self.token.text != "cyclic" or self.token.kind != "word":
            return False
        if follower.kind == "word":
            return follower.text not in RESERVED_WORDS and self.peek(2).text == ".."
        return (
            follower.kind == "number"
            or follower.text == "{"
            or (follower.text == "(" and follower.start > self.token.end)
        )

    def sum(self) -> Expression:
        """Terms added and subtracted."""
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
        """Factors multiplied and divided."""
        return self.left_associative(("*", "/"), self.signed)

    def signed(self) -> Expression:
        """A power behind any number of signs."""
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
        """A base and its exponent, which binds to the right."""
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
        node = read_atom(self)
        follower = self.token
        if not isinstance(node, Number) or token.kind != "number":
            return node
        if follower.text == "%":
            self.advance()
            return Number(_percent(node.value), place=self.since(token.start))
        if not self.is_factor(token, follower):
            return node
        self.note("spelling", f"`{token.text} {follower.text}` is read as a product", token)
        return Arithmetic("*", node, self.power(), place=self.since(token.start))

    def is_factor(self, number: Token, follower: Token) -> bool:
        """Whether what follows a number is multiplied with it: `0.8x`, `2(a + b)`, `3 x[i]`."""
        if follower.kind == "word" and follower.text not in RESERVED_WORDS:
            return follower.start == number.end or self.peek().text == "["
        return follower.text == "(" and follower.start == number.end


def negate(node: Expression, place: Place | None = None) -> Expression:
    """Arithmetic minus of a node; of a number, the number with the other sign."""
    if isinstance(node, Number) and node.value >= 0:
        return Number(-node.value or 0, place=place)  # there is no minus zero
    return Negation(node, place=place)


def _percent(value: float) -> float:
    """25 % as 0.25, rounded to the digits that were written (7 / 100 has them; 0.1 / 100 does not)."""
    return float(Decimal(str(value)) / 100)
