"""Reads the text face of a formulation; `printer` writes it.

A forgiving reader of the five-element language: what a person or a language model may write without doubt about the
meaning is read and leaves a note; what could be read wrongly in silence is an error that says what to write instead.
All errors are found in one go: every statement is read on its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import ValidationError

from steepest.solvers.diagnostics import Diagnostics, FormulationError
from steepest.solvers.formulation import Formulation, Parameter
from steepest.solvers.text.constraint_names import with_names_of_their_own
from steepest.solvers.text.constraints import (
    ConstraintNames,
    constraint_label,
    read_constraint,
    read_let,
    read_objective,
)
from steepest.solvers.text.draft import Draft
from steepest.solvers.text.known import KnownSets
from steepest.solvers.text.lines import read_lines
from steepest.solvers.text.parameters import read_parameter
from steepest.solvers.text.refusals import refuse
from steepest.solvers.text.sections import SECTION_NAMES, Division, Kind, divide
from steepest.solvers.text.sets import read_set
from steepest.solvers.text.single_cells import gather_single_cells
from steepest.solvers.text.statements import Statement, declaration, statements
from steepest.solvers.text.table_parameters import is_table
from steepest.solvers.text.variables import read_variables


@dataclass(frozen=True)
class Reading:
    """What came of reading a text."""

    formulation: Formulation | None
    """None if there is any error."""
    diagnostics: Diagnostics
    """Errors, and notes about what was normalized."""


def read_formulation(text: str, *, source: str | None = None) -> Reading:
    """Read the text of a formulation.

    Args:
        text: The text; may be fenced, in Markdown, or have prose around it.
        source: The name of the file that it came from, for messages.

    Returns:
        The formulation, or none with all that is wrong; no text makes it raise.
    """
    diagnostics = Diagnostics()
    formulation: Formulation | None = None
    with _collecting(diagnostics):
        formulation = _read(text, source, diagnostics)
    return Reading(formulation if not diagnostics.errors else None, diagnostics)


@contextmanager
def _collecting(diagnostics: Diagnostics) -> Iterator[None]:
    """Turn the errors of one statement into findings, so that the next is read too."""
    try:
        yield
    except FormulationError as error:
        diagnostics.extend(error.diagnostics)
    except RecursionError:
        diagnostics.add("error", "too-deep", "the text is nested too deep", repair="split it with named expressions")


def _read(text: str, source: str | None, diagnostics: Diagnostics) -> Formulation | None:
    division = divide(read_lines(text, diagnostics), diagnostics)
    if not any(section.kind != "prose" for section in division.sections):
        diagnostics.add(
            "error",
            "no-formulation",
            f"{source or 'the text'} holds no formulation: no section was found",
            repair="the sections are " + ", ".join(f"`{name}:`" for name in SECTION_NAMES),
        )
        return None
    draft = Draft(diagnostics, division.title)
    _read_sections(division, draft)
    return _assembled(draft)


def _read_sections(division: Division, draft: Draft) -> None:
    found = _statements(division, draft)
    draft.declared = _declared(found)
    _read_each(found["sets"], draft, read_set)
    _read_parameters(found["parameters"], draft)
    _read_each(found["variables"], draft, read_variables)
    _read_each(found["let"], draft, read_let)
    for section in division.sections:
        if section.kind in ("minimize", "maximize"):
            with _collecting(draft.diagnostics):
                read_objective(section, draft)
    names = ConstraintNames({constraint_label(statement) for statement in found["constraints"]} | draft.declared)
    _read_each(found["constraints"], draft, lambda statement, draft: read_constraint(statement, names, draft))


def _read_each(found: list[Statement], draft: Draft, read: Callable[[Statement, Draft], None]) -> None:
    for statement in found:
        with _collecting(draft.diagnostics):
            read(statement, draft)


def _statements(division: Division, draft: Draft) -> dict[Kind, list[Statement]]:
    """The statements of each kind of section; a table is one of the parameters wherever it stands."""
    found: dict[Kind, list[Statement]] = {"sets": [], "parameters": [], "variables": [], "let": [], "constraints": []}
    for section in division.sections:
        if section.kind == "objective":
            _refuse_objectives(list(statements(section, draft.diagnostics)), draft)
        elif section.kind in found:
            for statement in statements(section, draft.diagnostics):
                kind: Kind = "parameters" if section.kind == "sets" and is_table(statement) else section.kind
                found[kind].append(statement)
    return found


def _refuse_objectives(found: list[Statement], draft: Draft) -> None:
    for statement in found:
        draft.diagnostics.add(
            "error",
            "no-sense",
            f"`{statement.code[:60]}` says neither minimize nor maximize",
            element="objective",
            place=statement.place,
            repair="write `minimize: ...` or `maximize: ...`",
        )


def _declared(found: dict[Kind, list[Statement]]) -> frozenset[str]:
    """The names that the statements declare, before any of them is read."""
    kinds: tuple[Kind, ...] = ("sets", "parameters", "variables", "let")
    declarations = [declaration(statement) for kind in kinds for statement in found[kind] if not is_table(statement)]
    return frozenset(declared.name for declared in declarations if declared is not None)


def _read_parameters(found: list[Statement], draft: Draft) -> None:
    """Read scalars first, which sets may use, then tables that define sets, then what follows the order of sets."""
    made: dict[int, list[Parameter]] = {}

    def read(numbers: list[int]) -> None:
        for number in numbers:
            with _collecting(draft.diagnostics):
                made[number] = read_parameter(found[number], draft)

    kinds = [_order_of_reading(statement) for statement in found]
    read([number for number, kind in enumerate(kinds) if kind == 0])
    draft.parameters = [each for number in sorted(made) for each in made[number]]
    scalars = {each.name: each.value for each in draft.parameters if each.index is None and each.value is not None}
    draft.known = KnownSets(draft.sets, scalars)
    read([number for number, kind in enumerate(kinds) if kind == 1])
    read([number for number, kind in enumerate(kinds) if kind == 2])
    draft.parameters = [each for number in sorted(made) for each in made[number]]
    gather_single_cells(draft)


def _order_of_reading(statement: Statement) -> int:
    if is_table(statement):
        return 1
    declared = declaration(statement)
    return 0 if declared is None or declared.head is None else 2


def _assembled(draft: Draft) -> Formulation | None:
    """The model of all that was read, unless it is refused."""
    names = [each.name for kind in (draft.sets, draft.parameters, draft.variables, draft.lets) for each in kind]
    declared = draft.declared.union(names)
    try:
        formulation = Formulation(
            title=draft.title,
            sets=draft.sets,
            parameters=draft.parameters,
            variables=draft.variables,
            lets=draft.lets,
            objectives=draft.objectives,
            constraints=with_names_of_their_own(draft.constraints, declared, draft.diagnostics),
        )
    except ValidationError as error:
        draft.diagnostics.add("error", "invalid", str(error.errors()[0]["msg"]))
        return None
    refuse(formulation, declared, draft.diagnostics)
    return formulation
