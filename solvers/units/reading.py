"""Reads a unit as people and models write it: `$/kg`, `kg per loaf`, `1000 $`, `machine hours`, `kg CO2`, `sq ft`.

The text is data of bounded length, cut into words and signs; nothing of it is evaluated. What is no single unit (a list
of the units of several columns, prose) has none, which is not an error: the element then takes part in no check.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from steepest.solvers.units import vocabulary
from steepest.solvers.units.unit import Unit, UnitOverflowError

MAX_LENGTH = 100
_MAX_NESTING = 8
_MAX_WORDS = 5

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_TOKEN = re.compile(
    r"\s*(?:"
    r"(?P<number>\d{1,3}(?:,\d{3})+|\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?)"
    r"|(?P<power>\*\*|\^)"
    r"|(?P<sign>[*·×⋅/÷()-])"
    r"|(?P<word>[%#]|[^\W\d_]{0,3}[$€£¥￥₹₩¢][^\W\d_]?|[^\W\d_][\w.'’&]*)"
    r")"
)
_TRAILING = ".'’&"
_ATTACHED = re.compile(r"(?P<unit>[^\W\d_]{1,5})(?P<power>[1-9])\Z")
_MONEY = re.compile(r"(?P<scale>k|K|M|m|B|mln|bn|US)?(?P<money>[$€£¥￥₹₩]|[A-Z]{3})(?P<after>k|K|M|m|B)?\Z")
_MONEY_SCALES = {"k": 3, "K": 3, "M": 6, "m": 6, "mln": 6, "B": 9, "bn": 9}
_DIVISIONS = frozenset({"/", "÷", "per"})
_PRODUCTS = frozenset({"*", "·", "×", "⋅", "times"})
_ROOM = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_LINKING = frozenset({"a", "an", "the", "in"})
"""Words that say nothing in front of others: `in thousands of $`; alone, `in` is an inch."""
_NOT_ONE_UNIT = frozenset(
    {"half", "or", "and", "various", "varies", "mixed", "any", "unknown", "see", "depends", "respectively"}
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    is_close: bool
    """Whether it follows the one before without a space."""


class _UnreadableError(ValueError):
    """The text is no single unit."""


@lru_cache(maxsize=4096)
def read_unit(text: str | None) -> Unit | None:
    """The unit that a text is; none where there is no text, or where it isn't one unit."""
    if text is None or len(text) > MAX_LENGTH:
        return None
    plain = text.strip()
    if plain.casefold() in vocabulary.PURE:
        return Unit()
    try:
        reader = _Reader(_tokens(plain))
        found = reader.product(0)
        return found if reader.is_done else None
    except (_UnreadableError, UnitOverflowError, ZeroDivisionError):
        return None


def _tokens(text: str) -> list[_Token]:
    text = _SUPERSCRIPT.sub(lambda match: "^" + match.group().translate(_SUPERSCRIPTS), text.replace("_", " "))
    found, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _UnreadableError(text)
        kind, word = str(match.lastgroup), match[str(match.lastgroup)]
        is_close = match.start(str(match.lastgroup)) == position
        if kind == "word" and len(word) > 1:
            word = word.rstrip(_TRAILING)
        if word.casefold() in _NOT_ONE_UNIT:
            raise _UnreadableError(text)
        found.append(_Token(kind, word, is_close))
        position = match.end()
    return found


