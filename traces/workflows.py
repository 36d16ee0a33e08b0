"""`workflow`: a function that stays as it is, except that what decided its way becomes part of what it returns.

A bundle is one node, whatever happens inside; a workflow is recorded step by step. What the steps alone don't show is
control flow: after `if x > 2:` the result depends on the comparison, though no operation took it as an argument. So
inside a workflow each node whose truth is asked for is noted, and the result gets those as further inputs, by an
operation of its own. They are forgotten with the call.
"""

import functools
import inspect
import numbers
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextvars import Token
from types import TracebackType
from typing import Any, TypeVar, overload

from steepest.traces.bundle import BoundBundle, Bundle
from steepest.traces.containers import mapped
from steepest.traces.failures import ExecutionError, failure_of, settle
from steepest.traces.graph import Node, make
from steepest.traces.holders import is_filled, with_written
from steepest.traces.operations import Operation
from steepest.traces.scope import Call, current_call, enter, is_tracing, leave

F = TypeVar("F", bound=Callable[..., Any])

DECIDED = Operation("decided", "", "The first input; whether the others were true decided that it came to this.")
"""Makes the result of a workflow from the result itself and the conditions on the way to it."""
CONDITIONS = Operation("conditions", "", "What decided which way the program went.")
"""Several conditions as one node, where several results depend on them."""


@overload
def workflow(function: F) -> F: ...
@overload
def workflow(function: None = None) -> Callable[[F], F]: ...
def workflow(function: Any = None) -> Any:
    """Let the result of a function depend on the nodes that decided its way; with or without parentheses.

    Nothing else changes: plain values stay plain as long as no node is tested, exceptions are raised as they are, and
    under `no_trace` and inside of bundles it is the plain call. When nodes were tested, a result that is a value
    becomes a node, and so do the nodes in a container or dataclass; `None` and other objects stay what they are, and
    what decided on them counts for the workflow around this one.

    Args:
        function: A function or method; coroutine functions, generators and asynchronous generators, too. A bundle
            is left as it is: its call is one node already.
    """
    if function is None:
        return workflow
    if isinstance(function, (Bundle, BoundBundle)) or is_workflow(function):
        return function
    return followed(function)


def _nothing(arguments: tuple[Any, ...]) -> None:
    """What a workflow does before it begins."""


def followed(function: Callable[..., Any], begin: Callable[[tuple[Any, ...]], None] = _nothing) -> Callable[..., Any]:
    """A function as a workflow.

    Args:
        function: It is none yet.
        begin: Gets the arguments without a name when a call begins.
    """
    made = functools.wraps(function)(_follower(function, begin))
    made.__dict__[_MARK] = True
    return made


def is_workflow(function: Callable[..., Any]) -> bool:
    """Whether a function, or the function of a bound method, is a workflow already."""
    return _MARK in getattr(function, "__dict__", {})


_MARK = "__is_workflow__"


class _Way:
    """The conditions met in one call of a workflow; entered around each of its steps, idle under `no_trace`."""

    __slots__ = ("_call", "_surrounding", "_token")

    def __init__(self) -> None:
        self._surrounding = current_call()
        self._call = Call(is_opaque=False) if is_tracing() else None
        self._token: Token[Call | None] | None = None

    def __enter__(self) -> None:
        if self._call is not None:
            self._token = enter(self._call)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        if self._token is not None:
            leave(self._token)
        if error is None or not (conditions := self._conditions()):
            return
        if isinstance(error, ExecutionError):
            settle(error, _decided(failure_of(error).node, conditions))
        else:
            self._pass_on(conditions)

    def leading_to(self, result: Any) -> Any:
        """What the workflow gave, with the conditions that led to it."""
        conditions = self._conditions()
        if not conditions:
            return result
        if isinstance(result, Node):
            return _decided(result, conditions)
        joined = [_joined(conditions)]
        settled = mapped(lambda node: _decided(node, joined), result)
        if settled is not result:
            return settled
        if _is_value(result):
            return _decided(make(result), conditions)
        self._pass_on(conditions)
        return result

    def end(self) -> None:
        """The workflow is over: what its threads and tasks still test decides nothing."""
        if self._call is not None:
            self._call.end()

    def reaching(self, item: Any) -> Any:
        """What a generator yields, with all the conditions since its start, of which it keeps one node."""
        if self._call is not None and (conditions := self._conditions()):
            self._call.tests[:] = [_joined(conditions)]
        return self.leading_to(item)

    def _conditions(self) -> list[Node[Any]]:
        tests = self._call.tests if self._call is not None else []
        return list({id(test): test for test in tests}.values())

    def _pass_on(self, conditions: list[Node[Any]]) -> None:
        """No result carries them, so they count for what the surrounding workflow does next."""
        if self._surrounding is not None and not self._surrounding.is_over:
            self._surrounding.tests.extend(conditions)


