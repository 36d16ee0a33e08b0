"""`bundle`: a function whose call is one node, whatever happens inside.

The function itself sees plain values and returns one; around it the call is recorded: inputs by the names of the
parameters, time, what model calls inside took, and an exception as a node that feedback can go back from. What the
function reads from nodes that were not passed becomes an input, too, or is refused. Inside, nothing is recorded, so
recursion and calls of other bundles cost a plain call.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from time import perf_counter
from types import CodeType
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast, overload

from steepest.traces.failures import CodeNotRunError, TraceError, execution_error, message_of, told
from steepest.traces.graph import Node, as_node, make
from steepest.traces.operations import Operation
from steepest.traces.records import Record
from steepest.traces.scope import Call, current_call, enter, is_tracing, leave, watch_threads

if TYPE_CHECKING:
    from steepest.traces.code import CodeParameter

R = TypeVar("R")

Externals = Literal["record", "refuse"]
"""What to do about nodes that a function reads without having been passed them."""


class Bundle(Generic[R]):
    """A function whose calls are nodes; made by `bundle`."""

    def __init__(
        self,
        function: Callable[..., R],
        *,
        name: str | None = None,
        description: str | None = None,
        externals: Externals = "record",
        code: "CodeParameter | None" = None,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.externals = externals
        self.code = code
        """Trainable source in the function's place."""
        self.operation = _operation(function, name, description)
        self._positional, self._rest = _positional_names(function)
        self._is_async = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
        self._whole = _whole(function)
        self._is_method = False
        watch_threads()

    def __set_name__(self, owner: type, name: str) -> None:
        self._is_method = True
        if self.code is not None:
            self.code.owner = owner

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function with the values of its arguments and record the call.

        Returns:
            A node of the result; of a coroutine function something to await for it. Inside of another bundle the plain
            result.

        Raises:
            ExecutionError: The function raised; the error is of its exception's type, too.
            TraceError: It read a node that was not passed, and externals are refused.
        """
        code = self.code_of(args[0]) if self._is_method and args else self.code
        surrounding = current_call()
        if surrounding is not None and surrounding.is_opaque:
            return self._implementation(code)(*map(_plain, args), **{name: _plain(each) for name, each in kwargs.items()})
        frame = sys._getframe(1)
        inputs = [each if isinstance(each, Node) else as_node(each) for each in (*args, *kwargs.values())]
        pending = _Pending(self, code, (*self._names(len(args)), *kwargs), inputs, frame.f_code, frame.f_lineno)
        values = [each._value for each in inputs]
        named = dict(zip(kwargs, values[len(args) :], strict=True))
        run = self._run_async if self._is_async else self._run
        return run(pending, values[: len(args)], named)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """A method of an instance, which becomes the first input."""
        return self if instance is None else BoundBundle(self, instance)

    def __repr__(self) -> str:
        return f"<bundle {self.operation.name}>"

    def __copy__(self) -> "Bundle[R]":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Bundle[R]":
        if self.code is None:
            return self
        made: Bundle[R] = object.__new__(type(self))
        made.__dict__.update(self.__dict__, code=self.code.copied())
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        from steepest.traces.references import recalled, reference_to

        return recalled, reference_to(self)

    @property
    def parameters(self) -> list[Node[Any]]:
        """The code, if it is trainable."""
        return [self.code.node] if self.code is not None else []

    def code_of(self, instance: object) -> "CodeParameter | None":
        """The trainable source of an instance's method; each instance has its own, if it has a `__dict__`."""
        if self.code is None:
            return None
        from steepest.traces.code import code_of_instance

        return code_of_instance(self.code, _plain(instance))

    def _run(self, pending: "_Pending", values: Sequence[Any], named: dict[str, Any]) -> Node[R]:
        token = enter(pending.call)
        try:
            try:
                result = self._implementation(pending.code)(*values, **named)
            finally:
                leave(token)
        except CodeNotRunError:
            raise
        except Exception as error:
            raise pending.failed(error) from error
        return pending.finished(result)

    async def _run_async(self, pending: "_Pending", values: Sequence[Any], named: dict[str, Any]) -> Node[R]:
        token = enter(pending.call)
        try:
            try:
                result = await self._implementation(pending.code)(*values, **named)
            finally:
                leave(token)
        except CodeNotRunError:
            raise
        except Exception as error:
            raise pending.failed(error) from error
        return pending.finished(result)

    def _implementation(self, code: "CodeParameter | None") -> Callable[..., Any]:
        """The function, or the code that has taken its place; what it yields as a list."""
        return self._whole if code is None else _whole(code.function)

    def _names(self, count: int) -> tuple[str, ...]:
        """The parameters that positional arguments go to."""
        if count <= len(self._positional):
            return self._positional[:count]
        return (*self._positional, *(f"{self._rest}{place}" for place in range(count - len(self._positional))))


