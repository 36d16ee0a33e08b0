"""Indentation of source, given and taken away; the inside of a text literal that runs over lines is none of it."""

import ast
import io


def indented(source: str, margin: str) -> str:
    """Source with a margin before each line."""
    inside = lines_inside_texts(source)
    lines = enumerate(lines_of(source), start=1)
    return "".join(line if row in inside or not line.strip() else margin + line for row, line in lines)


def dedented(lines: list[str], first: int, last: int) -> str:
    """Some lines of a file without the margin of the first of them."""
    margin = margin_of(lines[first - 1], 1)
    inside = lines_inside_texts("".join(lines))
    kept = (lines[row - 1] if row in inside else lines[row - 1].removeprefix(margin) for row in range(first, last + 1))
    return "".join(kept).rstrip() + "\n"


def lines_of(source: str) -> list[str]:
    """The lines of source as Python counts them: what else ends a line of text, a form feed say, does not end these."""
    return io.StringIO(source).readlines()


def margin_of(source: str, line: int) -> str:
    """The margin of a line, tabs and all."""
    text = lines_of(source)[line - 1]
    return text[: len(text) - len(text.lstrip())]


def lines_inside_texts(source: str) -> frozenset[int]:
    """The lines that begin inside of a text literal."""
    texts = [each for each in ast.walk(ast.parse(source)) if isinstance(each, (ast.Constant, ast.JoinedStr))]
    return frozenset(line for each in texts for line in range(each.lineno + 1, (each.end_lineno or each.lineno) + 1))
