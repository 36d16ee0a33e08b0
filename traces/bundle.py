"""`bundle`: a function whose call is one node, whatever happens inside.

The function itself sees plain values and returns one; around it the call is recorded: inputs by the names of the
parameters, time, what model calls inside took, and an exception as a node that feedback can go back from. What the
function reads from nodes that were not passed becomes an input, too, or is refused. Inside, nothing is recorded, so
recursion and calls of other bundles cost a plain call.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Container, Sequence
from copy import deepcopy
from time import perf_counter
from types import CoroutineType, FrameType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from steepest.traces.failures import TraceError
from steepest.traces.functions import Externals, Yielded, check_options, operation_of, positional_names, whole
from steepest.traces.graph import Node, as_node
from steepest.traces.holders import unwrapped
from steepest.traces.names_read import NamesRead, names_read
from steepest.traces.pending import PendingCall
from steepest.traces.previews import preview
from steepest.traces.scope import enter, is_inside, leave, note_read, watch_threads
from steepest.traces.working_copies import WorkingCopy, carry_back

if TYPE_CHECKING:
    from steepest.traces.code.code_parameter import CodeParameter

R = TypeVar("R")


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
        self._binds = not isinstance(function, staticmethod)
        self._binds_class = isinstance(function, classmethod)
        inner = function.__func__ if isinstance(function, (staticmethod, classmethod)) else function
        if not callable(inner):
            raise TraceError(f"{inner!r} can't be called: bundle is for functions; put it below @property and the like")
        functools.update_wrapper(self, inner, updated=("__dict__",) if isinstance(inner, FunctionType) else ())
        self.function = inner
        self.externals = externals
        self.code = code
        """Trainable source in the function's place."""
        self.operation = operation_of(inner, name, description)
        self._positional, self._rest = positional_names(inner)
        self._whole = whole(inner)
        self._yields = inspect.isasyncgenfunction(inner)
        self._names_read: tuple[Callable[..., Any], NamesRead] | None = None
        self._is_method = False
        mark = getattr(inspect, "markcoroutinefunction", None)  # from Python 3.12 on
        if mark is not None and inspect.iscoroutinefunction(self._whole):
            mark(self)
        watch_threads()

    def __set_name__(self, owner: type, name: str) -> None:
        self._is_method = self._binds
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
        return self._called(sys._getframe(1), args, kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """A method of an instance or class, which becomes the first input."""
        if self._binds_class:
            return BoundBundle(self, owner or type(instance))
        return self if instance is None or not self._binds else BoundBundle(self, instance)

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
        from steepest.traces.code.references import recalled, reference_to

        return recalled, reference_to(self)

    @property
    def parameters(self) -> list[Node[Any]]:
        """The code, if it is trainable."""
        return [self.code.node] if self.code is not None else []

    def code_of(self, instance: object) -> "CodeParameter | None":
        """The trainable source of an instance's method; each instance has its own, if it has a `__dict__`."""
        if self.code is None:
            return None
        from steepest.traces.code.code_parameter import code_of_instance

        return code_of_instance(self.code, _plain(instance))

    def _called(self, caller: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        code = self.code_of(args[0]) if self._is_method and args else self.code
        if not is_inside():
            result = self._recorded(caller, code, args, kwargs)
        else:  # in this very frame, for the sake of recursion
            read, copies = list[Node[Any]](), list[WorkingCopy]()
            plain, named = [unwrapped(each, read, copies) for each in args], unwrapped(kwargs, read, copies)
            for each in (*read, *self._texts_read(code, plain, named)):
                note_read(each)
            try:
                result = self._implementation(code)(*plain, **named)
            finally:
                carry_back(copies)
            if copies and type(result) is CoroutineType:
                result = _carrying_back(result, copies)
        return Yielded(result) if self._yields and type(result) is CoroutineType else result

    def _recorded(
        self, caller: FrameType, code: "CodeParameter | None", args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        copies: list[WorkingCopy] = []
        inputs = [as_node(each, copies) for each in (*args, *kwargs.values())]
        names = (*self._names(len(args)), *kwargs) if kwargs else self._names(len(args))
        pending = PendingCall(self, code, names, inputs, copies, caller.f_code, caller.f_lineno)
        values = [each._value for each in inputs]
        for each in self._texts_read(code, values[: len(args)], kwargs):
            if each.order:
                pending.call.reads[id(each)] = each
        if not kwargs:
            return self._run(pending, values, {})
        return self._run(pending, values[: len(args)], dict(zip(kwargs, values[len(args) :], strict=True)))

    def _texts_read(
        self, code: "CodeParameter | None", values: Sequence[Any], named: Container[str]
    ) -> list[Node[str]]:
        """Nodes of texts that the function reads by a name of its own, as far as its code tells.

        Such a node is a `str` that code written in C takes without asking it.
        """
        function: Callable[..., Any] = self.function
        if code is not None and code.node._value != code.original.source:
            if not code.trust:  # it runs elsewhere
                return []
            try:
                function = code.function
            except TraceError:  # as the call itself will say
                return []
        known = self._names_read
        if known is None or known[0] is not function:
            known = self._names_read = (function, names_read(function))
        return known[1].texts(values, named)

    def _run(self, pending: PendingCall, values: Sequence[Any], named: dict[str, Any]) -> Any:
        token = enter(pending.call)
        result: Any = None
        try:
            try:
                result = self._implementation(pending.code)(*values, **named)
            finally:
                leave(token)
                pending.call.is_over = type(result) is not CoroutineType
        except Exception as error:
            raise pending.failed(error) from error
        return pending.finished(result) if pending.call.is_over else self._awaited(pending, result)

    async def _awaited(self, pending: PendingCall, coroutine: "CoroutineType[Any, Any, Any]") -> Node[R]:
        pending.begin = perf_counter()
        token = enter(pending.call)
        try:
            try:
                result = await coroutine
            finally:
                leave(token)
                pending.call.is_over = True
        except Exception as error:
            raise pending.failed(error) from error
        return pending.finished(result)

    def _implementation(self, code: "CodeParameter | None") -> Callable[..., Any]:
        """The function, or the code that has taken its place; what it yields as a list."""
        function = self.function if code is None else code.function
        return self._whole if function is self.function else whole(function)

    def _names(self, count: int) -> tuple[str, ...]:
        """The parameters that positional arguments go to."""
        if count <= len(self._positional):
            return self._positional[:count]
        return (*self._positional, *(f"{self._rest}{place}" for place in range(count - len(self._positional))))


class BoundBundle:
    """A bundle as a method of an instance or class."""

    def __init__(self, method: Bundle[Any], instance: object) -> None:
        self.__func__ = method
        self.__self__ = instance
        self.__doc__ = method.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """`Bundle.__call__` with the instance as the first argument."""
        return self.__func__._called(sys._getframe(1), (self.__self__, *args), kwargs)

    def __getattr__(self, name: str) -> Any:
        """What the bundle has, as a method has what its function has."""
        if name in ("__func__", "__self__", "__wrapped__"):
            raise AttributeError(name)
        return getattr(self.__func__, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BoundBundle):
            return NotImplemented
        return self.__func__ is other.__func__ and self.__self__ is other.__self__

    def __hash__(self) -> int:
        return hash((id(self.__func__), id(self.__self__)))

    def __repr__(self) -> str:
        return f"<bundle {self.__func__.operation.name} of {preview(self.__self__)}>"

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(MethodType(self.__func__.function, self.__self__))

    def __copy__(self) -> "BoundBundle":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "BoundBundle":
        return BoundBundle(self.__func__, deepcopy(self.__self__, memo))

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, (self.__self__, self.__func__.function.__name__)

    @property
    def parameters(self) -> list[Node[Any]]:
        """The instance's code, if it is trainable."""
        code = self.__func__.code_of(self.__self__)
        return [code.node] if code is not None else []


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
        trainable: Whether its source is a parameter; that of a method is one of each instance, or of the class where
            instances have no `__dict__`.
        trust: Whether source that an optimizer proposed runs in this process and not in the sandbox.
        externals: Whether nodes that it reads without having been passed them become inputs, or are refused.

    Raises:
        InputError: An argument is none that it can have.
        TraceError: It is to be trainable and its source can't be had.
    """
    check_options(name, description, trainable, trust, externals)
    if function is None:
        return lambda later: bundle(
            later, name=name, description=description, trainable=trainable, trust=trust, externals=externals
        )
    code = None
    if trainable:
        from steepest.traces.code.code_parameter import code_parameter

        code = code_parameter(function, name=name, trust=trust)
    return Bundle(function, name=name, description=description, externals=externals, code=code)


async def _carrying_back(coroutine: "CoroutineType[Any, Any, Any]", copies: list[WorkingCopy]) -> Any:
    try:
        return await coroutine
    finally:
        carry_back(copies)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Node) else value
