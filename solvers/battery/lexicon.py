"""The words that say what a number is: the one place where the battery reads English.

Words are fallible, so the lists are short and a doubt is silence: a comparison counts only where it stands right before
or after the number itself ("at most 30 cakes"), a name only where neither the rest of it nor a quote says the opposite.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from steepest.solvers.battery.report import Role
from steepest.solvers.formulation import Element, Sense

_AT_MOST = (
    r"at most|at maximum|no more than|not more than|can(?:not|'t) (?:exceed|be more than)|not exceed|not exceeding"
    r"|no greater than|up to|a maximum of|maximum of|limited to|has only|only has|only have"
)
_AT_LEAST = r"at least|at minimum|no less than|not less than|no fewer than|not fewer than|a minimum of|minimum of"
_FILLER = r"(?:a total of|the total of|an overall|about|approximately|around|the|a|all|of|only|[$€£¥])"
_AT_MOST_AFTER = r"or less|or fewer|(?:at most|maximum)(?=\s*(?:[.,;)]|\Z))|(?:is|are) available|available"
_AT_LEAST_AFTER = r"or more|(?:at least|at minimum)(?=\s*(?:[.,;)]|\Z))"
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]

_UPPER_NAMES = frozenset({"capacity", "capacities", "budget", "available", "availability", "max", "maximum"})
_LOWER_NAMES = frozenset({"min", "minimum", "least", "required", "requirement", "requirements", "needed"})
_DEMAND_NAMES = frozenset({"demand", "demands"})
"""A requirement where the least cost is looked for and words say that it is met; else it may be what can be sold."""
_MET = frozenset(
    [
        "met",
        "meet",
        "meets",
        "satisfy",
        "satisfied",
        "satisfies",
        "satisfaction",
        "fulfil",
        "fulfill",
        "fulfilled",
        "served",
        "covered",
    ]
)
_COST_NAMES = frozenset({"cost", "costs", "expense", "expenses", "penalty"})
_REWARD_NAMES = frozenset({"profit", "profits", "revenue", "revenues", "earnings", "benefit", "reward"})
_BLURRING = frozenset(
    [
        "limit",
        "limits",
        "target",
        "saving",
        "savings",
        "saved",
        "save",
        "reduction",
        "reduced",
        "avoided",
        "share",
        "percent",
        "percentage",
        "rate",
        "ratio",
        "factor",
        "fraction",
        "initial",
        "old",
        "current",
        "new",
        "base",
        "per",
        "use",
        "usage",
        "used",
        "consumption",
        "consumed",
        "slack",
        "gap",
        "difference",
        "utilization",
        "loss",
        "lower",
        "upper",
        "deviation",
        "level",
        "threshold",
        "quota",
        "big",
        "m",
        "goal",
        "opportunity",
        "sunk",
        "tax",
        "from",
        "after",
        "start",
        "begin",
        "release",
        "earliest",
        "latest",
        "until",
        "date",
    ]
)
"""Words in a name beside which the others may mean anything."""
_USE = re.compile(r"\b(?:requires?|uses?|needs?|takes?|consumes?|contains?|provides?|processes|process|holds?)\b", re.I)
_REACH = 6
"""How many words after "maximize" may name what is maximized."""
_SENSE: dict[Sense, re.Pattern[str]] = {
    "maximize": re.compile(
        r"\b(?:maximi[sz]\w*|most profit\w*|most revenue|highest (?:total )?(?:profit|revenue))\b", re.I
    ),
    "minimize": re.compile(r"\b(?:minimi[sz]\w*|least cost\w*|cheapest|lowest (?:total )?cost\w*|fewest)\b", re.I),
}
_WHOLE = re.compile(r"\b(?:whole numbers?|integers?|integral|yes[- ]or[- ]no|can ?not be (?:split|fractional))\b", re.I)
_NOT_WHOLE = re.compile(r"\b(?:not|no|non|need|fraction\w*|real|continuous|relax\w*|linear)\b", re.I)


@dataclass(frozen=True, slots=True)
class Assertion:
    """What words say of a number."""

    role: Role
    words: str
    """Those that say it."""
    is_quoted: bool
    """Whether the user's text says it, beside the number; otherwise the name alone does."""


def limit_said(texts: Iterable[str], values: Sequence[float]) -> Assertion | None:
    """The kind of limit that texts make of a number; None where they say nothing of it, or both.

    Args:
        texts: Passages of the user's text.
        values: The number, or the numbers of a table.
    """
    found: dict[Role, str] = {}
    for text in texts:
        for role, words in _limits_in(text, values):
            found.setdefault(role, words)
    if len(found) != 1:
        return None
    role, words = next(iter(found.items()))
    return Assertion(role, words, is_quoted=True)


