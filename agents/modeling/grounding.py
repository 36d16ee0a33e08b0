"""Protection against invention: what a formulation says came from the text has to stand in the text.

No model is asked. Quotes are looked up word for word (case, white space and typographic signs aside), numbers by their
value. What is not found is a warning, since a number may be derived; a formulation of which nothing is found is none
of this text.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from steepest.agents.modeling.numbers import key, stated_numbers
from steepest.agents.modeling.reading.known import CONVERSIONS, OF_SHAPES, PI, SHAPES
from steepest.solvers.checks.symbols import AnyElement, declared_elements, names_in, title
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation, Objective, Parameter, Set
from steepest.solvers.language.expressions import Arithmetic, Expression, LabelRef, Number, walk

SHOWN = 8
"""Numbers that one finding lists before it counts the rest."""

_FREE = frozenset({"0", "1"})
"""Numbers that say nothing about where a formulation comes from."""

_SENSES = {
    "minimize": re.compile(r"\bminimi[sz]", re.IGNORECASE),
    "maximize": re.compile(r"\bmaximi[sz]", re.IGNORECASE),
}

_WORD = re.compile(r"[^\W\d_]{3,}")
_ELLIPSIS = re.compile(r"\.{3,}|…|\[[.…]*\]")
_TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "“": "'", "”": "'", '"': "'", "–": "-", "—": "-", "‑": "-"})

NOT_IN_TEXT = "number-not-in-text"
"""Code of a number that the formulation has and the text has not."""


@dataclass(frozen=True, slots=True)
class Grounding:
    """How much of a formulation stands in the text that it was made from."""

    numbers: frozenset[str]
    """Keys (`numbers.key`) of the stated numbers that its objectives, constraints and bounds use."""
    is_invented: bool
    """Whether nothing of it stands in the text: none of its numbers or, where it has none, none of its words."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """A warning for each element with a number, a quote or a sense that the text does not have."""


def ground(formulation: Formulation, text: str, bound: Collection[str] = ()) -> Grounding:
    """Compare a formulation with the text that it was made from.

    Args:
        formulation: The formulation.
        text: The problem as the person told it.
        bound: Names of sets and parameters whose data come from the person's tables.
    """
    stated = stated_numbers(text)
    elements = [*declared_elements(formulation), *formulation.objectives, *formulation.constraints]
    used = {name for element in elements for expression in _expressions(element) for name in names_in(expression)}
    every: set[str] = set()
    grounded: set[str] = set()
    for element in elements:
        numbers = {key(abs(value)) for value in _numbers(element)} - _FREE
        every |= numbers
        if not isinstance(element, Parameter) or element.name in used:
            grounded |= numbers & stated
    findings = (
        *_number_findings(formulation, elements, stated, bound, has_shapes=bool(SHAPES.search(text))),
        *_quote_findings(formulation, elements, text),
        *_sense_findings(formulation, text),
    )
    return Grounding(frozenset(grounded), _is_invented(elements, text, every, stated, bound), findings)


def _is_invented(
    elements: list[AnyElement], text: str, numbers: set[str], stated: frozenset[str], bound: Collection[str]
) -> bool:
    if any(_name(element) in bound for element in elements):
        return False
    if numbers:
        return not numbers & stated
    told = {word.casefold() for word in _WORD.findall(text)}
    words = {word.casefold() for element in elements for word in _WORD.findall(_words(element))}
    return not words & told


def _number_findings(
    formulation: Formulation,
    elements: list[AnyElement],
    stated: frozenset[str],
    bound: Collection[str],
    *,
    has_shapes: bool,
) -> Iterator[Diagnostic]:
    for element in elements:
        known = stated | _FREE if element.quotes else stated | _FREE | CONVERSIONS
        if has_shapes:
            known |= PI if isinstance(element, Parameter) else PI | OF_SHAPES
        if isinstance(element, Set) or element.is_assumed or _name(element) in bound:
            continue
        strange = {key(value): None for value in _numbers(element) if key(abs(value)) not in known}
        if strange:
            listed = ", ".join(list(strange)[:SHOWN]) + (f" and {len(strange) - SHOWN} more" * (len(strange) > SHOWN))
            yield Diagnostic(
                code=NOT_IN_TEXT,
                severity="warning",
                message=f"{listed}: not in the problem's text",
                element=title(element, formulation),
                place=element.place,
                repair='derive it from stated numbers, mark it "assumed" with the reason, or make it missing',
            )


def _quote_findings(formulation: Formulation, elements: list[AnyElement], text: str) -> Iterator[Diagnostic]:
    told = _plain(text)
    for element in elements:
        strange = [quote for quote in element.quotes if not _is_quoted(quote, told)]
        if strange:
            listed = ", ".join(f'"{quote[:80]}"' for quote in strange[:SHOWN])
            yield Diagnostic(
                code="quote-not-in-text",
                severity="warning",
                message=f"{listed}: no passage of the problem's text",
                element=title(element, formulation),
                place=element.place,
                repair="quote the text word for word",
            )


def _sense_findings(formulation: Formulation, text: str) -> Iterator[Diagnostic]:
    """The one objective goes against the only verb that the text has for it."""
    said = [sense for sense, verb in _SENSES.items() if verb.search(text)]
    if len(formulation.objectives) == 1 and len(said) == 1 and formulation.objectives[0].sense != said[0]:
        yield Diagnostic(
            code="sense-against-text",
            severity="warning",
            message=f"the text says {said[0]}, the formulation {formulation.objectives[0].sense}",
            element="objective",
            place=formulation.objectives[0].place,
            repair=f"{said[0]} what the text says",
        )


def _is_quoted(quote: str, told: str) -> bool:
    return all(_plain(part).strip(" .,;:'") in told for part in _ELLIPSIS.split(quote))


def _plain(text: str) -> str:
    return " ".join(text.translate(_TYPOGRAPHY).casefold().split())


def _name(element: AnyElement) -> str | None:
    return None if isinstance(element, Objective) else element.name


def _numbers(element: AnyElement) -> Iterator[float]:
    """Every number that an element writes out; labels are none."""
    if isinstance(element, Parameter):
        given = [element.value, element.default, *(cell.value for cell in element.values)]
        yield from (value for value in given if isinstance(value, int | float))
    if isinstance(element, Objective) and element.weight is not None:
        yield element.weight
    for expression in _expressions(element):
        yield from _written_out(expression)


def _written_out(expression: Expression) -> Iterator[float]:
    """The numbers of an expression; an exponent says what is computed, not with which data."""
    exponents = {id(node.right) for node in walk(expression) if isinstance(node, Arithmetic) and node.operator == "**"}
    yield from (node.value for node in walk(expression) if isinstance(node, Number) and id(node) not in exponents)


def _expressions(element: AnyElement) -> Iterator[Expression]:
    for name in ("members", "expression", "body", "lower", "upper"):
        expression = getattr(element, name, None)
        if expression is not None:
            yield expression
    head = getattr(element, "index", None)
    for generator in head.generators if head is not None else ():
        yield generator.source
        if generator.condition is not None:
            yield generator.condition


def _words(element: AnyElement) -> str:
    """The words of an element that would come from the text: its name, and the names and labels that it uses."""
    words = [_name(element) or ""]
    for expression in _expressions(element):
        words += names_in(expression)
        words += (node.value for node in walk(expression) if isinstance(node, LabelRef))
    return " ".join(words).replace("_", " ")
