"""Which value of an answer does a query in words ask for: decided by words alone, never by the expected value."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steepest.evals.attempts import Attempt, NamedValue
from steepest.evals.grading.words import likeness, words_of_name, words_of_prose

__all__ = ["OBJECTIVE", "Match", "map_queries", "stated_objective"]

OBJECTIVE = "objective"
"""Name of the objective among the values that a query may be mapped to."""

_ENOUGH = 0.22
"""A query whose best value scores less is left unmatched."""
_ORDER_COUNTS = 1_000_000
"""Scores are compared to six decimals; among equals the order of queries and values decides."""

_EXTREMES = frozenset(("maximum", "minimum", "maximal", "minimal", "max", "min", "maximized", "minimized", "objective"))
_TOTALS = frozenset(("total", "overall", "net", "optimal", "sum", "average"))
_GOALS = frozenset(
    words_of_name(
        "profit cost revenue earning income return expense expenditure wage bill value score ratio efficiency exposure "
        "audience waste rate output utility benefit payoff"
    )
)
_PURPOSE = re.compile(r"\bto (?:maximi[sz]e|minimi[sz]e)\b.*", re.IGNORECASE)
"""`the price to maximize profit` asks for the price."""
_GOAL_CLAUSE = re.compile(
    r"(?:maximi[sz]\w*|minimi[sz]\w*|as (?:much|many|little|few) as possible|(?:the )?(?:most|least|highest|lowest|"
    r"largest|smallest|greatest|fewest|cheapest|maximum|minimum))([^.?!\n]{0,120})",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?P<base>[^\[]*)(?:\[(?P<labels>.*)\])?\s*", re.DOTALL)


@dataclass(frozen=True)
class Match:
    """The value that a query was mapped to."""

    name: str
    value: float
    score: float
    """How well the words fit, from 0 to about 2."""


@dataclass(frozen=True)
class _Candidate:
    """Something that may be asked for, with its words and how much each says."""

    name: str
    value: float
    words: dict[str, float]
    named: tuple[str, ...] = ()
    """Those of the words that are of its name and index."""


def map_queries(queries: Sequence[str], attempt: Attempt, question: str = "") -> tuple[Match | None, ...]:
    """Map each query to one value of the answer, or to none; no value serves two queries.

    The assignment has the greatest sum of word scores; among equal ones it keeps the order. The last query is taken for
    the objective's a little sooner than others, as data sets write it last.

    Args:
        queries: What is asked for, in words.
        attempt: The answer: its objective and named values.
        question: The problem's text, which says what is to be as large or small as possible.
    """
    values = [_candidate(each) for each in attempt.values]
    goal = None if attempt.objective is None else _Candidate(OBJECTIVE, attempt.objective, _goal(attempt, question))
    asked = [words_of_prose(query) for query in queries]
    vocabulary = _vocabulary(values)
    scores = [_value_scores(words, asked, values, vocabulary) for words in asked]
    candidates = list(values)
    if goal is not None:
        candidates.append(goal)
        for place, query in enumerate(queries):
            scores[place].append(_goal_score(query, asked[place], goal, is_last=place == len(queries) - 1))
    chosen = _assign(scores)
    return tuple(
        None if at is None else Match(candidates[at].name, candidates[at].value, scores[place][at])
        for place, at in enumerate(chosen)
    )


def stated_objective(values: Sequence[NamedValue]) -> float | None:
    """The one value whose name speaks of an objective (`Total profit`), for answers that only name values.

    None where there is no such value or more than one.
    """
    spoken = [(_cues(words_of_prose(each.name)), each.value) for each in values]
    most = max((cues for cues, _ in spoken), default=0.0)
    leaders = [value for cues, value in spoken if cues == most > 0]
    return leaders[0] if len(leaders) == 1 else None


def _candidate(named: NamedValue) -> _Candidate:
    """Words of the index say most, those of the unit least."""
    parts = _NAME.fullmatch(named.name)
    base, labels = (parts["base"], parts["labels"] or "") if parts else (named.name, "")
    words: dict[str, float] = {}
    for source, weight in (
        (words_of_name(labels), 1.0),
        (words_of_name(base), 0.9),
        (words_of_prose(named.note or ""), 0.7),
        (words_of_name(named.unit or ""), 0.4),
    ):
        for word in source:
            words.setdefault(word, weight)
    return _Candidate(named.name, named.value, words, tuple(dict.fromkeys(words_of_name(labels) + words_of_name(base))))


@dataclass(frozen=True)
class _Vocabulary:
    """The words of all values: each is compared with a query once, however many values have it."""

    size: int
    """Of how many values."""
    having: dict[str, list[tuple[int, float]]]
    """For each word the places of the values that have it, with how much it says of them."""
    naming: Counter[str]
    """How many values have a word in their name."""


def _vocabulary(values: Sequence[_Candidate]) -> _Vocabulary:
    having: dict[str, list[tuple[int, float]]] = {}
    for at, value in enumerate(values):
        for word, weight in value.words.items():
            having.setdefault(word, []).append((at, weight))
    return _Vocabulary(len(values), having, Counter(word for value in values for word in value.named))


def _value_scores(
    words: Sequence[str], asked: Sequence[Sequence[str]], values: Sequence[_Candidate], vocabulary: _Vocabulary
) -> list[float]:
    """How well each value fits a query: what share of the query's words it has, and of its name the query has."""
    found, whole = [0.0] * vocabulary.size, 0.0
    for word in words:
        fits = _fits(word, vocabulary)
        weight = _weight(word, fits, asked)
        whole += weight
        found = [before + weight * fit for before, fit in zip(found, fits, strict=True)]
    heard = {name: max((likeness(word, name) for word in words), default=0.0) for name in vocabulary.naming}
    scores = []
    for value, part in zip(values, found, strict=True):
        share = part / (whole or 1.0)
        scores.append(max(share, (share + _named_share(value, heard, vocabulary)) / 2))
    return scores


