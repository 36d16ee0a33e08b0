"""Where the numbers of a changed formulation come from: the words that they came from before, or the person."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Version
from steepest.agents.modeling.reading.coverage import NumberRead, Origin, Reading, SentenceRead, read_problem
from steepest.solvers.changes.change import AdjustParameter, Change, MoveLimit, SetParameter
from steepest.solvers.changes.reading import read_changes
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Constraint, Formulation, Parameter

__all__ = ["changed_by_person", "reading_after", "without_old_words"]


def without_old_words(formulation: Formulation, changes: Sequence[Change]) -> Formulation:
    """The changed formulation, in which nothing quotes the words of a value that a parameter no longer has."""
    targets = [each.target for each in changes if isinstance(each, SetParameter | AdjustParameter)]
    changed = {each.name for each in targets if each.index is None}
    old = [quote for each in formulation.parameters if each.name in changed for quote in each.quotes]
    return formulation.model_copy(
        update={
            "parameters": [_unquoted(each) if each.name in changed else each for each in formulation.parameters],
            "constraints": [_without(old, each) for each in formulation.constraints],
        }
    )


def changed_by_person(changes: Sequence[str], version: Version | None, conversation: Conversation) -> set[str]:
    """The parameters and constraints that the person changed on the way to a version.

    Args:
        changes: Those that come now, as `steepest.solvers.changes` writes them.
        version: The version to which they come; None where there is none.
        conversation: In which its parents are.
    """
    found = {name for each in changes for name in _targets(each)}
    while version is not None:
        found |= {name for each in version.changes for name in _targets(each)}
        version = conversation.versions.get(version.parent) if version.parent is not None else None
    return found


def _targets(text: str) -> list[str]:
    """The names that a change gives another value or limit; a change in other words, such as an edit, names none."""
    try:
        changes = read_changes(text)
    except FormulationError:
        return []
    return [each.target.name for each in changes if isinstance(each, SetParameter | AdjustParameter | MoveLimit)]


def _unquoted(parameter: Parameter) -> Parameter:
    return parameter.model_copy(update={"quotes": [], "note": "" if parameter.is_assumed else parameter.note})


def _without(old: Sequence[str], constraint: Constraint) -> Constraint:
    kept = [quote for quote in constraint.quotes if not any(each in quote or quote in each for each in old)]
    return constraint.model_copy(update={"quotes": kept}) if len(kept) < len(constraint.quotes) else constraint


def reading_after(before: Version, formulation: Formulation, bound: Collection[str]) -> Reading:
    """How a changed formulation reads the problem's text.

    What the change leaves alone comes from where it came from before; every other number comes from the change, also
    where the text happens to have the same one.

    Args:
        before: The version that was changed.
        formulation: The changed formulation.
        bound: Names of sets and parameters whose data come from the person's tables.
    """
    first = before.reading
    if not first.sentences:  # of a version that was kept before readings were
        first = read_problem(before.problem, before.formulation, bound)
    from_tables = {each.name for each in first.origins if each.kind == "data"}
    known = {_what(each): each for each in first.origins}
    found = read_problem(before.problem, formulation, bound=from_tables.union(bound))
    origins = [known.get(_what(each)) or _changed(each) for each in found.origins]
    elements = {each.element for each in origins}
    pointed = [span for each in origins for span in each.spans]
    return Reading(
        sentences=[_sentence(each, elements) for each in first.sentences],
        numbers=[_number(each, elements, any(each.span.meets(span) for span in pointed)) for each in first.numbers],
        origins=origins,
        is_cut=first.is_cut,
    )


def _what(origin: Origin) -> tuple[object, ...]:
    return origin.element, origin.name, origin.index, origin.value


def _changed(origin: Origin) -> Origin:
    return origin if origin.kind in ("data", "missing") else replace(origin, kind="changed", spans=(), how="")


def _sentence(sentence: SentenceRead, elements: Collection[str]) -> SentenceRead:
    return replace(sentence, elements=tuple(each for each in sentence.elements if each in elements))


def _number(number: NumberRead, elements: Collection[str], is_pointed_at: bool) -> NumberRead:
    left = tuple(each for each in number.elements if each in elements)
    if is_pointed_at or number.use != "used":
        return replace(number, elements=left)
    return replace(number, use="replaced", elements=())
