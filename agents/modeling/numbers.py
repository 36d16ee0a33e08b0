"""The numbers that a text states, in digits and in words."""

import re
from collections.abc import Iterator

_DIGITS = re.compile(
    r"""(?<![\w.])                                      # not in the middle of a word or number
        (?P<number>\d{1,3}(?:[ ,'\u00a0\u202f]\d{3})+(?:\.\d+)?(?!\d) | \d+(?:[.,]\d+)? | \.\d+)
        (?P<power>e[+-]?\d{1,3})?
        (?:\s*/\s*(?P<divisor>\d+(?:\.\d+)?))?
        \s?\\?(?P<scale>%|percent|per\ cent|¢|cents?\b|k\b|m\b|bn?\b|hundred|thousand|million|billion|dozen|lakh)?""",
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_TEX_COMMAND = re.compile(r"\\[a-z]+", re.IGNORECASE)

_UNITS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL: dict[str, int] = {word: value for value, word in enumerate(_UNITS)}
_SMALL.update({word: 20 + 10 * place for place, word in enumerate(_TENS)})
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12, "lakh": 10**5}
_SUFFIXES = {"k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9, **_SCALES}
_FRACTIONS: dict[str, float] = {
    "half": 1 / 2, "halves": 1 / 2, "third": 1 / 3, "thirds": 1 / 3, "quarter": 1 / 4, "quarters": 1 / 4,
    "fourth": 1 / 4, "fourths": 1 / 4, "fifth": 1 / 5, "fifths": 1 / 5, "sixth": 1 / 6, "eighth": 1 / 8,
    "tenth": 1 / 10, "tenths": 1 / 10,
}  # fmt: skip
_MULTIPLES: dict[str, float] = {
    "once": 1, "twice": 2, "double": 2, "doubled": 2, "pair": 2, "couple": 2, "both": 2, "thrice": 3, "triple": 3,
    "quadruple": 4, "no": 0, "none": 0, "single": 1,
}  # fmt: skip


def stated_numbers(text: str) -> frozenset[str]:
    r"""The keys (see `key`) of every number that a text states.

    Read are digits with or without thousands separators, fractions, percents (as 25 and as 0.25), cents, scales
    ("2 million", "10k"), number words ("twenty-five", "one and a half", "twice", "a third"). TeX's commands are none of
    the words: `x \leq15` states 15.
    """
    text = _TEX_COMMAND.sub(" ", text)
    found = {key(value) for value in [*_numbers_in_digits(text), *_numbers_in_words(text)]}
    return frozenset(found)


def key(value: float) -> str:
    """What two spellings of the same number share."""
    return f"{value:.10g}" if value else "0"


def _numbers_in_digits(text: str) -> Iterator[float]:
    for match in _DIGITS.finditer(text):
        for value in _readings(match["number"], match["power"] or ""):
            yield value
            yield from _scaled(value, (match["scale"] or "").lower())
            if match["divisor"] is not None:
                yield float(match["divisor"])
                if float(match["divisor"]):
                    yield from _rounded(value / float(match["divisor"]))


def _readings(digits: str, power: str) -> Iterator[float]:
    """A comma or a blank may group thousands, separate numbers, or (a comma) decimals: every reading counts."""
    parts = re.split(r"[ ,'\u00a0\u202f]", digits)
    yield float("".join(parts) + power)
    if len(parts) > 1:
        yield from map(float, parts)
    if digits.count(",") == 1 and "." not in digits:
        yield float(digits.replace(",", ".") + power)


def _scaled(value: float, scale: str) -> Iterator[float]:
    if scale in ("%", "percent", "per cent", "¢", "cent", "cents"):
        yield value / 100
        yield 1 + value / 100
        yield 1 - value / 100
    elif scale in _SUFFIXES:
        yield value * _SUFFIXES[scale]


def _numbers_in_words(text: str) -> Iterator[float]:
    """Number words as they follow one another: `two hundred and fifty`, `twenty-five`, `one and a half`."""
    total = current = 0.0
    counting = False
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if word in _SMALL:
            if counting and not _continues(current, _SMALL[word]):
                yield total + current
                total = current = 0.0
            current += _SMALL[word]
            yield _SMALL[word]
            counting = True
        elif word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            counting = True
            if _SCALES[word] > 100:
                total, current = total + current, 0.0
        elif word in _FRACTIONS:
            yield round(1 / _FRACTIONS[word])  # a third may be written as 1/3
            yield from _rounded(max(current, 1) * _FRACTIONS[word])
            yield from _rounded(total + current + _FRACTIONS[word])
        elif word in _MULTIPLES:
            yield _MULTIPLES[word]
        elif counting and word not in ("and", "a"):
            yield total + current
            total = current = 0.0
            counting = False
    if counting:
        yield total + current


def _continues(current: float, value: int) -> bool:
    """Whether a number word adds to the one before it: a unit after tens, anything below a hundred after hundreds."""
    after_tens = value < 10 and current % 100 >= 20 and current % 10 == 0
    return after_tens or current % 100 == 0


def _rounded(value: float) -> Iterator[float]:
    """A fraction as it may be written in decimals: 1/3, 0.33, 0.333, 0.3333."""
    yield value
    for digits in (2, 3, 4):
        yield round(value, digits)
