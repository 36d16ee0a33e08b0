"""The words of names, labels and prose, made comparable."""

import re
from functools import lru_cache

SHORTEST_STEM = 3
"""Letters of the shortest word that can be the beginning of another."""

_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
_TOKEN = re.compile(r"[^\W_]+")
_NUMBERED = re.compile(r"(?<![^\W\d_])([^\W\d_]+)[\s_#-]{0,2}(\d{1,4})(?![\d.,]*\d|\s?%)")
"""A noun with its number, such as Store 1."""


def words_of(*texts: str) -> frozenset[str]:
    """The words of names and prose: `flour_stock`, `flourStock`, `C12`, and `Store 1` as `store1` too."""
    return _words_of(texts[0]) if len(texts) == 1 else frozenset().union(*map(_words_of, texts))


@lru_cache(1 << 14)
def _words_of(text: str) -> frozenset[str]:
    found = {piece.casefold() for piece in _PIECE.findall(text) if len(piece) > 1}
    found.update(token.casefold() for token in _TOKEN.findall(text) if _is_code(token))
    found.update(noun.casefold() + number for noun, number in _NUMBERED.findall(text))
    return frozenset(found)


def _is_code(token: str) -> bool:
    """Whether it is a label such as C12 or A."""
    if len(token) == 1:
        return token.isupper()
    return not token.isalpha() and not token.isdecimal()


@lru_cache(1 << 16)
def alike(word: str, told: str) -> bool:
    """Whether one of two words begins the other but for an ending: cap and capacity, cakes and cake."""
    shorter, longer = sorted((word, told), key=len)
    if len(shorter) < SHORTEST_STEM:
        return False
    return longer.startswith(shorter) or (len(shorter) > 4 and longer.startswith(shorter[:-2]) and len(longer) < 12)
