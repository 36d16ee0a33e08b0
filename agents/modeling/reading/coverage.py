"""What a formulation took from the problem's text, number by number and sentence by sentence, and what it left there.

No model is asked. A number of the formulation points at the words that it comes from; a number or a demand of the text
to which nothing points is told to the person. So that a right model is not doubted, a number counts as read if
anything in the formulation has its value, or is reckoned from it; how many of a thing there are, numbers in names and
what is said in passing are never reported.
"""

import re
from collections.abc import Collection, Iterator
from typing import Literal

from pydantic import BaseModel, Field
from pydantic.dataclasses import dataclass

from steepest.agents.modeling.numbers import key
from steepest.agents.modeling.reading.demands import Demands
from steepest.agents.modeling.reading.derivations import Derivations
from steepest.agents.modeling.reading.known import CONVERSIONS, OF_SHAPES, PI, SHAPES
from steepest.agents.modeling.reading.matching import place_slots
from steepest.agents.modeling.reading.places import Place, Segments, segments_of
from steepest.agents.modeling.reading.sentences import SentenceKind
from steepest.agents.modeling.reading.slots import Slot, labels_of, sizes_of, slots_of
from steepest.agents.modeling.reading.spans import Span
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import Label

OriginKind = Literal["text", "table", "derived", "assumed", "data", "constant", "changed", "missing", "unknown"]
"""Where a number comes from: the text's words, a table in it, numbers of the text by a calculation, an assumption, the
person's tables, what everybody knows (60 minutes an hour, pi), a change that the person made later, nowhere yet; or it
can't be said."""

NumberUse = Literal["used", "restated", "label", "count", "aside", "idle", "replaced", "unused", "unknown"]
"""What became of a number of the text: something comes from it; it says again what others say; it is part of a name;
it counts what is listed; it was said in passing; it stands in a parameter that nothing needs; the person changed what
came from it; nothing has it; there is no formulation to compare with."""


@dataclass(frozen=True)
class Origin:
    """Where a number of the formulation comes from."""

    element: str
    """Such as `parameter flour`."""
    name: str
    """Empty for an objective."""
    index: tuple[Label, ...]
    value: float | None
    """None for data that are missing or come from the person's tables."""
    kind: OriginKind
    spans: tuple[Span, ...] = ()
    """In the problem's text: of the number, or of those that it is reckoned from."""
    how: str = ""
    """For a derived number the calculation, for an assumed or missing one the reason."""


@dataclass(frozen=True)
class NumberRead:
    """A number of the text and what became of it."""

    span: Span
    value: float
    """Its likeliest meaning: 0.25 for "25%"."""
    use: NumberUse
    elements: tuple[str, ...] = ()
    """The elements of the formulation that come from it, such as `parameter flour`."""


@dataclass(frozen=True)
class SentenceRead:
    """A sentence of the text and what of the formulation answers to it."""

    span: Span
    kind: SentenceKind
    elements: tuple[str, ...] = ()
    is_unread: bool = False
    """Whether it demands or limits something to which nothing in the formulation answers."""


class Reading(BaseModel):
    """How a formulation reads a problem's text; spans are positions in `Answer.problem`."""

    sentences: list[SentenceRead] = Field(default_factory=list)
    numbers: list[NumberRead] = Field(default_factory=list)
    origins: list[Origin] = Field(default_factory=list)
    """One for each number of the formulation; empty where there is none."""
    is_cut: bool = False
    """Whether the text has more numbers than are looked at (`places.MOST_NUMBERS`)."""

    @property
    def unused(self) -> list[NumberRead]:
        """The numbers of the text that nothing in the formulation has, and those in a parameter that nothing needs."""
        return [number for number in self.numbers if number.use in ("unused", "idle")]

    @property
    def unread(self) -> list[SentenceRead]:
        """The sentences that demand something to which nothing in the formulation answers."""
        return [sentence for sentence in self.sentences if sentence.is_unread]

    @property
    def number_coverage(self) -> float | None:
        """The share of the text's data that the formulation uses; None where there is nothing to compare."""
        data = [number for number in self.numbers if number.use in ("used", "idle", "unused")]
        return sum(number.use == "used" for number in data) / len(data) if data else None

    @property
    def provenance_coverage(self) -> float | None:
        """The share of the formulation's numbers whose origin is known; None where it has none."""
        known = sum(origin.kind != "unknown" for origin in self.origins)
        return known / len(self.origins) if self.origins else None

    def origins_at(self, offset: int) -> list[Origin]:
        """What comes from the words at a position of the text."""
        here = Span(offset, offset + 1)
        return [origin for origin in self.origins if any(span.meets(here) for span in origin.spans)]

    def origins_of(self, name: str, index: tuple[Label, ...] | None = None) -> list[Origin]:
        """Where the numbers of an element come from, or that of one of its cells."""
        return [each for each in self.origins if each.name == name and index in (None, each.index)]


