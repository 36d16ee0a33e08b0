"""Parameters given one label at a time: `profit[bread] = 3`, `profit[cake] = 8`.

The cells of a name are gathered into one parameter over the set whose elements the labels are; where more than one set
has them all, the set has to be named.
"""

from collections.abc import Sequence

from steepest.solvers.diagnostics import FormulationError, problem
from steepest.solvers.formulation import IndexedValue, Parameter
from steepest.solvers.language.expressions import Expression, Generator, Head, Label, LabelRef, Name, Number
from steepest.solvers.text.cells import CellError, read_value
from steepest.solvers.text.draft import Draft, SingleCell, make, provenance, tell_oddities
from steepest.solvers.text.statements import Declaration, Statement


def is_single_cell(head: Head | None, draft: Draft) -> bool:
    """Whether a head holds labels in the place of sets."""
    if head is None:
        return False
    return all(each.pattern is None and _label_of(each.source, draft) is not None for each in head.generators)


def _label_of(source: Expression, draft: Draft) -> Label | None:
    match source:
        case LabelRef(value) | Number(value):
            return value
        case Name(name) if not draft.known.is_set(name):
            return name if draft.known.sets_with(name) else None
    return None


def read_single_cell(statement: Statement, declared: Declaration, head: Head, element: str, draft: Draft) -> None:
    """Keep one cell until all of its parameter's cells are there.

    Raises:
        FormulationError: The cell has no single value.
    """
    labels = [_label_of(each.source, draft) for each in head.generators]
    key = tuple(label for label in labels if label is not None)
    oddities: set[str] = set()
    try:
        value = read_value(declared.rest[1].strip(" \t:=;,"), oddities)
    except CellError as error:
        raise label_in_head(statement, declared.name, element, str(error)) from error
    tell_oddities(oddities, statement, element, draft)
    draft.single_cells.setdefault(declared.name, []).append(SingleCell(key, value, statement))


def label_in_head(statement: Statement, name: str, element: str, reason: str = "") -> FormulationError:
    """The finding that an element is declared for a label rather than a set."""
    return problem(
        "head-label",
        f"a label stands in the head of {name}, where a set belongs{': ' + reason if reason else ''}",
        place=statement.place,
        element=element,
        repair=f"declare {name} once: `{name}[Set] = {{label: value, ...}}`, or with a head such as `[p in Set]`",
    )


def gather_single_cells(draft: Draft) -> None:
    """Add the parameters that were given one label at a time."""
    for name, cells in draft.single_cells.items():
        try:
            draft.parameters.append(_gathered(name, cells, draft))
        except FormulationError as error:
            draft.diagnostics.extend(error.diagnostics)


def _gathered(name: str, cells: Sequence[SingleCell], draft: Draft) -> Parameter:
    first, element = cells[0].statement, f"parameter {name}"
    keys = [cell.key for cell in cells]
    index = Head(tuple(_source(first, element, keys, at, draft) for at in range(len(keys[0]))))
    comments = [provenance(cell.statement) for cell in cells]
    draft.note("spelling", f"the cells of {name} are gathered into one parameter over {index}", element, first.place)
    return make(
        Parameter,
        first,
        element,
        name=name,
        index=index,
        unit=next((comment.unit for comment in comments if comment.unit), None),
        values=[IndexedValue(index=list(cell.key), value=cell.value) for cell in cells],
        quotes=list(dict.fromkeys(quote for comment in comments for quote in comment.quotes)),
        note="; ".join(dict.fromkeys(comment.note for comment in comments if comment.note)),
        place=first.place,
    )


def _source(statement: Statement, element: str, keys: Sequence[tuple[Label, ...]], at: int, draft: Draft) -> Generator:
    """The one set that has all the labels at a position of the keys."""
    candidates = [draft.known.sets_with(key[at]) if at < len(key) else frozenset() for key in keys]
    names = sorted(frozenset.intersection(*candidates))
    if len(names) == 1:
        return Generator(None, Name(names[0]))
    reason = f"{' and '.join(names)} have them" if names else "no set has them all"
    raise problem(
        "ambiguous-set",
        f"values for the labels {', '.join(str(key[at]) for key in keys[:3] if at < len(key))}, and {reason}",
        place=statement.place,
        element=element,
        repair="write `name[Set] = {label: value, ...}` with the name of the set",
    )
