"""Trainable code: a function whose source is a parameter.

What the user wrote runs as it is, in this process. Source that an optimizer proposes is checked first and then runs in
the sandbox, on its own and with JSON going in and out: it gets copies of its arguments, tuples as lists, and of those
attributes that it reads of the object whose method it is, and what it changes in them stays there. Or, where the user
trusts it, it runs in this process with all that the original had around it (`loading`). Either way a failure is told by
the lines of the source that ran.

As a method of a class a function has code for each instance, which begins with that of the class, is kept in the
instance's `__dict__` and copied with it; instances without one (`__slots__`) share the code of their class.
"""

import ast
import inspect
import threading
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from steepest.traces.code.instances import attributes_read
from steepest.traces.code.loading import load
from steepest.traces.code.proposals import Shape, checked, refusal, shape_of, unread_parameters
from steepest.traces.code.quiet_loading import require_quiet
from steepest.traces.code.recorded_calls import recorded_calls
from steepest.traces.code.runners import CodeFailure, RemoteCode, current_runner, remote_function
from steepest.traces.code.sources import Layers, layers_of, source_of
from steepest.traces.code.surroundings import modules_around, with_imports
from steepest.traces.failures import CodeNotRunError, TraceError
from steepest.traces.graph import Node, leaf
from steepest.traces.parameters import RejectedValueError, Trainable, state_of, update

_KEPT = "_steepest_code"
"""The attribute in which an instance keeps the code of its methods."""


@dataclass(frozen=True, slots=True)
class Original:
    """The function that the user wrote."""

    function: Callable[..., Any]
    """With the decorators around it."""
    layers: Layers
    source: str
    shape: Shape
    is_static: bool = False
    """Whether it is a static method, whose first argument is like any other."""


class CodeParameter:
    """The source of a function as a parameter; made by `code_parameter`."""

    def __init__(self, original: Original, source: str, label: str | None, state: Trainable, *, trust: bool) -> None:
        state.prepare = self._prepared
        self.original = original
        self.node: Node[str] = leaf(source, label, state)
        """Its value is the source."""
        self.trust = trust
        """Whether proposed source runs in this process."""
        self.owner: type | None = None
        """The class that the function is a method of."""
        self._loaded: tuple[str, Callable[..., Any]] | None = None
        self._lock = threading.RLock()  # trusted source may call its own function while it is loaded

    @property
    def function(self) -> Callable[..., Any]:
        """What a call runs: the original, or what the present source makes in its place.

        Untrusted source of a generator function gives the list of what it yields.

        Raises:
            RejectedValueError: The source, set past `parameters.update`, is not fit.
        """
        source = self.node._value
        if source == self.original.source:
            return self.original.function
        loaded = self._loaded
        if loaded is not None and loaded[0] == source:
            return loaded[1]
        with self._lock:
            self._loaded = loaded = (source, self._replacement(source))
        return loaded[1]

    def restore(self, source: str) -> None:
        """Take source that was learned in another process.

        Raises:
            TraceError: The function here can't have it.
        """
        restored = update(self.node, source)
        if restored.outcome != "committed":
            raise TraceError(f"the saved {self!r} can't be used here: {restored.reason}")

    def copied(self) -> "CodeParameter":
        """A parameter of its own with the same source and history; feedback is not taken along."""
        state = copy(state_of(self.node))
        made = CodeParameter(self.original, self.node._value, self.node.label, state, trust=self.trust)
        made.owner = self.owner
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> "CodeParameter":
        return self.copied()

    def __repr__(self) -> str:
        return f"<code of {self.original.shape}>"

    def _prepared(self, present: str, proposed: Any) -> str:
        """The source to set for a proposed one.

        Raises:
            RejectedValueError: It is not fit; the message says why.
        """
        source, tree = checked(proposed, self.original.shape)
        if source == self.original.source:
            return source
        if self.trust:
            _screen(self._screen_for_trusted, source)
            self._loaded = (source, self._replacement(source))
            return source
        whole = with_imports(source, tree, self.original.layers.function)
        _screen(current_runner().screen, whole)
        self._require_servable(self._remote(source, tree))
        return whole

    def _remote(self, source: str, tree: ast.Module) -> RemoteCode:
        """The source with what it is sent when it is called.

        Raises:
            RejectedValueError: It wants of its object what can't be sent.
        """
        shape = self.original.shape
        unread = unread_parameters(tree, shape.name)
        if self.owner is None or self.original.is_static or not set(shape.positional[:1]) - unread:
            return RemoteCode(source, shape, unread)
        return RemoteCode(source, shape, unread, attributes_read(tree, source, shape.name, self.owner))

    def _require_servable(self, remote: RemoteCode) -> None:
        """See that the source could have run in the calls on which feedback has been given.

        Raises:
            RejectedValueError: What it reads can't be sent to where it runs.
        """
        for args, kwargs in recorded_calls(self.node, remote.shape.positional):
            try:
                current_runner().admit(remote.call(args, kwargs))
            except CodeFailure as failure:
                raise refusal(failure.message, remote.source, failure.line) from failure
            except CodeNotRunError as error:
                raise RejectedValueError(
                    f"in the calls so far {error}. Write code that does not read it; for code that does, a person has "
                    "to pass something else, or to set trust=True"
                ) from error

    def _screen_for_trusted(self, source: str) -> None:
        """What the code around the original uses, its replacement may use, too."""
        from steepest.traces.code.sandboxed import screen

        screen(source, {name.partition(".")[0] for name in modules_around(self.original.layers.function)})

    def _replacement(self, source: str) -> Callable[..., Any]:
        """What runs a source that is not the original one, with the original's decorators."""
        shape, layers = self.original.shape, self.original.layers
        source, tree = checked(source, shape)
        if self.trust:
            require_quiet(tree, source, self.original.source)
            return layers.around(load(source, layers.function, self.owner))
        return layers.around(remote_function(self._remote(source, tree)))