class BoundBundle:
    """A bundle as a method of an instance."""

    def __init__(self, method: Bundle[Any], instance: object) -> None:
        self.__func__ = method
        self.__self__ = instance
        functools.update_wrapper(self, method.function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """`Bundle.__call__` with the instance as the first argument."""
        return self.__func__(self.__self__, *args, **kwargs)

    def __repr__(self) -> str:
        return f"<bundle {self.__func__.operation.name} of {self.__self__!r}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, (self.__self__, self.__func__.function.__name__)

    @property
    def parameters(self) -> list[Node[Any]]:
        """The instance's code, if it is trainable."""
        code = self.__func__.code_of(self.__self__)
        return [code.node] if code is not None else []


class _Pending:
    """A call that is being made."""

    __slots__ = ("begin", "bundle", "call", "caller", "code", "inputs", "line", "names")

    def __init__(
        self,
        bundle: Bundle[Any],
        code: "CodeParameter | None",
        names: tuple[str, ...],
        inputs: list[Node[Any]],
        caller: CodeType,
        line: int,
    ) -> None:
        self.bundle = bundle
        self.code = code
        self.names = names
        self.inputs = inputs
        self.caller = caller
        self.line = line
        self.call = Call(is_opaque=True)
        self.begin = perf_counter()

    def finished(self, result: Any) -> Node[Any]:
        """The node of the result."""
        settled = as_node(result)
        if settled is result or settled.inputs:  # it is, or holds, nodes: they are what it was made from
            self.call.reads.extend((settled,) if settled is result else settled.inputs)
        return self._made(settled._value, "")

    def failed(self, error: Exception) -> Exception:
        """The error to raise for what the function raised."""
        return execution_error(error, self._made(told(error), message_of(error)))

    def _made(self, value: Any, exception: str) -> Node[Any]:
        seconds = perf_counter() - self.begin
        if not is_tracing():
            return make(value)
        externals = self._externals() if self.call.reads else []
        code = [self.code.node] if self.code is not None else []
        made = make(value, self.bundle.operation, (*self.inputs, *externals, *code))
        charges = self.call.charges
        made.record = Record(
            (*self.names, *(each.label or "external" for each in externals), *(CODE for _ in code)),
            seconds,
            len(externals),
            sum(tokens for tokens, _ in charges) if charges else 0,
            sum(money for _, money in charges) if charges else 0.0,
            exception,
            self.caller,
            self.line,
        )
        return made

    def _externals(self) -> list[Node[Any]]:
        """Nodes that were read and not passed, each once."""
        passed = {id(each) for each in self.inputs}
        found = list({id(each): each for each in self.call.reads if id(each) not in passed}.values())
        if found and self.bundle.externals == "refuse":
            names = ", ".join(each.label or repr(each) for each in found)
            raise TraceError(
                f"{self.bundle.operation.name} reads {names} without being passed them: pass them as arguments, or "
                'allow it with bundle(externals="record")'
            )
        return found


@overload
def bundle(
    function: Callable[..., R],
    *,
    name: str | None = None,
    description: str | None = None,
    trainable: bool = False,
    trust: bool = False,
    externals: Externals = "record",
) -> Bundle[R]: ...
@overload
def bundle(
    function: None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    trainable: bool = False,
    trust: bool = False,
    externals: Externals = "record",
) -> Callable[[Callable[..., R]], Bundle[R]]: ...
def bundle(
    function: Callable[..., R] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    trainable: bool = False,
    trust: bool = False,
    externals: Externals = "record",
) -> Bundle[R] | Callable[[Callable[..., R]], Bundle[R]]:
    """Make a function one whose calls are nodes; with or without parentheses.

    Args:
        function: A function, method, lambda, builtin, partial or class; a coroutine function gives something to await,
            a generator function a node of the list of what it yields.
        name: What renderings call it; its own name unless given.
        description: What it does; its docstring unless given.
        trainable: Whether its source is a parameter.
        trust: Whether source that an optimizer proposed runs in this process and not in the sandbox.
        externals: Whether nodes that it reads without having been passed them become inputs, or are refused.

    Raises:
        TraceError: It is to be trainable and its source can't be had.
    """
    if function is None:
        return lambda later: bundle(
            later, name=name, description=description, trainable=trainable, trust=trust, externals=externals
        )
    if isinstance(function, (staticmethod, classmethod)):
        inner = bundle(
            function.__func__, name=name, description=description, trainable=trainable, trust=trust, externals=externals
        )
        return cast("Bundle[R]", type(function)(inner))
    code = None
    if trainable:
        from steepest.traces.code import code_parameter

        code = code_parameter(function, name=name, trust=trust)
    return Bundle(function, name=name, description=description, externals=externals, code=code)


CODE = "code"
"""The name under which trainable source is an input of its calls."""


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Node) else value


def _operation(function: Callable[..., Any], name: str | None, description: str | None) -> Operation:
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
    return inspect.cleandoc("".join(lines)), f"{inspect.getsourcefile(inner)}:{first}"


def _positional_names(function: Callable[..., Any]) -> tuple[tuple[str, ...], str]:
    """Names of the positional parameters, and the stem for what comes after them."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return (), "argument"
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    rest = next((each.name for each in parameters if each.kind is inspect.Parameter.VAR_POSITIONAL), "argument")
    return tuple(each.name for each in parameters if each.kind in kinds), rest


def _whole(function: Callable[..., Any]) -> Callable[..., Any]:
    """A generator function as one that gives the list of what it yields; any other as it is."""
    if inspect.isgeneratorfunction(function):
        return lambda *args, **kwargs: list(function(*args, **kwargs))
    if inspect.isasyncgenfunction(function):

        async def collected(*args: Any, **kwargs: Any) -> list[Any]:
            return [each async for each in function(*args, **kwargs)]

        return collected
    return function