def _decided(result: Node[Any], conditions: Sequence[Node[Any]]) -> Node[Any]:
    others = tuple(each for each in conditions if each is not result)
    if not others:
        return result
    made = make(result._value, DECIDED, (result, *others))
    return with_written(made, DECIDED) if is_filled(result) else made


def _joined(conditions: list[Node[Any]]) -> Node[Any]:
    if len(conditions) == 1:
        return conditions[0]
    return make([bool(each._value) for each in conditions], CONDITIONS, tuple(conditions))


def _is_value(result: Any) -> bool:
    """Whether a result is a number, a text, a container or an array, which a node can stand in for."""
    kinds = (str, bytes, numbers.Number, list, tuple, dict, set, frozenset)
    return isinstance(result, kinds) or hasattr(result, "__array_interface__")


def _follower(function: Callable[..., Any], begin: Callable[[tuple[Any, ...]], None]) -> Callable[..., Any]:
    """The function with what it tests noted."""

    def follow_async_steps(*args: Any, **kwargs: Any) -> Any:
        begin(args)
        return _async_steps(function(*args, **kwargs), _Way())

    async def follow_async(*args: Any, **kwargs: Any) -> Any:
        begin(args)
        way = _Way()
        try:
            with way:
                result = await function(*args, **kwargs)
            return way.leading_to(result)
        finally:
            way.end()

    def follow(*args: Any, **kwargs: Any) -> Any:
        begin(args)
        way = _Way()
        try:
            with way:
                result = function(*args, **kwargs)
            return way.leading_to(result)
        finally:
            way.end()

    def follow_steps(*args: Any, **kwargs: Any) -> Any:
        begin(args)
        return (yield from _steps(function(*args, **kwargs), _Way()))

    if inspect.isasyncgenfunction(function):
        return follow_async_steps
    if inspect.isgeneratorfunction(function):
        return follow_steps
    return follow_async if inspect.iscoroutinefunction(function) else follow


def _steps(generator: Generator[Any, Any, Any], way: _Way) -> Generator[Any, Any, Any]:
    """A generator that passes on what is sent and thrown; between two steps its caller is not part of the call."""
    advance: Callable[[], Any] = functools.partial(next, generator)
    try:
        while True:
            try:
                with way:
                    item = advance()
            except StopIteration as end:
                return way.leading_to(end.value)
            try:
                sent = yield way.reaching(item)
            except GeneratorExit:
                raise
            except BaseException as error:
                advance = functools.partial(generator.throw, error)
            else:
                advance = functools.partial(generator.send, sent)
    finally:
        generator.close()
        way.end()


async def _async_steps(generator: AsyncGenerator[Any, Any], way: _Way) -> AsyncGenerator[Any, Any]:
    advance: Callable[[], Any] = functools.partial(anext, generator)
    try:
        while True:
            try:
                with way:
                    item = await advance()
            except StopAsyncIteration:
                return
            try:
                sent = yield way.reaching(item)
            except GeneratorExit:
                raise
            except BaseException as error:
                advance = functools.partial(generator.athrow, error)
            else:
                advance = functools.partial(generator.asend, sent)
    finally:
        await generator.aclose()
        way.end()
