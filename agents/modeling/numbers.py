"""The numbers that a text states, in digits and in words, each with where it stands and what it can mean."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_DIGITS = re.compile(
    r"""(?<![\w.])                                      # not in the middle of a word or number
        (?P<number>\d{1,3}(?:[ ,'\u00a0\u202f]\d{3})+(?:\.\d+)?(?!\d) | \d+(?:[.,]\d+)? | \.\d+)
        (?P<power>e[+-]?\d{1,3})?
        (?:\s*/\s*(?P<divisor>\d+(?:\.\d+)?))?
        \s?\\?(?P<scale>%|percent|per\ cent|¢|cents?\b|k\b|m\b|bn?\b|hundred|thousand|million|billion|dozen|lakh)?""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOCK = re.compile(
    r"(?<![\w.:])(?P<hour>[01]?\d|2[0-4]):\s?(?P<minute>[0-5]\d)(?![\d:])(?:\s?(?P<half>[ap]\.?m\b))?", re.I
)
_GLYPHS = {"½": 1 / 2, "¼": 1 / 4, "¾": 3 / 4, "⅓": 1 / 3, "⅔": 2 / 3, "⅕": 1 / 5, "⅛": 1 / 8}
_GLYPH = re.compile(rf"(?P<whole>(?<!\d)\d{{1,6}})?\s?(?P<part>[{''.join(_GLYPHS)}])")
_FRACTION = re.compile(
    r"(?:(?<![\w.])(?P<whole>\d{1,6})[\s~{]{0,3})?\\[dt]?frac\s?\{(?P<upper>\d{1,9})\}\s?\{(?P<lower>\d{1,9})\}"
)
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_TEX_COMMAND = re.compile(r"\\[a-z]+", re.IGNORECASE)
_SEPARATOR = re.compile(r"[ ,'\u00a0\u202f]")

_UNITS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL: dict[str, int] = {word: value for value, word in enumerate(_UNITS)}
_SMALL.update({word: 20 + 10 * place for place, word in enumerate(_TENS)})
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12, "lakh": 10**5}
"""Words that multiply the number before them; alone they are a unit ("in thousand yuan")."""
_SUFFIXES = {"k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9, **SCALES}
_HUNDREDTHS = frozenset({"%", "percent", "per cent", "¢", "cent", "cents"})
_FRACTIONS: dict[str, float] = {
    "half": 1 / 2, "halves": 1 / 2, "third": 1 / 3, "thirds": 1 / 3, "quarter": 1 / 4, "quarters": 1 / 4,
    "fourth": 1 / 4, "fourths": 1 / 4, "fifth": 1 / 5, "fifths": 1 / 5, "sixth": 1 / 6, "eighth": 1 / 8,
    "tenth": 1 / 10, "tenths": 1 / 10,
}  # fmt: skip
_MULTIPLES: dict[str, float] = {
    "once": 1, "twice": 2, "double": 2, "doubled": 2, "pair": 2, "couple": 2, "both": 2, "thrice": 3, "triple": 3,
    "quadruple": 4, "no": 0, "none": 0, "single": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatedNumber:
    """One number of a text."""

    start: int
    """Of the first character, counted from 0; `end` is one past the last."""
    end: int
    values: tuple[float, ...]
    """What it can mean, the likeliest first: "25%" is 0.25, 25, 1.25 or 0.75."""
    in_words: bool = False
    """Whether it is written in words, which often says no more than how many things were named."""
    is_clock: bool = False
    """Whether it is a time of the day: 8:30 is 8.5 hours, or 510 minutes, after midnight."""

    @property
    def keys(self) -> frozenset[str]:
        """`key` of everything that it can mean."""
        return frozenset(map(key, self.values))


def stated_numbers(text: str) -> frozenset[str]:
    r"""The keys (see `key`) of every number that a text states.

    Read are digits with or without thousands separators, fractions, percents (as 25 and as 0.25), cents, scales
    ("2 million", "10k"), times of the day, number words ("twenty-five", "one and a half", "twice", "a third"). TeX's
    commands are none of the words: `x \leq15` states 15.
    """
    return frozenset(one for number in numbers_in(text) for one in number.keys)


def numbers_in(text: str) -> list[StatedNumber]:
    """Every number of a text in the order of the text; of those that overlap the longer one comes first."""
    fractions = list(_in_fractions(text))
    text = _TEX_COMMAND.sub(lambda match: " " * len(match[0]), text)
    found = [*fractions, *_in_digits(text), *_in_words(text)]
    return sorted(found, key=lambda number: (number.start, -number.end))


def key(value: float) -> str:
    """What two spellings of the same number share."""
    return f"{value:.10g}" if value else "0"


def _in_fractions(text: str) -> Iterator[StatedNumber]:
    r"""Fractions as TeX writes them, `13 \frac{1}{3}`."""
    for match in _FRACTION.finditer(text):
        if float(match["lower"]):
            part = float(match["upper"]) / float(match["lower"])
            values = [*_rounded(float(match["whole"] or 0) + part), *_rounded(part)]
            yield StatedNumber(match.start(), match.end(), tuple(dict.fromkeys(values)))


def _in_digits(text: str) -> Iterator[StatedNumber]:
    clocks = {match.start(): match for match in _CLOCK.finditer(text)}
    for match in clocks.values():
        yield StatedNumber(match.start(), match.end(), tuple(_clock_readings(match)), is_clock=True)
    for match in _GLYPH.finditer(text):
        value = float(match["whole"] or 0) + _GLYPHS[match["part"]]
        yield StatedNumber(match.start(), match.end(), tuple(_rounded(value)))
    covered = {place for clock in clocks.values() for place in range(clock.start(), clock.end())}
    for match in _DIGITS.finditer(text):
        if match.start() not in covered:
            yield from _digits(match, text)


def _clock_readings(match: re.Match[str]) -> Iterator[float]:
    """Hours after midnight, minutes after midnight, and the two numbers that a clock shows."""
    hour, minute = int(match["hour"]), int(match["minute"])
    is_afternoon = (match["half"] or "").lower().startswith("p") and hour < 12
    for each in [hour + 12, hour] if is_afternoon else [hour]:
        yield each + minute / 60
        yield each * 60 + minute
        yield each
    yield minute


def _digits(match: re.Match[str], text: str) -> Iterator[StatedNumber]:
    """One number, or one for each group of digits where the groups are a list."""
    parts = _SEPARATOR.split(match["number"])
    end = match.end("scale") if match["scale"] else max(match.end("number"), match.end("power"), match.end("divisor"))
    if len(parts) == 1 or not _is_list(match, text):
        yield StatedNumber(match.start(), end, tuple(dict.fromkeys(_readings(match))))
        return
    start = match.start()
    for place, part in enumerate(parts):
        is_last = place == len(parts) - 1
        values = [float(part)]
        if is_last:  # what follows belongs to it: "[100,200,300%]"
            values = [*_scaled(values[0], match["scale"]), *values]
        if not place:  # the groups may be those of one number after all
            values += _readings(match)
        yield StatedNumber(start, end if is_last else start + len(part), tuple(dict.fromkeys(values)))
        start += len(part) + 1


def _is_list(match: re.Match[str], text: str) -> bool:
    """Whether groups of three digits are numbers of their own: between blanks, or in brackets without other blanks."""
    number: str = match["number"]
    later = _SEPARATOR.split(number)[1:]
    if " " in number:
        return any(group[:3] != "000" for group in later)
    if "," not in number:
        return False
    opening = max(text.rfind(sign, max(0, match.start() - 200), match.start()) for sign in "[{")
    closing = min(
        (place for sign in "]}" if (place := text.find(sign, match.end(), match.end() + 200)) >= 0), default=-1
    )
    if opening < 0 or closing < 0 or any(sign in text[opening + 1 : match.start()] for sign in "]}"):
        return False
    return ", " not in text[opening:closing]


def _readings(match: re.Match[str]) -> Iterator[float]:
    """What digits can mean, the likeliest first."""
    for value in _groupings(match["number"], match["power"] or ""):
        if match["divisor"] is not None:
            if float(match["divisor"]):
                yield from _rounded(value / float(match["divisor"]))
            yield float(match["divisor"])
        yield from _scaled(value, match["scale"])
        yield value


def _groupings(digits: str, power: str) -> Iterator[float]:
    """A comma or a blank may group thousands, separate numbers, or (a comma) decimals: every reading counts."""
    parts = _SEPARATOR.split(digits)
    yield float("".join(parts) + power)
    if len(parts) > 1:
        yield from map(float, parts)
    if digits.count(",") == 1 and "." not in digits:
        yield float(digits.replace(",", ".") + power)


def _scaled(value: float, scale: str | None) -> Iterator[float]:
    scale = (scale or "").lower()
    if scale in _HUNDREDTHS:
        yield value / 100
        yield 1 + value / 100
        yield 1 - value / 100
    elif scale in _SUFFIXES:
        yield value * _SUFFIXES[scale]


def _in_words(text: str) -> Iterator[StatedNumber]:
    """Number words as they follow one another: `two hundred and fifty`, `twenty-five`, `one and a half`."""
    run: list[re.Match[str]] = []
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if word in _MULTIPLES:
            yield StatedNumber(match.start(), match.end(), (_MULTIPLES[word],), in_words=True)
        elif word in _SMALL or word in SCALES or word in _FRACTIONS:
            if run and word in _SMALL and not _goes_on(run, _SMALL[word]):
                yield _of_words(run)
                run = []
            run.append(match)
        elif run and word not in ("and", "a"):
            yield _of_words(run)
            run = []
    if run:
        yield _of_words(run)


def _of_words(run: list[re.Match[str]]) -> StatedNumber:
    values = tuple(dict.fromkeys(_word_readings(run)))
    return StatedNumber(run[0].start(), run[-1].end(), values, in_words=True)


def _word_readings(run: list[re.Match[str]]) -> Iterator[float]:
    """What a run of number words can mean: the whole first, then its parts."""
    words = [match[0].lower() for match in run]
    counted = [word for word in words if word not in _FRACTIONS]
    before, current = _total(run)
    for place, word in enumerate(words):
        if word in _FRACTIONS:
            scale = math.prod(SCALES[later] for later in words[place:] if later in SCALES)
            if scale > 1:  # half a million
                yield _FRACTIONS[word] * scale
            # of what was counted, or beyond it; or alone, and then a third is also 1/3
            both = [current + before + _FRACTIONS[word], max(current, 1) * _FRACTIONS[word]]
            for value in both if before + current == 1 else reversed(both):
                yield from _rounded(value)
            yield round(1 / _FRACTIONS[word])
    if counted:
        yield before + current
    yield from (_SMALL[word] for word in words if word in _SMALL)


def _total(run: Iterable[re.Match[str]]) -> tuple[float, float]:
    """What number words add up to: whole thousands and beyond, and what follows them."""
    total = current = 0.0
    for match in run:
        word = match[0].lower()
        if word in _SMALL:
            current += _SMALL[word]
        elif word in SCALES:
            current = max(current, 1) * SCALES[word]
            if SCALES[word] > 100:
                total, current = total + current, 0.0
    return total, current


def _goes_on(run: list[re.Match[str]], value: int) -> bool:
    """Whether a number word adds to those before it: a unit after tens, anything below a hundred after hundreds."""
    current = _total(run)[1]
    after_tens = value < 10 and current % 100 >= 20 and current % 10 == 0
    return run[-1][0].lower() not in _FRACTIONS and (after_tens or current % 100 == 0)


def _rounded(value: float) -> Iterator[float]:
    """A fraction as it may be written in decimals: 1/3, 0.33, 0.333, 0.3333."""
    yield value
    for digits in (2, 3, 4):
        yield round(value, digits)
