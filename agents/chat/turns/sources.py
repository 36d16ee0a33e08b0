"""Where the numbers of a changed formulation come from: the words that they came from before, or the person."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Version
from steepest.agents.modeling.numbers import key, stated_numbers
from steepest.agents.modeling.reading.coverage import NumberRead, Origin, Reading, SentenceRead, read_problem
from steepest.solvers.changes.change import AdjustParameter, Change, MoveLimit, SetParameter, Target
from steepest.solvers.changes.reading import read_changes
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Constraint, Formulation, Parameter

__all__ = ["changed_by_person", "reading_after", "without_old_words"]


def without_old_words(before: Formulation, formulation: Formulation, changes: Sequence[Change]) -> Formulation:
    """The changed formulation, in which nothing quotes the words of a value that a parameter no longer has.

    Args:
        before: What was changed.
        formulation: The changed formulation.
        changes: What was changed in it.
    """
    targets = [each.target for each in changes if isinstance(each, SetParameter | AdjustParameter)]
    whole = {each.name for each in targets if each.index is None}
    named = {each.name for each in targets}
    gone = {each.name: each.quotes if each.name in whole else _gone(each, formulation)
            for each in before.parameters if each.name in named}  # fmt: skip
    old = [quote for name in whole for quote in gone[name]]
    of_cells = {quote for name in named - whole for quote in gone[name]}
    parameters = [_unquoted(each, gone[each.name], whole) if each.name in gone else each
                  for each in formulation.parameters]  # fmt: skip
    constraints = [_without(old, of_cells, each) for each in formulation.constraints]
    return formulation.model_copy(update={"parameters": parameters, "constraints": constraints})


def changed_by_person(changes: Sequence[str], version: Version | None, conversation: Conversation) -> set[Target]:
    """What the person changed on the way to a version: parameters and constraints, or cells and rows of them.

    Args:
        changes: Those that come now, as `steepest.solvers.changes` writes them.
        version: The version to which they come; None where there is none.
        conversation: In which its parents are.
    """
    found = {target for each in changes for target in _targets(each)}
    while version is not None:
        found |= {target for each in version.changes for target in _targets(each)}
        version = conversation.versions.get(version.parent) if version.parent is not None else None
    return found


def _targets(text: str) -> list[Target]:
    """What a change gives another value or limit; a change in other words, such as an edit, names none."""
    try:
        changes = read_changes(text)
    except FormulationError:
        return []
    return [each.target for each in changes if isinstance(each, SetParameter | AdjustParameter | MoveLimit)]


def _gone(before: Parameter, formulation: Formulation) -> list[str]:
    """The quotes that state the value of a changed cell, and of no other."""
    after = next(each for each in formulation.parameters if each.name == before.name)
    now = {tuple(each.index): each.value for each in after.values}
    then = {tuple(each.index): each.value for each in before.values}
    left, old = set[str](), set[str]()
    for index, value in then.items():
        if isinstance(value, int | float):
            (left if now.get(index) == value else old).add(key(value))
    return [each for each in before.quotes if (said := stated_numbers(each)) & old and not said & left]


def _unquoted(parameter: Parameter, gone: Collection[str], whole: Collection[str]) -> Parameter:
    kept = [each for each in parameter.quotes if each not in gone]
    note = "" if parameter.is_assumed and parameter.name in whole else parameter.note
    return parameter.model_copy(update={"quotes": kept, "note": note})


def _without(old: Sequence[str], of_cells: Collection[str], constraint: Constraint) -> Constraint:
    quotes = constraint.quotes
    kept = [
        quote for quote in quotes if quote not in of_cells and not any(each in quote or quote in each for each in old)
    ]
    return constraint.model_copy(update={"quotes": kept}) if len(kept) < len(quotes) else constraint


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
