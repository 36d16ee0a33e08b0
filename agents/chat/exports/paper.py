"""A formulation and its answer as a LaTeX document, and as a PDF where a LaTeX is installed.

All words come from a person or a model: they are escaped, and LaTeX is run without the right to run programs.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from steepest.agents.chat.events import Version
from steepest.errors import InputError
from steepest.solvers.display import format_number, meaning, named
from steepest.solvers.export.latex import escaped, to_latex
from steepest.solvers.formulation import Formulation

__all__ = ["latex_document", "pdf"]

_ENGINES = ("pdflatex", "xelatex", "lualatex")
_SECONDS = 120
_MOST_ROWS = 500
"""Of a table in a paper; the workbook has all of them."""
_PREAMBLE = r"""\documentclass[a4paper]{article}
\usepackage{iftex}
\ifPDFTeX\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}\else\usepackage{fontspec}\fi
\usepackage{amsmath,amssymb,longtable}
\usepackage[margin=25mm]{geometry}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt}
"""


def latex_document(version: Version, formulation: Formulation) -> str:
    """The problem, its formulation, its data and the answer as a document that compiles on its own.

    Args:
        version: The version.
        formulation: Its formulation.
    """
    body = "\n\n".join(_sections(version, formulation))
    title = escaped(formulation.title or "An optimization problem")
    opened = f"\\title{{{title}}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle"
    return f"{_PREAMBLE}{opened}\n\n{body}\n\n\\end{{document}}\n"


def pdf(source: str) -> bytes:
    """A document set by the first LaTeX that is installed.

    Raises:
        InputError: None is, or it can't set this document.
    """
    program = next((found for each in _ENGINES if (found := shutil.which(each))), None)
    if program is None:
        raise InputError(
            "a PDF needs LaTeX (Debian: apt-get install texlive-latex-recommended); /export latex writes the source."
        )
    with tempfile.TemporaryDirectory(prefix="steepest-latex-") as folder:
        place = Path(folder)
        (place / "paper.tex").write_text(source, encoding="utf-8")
        command = [program, "-interaction=nonstopmode", "-no-shell-escape", "paper.tex"]
        closed = {**os.environ, "openin_any": "p", "openout_any": "p"}
        try:
            ran = subprocess.run(command, cwd=place, env=closed, capture_output=True, timeout=_SECONDS)  # noqa: S603  # found on the path, and its input is escaped
        except (OSError, subprocess.TimeoutExpired) as error:
            raise InputError(f"{Path(program).name} could not set the document: {error}.") from error
        made = place / "paper.pdf"
        if not made.is_file():
            raise InputError(f"{Path(program).name} could not set the document: {_complaint(ran.stdout)}")
        return made.read_bytes()


def _complaint(output: bytes) -> str:
    lines = output.decode(errors="replace").splitlines()
    return next((line for line in lines if line.startswith("!")), "it says nothing about why") + "."


def _sections(version: Version, formulation: Formulation) -> Iterator[str]:
    yield "\\section*{Problem}\n" + _prose(version.problem)
    if version.changes:
        yield "Changed: " + _prose("; ".join(version.changes)) + "."
    yield "\\section*{Formulation}\n" + to_latex(formulation)
    yield from _table("Data", "llll", ("parameter", "value", "unit", "meaning"), list(_data(formulation)))
    if version.solution is not None and version.solution.variables:
        yield "\\section*{Answer}\n" + _prose(version.explanation.partition("What to do:")[0].strip())
        rows = [
            (named(each.name, each.index), format_number(each.value), each.unit or "")
            for each in version.solution.variables
        ]
        yield from _table("Decisions", "lrl", ("decision", "value", "unit"), rows)


def _data(formulation: Formulation) -> Iterator[tuple[str, ...]]:
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


def _table(title: str, columns: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    shape = columns[:-1] + ("p{60mm}" if columns.endswith("ll") else columns[-1])
    lines = [" & ".join(map(escaped, row)) + r" \\" for row in [heads, *rows[:_MOST_ROWS]]]
    body = "\n".join([lines[0], r"\hline", r"\endhead", *lines[1:]])
    more = f"\n\nand {len(rows) - _MOST_ROWS:,} more" if len(rows) > _MOST_ROWS else ""
    yield f"\\section*{{{title}}}\n\\begin{{longtable}}{{{shape}}}\n{body}\n\\end{{longtable}}{more}"


def _prose(text: str) -> str:
    """Words with their paragraphs; a sign that LaTeX would take for a command is only a sign."""
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    return "\n\n".join(escaped(each) for each in paragraphs if each)
