"""Which elements of a formulation answer to a sentence of the text: by what they quote, or by the words they share."""

import re
from collections.abc import Iterator

from steepest.agents.modeling.reading.matching import quoted_spans
from steepest.agents.modeling.reading.slots import AnElement
from steepest.agents.modeling.reading.spans import Span
from steepest.agents.modeling.reading.words import alike, words_of
from steepest.solvers.checks.symbols import declared_elements, title
from steepest.solvers.definitions import expressions_of, names_in
from steepest.solvers.formulation import Constraint, Formulation, Set, Variable
from steepest.solvers.language.expressions import LabelRef, walk

_SHORTEST = 4
_MODAL = frozenset(
    """also allowed amount available based been both can cannot company constraint constraints each either ensure
    equal every exactly exceed following from given have into least less limit limited limits making manager
    meet more most must need needs number only other plan problem required requirement requirements requires
    satisfied satisfy shall should some such than that their there these they this those total used using were
    when where which while will with within would without""".split()  # noqa: SIM905 - a list of words reads worse
)
_DOMAINS = re.compile(
    r"\b(?:whole|integers?|integral|non-?negative|negative|fractional|fractions|binary|divisible|positive)\b",
    re.IGNORECASE,
)


class Demands:
    """What a formulation has that can answer to a sentence."""

    def __init__(self, formulation: Formulation, text: str) -> None:
        """Look up what every element quotes."""
        elements: list[AnElement] = [*declared_elements(formulation), *formulation.objectives, *formulation.constraints]
        self._quoting = [
            (span, title(element, formulation)) for element in elements for span in quoted_spans(element.quotes, text)
        ]
        self._words = frozenset(_words(formulation))

    def quoting(self, sentence: Span) -> list[str]:
        """The elements that quote a sentence or a part of it."""
        return [element for span, element in self._quoting if span.meets(sentence)]

    def are_met(self, sentence: str) -> bool:
        """Whether constraints or variables share a word with it that says more than that something is demanded.

        What a sentence says of domains (whole, not negative) every formulation answers in its variables.
        """
        if _DOMAINS.search(sentence):
            return True
        told = {word for word in words_of(sentence) if len(word) >= _SHORTEST} - _MODAL
        return not told or any(alike(word, own) for word in told for own in self._words)


def _words(formulation: Formulation) -> Iterator[str]:
    """The words of what limits and decides: names, notes, and the labels and names in constraints."""
    limiting: list[Constraint | Variable] = [*formulation.constraints, *formulation.variables]
    for element in limiting:
        yield from words_of(element.name, element.note, *element.quotes, *names_in(element))
        for expression in expressions_of(element):
            yield from words_of(*(node.value for node in walk(expression) if isinstance(node, LabelRef)))
    for each in formulation.sets:
        yield from _words_of_set(each)


def _words_of_set(each: Set) -> Iterator[str]:
    yield from words_of(each.name, each.note)
    if each.members is not None:
        yield from words_of(*(node.value for node in walk(each.members) if isinstance(node, LabelRef)))