def read_problem(text: str, formulation: Formulation | None = None, bound: Collection[str] = ()) -> Reading:
    """Cut a problem's text into sentences and numbers and, with a formulation, say what it took from where.

    Args:
        text: The problem as the person told it.
        formulation: Its formulation, if there is one.
        bound: Names of sets and parameters whose data come from the person's tables.
    """
    if formulation is None:
        segments = segments_of(text)
        numbers = [NumberRead(each.span, each.number.values[0], _use_alone(each)) for each in segments.places]
        sentences = [SentenceRead(each.span, each.kind) for each in segments.sentences]
        return Reading(sentences=sentences, numbers=numbers, is_cut=segments.is_cut)
    return _Comparison(text, formulation, bound).reading()


def _use_alone(place: Place) -> NumberUse:
    return "label" if place.role == "label" else "unknown"


class _Comparison:
    """A text and a formulation side by side; what is found about the one is needed for the other."""

    def __init__(self, text: str, formulation: Formulation, bound: Collection[str]) -> None:
        self._formulation = formulation
        self._bound = frozenset(bound)
        self._labels = labels_of(formulation)
        self._segments: Segments = segments_of(text, self._labels)
        self._slots = slots_of(formulation, bound)
        self._placed = place_slots(self._slots, self._segments)
        self._derivations = Derivations(self._segments)
        self._demands = Demands(formulation, text)
        self._users: dict[int, list[Slot]] = {}
        """For each place the slots that come from it."""

    def reading(self) -> Reading:
        """The whole of it."""
        origins = [self._origin(slot, at) for slot, at in zip(self._slots, self._placed, strict=True)]
        origins += _without_numbers(self._formulation, self._bound)
        numbers = list(self._numbers())
        sentences = list(self._sentences(numbers))
        return Reading(sentences=sentences, numbers=numbers, origins=origins, is_cut=self._segments.is_cut)

    def _origin(self, slot: Slot, at: int | None) -> Origin:
        places = self._segments.places
        told = (slot.element, slot.name, slot.index, slot.value)
        if at is not None and not (slot.is_assumed and places[at].role != "data"):
            self._users.setdefault(at, []).append(slot)
            return Origin(*told, "table" if places[at].cell is not None else "text", (places[at].span,))
        if slot.is_assumed:
            return Origin(*told, "assumed")
        if slot.value in (0.0, 1.0):
            return Origin(*told, "constant")
        return self._derived(slot) or Origin(*told, "unknown")

    def _derived(self, slot: Slot) -> Origin | None:
        derivation = self._derivations.of(slot)
        if derivation is None:
            return (
                Origin(slot.element, slot.name, slot.index, slot.value, "constant")
                if _is_known(slot, self._segments.text)
                else None
            )
        for at in derivation.places:
            self._users.setdefault(at, []).append(slot)
        spans = tuple(self._segments.places[at].span for at in derivation.places)
        return Origin(slot.element, slot.name, slot.index, slot.value, "derived", spans, derivation.how)

    def _numbers(self) -> Iterator[NumberRead]:
        values = {one: slot for slot in reversed(self._slots) for one in _keys(slot)}
        sizes = sizes_of(self._formulation)
        for at, place in enumerate(self._segments.places):
            users = self._users.get(at, [])
            use = self._use(at, place, users, values, sizes)
            yield NumberRead(place.span, place.number.values[0], use, tuple(dict.fromkeys(e.element for e in users)))

    def _use(
        self, at: int, place: Place, users: list[Slot], values: dict[str, Slot], sizes: Collection[int]
    ) -> NumberUse:
        if users:
            return "used" if any(user.is_used for user in users) else "idle"
        if place.role == "label" or (place.cell is not None and self._names_things(place)):
            return "label"
        if any(one in values for one in place.number.keys) and not self._limits_something_else(place):
            return "restated"
        if place.number.values[0] in sizes and not _is_limit(place, self._segments.text):
            return "count"
        if place.role == "aside":
            return "aside"
        return "restated" if self._derivations.follows(at, self._users) else "unused"

    def _limits_something_else(self, place: Place) -> bool:
        """Whether it is a limit, and the words around the same number elsewhere, where it is used, are all others."""
        if not _is_limit(place, self._segments.text):
            return False
        strong = {word for word, weight in place.words.items() if weight >= _STRONG}
        same = [each for at in self._users if (each := self._segments.places[at]).number.keys & place.number.keys]
        return bool(same) and not any(
            each.words.get(word, 0.0) >= _STRONG for each in same for word in strong - _LIMITING
        )

    def _names_things(self, place: Place) -> bool:
        """Whether a cell lists labels, such as the tasks before a task: "1,4"."""
        told = re.findall(r"\w+", place.span.of(self._segments.text))
        return all(each in self._labels for each in told)

    def _sentences(self, numbers: list[NumberRead]) -> Iterator[SentenceRead]:
        home: dict[int, list[NumberRead]] = {}
        for place, number in zip(self._segments.places, numbers, strict=True):
            if place.sentence is not None:
                home.setdefault(place.sentence, []).append(number)
        for at, sentence in enumerate(self._segments.sentences):
            of_numbers = [element for number in home.get(at, []) for element in number.elements]
            elements = tuple(dict.fromkeys([*of_numbers, *self._demands.quoting(sentence.span)]))
            has_data = any(number.use not in ("label", "aside", "count") for number in home.get(at, []))
            is_unread = (
                sentence.kind == "requirement"
                and not elements
                and not has_data  # its numbers are told by themselves
                and not self._demands.are_met(sentence.span.of(self._segments.text))
            )
            yield SentenceRead(sentence.span, sentence.kind, elements, is_unread)


