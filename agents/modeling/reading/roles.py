"""Numbers of a text that state no data: parts of names, dates, places in a document, how an answer is to be rounded."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

from steepest.agents.modeling.numbers import SCALES, StatedNumber

Role = Literal["data", "label", "aside"]
"""`label`: part of a name, a date, a heading; `aside`: said in passing (one, no, both, 0, 1), data or not."""

_RUN = 4
"""Numbers that count up before they are taken for labels."""

_MOST_ENTRIES = 99
"""Of a list whose entries are numbered."""

_BEFORE = 40
_AFTER = 30
_POINTERS = re.compile(
    r"(?:tables?|figures?|fig\.|sections?|chapters?|problems?|questions?|exercises?|examples?|equations?|eq\.|no\.|№|\#|§)"
    r"[\s~({\[]*(?:\d+\s*[-–.]\s*)?\Z",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"(?:[_^]\s?\{?\s?(?:[\w+-]+,\s?)?|(?<![\d\s])\^|[A-Za-z_]\d?\[\s?(?:\w+,\s?)?)\Z")
_LIST_MARK = re.compile(r"(?:(?:\A|\n|\\n)[ \t]*[(*-]*\s*|\()\Z")
_AFTER_LIST_MARK = re.compile(r"\)\s|[.)、:]\s*(?=[A-Za-z(*$])")
_HEADING = re.compile(r"(?:\A|\n)\s*(?:\d+[.-])?\Z")
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE_BEFORE = re.compile(rf"\b{_MONTHS}\s*(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s*)?\Z", re.IGNORECASE)
_DATE_AFTER = re.compile(rf"(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTHS}\b(?!\s+\w+\s+(?:be|not)\b)", re.IGNORECASE)
_ISO_DATE = re.compile(r"(?:(?:19|20)\d\d[-/])(?:\d{1,2}[-/])?\Z")
_ISO_REST = re.compile(r"[-/]\d{1,2}[-/]\d{1,4}\b")
_YEAR_BEFORE = re.compile(r"\b(?:in|year|years|of|since|until|by|from|to|and|during|[-–])\s*\Z", re.IGNORECASE)
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b", re.IGNORECASE)
_ROUNDING = re.compile(r"\s*[-]?(?:decimal|significant|digits?\b|d\.p\.)", re.IGNORECASE)
_LAST_WORD = re.compile(r"([A-Za-z]+)[\s\-_#]*\Z")
_NEXT_WORD = re.compile(r"\s*[-)]?\s*([A-Za-z]+)")

_OF_A_CLOCK = re.compile(r"(?:\s|\\[!,;])*[:;](?:\s|\\[!,;])*00\b")
_COMMAND = re.compile(
    r"\\(?:renewcommand|setlength|vspace|hspace|resizebox|scalebox|multicolumn|multirow|cline)\b[^\n]{0,30}\Z"
)
_OF_A_DAY = re.compile(r"-hour\b|\s?hours?\s+(?:a|per|every|each)\s+day\b")
_COUNTED = re.compile(r"(?:\s+(?!and\b|or\b|to\b|of\b)[A-Za-z-]+){0,3}?\s+(?P<noun>[A-Za-z]{2,}s|people|men|women)\b")
_DEMANDED = re.compile(
    r"\b(?:least|most|than|exactly|up to|exceed|requires?|needs?|takes?|uses?|consumes?|costs?|holds?|carr(?:y|ies)|per"
    r"|every|each|only|maximum of|minimum of|limit(?:ed)? (?:to|of)|within)\s*\Z",
    re.IGNORECASE,
)
_MEASURES = frozenset(
    """hours minutes seconds days weeks months years dollars euros cents units pounds ounces grams kilograms tons
    tonnes litres liters gallons meters metres feet inches miles kilometers acres hectares points times percents
    shifts items pieces servings trips""".split()  # noqa: SIM905 - a list of words reads worse
)

_PASSING = frozenset({"one", "no", "none", "both", "single", "once", "pair", "couple", "zero"})
_NO_NAMES = frozenset(
    """a about above after all an and are around as at approximately below between by cost costs earn earns each
    equal equals every exactly for from gain get gives had has have hold holds in into is least less make makes
    maximum minimum more most need needs nearly of on only or over pay pays per produce produces profit provide
    provides require requires roughly same sell sells spend spends stores take takes than the to under
    until up use uses was were with within worth yields""".split()  # noqa: SIM905 - a list of words reads worse
)
_NAMING = frozenset(
    """activity aircraft area batch bin block building car category center centre city class client container
    customer day depot destination district division dock employee facility factory farm feed field food group
    hospital hotspot house hub item job junction kind level line link location lot machine market material mine
    model module month mine node operation order origin patient period person phase pipe plan plant player point
    port position process product program project quarter queue region resource retailer road robot room route
    scenario sector segment server shift shop site species stage station step stop store supplier task team
    terminal tower town trip truck type unit vehicle version village warehouse week worker year zone""".split()  # noqa: SIM905
)
"""Nouns that numbers are put behind to tell things apart: Day 1, machine 2."""


class Roles:
    """The roles of the numbers of one text."""

    def __init__(self, text: str, numbers: Sequence[StatedNumber], labels: Collection[str] = ()) -> None:
        """Look at what stands before each number.

        Args:
            text: The problem's text.
            numbers: Its numbers.
            labels: Labels of a formulation that have a number in them, where there is one.
        """
        self._text = text
        self._names = _numbered_names(text, numbers)
        self._heads = frozenset(_counting_up(text, numbers))
        self._labels = frozenset("".join(label.casefold().split()) for label in labels)

    def of(self, number: StatedNumber) -> Role:
        """The role of a number."""
        before = self._text[max(0, number.start - _BEFORE) : number.start]
        after = self._text[number.end : number.end + _AFTER]
        if number.in_words:
            return self._of_words(number, before, after)
        if number.start in self._heads or self._is_name(number, before):
            return "label"
        if _is_pointer(number, before, after) or _is_date(number, before, after):
            return "label"
        is_said = (
            number.is_clock
            or _OF_A_CLOCK.match(after) is not None
            or (number.values == (24.0,) and _OF_A_DAY.match(after) is not None)
        )
        return "aside" if is_said or number.values in ((0.0,), (1.0,)) else "data"

    def _of_words(self, number: StatedNumber, before: str, after: str) -> Role:
        word = self._text[number.start : number.end].casefold()
        if word in _PASSING or word in SCALES or _counts_things(before, after):
            return "aside"
        is_ordinal = word in ("third", "fourth", "fifth", "sixth", "eighth", "tenth", "quarter") and not _is_part(after)
        return "aside" if is_ordinal else "data"

    def _is_name(self, number: StatedNumber, before: str) -> bool:
        """Whether it stands behind a noun that other numbers stand behind as well, or that a label holds."""
        last = _LAST_WORD.search(before)
        if last is None or number.values[0] != int(number.values[0]) or number.values[0] > 10_000:
            return False
        name = last[1].casefold()
        if f"{name}{number.values[0]:.0f}" in self._labels:
            return True
        return number.values[0] in self._names.get(name, ())


def _counts_things(before: str, after: str) -> bool:
    """Whether a number word only says how many things are spoken of: "three types of crops"."""
    counted = _COUNTED.match(after)
    return counted is not None and counted["noun"].casefold() not in _MEASURES and not _DEMANDED.search(before)


def _is_part(after: str) -> bool:
    """Whether a fraction word is a share: "a third of", "half the", "a quarter as many"."""
    return (
        re.match(r"\s+(?:of|the|as|that|an?|its|their|more|less|kg|hour|mile|pound|cup|ton)\b", after, re.I) is not None
    )


def _is_pointer(number: StatedNumber, before: str, after: str) -> bool:
    """Whether it is a place in a document or a formula: Table 3, (2), x_1, the 4th, two decimal places."""
    if (
        _POINTERS.search(before)
        or _SCRIPT.search(before)
        or _COMMAND.search(before)
        or _ORDINAL.match(after)
        or _ROUNDING.match(after)
    ):
        return True
    if _HEADING.search(before) and re.match(r"(?:[.-]\d+)?[.)]?\s+[A-Z]", after) and not before.strip():
        return True
    if number.values[0] > _MOST_ENTRIES:
        return False
    if re.match(r"\)\s+[A-Z]", after) and re.search(r"(?:\A|[\s;:,])\Z", before) and "(" not in before:
        return True
    return _LIST_MARK.search(before) is not None and _AFTER_LIST_MARK.match(after) is not None


def _is_date(number: StatedNumber, before: str, after: str) -> bool:
    if number.is_clock:
        return False
    if _DATE_BEFORE.search(before) or _DATE_AFTER.match(after) or _ISO_DATE.search(before):
        return True
    value = number.values[0]
    is_year = 1900 <= value <= 2100 and value == int(value) and number.end - number.start == 4
    return is_year and (_YEAR_BEFORE.search(before) is not None or _ISO_REST.match(after) is not None)


def _counting_up(text: str, numbers: Sequence[StatedNumber]) -> Iterator[int]:
    """Where numbers count 1 2 3 4 with nothing else between them: the head of a table without rules."""
    run: list[StatedNumber] = []
    for number in [*numbers, None]:
        follows = number is not None and run and number.values[0] == run[-1].values[0] + 1
        if follows and number is not None and not text[run[-1].end : number.start].strip(" \t|&,"):
            run.append(number)
            continue
        if len(run) >= _RUN:
            yield from (each.start for each in run)
        run = [number] if number is not None else []


def _numbered_names(text: str, numbers: Sequence[StatedNumber]) -> Mapping[str, frozenset[float]]:
    """Nouns that are numbered, from 0 or 1 on or at least three in a row, each with its numbers."""
    found: defaultdict[str, set[float]] = defaultdict(set)
    named: set[str] = set()
    for number in numbers:
        last = _LAST_WORD.search(text[max(0, number.start - _BEFORE) : number.start])
        if last is None or number.in_words or last[1].casefold() in _NO_NAMES:
            continue
        word = last[1].casefold()
        found[word].add(number.values[0])
        if word.removesuffix("s") in _NAMING or last[1][0].isupper():
            named.add(word)
    return {
        word: frozenset(values)
        for word, values in found.items()
        if word in named and (values & {0.0, 1.0} or any({each + 1, each + 2} <= values for each in values))
    }
