"""What stands around a function: the names that its source can use without defining them.

Source that runs on its own, in the sandbox, has none of it. What is imported there can be imported again, so the
imports that proposed source relies on are written into it; anything else it has to bring along itself.
"""

import ast
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

from steepest.traces.code.proposals import refusal, undefined_names


def modules_around(function: FunctionType) -> frozenset[str]:
    """The modules that the code around a function has imported."""
    return frozenset(each.__name__ for each in _around(function).values() if isinstance(each, ModuleType))


def with_imports(source: str, tree: ast.Module, function: FunctionType) -> str:
    """The source, with the imports that it relies on and that stand around the function.

    Args:
        source: Proposed for the function.
        tree: The same parsed.
        function: The original.

    Raises:
        RejectedValueError: It uses other names that it does not define.
    """
    around = _around(function)
    lines = []
    for name, line in undefined_names(source).items():
        statement = _import(name, around[name], function.__module__) if name in around else ""
        if not statement:
            raise refusal(_words(name, function.__name__, is_around=name in around), source, line)
        lines.append(statement)
    return _with_lines(source, tree, sorted(lines))


def _around(function: FunctionType) -> dict[str, Any]:
    return {**function.__globals__, **dict(_closure(function))}


def _closure(function: FunctionType) -> Iterator[tuple[str, Any]]:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:  # not filled yet
            continue


def _import(name: str, value: Any, user: str) -> str:
    """The statement that gives a name its value; empty where none does, and for the user's own modules."""
    if isinstance(value, ModuleType):
        package = value.__name__
        if _is_of_user(package, user):
            return ""
        return f"import {package}" if package == name else f"import {package} as {name}"
    own = getattr(value, "__name__", None)
    home = getattr(value, "__module__", None)
    if not isinstance(own, str) or not isinstance(home, str):
        return ""
    # `heapq.heappush` says that it comes from `_heapq`.
    for module in (home.lstrip("_"), home):
        if module in sys.modules and getattr(sys.modules[module], own, None) is value and not _is_of_user(module, user):
            return f"from {module} import {own}" if own == name else f"from {module} import {own} as {name}"
    return ""


def _is_of_user(module: str, user: str) -> bool:
    """Whether a module belongs to the user's program."""
    return module.partition(".")[0] in ("__main__", user.partition(".")[0])


def _words(name: str, function: str, *, is_around: bool) -> str:
    where = "only exists in the program around it" if is_around else "is not defined"
    return (
        f"`{name}` {where}, and the code of {function} runs on its own, in the sandbox: define it in the code, or do "
        "without it (to run proposed code in the program itself, a person sets trust=True)"
    )


def _with_lines(source: str, tree: ast.Module, added: list[str]) -> str:
    """The lines above all else but what has to come first."""
    if not added:
        return source
    future = [each for each in tree.body if isinstance(each, ast.ImportFrom) and each.module == "__future__"]
    at = max((each.end_lineno or 0 for each in future), default=0)
    lines = source.split("\n")
    gap = [] if lines[at].startswith(("import ", "from ")) else [""]
    return "\n".join([*lines[:at], *added, *gap, *lines[at:]])
