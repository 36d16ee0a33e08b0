"""Words of queries and names, made comparable: `Number of Senior Accountants` and `hire[senior_accountant]`."""

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["likeness", "words_of_name", "words_of_prose"]

_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")
"""Numbers; runs of capitals; words, cut where camel case begins a new one; words of other scripts."""

_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}\b)")
_CUT = 4
"""Letters that two words must share from their start to be forms of one word."""

_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "the of to be is are was in on at by for from with and or that this which it its as if we you your they their "
        "can could should would will must get have has had do does per each every whether how much many what there",
    )
)
_ARTICLES = frozenset(("a", "an"))
"""Only in small letters: `Product A` is another thing."""


@lru_cache(maxsize=1024)
def words_of_prose(text: str) -> tuple[str, ...]:
    """The words of a sentence that carry meaning, in their stems, each once; a number also with the word before it."""
    return _distinct(
        token for token in _tokens(text) if token not in _ARTICLES and token.lower() not in _FUNCTION_WORDS
    )


@lru_cache(maxsize=1024)
def words_of_name(text: str) -> tuple[str, ...]:
    """All words of an identifier or label, in their stems, each once; a number also with the word before it."""
    return _distinct(_tokens(text))


@lru_cache(maxsize=2**16)
def likeness(asked: str, named: str) -> float:
    """How surely a word of a query and a word of a name are the same word, from 0 to 1.

    Forms of a word count less than the word, abbreviations in a name less than forms, and a single letter that begins
    the asked word very little.
    """
    if asked == named:
        return 1.0
    if asked[0] != named[0] or not (asked.isalpha() and named.isalpha()):
        return 0.0
    shared = _shared_start(asked, named)
    if shared >= _CUT and shared >= 0.6 * max(len(asked), len(named)):
        return 0.8
    if shared == len(named) or (shared == len(asked) and shared >= _CUT):
        return {1: 0.5, 2: 0.5}.get(shared, 0.6)
    return 0.0


def _distinct(tokens: Iterable[str]) -> tuple[str, ...]:
    words: dict[str, None] = {}
    before = ""
    for token in tokens:
        word = _stem(token.lower())
        words[word] = None
        if word[0].isdigit() and before.isalpha():
            words[before + word] = None  # `oil 1` and `gas 2` are not `oil 2` and `gas 1`
        before = word
    return tuple(words)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_THOUSANDS.sub("", text))


def _shared_start(one: str, other: str) -> int:
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def _stem(word: str) -> str:
    """Without the ending of a plural: enough for names, where `likeness` takes care of other forms."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