class _Reader:
    """The tokens and how far they have been read."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._tokens)

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at] if not self.is_done else _Token("end", "", False)

    def product(self, nesting: int) -> Unit:
        """Phrases joined by `*`, `/` and `per`, from left to right."""
        found = Unit() if self._next.text in _DIVISIONS else self._phrase(nesting)
        while self._next.text.casefold() in _DIVISIONS | _PRODUCTS:
            divides = self._next.text.casefold() in _DIVISIONS
            self._at += 1
            phrase = self._phrase(nesting)
            found = found / phrase if divides else found * phrase
        return found

    def _phrase(self, nesting: int) -> Unit:
        """What stands side by side: a number, a unit or several, and words that say of what."""
        phrase = _Phrase()
        while not self.is_done:
            token = self._next
            if token.text == "-":
                self._hyphen(token)
            elif token.text == "(":
                phrase.add_parenthesis(self._parenthesis(nesting))
            elif token.kind == "number":
                self._at += 1
                phrase.add_number(self._powered_number(token.text))
            elif token.kind == "word" and token.text.casefold() not in ("per", "times"):
                self._at += 1
                self._word(token.text, phrase)
            else:
                break
        return phrase.unit()

    def _hyphen(self, hyphen: _Token) -> None:
        """Between words it is a space: `man-hours`."""
        self._at += 1
        if not hyphen.is_close or self._next.kind != "word" or self._at == 1:
            raise _UnreadableError("-")

    def _parenthesis(self, nesting: int) -> Unit:
        if nesting >= _MAX_NESTING:
            raise _UnreadableError("nested too deep")
        self._at += 1
        found = self.product(nesting + 1)
        if self._next.text != ")":
            raise _UnreadableError("an open parenthesis")
        self._at += 1
        return found ** self._exponent()

    def _powered_number(self, text: str) -> Fraction:
        exponent = self._exponent()
        if exponent.denominator != 1 or abs(exponent) > 15:
            raise _UnreadableError("a power of a number")
        return Fraction(text.replace(",", "")) ** int(exponent)

    def _word(self, text: str, phrase: "_Phrase") -> None:
        if text.casefold() in _LINKING and self._next.kind in ("word", "number"):
            return
        room = _ROOM.get(text.casefold())
        if room is not None and self._next.kind == "word":
            length = vocabulary.symbol_of(self._next.text)
            self._at += 1
            if length is None:
                raise _UnreadableError(text)
            phrase.units.append(Unit.of({length: room}))
            return
        measured = _measured(text)
        number = vocabulary.NUMBER_WORDS.get(text.casefold() if len(text) > 1 else text)
        if measured is None and number is not None:
            phrase.add_number(Fraction(number))
        elif measured is None:
            exponent = self._exponent()
            phrase.add_word(text, exponent)
        elif not phrase.is_qualified:
            phrase.units.append(measured ** self._exponent(signed=True))
        else:
            self._exponent()

    def _exponent(self, *, signed: bool = False) -> Fraction:
        """What stands behind `^`, or `-1` right behind a unit; 1 where there is none."""
        if self._next.kind == "power":
            self._at += 1
            return self._power()
        if signed and self._next.text == "-" and self._next.is_close and self._is_number(self._at + 1):
            return self._power()
        return Fraction(1)

    def _is_number(self, at: int) -> bool:
        return at < len(self._tokens) and self._tokens[at].kind == "number" and self._tokens[at].is_close

    def _power(self) -> Fraction:
        """A number of two digits at most, or a fraction of such numbers in parentheses."""
        if self._next.text != "(":
            return self._signed_number()
        self._at += 1
        found = self._signed_number()
        if self._next.text == "/":
            self._at += 1
            found /= self._signed_number()
        if self._next.text != ")":
            raise _UnreadableError("a power")
        self._at += 1
        return found

    def _signed_number(self) -> Fraction:
        sign = 1
        if self._next.text == "-":
            sign = -1
            self._at += 1
        if self._next.kind != "number" or len(self._next.text) > 4 or "e" in self._next.text.casefold():
            raise _UnreadableError("a power")
        self._at += 1
        found = sign * Fraction(self._tokens[self._at - 1].text)
        if self._next.kind == "power":
            raise _UnreadableError("a power of a power")
        return found


class _Phrase:
    """The parts of a phrase: the units that have a size win over words, which then say only of what it is."""

    def __init__(self) -> None:
        self.scale = Fraction(1)
        self.units: list[Unit] = []
        self.words: list[str] = []
        self.power = Fraction(1)
        self.is_qualified = False
        """Behind `of` nothing counts any more: `tons of steel`, `pieces of bread`."""
        self.has_number = False

    def add_number(self, number: Fraction) -> None:
        if self.words and not self.units:
            raise _UnreadableError("a number behind a word")
        self.has_number = True
        if not self.is_qualified:
            self.scale *= number

    def add_parenthesis(self, inside: Unit) -> None:
        """A factor at the beginning, else an aside: `weeks (7 days)`."""
        if not (self.units or self.words):
            self.units.append(inside)
        elif inside.scale != 1 and not inside.powers:
            raise _UnreadableError("a scale in parentheses")

    def add_word(self, word: str, power: Fraction) -> None:
        folded = word.casefold()
        if folded == "of":
            self.is_qualified = bool(self.units) or (bool(self.words) and not self._only_counts())
            self.words = self.words if self.is_qualified else []
        elif not self.is_qualified:
            self.words.append(word)
            self.power = power

    def unit(self) -> Unit:
        """The unit that the phrase is.

        Raises:
            _UnreadableError: There is none, or it is a sentence.
        """
        found = Unit.of({}, self.scale)
        for unit in self.units:
            found = found * unit
        if self.units:
            return found
        if len(self.words) > _MAX_WORDS or not (self.words or self.has_number):
            raise _UnreadableError("no unit")
        return found * Unit.of({_own_symbol(self.words): self.power}) if self.words else found

    def _only_counts(self) -> bool:
        """Whether it begins like `number of trucks`, where what is counted comes behind."""
        return [vocabulary.singular(word.casefold()) for word in self.words] == ["count"]


def _own_symbol(words: list[str]) -> str:
    """The symbol that words of the user's own make: small letters, the last one in the singular.

    A word stays as it is where that would make it a unit: `D` is no day.
    """
    folded = [word.casefold() for word in words]
    folded[-1] = vocabulary.singular(folded[-1]).rstrip(_TRAILING)
    return " ".join(small if _is_free(small) else word for small, word in zip(folded, words, strict=True))


def _is_free(word: str) -> bool:
    return _measured(word) is None and word not in vocabulary.NUMBER_WORDS and word not in _NOT_ONE_UNIT


def _measured(word: str) -> Unit | None:
    """The unit of a word that has a size, money with a scale such as `k$` too; none for a word of the user's own."""
    if (composed := vocabulary.COMPOSED.get(word.casefold())) is not None:
        return read_unit(composed)
    if (symbol := vocabulary.symbol_of(word)) is not None:
        return Unit.of({symbol: 1})
    money = _MONEY.match(word)
    symbol = vocabulary.symbol_of(money["money"]) if money is not None else None
    if money is not None and symbol in vocabulary.CURRENCIES:
        scale = _MONEY_SCALES.get(money["scale"] or money["after"] or "", 0)
        return Unit.of({str(symbol): 1}, 10**scale)
    attached = _ATTACHED.match(word)
    symbol = vocabulary.symbol_of(attached["unit"]) if attached is not None else None
    return Unit.of({symbol: int(attached["power"])}) if attached is not None and symbol is not None else None
