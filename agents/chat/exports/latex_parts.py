"""Parts of a LaTeX document. All words come from a person, a model or a file: in each they are only words."""

from collections.abc import Sequence

from steepest.solvers.export.latex import escaped

__all__ = ["document", "lines", "prose", "table"]

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


def document(title: str, body: str) -> str:
    """A document that compiles on its own."""
    opened = f"\\title{{{escaped(title)}}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle"
    return f"{_PREAMBLE}{opened}\n\n{body}\n\n\\end{{document}}\n"


def prose(text: str) -> str:
    """Words with their paragraphs."""
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    return "\n\n".join(escaped(each) for each in paragraphs if each)


def lines(text: str) -> str:
    """Words with their lines, and how far each is moved in."""
    parts = [part.splitlines() for part in text.split("\n\n")]
    return "\n\n".join("\\newline\n".join(map(_line, part)) for part in parts if any(map(str.strip, part)))


def _line(text: str) -> str:
    moved = len(text) - len(text.lstrip())
    return "~" * moved + "{}" + (escaped(text.strip()) or "~")  # or a bracket would be an argument of the line before


def table(columns: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table that may go over several pages.

    Args:
        columns: How each is set, as LaTeX says it.
        heads: Of the columns.
        rows: Cells, as many in each row.
    """
    written = [" & ".join(map(escaped, row)) + r" \\" for row in [heads, *rows[:_MOST_ROWS]]]
    body = "\n".join([written[0], r"\hline", r"\endhead", *written[1:]])
    more = f"\n\nand {len(rows) - _MOST_ROWS:,} more" if len(rows) > _MOST_ROWS else ""
    return f"\\begin{{longtable}}{{{columns}}}\n{body}\n\\end{{longtable}}{more}"
