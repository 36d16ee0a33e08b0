"""What a bundle knows about its function: what to call it, its source, and the names of its parameters."""

import functools
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from steepest.traces.operations import Operation


def operation_of(function: Callable[..., Any], name: str | None, description: str | None) -> Operation:
    """The operation of a function; its own name and documentation unless others are given."""
    own = getattr(function, "__qualname__", "") or getattr(function, "__name__", "") or type(function).__name__
    documentation = description if description is not None else inspect.getdoc(function) or ""
    code, position = _source(function)
    return Operation(name or own.rpartition(".")[2], "", documentation, code, position, function)


def _source(function: Callable[..., Any]) -> tuple[str, str]:
    """Source and place of a function; empty for what has none."""
    inner = inspect.unwrap(function)
    while isinstance(inner, functools.partial):
        inner = inner.func
    try:
        lines, first = inspect.getsourcelines(inner)
    except (OSError, TypeError):
        return "", ""
    return textwrap.dedent("".join(lines)).rstrip(), f"{inspect.getsourcefile(inner)}:{first}"


def positional_names(function: Callable[..., Any]) -> tuple[tuple[str, ...], str]:
    """Names of the positional parameters, and the stem for what comes after them."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return (), "argument"
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    rest = next((each.name for each in parameters if each.kind is inspect.Parameter.VAR_POSITIONAL), "argument")
    return tuple(each.name for each in parameters if each.kind in kinds), rest


def whole(function: Callable[..., Any]) -> Callable[..., Any]:
    """A generator function as one that gives the list of what it yields; any other as it is."""
    if inspect.isgeneratorfunction(function):
        return lambda *args, **kwargs: list(function(*args, **kwargs))
    if inspect.isasyncgenfunction(function):

        async def collected(*args: Any, **kwargs: Any) -> list[Any]:
            return [each async for each in function(*args, **kwargs)]

        return collected
    return function
