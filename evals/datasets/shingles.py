"""Texts as word n-grams, with their numbers or with numbers masked, and an index to find shared ones."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

__all__ = ["ShingleIndex", "masked", "words_of"]

MASK = "#"
"""What stands for any number."""

_CJK = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[0-9]+(?:,[0-9]{{3}})*(?:\.[0-9]+)?|[{_CJK}]|[^\W\d_{_CJK}]+")
_MOST_POSTINGS = 64
"""Problems remembered for an n-gram: a phrase of a template that thousands share must not make the search quadratic."""


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, numbers in one spelling (1,200.50 as 1200.5), Chinese by character."""
    plain = unicodedata.normalize("NFKC", text.replace("\\n", " ")).lower()
    return [_number(word) if "0" <= word[0] <= "9" else word for word in _WORD.findall(plain)]


def masked(words: Sequence[str]) -> list[str]:
    """The words with every number masked: what two tellings of a story with other data share."""
    return [MASK if "0" <= word[0] <= "9" else word for word in words]


def _number(word: str) -> str:
    plain = word.replace(",", "")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


class ShingleIndex:
    """N-grams of many texts, each with the texts that hold it."""

    def __init__(self, n: int) -> None:
        self.n = n
        self._postings: defaultdict[int, list[int]] = defaultdict(list)
        self._numbers: dict[str, int] = {}
        """Words as small integers, whose hashes are the same in every process."""

    def add(self, text: int, words: Sequence[str]) -> None:
        """Take in the words of a text, known by its number."""
        for shingle in self._shingles(words):
            postings = self._postings[shingle]
            if len(postings) < _MOST_POSTINGS:
                postings.append(text)

    def best(self, words: Sequence[str]) -> tuple[int | None, float, float]:
        """The text that shares most n-grams with these words.

        Returns:
            Its number, None if none shares any; the share of the words' n-grams that it has; the share that any text
            has.
        """
        shingles = self._shingles(words)
        if not shingles:
            return None, 0.0, 0.0
        shared: Counter[int] = Counter()
        covered = 0
        for shingle in shingles:
            postings = self._postings.get(shingle, ())
            covered += bool(postings)
            shared.update(postings)
        if not shared:
            return None, 0.0, 0.0
        text = min(shared, key=lambda number: (-shared[number], number))
        return text, shared[text] / len(shingles), covered / len(shingles)

    def _shingles(self, words: Sequence[str]) -> set[int]:
        """Hashes of the n-grams; a text of fewer words has one, all of it."""
        numbers = self._numbers
        told = [numbers.setdefault(word, len(numbers)) for word in words]
        n = min(self.n, len(told))
        return {hash(tuple(told[start : start + n])) for start in range(len(told) - n + 1)} if told else set()
