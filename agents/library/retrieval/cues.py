"""Cues: what texts about optimization problems say whatever they are about, such as that a share of a total is limited.

The words that two such texts have in common are mostly those of the trade, cakes and ovens, which say nothing about how
to model it; "at least 30% of" and "a share of a total is required" have none in common. So phrases are looked up in a
lexicon (`cues.toml`), and texts are compared by what these stand for.
"""

import hashlib
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TypeAlias

import numpy as np

from steepest.agents.library.stores.protocol import Vectors
from steepest.agents.library.words import stem

__all__ = ["CueReader", "shipped_cues"]

_TOKEN = re.compile(r"[^\W\d_]+|\d[\d.,]*|%")
_IN_PHRASES = re.compile(rf"{_TOKEN.pattern}|[#*]")
_NUMBER = "#"
_ANY = "*"

Phrases: TypeAlias = dict[str, list[tuple[tuple[str, ...], int]]]
"""By their first word: what follows it, and the number of the cue."""


class CueReader:
    """Which cues are in a text; an `Embedder` with a column for each cue.

    Args:
        lexicon: Phrases by cue; `#` is any number, `*` any word.
    """

    def __init__(self, lexicon: Mapping[str, Sequence[str]]) -> None:
        self.names = tuple(lexicon)
        self._space = f"cues/{hashlib.sha256(repr(sorted(lexicon.items())).encode()).hexdigest()[:12]}"
        self._phrases: Phrases = defaultdict(list)
        for number, phrases in enumerate(lexicon.values()):
            for phrase in phrases:
                first, *rest = _tokens(phrase, _IN_PHRASES)
                self._phrases[first].append((tuple(rest), number))

    @property
    def space(self) -> str:
        """What decides the vectors: the lexicon."""
        return self._space

    def cues(self, text: str) -> set[str]:
        """The names of the cues in a text."""
        return {self.names[number] for number in self._found(text)}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text, with a 1 for each cue that is in it."""
        rows = np.zeros((len(texts), len(self.names)), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[list(set(self._found(text)))] = 1
        return rows

    def _found(self, text: str) -> Iterator[int]:
        tokens = _tokens(text, _TOKEN)
        for place, token in enumerate(tokens):
            for rest, number in self._phrases.get(token, ()):
                following = tokens[place + 1 : place + 1 + len(rest)]
                if len(following) == len(rest) and all(map(_is, following, rest)):
                    yield number


@lru_cache(1)
def shipped_cues() -> CueReader:
    """The lexicon that comes with the package."""
    return CueReader(tomllib.loads(files(__package__).joinpath("cues.toml").read_text("utf-8")))


def _tokens(text: str, pattern: re.Pattern[str]) -> list[str]:
    return [_token(each) for each in pattern.findall(text.casefold())]


def _token(found: str) -> str:
    if found == "%":
        return stem("percent")
    return _NUMBER if found[0].isdigit() else stem(found)


def _is(token: str, wanted: str) -> bool:
    return wanted in (token, _ANY)
