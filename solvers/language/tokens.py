"""The tokens of an expression, how far they have been read, and the findings about them."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import NoReturn

from steepest.solvers.diagnostics import Diagnostics, Place, problem

MAX_LENGTH = 200_000
"""Characters in one expression; data that is longer belongs in a table."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:\d+(?:_\d+)*(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d]\w*)
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<operator>\.\.\.|\.\.|\*\*|<=|>=|=>|=<|==|!=|<>|&&|\|\||[-+*/^()\[\]{},<>=|&%!:;≤≥≠−×·∈∑∀])
    """,
    re.VERBOSE,
)

_THOUSANDS = re.compile(r"\d{3}(?:\.\d*)?\Z", re.ASCII)
_THOUSANDS_AFTER = re.compile(r"(?:,\d{3})+(?:\.\d+)?", re.ASCII)

_SPELLINGS = {
    "=": "==", "=>": ">=", "=<": "<=", "<>": "!=", "≤": "<=", "≥": ">=", "≠": "!=",
    "^": "**", "−": "-", "×": "*", "·": "*", "∈": "in", "∑": "sum", "&&": "and", "||": "or", "!": "not",
}  # fmt: skip
"""What other notations write, and what it means here."""


@dataclass(frozen=True, slots=True)
class Token:
    """A number, word, string or operator, and where it stands in the expression's text."""

    kind: str
    text: str
    start: int
    end: int


class TokenStream:
    """One expression's tokens and how far they have been read."""

    def __init__(self, text: str, start: Place | None, element: str | None, diagnostics: Diagnostics | None) -> None:
        self.text = text
        self.start = start
        self.element = element
        self.diagnostics = diagnostics
        self.position = 0
        self.depth = 0
        self.tokens: list[Token] = []
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        if len(text) > MAX_LENGTH:
            self.fail("too-long", f"an expression of {len(text):,} characters", "put the data into a table")
        self.tokens = self.tokenize()

    def tokenize(self) -> list[Token]:
        """The tokens of the text, with an `end` behind them."""
        tokens, position = [], 0
        while position < len(self.text):
            match = _TOKEN.match(self.text, position)
            if match is None:
                self.fail_at(position, position + 1, *_no_token(self.text[position]))
            kind = match.lastgroup or ""
            if kind != "space":
                tokens.append(Token(kind, match.group(), match.start(), match.end()))
            position = match.end()
        tokens.append(Token("end", "", len(self.text), len(self.text)))
        return tokens

    @property
    def token(self) -> Token:
        """The token that stands next."""
        return self.tokens[self.position]

    def peek(self, ahead: int = 1) -> Token:
        """A token further on."""
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def meaning(self, token: Token | None = None) -> str:
        """The token's text in this language's own spelling; a string never means an operator."""
        token = token or self.token
        return _SPELLINGS.get(token.text, token.text) if token.kind in ("operator", "word") else ""

    def at(self, *texts: str) -> bool:
        """Whether the next token means one of some texts."""
        return self.meaning() in texts

    def advance(self) -> Token:
        """Go on by a token, noting a spelling that is normalized."""
        token = self.token
        if token.kind == "operator" and token.text in _SPELLINGS:
            self.note("spelling", f"`{token.text}` is read as `{_SPELLINGS[token.text]}`", token)
        self.position += 1
        return token

    def take(self, text: str) -> bool:
        """Go on if the next token means a text, and tell whether it did."""
        if not self.at(text):
            return False
        self.advance()
        return True

    def expect(self, text: str, context: str) -> None:
        """Go on over a token that has to stand here."""
        if not self.take(text):
            self.unexpected(f"`{text}` {context}")

    def end(self) -> None:
        """Refuse what stands behind the expression."""
        if self.token.kind != "end":
            self.unexpected("the end of the expression")

    def place(self, begin: int, end: int) -> Place | None:
        """Where a stretch of the text stands in the source."""
        if self.start is None:
            return None
        line = bisect_right(self.line_starts, begin) - 1
        column = begin - self.line_starts[line] + (self.start.column if line == 0 else 1)
        return Place(line=self.start.line + line, column=column, end_column=column + max(1, end - begin))

    def note(self, code: str, message: str, token: Token) -> None:
        """Add a note about a token."""
        if self.diagnostics is not None:
            place = self.place(token.start, token.end)
            self.diagnostics.add("note", code, message, element=self.element, place=place)

    def fail(self, code: str, message: str, repair: str | None, begin: int = 0, end: int = 1) -> NoReturn:
        """Raise the finding about a stretch of the text."""
        raise problem(code, message, element=self.element, place=self.place(begin, end), repair=repair)

    def fail_at(self, begin: int, end: int, message: str, repair: str | None = None) -> NoReturn:
        """Raise a syntax error that shows the text around it."""
        shown = _excerpt(self.text, begin, end)
        self.fail("syntax", f"{message}, in: {shown}", repair, begin, end)

    def unexpected(self, wanted: str) -> NoReturn:
        """Raise the error that something else was expected here."""
        token = self.token
        found = f"`{token.text}`" if token.kind != "end" else "the end"
        before = self.tokens[self.position - 1] if self.position else None
        repair = None
        if token.text == "...":
            repair = "write every element out; what the text does not give is `missing`"
        elif self.at_thousands():
            repair = f"a number in an expression has no comma between thousands: {self.joined_thousands()}"
        elif token.kind == "word" and before is not None and before.kind == "word":
            repair = f'a label of several words stands in quotes: "{before.text} {token.text}"'
        elif token.kind == "word" and before is not None and before.kind == "number":
            repair = f"a product is written with `*`: {before.text} * {token.text}; units stand in the comment"
        self.fail_at(token.start, token.end, f"{wanted} was expected, but {found} stands here", repair)

    def at_thousands(self) -> bool:
        """Whether the comma that stands here stands between thousands, as in `400,000`."""
        before, after = self.tokens[self.position - 1], self.peek()
        touching = before.end == self.token.start and after.start == self.token.end
        numbers = before.kind == after.kind == "number" and _THOUSANDS.match(after.text) is not None
        return self.position > 0 and self.token.text == "," and touching and numbers

    def joined_thousands(self) -> str:
        """The number around the comma that stands here, without its commas."""
        digits = _THOUSANDS_AFTER.match(self.text, self.token.start)
        return self.tokens[self.position - 1].text + (digits.group().replace(",", "") if digits is not None else "")

    def since(self, begin: int) -> Place | None:
        """Where the stretch from `begin` to the last token read stands."""
        end = self.tokens[self.position - 1].end if self.position else begin
        return self.place(begin, end)


def _no_token(sign: str) -> tuple[str, str | None]:
    """What is wrong with a sign that begins no token, and the repair."""
    if sign in "\"'":
        return "a quotation mark that nothing closes", 'write a label as "label"'
    return f"{sign!r} has no meaning in an expression", None


def _excerpt(text: str, begin: int, end: int, width: int = 60) -> str:
    """The text around a stretch, on one line, for a message."""
    left, right = max(0, begin - width), min(len(text), end + width)
    piece = " ".join(text[left:right].split())
    return f"{'... ' if left else ''}{piece}{' ...' if right < len(text) else ''}"
