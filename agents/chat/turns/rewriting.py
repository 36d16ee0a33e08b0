"""The formulation is edited as a text, by hand: it is read, checked, solved again and compared."""

from collections.abc import Mapping
from pathlib import Path

from steepest.agents.chat.conversation import names_of_data
from steepest.agents.chat.events import Version
from steepest.agents.chat.intents import Rewrite
from steepest.agents.chat.turns.changing import show_next
from steepest.agents.chat.work import Work
from steepest.solvers.changes.self_contained import self_contained
from steepest.solvers.diagnostics import Diagnostic, FormulationError
from steepest.solvers.formulation import Constraint, Formulation, NamedExpression, Parameter, Set, Variable
from steepest.solvers.text.reader import Reading, read_formulation

__all__ = ["examined", "rewrite"]

_MOST_NAMED = 5


async def rewrite(intent: Rewrite, work: Work) -> None:
    """Take the text as the formulation, solve, compare with the one that was edited, if there was one.

    Raises:
        FormulationError: The text has errors.
    """
    before = work.conversation.current
    attached = work.own_tables if before is not None else work.tables
    folder = Path(intent.folder) if intent.folder else work.means.folder
    whole, edited = await work.means.read(lambda: _read(intent.text, before, attached, folder))
    await show_next(whole, work, changes=(_told(edited),) if before is not None else ())


def _read(
    text: str, before: Version | None, attached: Mapping[str, str], folder: Path
) -> tuple[Formulation, list[str]]:
    """The formulation of a text with its data in it, and what of it was edited."""
    reading = read_formulation(text)
    read = reading.formulation
    tables = {name: path for name, path in attached.items() if read is not None and name in names_of_data(read)}
    errors = [each for each in _findings(reading, tables) if each.severity == "error"]
    if read is None or errors:
        raise FormulationError(errors)
    edited = edited_elements(before.formulation, read) if before is not None else []
    return self_contained(read, tables, folder=folder), edited


def _told(edited: list[str]) -> str:
    more = f" and {len(edited) - _MOST_NAMED} more" if len(edited) > _MOST_NAMED else ""
    return f"edited: {', '.join(edited[:_MOST_NAMED])}{more}" if edited else "edited: nothing but words"


def examined(text: str, bound: Mapping[str, str]) -> list[Diagnostic]:
    """What is found about a text while it is edited.

    Args:
        text: The five-element text.
        bound: Attached data by the name that they fill.
    """
    return _findings(read_formulation(text), bound)


def _findings(reading: Reading, bound: Mapping[str, str]) -> list[Diagnostic]:
    found = list(reading.diagnostics)
    if reading.formulation is not None and not any(each.severity == "error" for each in found):
        found += reading.formulation.check(bound)
    return list(dict.fromkeys(found))


def edited_elements(before: Formulation | None, after: Formulation) -> list[str]:
    """The names of the elements that are not in both formulations as they are."""
    old, new = _elements(before), _elements(after)
    return [name for name in {**new, **old} if old.get(name) != new.get(name)]


def _elements(formulation: Formulation | None) -> dict[str, object]:
    if formulation is None:
        return {}
    data: list[Set | Parameter] = [*formulation.sets, *formulation.parameters]
    others: list[Variable | NamedExpression | Constraint] = [
        *formulation.variables,
        *formulation.lets,
        *formulation.constraints,
    ]
    elements: dict[str, object] = {each.name: each for each in data} | {each.name: each for each in others}
    return {**elements, "the objective": list(formulation.objectives)} if formulation.objectives else elements