def _keys(slot: Slot) -> list[str]:
    return [key(abs(value)) for value in (slot.value, *slot.parts)]


_LIMITS = re.compile(
    r"(?:at (?:least|most)|no (?:more|less|fewer) than|exactly|up to|exceed"
    r"|(?:maximum|minimum|budget|supply|total|limit|capacity) of)"
    r"\s+(?:only\s+)?[$€£¥]?\Z",
    re.IGNORECASE,
)


_STRONG = 0.6
"""Weight of a word near enough to a number to say what it counts."""
_LIMITING = frozenset(
    "at least most no more less fewer than must the of to is be and for each in total number".split()  # noqa: SIM905
)


def _is_limit(place: Place, text: str) -> bool:
    return _LIMITS.search(text, max(0, place.span.start - 30), place.span.start) is not None


def _is_known(slot: Slot, text: str) -> bool:
    """Whether everybody knows a number that the text does not state: 60 minutes an hour, pi, the half of a triangle."""
    known = CONVERSIONS | (PI | OF_SHAPES if SHAPES.search(text) else frozenset())
    halves_or_doubles = slot.is_literal and key(abs(slot.value)) in ("2", "0.5")
    return halves_or_doubles or all(one in known for one in (_keys(slot)[1:] or _keys(slot)))


def _without_numbers(formulation: Formulation, bound: Collection[str]) -> Iterator[Origin]:
    """The parameters whose data are not in the formulation."""
    for parameter in formulation.parameters:
        told = (f"parameter {parameter.name}", parameter.name, (), None)
        if parameter.name in bound or parameter.table is not None:
            yield Origin(*told, "data", how=parameter.table.path if parameter.table is not None else parameter.name)
        elif parameter.missing:
            yield Origin(*told, "missing", how=parameter.note)
