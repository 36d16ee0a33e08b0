"""What a bundle knows about its function: what to call it, its source, the names of its parameters, what it yields."""

import functools
import inspect
import textwrap
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from typing import Any, Literal, get_args

from steepest.errors import InputError
from steepest.traces.operations import Operation
from steepest.traces.previews import preview

Externals = Literal["record", "refuse"]
"""What to do about nodes that a function reads without having been passed them."""


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


class Yielded(Coroutine[Any, Any, Any]):
    """What an asynchronous generator yields, all of it: to be awaited, or gone through with `async for`."""

    __slots__ = ("_whole",)

    def __init__(self, whole: Coroutine[Any, Any, Any]) -> None:
        self._whole = whole

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._whole.__await__()

    async def __aiter__(self) -> AsyncIterator[Any]:
        for item in await self._whole:
            yield item

    def send(self, value: Any) -> Any:
        """As of the coroutine that it is."""
        return self._whole.send(value)

    def throw(self, *raised: Any) -> Any:
        """As of the coroutine that it is."""
        return self._whole.throw(*raised)

    def close(self) -> None:
        """As of the coroutine that it is."""
        self._whole.close()


def check_options(name: object, description: object, trainable: object, trust: object, externals: object) -> None:
    """Raise `InputError` for what `bundle` can't have."""
    for argument, value in {"name": name, "description": description}.items():
        if value is not None and not isinstance(value, str):
            raise InputError(f"bundle({argument}={preview(value, 40)}): it has to be a text")
    for argument, value in {"trainable": trainable, "trust": trust}.items():
        if not isinstance(value, bool):
            raise InputError(f"bundle({argument}={preview(value, 40)}): it has to be True or False")
    if externals not in get_args(Externals):
        raise InputError(f'bundle(externals={preview(externals, 40)}): it has to be "record" or "refuse"')