def code_parameter(function: Callable[..., Any], *, name: str | None = None, trust: bool = False) -> CodeParameter:
    """The source of a function as a parameter.

    Args:
        function: Written with `def`, in a file or wherever its source is kept; static and class methods, too.
            Decorators around it, made with `functools.wraps`, stay around whatever takes its place.
        name: Of the function, unless it is its own; renderings call the parameter `name_code`.
        trust: Whether proposed source runs in this process, with the globals and the closure of the original, and not
            in the sandbox, on its own.

    Raises:
        TraceError: Its source can't be had, or could not be replaced.
    """
    is_static = isinstance(function, staticmethod)
    if isinstance(function, (staticmethod, classmethod)):
        function = function.__func__
    layers = layers_of(function)
    source, definition = source_of(layers.function)
    original = Original(function, layers, source, shape_of(definition), is_static)
    state = Trainable(inspect.getdoc(function) or "")
    label = f"{name or layers.function.__name__}_code"  # its calls are called by the name alone
    return CodeParameter(original, source, label, state, trust=trust)


def _screen(judge: Callable[[str], None], source: str) -> None:
    try:
        judge(source)
    except CodeFailure as failure:
        raise refusal(failure.message, source, failure.line) from failure


class InstanceCode:
    """The code of an instance's methods, each a copy of the class's; kept in the instance."""

    def __init__(self, owner: int) -> None:
        self.owner = owner
        """The id of the instance: another one that holds this is a copy of it. Of all that hold it at a time one at
        most has that id, so no two instances ever share code."""
        self.parameters: list[tuple[CodeParameter, CodeParameter]] = []
        """Of the class and of the instance; the former by identity, since names repeat."""
        self.pickled: dict[tuple[str, str], str] = {}
        """Sources that came in a pickle, by module and name of the function, for which nobody has asked yet."""

    def copied(self, owner: int) -> "InstanceCode":
        """The same for a copy of the instance."""
        made = InstanceCode(owner)
        made.parameters = [(shared, own.copied()) for shared, own in self.parameters]
        made.pickled = dict(self.pickled)
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> "InstanceCode":
        return self.copied(0)

    def __reduce__(self) -> tuple[Any, ...]:
        sources = {_place(shared): own.node._value for shared, own in self.parameters}
        return _unpickled, (self.pickled | sources,)

    def own(self, shared: CodeParameter) -> CodeParameter:
        """The instance's parameter for one of the class."""
        for each, own in self.parameters:
            if each is shared:
                return own
        own = shared.copied()
        source = self.pickled.pop(_place(shared), None)
        if source is not None:
            own.restore(source)
        self.parameters.append((shared, own))
        return own


def _unpickled(sources: dict[tuple[str, str], str]) -> InstanceCode:
    made = InstanceCode(0)
    made.pickled = sources
    return made


def _place(code: CodeParameter) -> tuple[str, str]:
    function = code.original.layers.function
    return function.__module__, function.__qualname__


_instances = threading.RLock()


def code_of_instance(shared: CodeParameter, instance: object) -> CodeParameter:
    """The code that an instance has for a method; that of the class where it can keep none (`__slots__`).

    Args:
        shared: The class's.
        instance: The first argument.
    """
    attributes = getattr(instance, "__dict__", None)
    if not isinstance(attributes, dict) or isinstance(instance, ModuleType):
        return shared
    with _instances:
        kept = attributes.get(_KEPT)
        if not isinstance(kept, InstanceCode):
            kept = attributes[_KEPT] = InstanceCode(id(instance))
        elif kept.owner != id(instance):
            kept = attributes[_KEPT] = kept.copied(id(instance))
        return kept.own(shared)
