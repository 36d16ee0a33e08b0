"""Whole texts in a reply: the other form in which models give code."""

import ast
import re

from steepest.agents.optimizers.code.edits import EditError

__all__ = ["read_rewrite"]

_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<word>[\w+-]*)[ \t]*")


def read_rewrite(reply: str) -> str:
    """The text in the one fence of a reply; a reply without a fence that is Python from end to end is one itself.

    Raises:
        EditError: There is none, there are several, or it is not closed.
    """
    lines = reply.replace("\r\n", "\n").split("\n")
    found: list[str] = []
    at = 0
    while at < len(lines):
        opened = _FENCE.fullmatch(lines[at])
        if opened is None:
            at += 1
            continue
        end = next((to for to in range(at + 1, len(lines)) if _closes(lines[to], opened["mark"])), None)
        if end is None:
            raise EditError(f"the fence of line {at + 1} is never closed: the reply may have been cut off")
        found.append("\n".join(lines[at + 1 : end]))
        at = end + 1
    if len(found) == 1:
        return found[0]
    if found:
        raise EditError(f"there are {len(found)} fences: give one, with the whole text in it")
    if _is_program(reply):
        return reply.strip("\n")
    raise EditError("there is no text in a fence: write a line ```, the whole text, and a line ```")


def _closes(line: str, mark: str) -> bool:
    return line.rstrip().startswith(mark) and not line.rstrip().strip(mark[0])


def _is_program(reply: str) -> bool:
    try:
        tree = ast.parse(reply)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for each in tree.body)
