"""The words that a search goes by: stems, without those that say nothing."""

import re
import threading
from functools import lru_cache

__all__ = ["stem", "stems"]

_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 3
_EMPTY = frozenset(
    """about above after again all also and any are because been before being below between both but can did does
    doing down during each few for from further had has have having her here hers him his how into its itself just
    more most nor not now off once one only other our out over own same she should some such than that the their
    them then there these they this those through too two under until very was were what when where which while who
    whom why will with would you your""".split()  # noqa: SIM905 - a list of words reads worse
)
_stemming = threading.Lock()  # the stemmer has one buffer


def stems(text: str) -> list[str]:
    """The stems of a text in their order; numbers and the commonest English words are left out."""
    return [found for word in _WORD.findall(text) if (found := _kept(word))]


@lru_cache(1 << 16)
def _kept(word: str) -> str:
    """The stem of a word, or nothing where it is left out."""
    word = word.casefold()
    return "" if len(word) < _SHORTEST or word.isdigit() or word in _EMPTY else stem(word)


@lru_cache(1 << 16)
def stem(word: str) -> str:
    """The stem of an English word in small letters, which its inflections have in common."""
    with _stemming:
        return str(_stemmer().stemWord(word))


@lru_cache(1)
def _stemmer():  # type: ignore[no-untyped-def]
    import snowballstemmer

    return snowballstemmer.stemmer("english")
