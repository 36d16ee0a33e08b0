"""From a source to one of its functions, inside of the jailed process."""

import asyncio
import difflib
import inspect
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from steepest.solvers.sandbox.inside.feedback import SCRIPT, describe, failure, register_source
from steepest.solvers.sandbox.inside.screening import screen

MODULE = "script"
"""The name of the module that a source becomes; not `__main__`, so that its own trial runs don't start."""


class LoadError(Exception):
    """The source gives no such function."""

    def __init__(self, failure: dict[str, Any]) -> None:
        super().__init__(failure["message"])
        self.failure = failure


def load_function(source: str, name: str, *, screening: bool) -> Callable[..., Any]:
    """Run the source as a module and find a function in it.

    Args:
        source: Python, of a stranger.
        name: Of the function.
        screening: Whether to look the source through before it runs.

    Raises:
        LoadError: It is refused, it fails, or there is no such function.
    """
    if screening and (refusal := screen(source)):
        raise LoadError(refusal)
    module = ModuleType(MODULE)
    sys.modules[MODULE] = module  # dataclasses and typing look their module up
    register_source(source)
    try:
        exec(compile(source, SCRIPT, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - what the sandbox is for
    except BaseException as error:  # an exit, too, leaves no function
        raise LoadError(describe(error, source)) from error
    return _found(module, name)


def settled(result: Any) -> Any:
    """The result of a call, awaited where it is that of an async function."""
    if not inspect.iscoroutine(result):
        return result
    with asyncio.Runner(loop_factory=_LonelyLoop) as runner:
        return runner.run(result)


def _found(module: ModuleType, name: str) -> Callable[..., Any]:
    found = module.__dict__.get(name)
    if callable(found):
        return found  # type: ignore[no-any-return]
    if found is not None:
        raise LoadError(failure("exception", f"`{name}` is of type {type(found).__name__}, not a function"))
    raise LoadError(failure("exception", _missing(name, _functions(module))))


def _missing(name: str, there: list[str]) -> str:
    if not there:
        return f"the source defines no function `{name}`, nor any other"
    close = difflib.get_close_matches(name, there, n=1)
    hint = f"; did you mean `{close[0]}`?" if close else ""
    return f"the source defines no function `{name}`; it defines {', '.join(f'`{each}`' for each in there)}{hint}"


def _functions(module: ModuleType) -> list[str]:
    """The names of what the source defines itself, in its order."""
    return [
        name
        for name, value in module.__dict__.items()
        if callable(value) and getattr(value, "__module__", None) == MODULE and not name.startswith("__")
    ]


class _LonelyLoop(asyncio.BaseEventLoop):
    """An event loop in a process without sockets: it runs tasks and waits for the time to pass, nothing else.

    asyncio's own loops open a pair of sockets to wake themselves, which the jail refuses.
    """

    def __init__(self) -> None:
        super().__init__()
        self._selector = self

    def select(self, timeout: float | None) -> list[Any]:
        """Let the time until the next task pass."""
        if timeout is None:
            raise RuntimeError("the function waits for something that nothing in the sandbox will do")
        time.sleep(timeout)
        return []

    def _process_events(self, events: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody sleeps while another thread wakes it."""