def limit_named(name: str, unit: str | None, texts: Sequence[str], *, is_least_cost: bool) -> Assertion | None:
    """The kind of limit that a name says, unless the texts beside it speak of the opposite.

    Args:
        name: The name of the number.
        unit: Its unit; `min` is minutes beside a unit of time, and anywhere but in front.
        texts: The user's words for it, and names and words of what uses it.
        is_least_cost: Whether the objective is made small.
    """
    words = _words_of(name)
    if "min" in words and (tokens(name)[0] != "min" or "min" in _words_of(unit or "")):
        return None
    is_demand = bool(words & _DEMAND_NAMES)
    is_met = is_least_cost and any(_MET & _words_of(text) for text in texts)
    if words & (_BLURRING | _COST_NAMES | _REWARD_NAMES) or (is_demand and not is_met):
        return None
    lower = _LOWER_NAMES | _DEMAND_NAMES
    is_upper, is_lower = bool(words & _UPPER_NAMES), bool(words & lower)
    if is_upper == is_lower:
        return None
    opposite = re.compile(_AT_LEAST if is_upper else f"{_AT_MOST}|available", re.I)
    if any(opposite.search(text) for text in texts):
        return None
    word = min(words & (_UPPER_NAMES if is_upper else lower))
    return Assertion("upper limit" if is_upper else "lower limit", word, is_quoted=False)


def money_named(name: str, texts: Iterable[str]) -> Assertion | None:
    """Whether a name says cost or reward, unless the texts beside it speak of the other."""
    words = _words_of(name)
    if words & (_BLURRING | _UPPER_NAMES | _LOWER_NAMES):
        return None
    is_cost, is_reward = bool(words & _COST_NAMES), bool(words & _REWARD_NAMES)
    if is_cost == is_reward:
        return None
    others = _REWARD_NAMES | {"sell", "sells", "sold"} if is_cost else _COST_NAMES
    if any(others & _words_of(text) for text in texts):
        return None
    word = min(words & (_COST_NAMES if is_cost else _REWARD_NAMES))
    return Assertion("cost" if is_cost else "reward", word, is_quoted=False)


def sense_said(texts: Iterable[str], objects: Iterable[str]) -> tuple[Sense, str] | None:
    """The direction that texts ask for, with the words; None where they say none, or both.

    "Minimize the waste" says nothing of an objective that sums what is used: only words that go on to name what the
    objective is made of count.

    Args:
        texts: The user's words for the objective.
        objects: Names and units of what it is made of.
    """
    known = {_stem(word) for text in objects for word in tokens(text)}
    found: dict[Sense, str] = {}
    for text in texts:
        for sense, pattern in _SENSE.items():
            for match in pattern.finditer(text):
                what = [_stem(word) for word in tokens(text[match.start() :])[:_REACH]]
                if known.intersection(what):
                    found.setdefault(sense, match.group())
    return next(iter(found.items())) if len(found) == 1 else None


def _stem(word: str) -> str:
    return word.removesuffix("s")


def said_whole(element: Element) -> str | None:
    """The words by which an element's numbers are whole ones."""
    for text in (*element.quotes, element.note):
        match = _WHOLE.search(text)
        if match is not None and not _NOT_WHOLE.search(text):
            return match.group()
    return None


def said_used(texts: Iterable[str]) -> str | None:
    """The word by which texts say what something takes or gives: "requires", "contains"."""
    return next((match.group() for text in texts if (match := _USE.search(text)) is not None), None)


def numbers_in(text: str) -> int:
    """How many numbers a text has, those in words too."""
    return len(re.findall(rf"{_NUMBER}|\b(?:{'|'.join(_WORDS)})\b", text, re.I))


def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, `flourStock` and `flour_stock` alike."""
    return tuple(each.lower() for each in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name))


def _words_of(text: str) -> frozenset[str]:
    return frozenset(tokens(text))


def _limits_in(text: str, values: Sequence[float]) -> Iterable[tuple[Role, str]]:
    """The limits that a text makes of any of the numbers; a number written as a word counts."""
    for match in re.finditer(rf"{_NUMBER}|\b(?:{'|'.join(_WORDS)})\b", text, re.I):
        if not _is_one_of(match.group(), text[match.end() :], values):
            continue
        before, after = text[: match.start()], text[match.end() :]
        for role, lead, tail in (
            ("upper limit", _AT_MOST, _AT_MOST_AFTER),
            ("lower limit", _AT_LEAST, _AT_LEAST_AFTER),
        ):
            found = re.search(rf"\b({lead})\s+(?:{_FILLER}\s*)*\Z", before, re.I)
            found = found or re.match(rf"%?(?:[\s-]+[^\W\d]+){{0,5}}?\s+({tail})(?!\w)", after, re.I)
            if found is not None:
                yield role, found.group(1)  # type: ignore[misc]  # a role


def _is_one_of(written: str, after: str, values: Sequence[float]) -> bool:
    number = float(_WORDS.index(written.lower())) if written.lower() in _WORDS else float(written.replace(",", ""))
    meant = {number, number / 100} if re.match(r"\s*(?:%|percent)", after) else {number}
    return any(abs(value - each) <= 1e-9 * max(1.0, abs(each)) for value in values for each in meant)
