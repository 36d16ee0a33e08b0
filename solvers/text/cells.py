"""Numbers and labels as they stand in data: in braces, in lists and in the cells of tables."""

import json
import math
import re
from decimal import Decimal
from typing import Final

from steepest.solvers.language.expressions import Label
from steepest.solvers.language.labels import normalize_label

Value = Label | None
"""What a cell holds; `None` is a value that the text does not give (`missing`)."""

_PLAIN = re.compile(r"-?\d+(?:\.\d+)?\Z", re.ASCII)
_CURRENCY = "$€£¥₹"
_NUMBER = re.compile(
    rf"(?P<sign>[+\-−]?) ?(?P<before>[{_CURRENCY}]?) ?"
    r"(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+(?:_\d+)*)(?:\.\d*)?|\.\d+)(?P<exponent>(?:[eE][+-]?\d+)?)"
    rf" ?(?P<after>[%{_CURRENCY}]?)(?: ?(?P<word>thousand|million|billion))?\Z",
    re.ASCII,
)
_SCALE = {"thousand": 3, "million": 6, "billion": 9}
_DECIMAL_LABEL = re.compile(r"-?\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)\Z", re.ASCII)
DECIMAL_COMMA = re.compile(r"-?\d+,\d+\Z", re.ASCII)
"""A number with a comma that is none between thousands (those are read before)."""
DEFAULT = re.compile(r"default\s{0,20}[:=]?\s{0,20}(?P<value>[-+−]?[$€£¥]?[\d.][\d.,_eE+\-]{0,40}%?)\s{0,20};?\Z")
_CLOCK = re.compile(r"\d{1,2}:\d{2}\Z", re.ASCII)
_WORDS = re.compile(r"[^\W\d][\w.'’&/-]*(?: [\w.'’&/-]+)*\Z")

_ABSENT_SIGNS: Final = frozenset({"", "-", "–", "—"})
_MISSING_WORDS: Final = frozenset({"missing", "?"})


class CellError(ValueError):
    """A cell that can't be read; its text says why, `repair` what to write."""

    def __init__(self, message: str, repair: str | None = None) -> None:
        super().__init__(message)
        self.repair = repair


def is_absent(text: str) -> bool:
    """Whether a cell says that there is no such cell."""
    return text in _ABSENT_SIGNS


def is_number(text: str) -> bool:
    """Whether a cell holds a number."""
    try:
        return read_number(text, set()) is not None
    except CellError:
        return True


def read_number(text: str, oddities: set[str]) -> int | float | None:
    """The number that a text is, or none; what had to be normalized is told by adding to `oddities`."""
    if _PLAIN.match(text):
        return _finite(text)
    left, slash, right = text.partition("/")
    if slash and (over := read_number(left.strip(), oddities)) is not None:
        under = read_number(right.strip(), oddities) if "/" not in right else None
        return _quotient(text, over, under) if under is not None else None
    match = _NUMBER.match(" ".join(text.split()))
    if match is None:
        return None
    return _written_number(match, oddities)


def _finite(text: str) -> int | float:
    if "." not in text and "e" not in text and "E" not in text and len(text) <= 300:
        return int(text)
    value = float(text)
    if math.isinf(value):
        raise _too_large(text)
    return value


def _quotient(text: str, over: float, under: float) -> float:
    if under == 0:
        raise CellError(f"{text} divides by zero")
    try:
        value = over / under
    except OverflowError as error:
        raise _too_large(text) from error
    if math.isinf(value):
        raise _too_large(text)
    return value


def _shifted(text: str, places: int) -> Decimal:
    """The number times a power of ten; one that no floating-point number holds is refused before it is written out."""
    try:
        shifted = Decimal(text).scaleb(places)
        value = float(shifted)
    except ArithmeticError as error:
        raise _too_large(text) from error
    if math.isinf(value):
        raise _too_large(text)
    return shifted


def _too_large(text: str) -> CellError:
    return CellError(f"{text[:40]} is too large for a number")


def _written_number(match: re.Match[str], oddities: set[str]) -> int | float:
    digits = match["digits"]
    if "," in digits:
        oddities.add("a comma between thousands")
    if match["before"] or match["after"] in tuple(_CURRENCY):
        oddities.add("a currency sign at a number")
    minus = "-" if match["sign"] in ("-", "−") else ""
    plain = minus + digits.replace(",", "").replace("_", "") + match["exponent"]
    if match["after"] == "%":
        return float(_shifted(plain, -2))
    if match["word"]:
        oddities.add(f"the word `{match['word']}`")
        scaled = _shifted(plain, _SCALE[match["word"]])
        return int(scaled) if scaled == scaled.to_integral_value() else float(scaled)
    return _finite(plain)


def read_value(text: str, oddities: set[str]) -> Value:
    """What a cell with something in it holds.

    Raises:
        CellError: It is neither number, label nor `missing`.
    """
    if _PLAIN.match(text):
        return normalize_label(_finite(text))
    if text in _MISSING_WORDS:
        return None
    if text[:1] in ('"', "'"):
        return _quoted(text)
    number = read_number(text, oddities)
    if number is not None:
        return normalize_label(number)
    if _WORDS.match(text):
        return normalize_label(text)
    raise CellError(f"`{text[:60]}` is neither a number nor a label", _repair(text))


def _repair(text: str) -> str:
    if DECIMAL_COMMA.match(text):
        return f"a decimal point is a dot: {text.replace(',', '.')}"
    if _CLOCK.match(text):
        hours, minutes = text.split(":")
        return f"a time of day is a number, such as the minutes since midnight: {int(hours) * 60 + int(minutes)}"
    if text[:1].isdigit():
        return "a number stands alone; its unit stands in the head of the column or in the comment: `# [kg]`"
    return f"a label of this kind stands in quotes: {json.dumps(text, ensure_ascii=False)}"


def read_label(text: str) -> Label:
    """A label in the place of a key, where any text is one; quotes are taken off, numbers are numbers.

    Raises:
        CellError: There is none.
    """
    if not text:
        raise CellError("a label is missing")
    if text[0] in ('"', "'"):
        return _quoted(text)
    if _DECIMAL_LABEL.match(text):
        return normalize_label(_finite(text))
    return normalize_label(text)


def _quoted(text: str) -> Label:
    if len(text) < 2 or text[-1] != text[0]:
        raise CellError(f"{text[:60]} opens a quotation mark that nothing closes", "close it on the same line")
    if text[0] == "'":
        return normalize_label(text[1:-1].replace("\\'", "'").replace("\\\\", "\\"))
    try:
        return normalize_label(str(json.loads(text)))
    except json.JSONDecodeError as error:
        raise CellError(f"{text[:60]} is no label: {error.msg}", 'use \\" and \\\\ within quotes') from error


def default_of(text: str) -> Value:
    """The number behind `default` at the end of a text, if there is one."""
    at = text.find("default")
    match = DEFAULT.match(text, at) if at >= 0 else None
    return read_number(match["value"], set()) if match is not None else None
