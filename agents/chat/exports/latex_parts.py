"""Parts of a LaTeX document. All words come from a person, a model or a file: in each they are only words."""

from collections.abc import Mapping, Sequence

from steepest.solvers.export.latex import escaped

__all__ = ["document", "is_western", "lines", "prose", "table"]

_MOST_ROWS = 500
"""Of a table in a paper; the workbook has all of them."""
_SIGNS: Mapping[str, str] = {
    "−": "-", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "∞": r"\infty", "∑": r"\sum", "√": r"\surd",
    "∈": r"\in", "→": r"\to", "⇒": r"\Rightarrow", "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta",
    "ε": r"\varepsilon", "ζ": r"\zeta", "η": r"\eta", "θ": r"\theta", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu",
    "ν": r"\nu", "ξ": r"\xi", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "φ": r"\varphi", "χ": r"\chi",
    "ψ": r"\psi", "ω": r"\omega", "Γ": r"\Gamma", "Δ": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Ξ": r"\Xi",
    "Π": r"\Pi", "Σ": r"\Sigma", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega",
}  # fmt: skip
"""Signs that people write in problems and that pdfLaTeX knows by these names only."""
_DECLARED = "".join(
    f"\\DeclareUnicodeCharacter{{{ord(sign):04X}}}{{\\ensuremath{{{name}}}}}%\n" for sign, name in _SIGNS.items()
)
_PREAMBLE = r"""\documentclass[a4paper]{article}
\usepackage{iftex}
\ifPDFTeX\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}\else\usepackage{fontspec}\fi
\usepackage{amsmath,amssymb,longtable}
\tracinglostchars=3 % a sign that the font does not have is an error
\ifPDFTeX
SIGNS\fi
\usepackage[margin=25mm]{geometry}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt}
""".replace("SIGNS", _DECLARED)


def document(title: str, body: str) -> str:
    """A document that compiles on its own."""
    opened = f"\\title{{{escaped(title)}}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle"
    return f"{_PREAMBLE}{opened}\n\n{body}\n\n\\end{{document}}\n"


def is_western(source: str) -> bool:
    """Whether pdfLaTeX has all signs of a document."""
    try:
        source.translate(dict.fromkeys(map(ord, _SIGNS))).encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


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
