"""An answer and its data as an Excel workbook. Words go in as text, never as a formula, whatever they begin with."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from steepest.agents.chat.events import Version
from steepest.errors import InputError
from steepest.solvers.changes.self_contained import cells_of
from steepest.solvers.display import meaning, named
from steepest.solvers.formulation import Element, Formulation
from steepest.traces.rendering.characters import visible

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = ["workbook"]

_MOST_ROWS = 1_048_576
_MOST_SIGNS = 32_767
"""Excel's own limits of a sheet and a cell."""
_WIDEST = 60

Cell: TypeAlias = str | float | int | bool | None


def workbook(version: Version, whole: Formulation, versions: Iterable[Version]) -> bytes:
    """Write a workbook: the answer, its limits, the data, the formulation, and every version's objective.

    Args:
        version: The version.
        whole: Its formulation with the data in it.
        versions: All of the conversation.

    Raises:
        InputError: openpyxl is not installed, or a table is longer than a sheet can be.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise InputError("an Excel file needs openpyxl: pip install 'steepest[tables]'.") from error
    book = Workbook(write_only=True)
    _sheet(book, "answer", ["decision", "index", "value", "unit", "meaning"], _decisions(version, whole))
    _sheet(book, "limits", *_limits(version, whole))
    _sheet(book, "data", ["parameter", "index", "value", "unit", "from"], _data(whole))
    _sheet(book, "formulation", ["five-element text"], ([line] for line in whole.to_text().splitlines()))
    _sheet(book, "versions", ["version", "changed from", "changes", "outcome", "objective"], map(_version, versions))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _sheet(book: "Workbook", title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for at, head in enumerate(heads, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = min(_WIDEST, max(14, 2 + len(head)))
    sheet.append([_cell(sheet, head, Font(bold=True)) for head in heads])
    for number, row in enumerate(rows, start=2):
        if number > _MOST_ROWS:
            raise InputError(f"the sheet {title!r} would have more than {_MOST_ROWS:,} rows: export csv or json.")
        sheet.append([_cell(sheet, each) for each in row])


def _cell(sheet: Any, value: Cell, font: Any = None) -> Any:
    from openpyxl.cell import WriteOnlyCell

    shown = visible(value)[:_MOST_SIGNS] if isinstance(value, str) else value
    cell = WriteOnlyCell(sheet, shown)
    if isinstance(shown, str):
        cell.data_type = "s"  # or a text that begins with = is carried out
    if font is not None:
        cell.font = font
    return cell


def _decisions(version: Version, whole: Formulation) -> Iterator[Sequence[Cell]]:
    told = _meanings(whole.variables)
    for each in version.solution.variables if version.solution is not None else ():
        yield each.name, _joined(each.index), each.value, each.unit, told.get(each.name)


def _limits(version: Version, whole: Formulation) -> tuple[list[str], Iterator[Sequence[Cell]]]:
    """Heads and rows of the limits that the answer meets; what they are worth where the solver says it.

    It says nothing for whole numbers: there `/limits` solves again with one more of each.
    """
    told = _meanings(whole.constraints)
    binding = version.solution.binding if version.solution is not None else []
    heads = ["constraint", "index", "reaches", "meaning"]
    rows = ([each.name, _joined(each.index), each.activity, told.get(each.name)] for each in binding)
    if all(each.dual is None for each in binding):
        return heads, rows
    worth = (each.dual for each in binding)
    return [*heads, "one unit more is worth"], ([*row, each] for row, each in zip(rows, worth, strict=True))


def _data(whole: Formulation) -> Iterator[Sequence[Cell]]:
    for each in whole.parameters:
        if each.missing:
            yield each.name, None, None, each.unit, "missing"
        elif each.index is not None:
            for index, value in cells_of(whole, each):
                yield each.name, _joined(index), value, each.unit, meaning(each)
        else:
            yield each.name, None, each.value, each.unit, meaning(each)


def _version(version: Version) -> Sequence[Cell]:
    objective = version.solution.objective if version.solution is not None else None
    changes = "; ".join(version.changes) or "as stated"
    return version.number, version.parent, changes, version.outcome.replace("_", " "), objective


def _joined(index: Sequence[object]) -> str:
    return named("", index).strip("[]")


def _meanings(elements: Iterable[Any]) -> dict[str, str]:
    found: dict[str, Element] = {each.name: each for each in elements}
    return {name: meaning(each) for name, each in found.items()}