def _fits(word: str, vocabulary: _Vocabulary) -> list[float]:
    """How surely each value has the word."""
    fits = [0.0] * vocabulary.size
    for other, places in vocabulary.having.items():
        if like := likeness(word, other):
            for at, weight in places:
                fits[at] = max(fits[at], like * weight)
    return fits


def _weight(word: str, fits: Sequence[float], asked: Sequence[Sequence[str]]) -> float:
    """A word that many queries or many values have tells little apart; one that no value has is mere wording."""
    queries = sum(word in other for other in asked)
    values = sum(fit > 0 for fit in fits)
    return (1.0 if values else 0.5) / math.sqrt(max(queries, 1) * max(values, 1))


def _named_share(value: _Candidate, heard: Mapping[str, float], vocabulary: _Vocabulary) -> float:
    """What share of the words in a value's name the query has; those of few names count more."""
    weights = [1 / vocabulary.naming[name] for name in value.named]
    said = sum(weight * heard[name] for weight, name in zip(weights, value.named, strict=True))
    return said / sum(weights) if weights else 0.0


def _goal(attempt: Attempt, question: str) -> dict[str, float]:
    """Words of what is to be as large or small as possible, from the problem's text and the formulation's objective."""
    words: dict[str, float] = {}
    for clause in _GOAL_CLAUSE.finditer(question):
        words.update(dict.fromkeys(words_of_prose(clause[0])[:8], 1.0))
    for line in attempt.formulation.splitlines():
        if line.lstrip().startswith(("maximize", "minimize")):
            words |= {word: 1.0 for word in words_of_name(line)}
    return words


def _goal_score(query: str, words: Sequence[str], goal: _Candidate, *, is_last: bool) -> float:
    """How much a query sounds as if it asked for the objective."""
    shortened = words_of_prose(_PURPOSE.sub("", query))
    if not shortened:
        return 0.0
    cues = _cues(shortened)
    meant = [word for word in shortened if word not in _EXTREMES and word not in _TOTALS]
    overlap = sum(_said(word, goal) for word in meant) / len(meant) if meant else 0.0
    return (0.25 if is_last else 0.0) + cues + (0.4 if cues else 0.2) * overlap


def _said(word: str, goal: _Candidate) -> float:
    return max((likeness(word, other) for other in goal.words), default=0.0)


def _cues(words: Sequence[str]) -> float:
    """How much single words speak of an objective."""
    return sum(
        weight * any(word in cue for word in words)
        for cue, weight in ((_EXTREMES, 0.7), (_TOTALS, 0.35), (_GOALS, 0.35))
    )


def _assign(scores: Sequence[Sequence[float]]) -> list[int | None]:
    """For each query the place of its value in the assignment of the greatest sum; None where nothing fits."""
    import networkx  # 0.1 s to import, and most problems name no values

    queries = len(scores)
    span = max(queries, max(map(len, scores), default=0)) ** 2
    graph = networkx.Graph()
    for query, row in enumerate(scores):
        for at in _likely(row, queries + 1):
            in_order = span - (query - at) ** 2
            rank = round(row[at] * _ORDER_COUNTS) * (queries + 1) * span + in_order
            graph.add_edge(("query", query), ("value", at), weight=rank)
    chosen: list[int | None] = [None] * queries
    for pair in networkx.max_weight_matching(graph):
        ends = dict(pair)
        chosen[ends["query"]] = ends["value"]
    return chosen


def _likely(row: Sequence[float], most: int) -> list[int]:
    """The places of the best scores that suffice; more than there are queries can't be needed."""
    enough = [(-score, at) for at, score in enumerate(row) if score >= _ENOUGH]
    return [at for _, at in sorted(enough)[:most]]
