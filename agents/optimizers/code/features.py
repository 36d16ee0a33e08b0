"""What candidates differ in, as numbers: the axes of a MAP-Elites grid (Mouret & Clune, arXiv 1504.04909).

A feature takes a candidate's values and those of the seed, so it is the same in every run and needs no archive;
diversity in OpenEvolve is a distance to programs drawn at random (`openevolve:database.py`, `_calculate_diversity`).
"""

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from steepest.agents.optimizers.search.values import Component, Values

__all__ = [
    "Feature",
    "code_length",
    "default_features",
    "edit_distance",
    "identity_of",
    "layout_free",
    "tree_distance",
]

Feature = Callable[[Values, Values], float]
"""A finite number from a candidate's values and the seed's."""
_MOST_TOKENS = 4000


def layout_free(source: str) -> str:
    """Python source without comments, docstrings and layout of its own: sources that differ in these alone are equal.

    What is no Python stays as it is, but for blanks at the ends of its lines.
    """
    tree = _parsed(source)
    if tree is None:
        return "\n".join(line.rstrip() for line in source.strip().splitlines())
    for each in ast.walk(tree):
        if isinstance(each, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            _drop_docstring(each)
    return ast.unparse(tree)


def code_length(source: str) -> float:
    """Characters of a source, comments, docstrings and layout left out."""
    return float(len(_kept_layout_free(source)))


def edit_distance(first: str, second: str) -> float:
    """How different two texts are word by word, from 0 (equal) to 1 (nothing in common)."""
    return _distance(tuple(first.split()[:_MOST_TOKENS]), tuple(second.split()[:_MOST_TOKENS]))


def tree_distance(first: str, second: str) -> float:
    """How different two Python sources are by the nodes of their syntax trees, from 0 to 1.

    Names and constants count, comments and layout do not. What is no Python is compared as text.
    """
    before, after = _tokens(first), _tokens(second)
    if before is None or after is None:
        return edit_distance(first, second)
    return _distance(before, after)


def default_features(components: Sequence[Component]) -> dict[str, Feature]:
    """Two features that fit what candidates consist of.

    Of code, or else of texts: their length and their distance from the seed's. Otherwise the values of the first two
    numbers, on a logarithmic scale where the component has one, or how many components differ from the seed.
    """
    for kind, length, distance in (("code", code_length, tree_distance), ("text", _characters, edit_distance)):
        names = [each.name for each in components if each.kind == kind]
        if names:
            return {"length": _total(names, length), "diversity": _mean_distance(names, distance)}
    numbers = [each for each in components if each.kind in ("integer", "float")][:2]
    return {each.name: _number(each) for each in numbers} or {"changed": _changed}


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _drop_docstring(scope: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
    if ast.get_docstring(scope, clean=False) is not None:
        scope.body = scope.body[1:] or [ast.Pass()]


@lru_cache(maxsize=1024)
def _kept_layout_free(source: str) -> str:
    return layout_free(source)


@lru_cache(maxsize=256)
def _tokens(source: str) -> tuple[str, ...] | None:
    tree = _parsed(_kept_layout_free(source))
    return None if tree is None else tuple(_spoken(tree))[:_MOST_TOKENS]


def _spoken(node: ast.AST) -> Iterator[str]:
    """A syntax tree as words, each node before its parts."""
    waiting: list[Any] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.AST):
            yield type(each).__name__
            waiting += [getattr(each, name, None) for name in reversed(each._fields) if name not in ("ctx", "kind")]
        elif isinstance(each, list):
            waiting += reversed(each)
        elif each is not None:
            yield repr(each)


def _distance(first: Sequence[str], second: Sequence[str]) -> float:
    return 0.0 if first == second else 1.0 - SequenceMatcher(None, first, second, autojunk=False).ratio()


def _characters(text: str) -> float:
    return float(len(text))


def _total(names: Sequence[str], length: Callable[[str], float]) -> Feature:
    return lambda values, seed: math.fsum(length(values[name]) for name in names)


def _mean_distance(names: Sequence[str], distance: Callable[[str, str], float]) -> Feature:
    return lambda values, seed: math.fsum(distance(values[name], seed[name]) for name in names) / len(names)


def _number(component: Component) -> Feature:
    def value(values: Values, seed: Values) -> float:
        number = float(values[component.name])
        return math.log(number) if component.log and number > 0 else number

    return value


def _changed(values: Values, seed: Values) -> float:
    return float(sum(values[name] != seed.get(name) for name in values))


def identity_of(values: Values, components: Mapping[str, Component]) -> tuple[str, ...]:
    """What makes two candidates the same but for the layout of their code."""
    return tuple(
        _kept_layout_free(value) if components[name].kind == "code" and isinstance(value, str) else repr(value)
        for name, value in sorted(values.items())
    )
