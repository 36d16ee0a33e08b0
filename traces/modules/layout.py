"""Pieces of source as a file: learned parts put in place, imports in groups, blank lines as Python has them."""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from steepest.traces.failures import TraceError
from steepest.traces.modules.bindings import bound_names
from steepest.traces.modules.definitions import Definitions, Piece
from steepest.traces.modules.literals import WIDTH
from steepest.traces.modules.margins import indented, lines_of, margin_of
from steepest.traces.modules.sites import Definition

_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a piece."""

    piece: Piece
    start: int
    """Bytes of its source in UTF-8, as `ast` counts."""
    end: int
    text: str

    @classmethod
    def of(cls, piece: Piece, part: ast.expr | ast.stmt, text: str) -> "Edit":
        """Something else in the place of an expression or a statement."""
        end = _offset(piece, part.end_lineno or part.lineno, part.end_col_offset or 0)
        return cls(piece, _offset(piece, part.lineno, part.col_offset), end, text)


def edited(edits: Iterable[Edit]) -> dict[int, str]:
    """The sources of the pieces with their changes, by `id`; a change inside of another is left out."""
    sources: dict[int, bytes] = {}
    ends: dict[int, int] = {}
    for each in sorted(edits, key=lambda edit: (edit.end, -edit.start), reverse=True):
        source = sources.get(id(each.piece), each.piece.source.encode())
        if each.end <= ends.get(id(each.piece), len(source)):
            sources[id(each.piece)] = source[: each.start] + each.text.encode() + source[each.end :]
            ends[id(each.piece)] = each.start
    return {piece: source.decode() for piece, source in sources.items()}


def function_in_place(piece: Piece, definition: Definition, learned: str, imports: list[str]) -> Edit:
    """Learned code in the place of a function; the decorators stay.

    What stands beside the function in the learned code, imports and helpers, goes into it: there the names mean nothing
    to anything else.

    Args:
        piece: Where the function is.
        definition: The function.
        learned: The code.
        imports: Of the file; gets those that can't stand in a function.

    Raises:
        TraceError: The signature needs what stands beside it.
    """
    tree = ast.parse(learned)
    function = next(each for each in tree.body if isinstance(each, Definition) and each.name == definition.name)
    beside = [each for each in tree.body if each is not function and not _is_future(each)]
    if len(beside) < len(tree.body) - 1:
        imports.insert(0, "from __future__ import annotations")
    text = _with_inside(learned, function, beside) if len(tree.body) > 1 else learned
    margin = margin_of(piece.source, definition.lineno)
    return Edit.of(piece, definition, indented(text, margin).removeprefix(margin).rstrip("\n"))


def setting_edit(piece: Piece, definition: ast.ClassDef, kind: type, settings: list[str]) -> Edit:
    """Statements at the end of what makes an instance of a class."""
    name = "__post_init__" if "__dataclass_fields__" in vars(kind) else "__init__"
    margin = margin_of(piece.source, definition.body[0].lineno)
    own = [each for each in definition.body if isinstance(each, ast.FunctionDef) and each.name in (name, "__init__")]
    lines = ["# What was learned of the parts that are made elsewhere.", *settings]
    if own:
        return _appended(piece, own[-1], lines)
    inherited = any(name in vars(base) for base in kind.__mro__[1:-1])
    arguments = "" if name == "__post_init__" else ", *args, **kwargs"
    head = [f"super().{name}({arguments.removeprefix(', ')})"] if inherited or arguments else []
    body = "".join(indented(f"{line}\n", _INDENT) for line in [*head, *lines])
    at = _offset(piece, definition.end_lineno or 0, definition.end_col_offset or 0)
    return Edit(piece, at, at, "\n\n" + indented(f"def {name}(self{arguments}):\n{body}", margin).rstrip("\n"))


_LEARNED_CODE = """\
# Code in it was written by an optimizer. Here it runs in your process, with all your rights and without a sandbox: read
# it before you run it.
"""


def file_of(
    kind: type, definitions: Definitions, sources: Mapping[int, str], after: list[str], *, has_learned_code: bool
) -> str:
    """The whole file."""
    blocks = [f"# Exported by steepest: {kind.__module__}.{kind.__qualname__} with what was learned.\n"]
    if has_learned_code:
        blocks.append(_LEARNED_CODE)
    imports = _imports(definitions.imports)
    if imports:
        blocks.append("\n" + imports)
    last: Piece | None = None
    for piece in definitions.pieces:
        blocks.append(_gap(last, piece) + sources.get(id(piece), piece.source))
        last = piece
    if after:
        blocks.append("\n\n" + "".join(f"{line}\n" for line in after))
    whole = "".join(blocks)
    ast.parse(whole)
    return whole


def _offset(piece: Piece, line: int, column: int) -> int:
    before = piece.source.encode().splitlines(keepends=True)[: line - 1]
    return sum(len(each) for each in before) + column


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _with_inside(source: str, function: Definition, beside: list[ast.stmt]) -> str:
    """A function with what stands beside it moved to the begin of its body."""
    bound = {name for each in beside for name in bound_names(each)}
    signature = [*ast.walk(function.args), *(ast.walk(function.returns) if function.returns else ())]
    needed = sorted({each.id for each in signature if isinstance(each, ast.Name)} & bound)
    if needed:
        raise TraceError(
            f"{function.name} can't be exported: the signature of its learned code uses {', '.join(needed)}, which is "
            "defined beside it; let the code use it inside of the function alone"
        )
    first = function.body[0]
    if first.lineno == function.lineno:  # all on a line
        function.body[:0] = beside
        return ast.unparse(function)
    lines = lines_of(source)
    is_documented = ast.get_docstring(function, clean=False) is not None
    start = (first.end_lineno or first.lineno) + 1 if is_documented else _first_line(first)
    moved = "".join("".join(lines[_first_line(each) - 1 : each.end_lineno]) for each in beside)
    head = "".join(lines[function.lineno - 1 : start - 1])
    return head + indented(moved, margin_of(source, first.lineno)) + "".join(lines[start - 1 : function.end_lineno])


def _appended(piece: Piece, function: ast.FunctionDef, lines: list[str]) -> Edit:
    """Statements at the end of a function."""
    first = function.body[0]
    if first.lineno == function.lineno:  # all on a line
        text = f"{ast.unparse(function)}\n" + indented("\n".join(lines), _INDENT)
        margin = margin_of(piece.source, function.lineno)
        return Edit.of(piece, function, indented(text, margin).removeprefix(margin))
    at = _offset(piece, function.end_lineno or 0, function.end_col_offset or 0)
    return Edit(piece, at, at, "\n" + indented("\n".join(lines), margin_of(piece.source, first.lineno)))


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _gap(last: Piece | None, piece: Piece) -> str:
    """Blank lines between two pieces: as they were in their file, and two around classes and functions."""
    is_large = any(_is_definition(each) for each in (last, piece) if each is not None)
    if is_large:
        return "\n\n"
    is_next = last is not None and last.line + last.source.count("\n") == piece.line
    return "" if is_next else "\n"


def _is_definition(piece: Piece) -> bool:
    return isinstance(ast.parse(piece.source).body[0], (Definition, ast.ClassDef))


def _imports(lines: list[str]) -> str:
    """Imports in groups: of the future, of Python, of others; those from one module together."""
    groups = [sorted(group) for _, group in groupby(sorted(set(lines), key=_rank), key=_rank)]
    return "\n".join("".join(_together(group)) for group in groups)


def _rank(line: str) -> int:
    top = line.split()[1].partition(".")[0]
    return 0 if top == "__future__" else 1 if top in sys.stdlib_module_names else 2


def _together(lines: list[str]) -> Iterator[str]:
    plain = [line for line in lines if line.startswith("import ")]
    yield from (f"{line}\n" for line in plain)
    others = [line.removeprefix("from ").split(" import ") for line in lines if line not in plain]
    for module, pairs in groupby(others, key=lambda pair: pair[0]):
        names = [name for _, name in pairs]
        whole = f"from {module} import {', '.join(names)}\n"
        if len(whole) <= WIDTH:
            yield whole
        else:
            yield f"from {module} import (\n" + "".join(f"{_INDENT}{name},\n" for name in names) + ")\n"
