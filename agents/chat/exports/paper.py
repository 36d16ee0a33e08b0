"""A formulation and its answer as a LaTeX document, and as a PDF where a LaTeX is installed."""

from collections.abc import Iterator, Sequence

from steepest.agents.chat.events import Version
from steepest.agents.chat.exports.latex_parts import document, prose, table
from steepest.agents.chat.exports.setting import made_by_first, ways_of_latex
from steepest.errors import InputError
from steepest.solvers.display import format_number, meaning, named
from steepest.solvers.export.latex import to_latex
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

__all__ = ["decisions", "latex_document", "pdf"]


def latex_document(version: Version, formulation: Formulation) -> str:
    """The problem, its formulation, its data and the answer as a document that compiles on its own.

    Args:
        version: The version.
        formulation: Its formulation.
    """
    return document(
        formulation.title or "An optimization problem", "\n\n".join(filter(None, _sections(version, formulation)))
    )


def pdf(source: str) -> bytes:
    """A document set by the first LaTeX that can.

    Raises:
        InputError: None is installed, or none can set all of this document.
    """
    ways = ways_of_latex(source)
    if not ways:
        raise InputError(
            "a PDF needs LaTeX (Debian: apt-get install texlive-latex-recommended); /export latex writes the source."
        )
    return made_by_first(ways)


def decisions(solution: Solution) -> str:
    """A table of the decisions; nothing where there are none."""
    rows = [(named(each.name, each.index), format_number(each.value), each.unit or "") for each in solution.variables]
    return table("lrl", ("decision", "value", "unit"), rows) if rows else ""


def _sections(version: Version, formulation: Formulation) -> Iterator[str]:
    yield "\\section*{Problem}\n" + prose(version.problem)
    if version.changes:
        yield "Changed: " + prose("; ".join(version.changes)) + "."
    yield "\\section*{Formulation}\n" + to_latex(formulation)
    rows = list(_data(formulation))
    yield _titled("Data", table("lllp{60mm}", ("parameter", "value", "unit", "meaning"), rows) if rows else "")
    if version.solution is not None and version.solution.variables:
        yield "\\section*{Answer}\n" + prose(version.explanation.partition("What to do:")[0].strip())
        yield _titled("Decisions", decisions(version.solution))


def _titled(title: str, content: str) -> str:
    return f"\\section*{{{title}}}\n{content}" if content else ""


def _data(formulation: Formulation) -> Iterator[Sequence[str]]:
    for each in formulation.parameters:
        told = (each.unit or "", meaning(each))
        if each.values:
            for cell in each.values:
                yield (named(each.name, cell.index), _shown(cell.value), *told)
        elif each.value is not None:
            yield (each.name, _shown(each.value), *told)
        elif each.table is not None:
            yield (each.name, f"table {each.table.path}", *told)


def _shown(value: object) -> str:
    return format_number(value) if isinstance(value, int | float) else str(value)
