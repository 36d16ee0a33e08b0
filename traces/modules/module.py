"""Modules: objects whose attributes hold parameters, found wherever they are; by a base class or by a decorator.

`class Planner(Module)` and `@model class Planner` can do the same. The decorator adds the abilities to the class itself
and makes no other class, so its name, its pickles, `isinstance`, `super()` and its docs are what they were.
"""

import inspect
from abc import ABC
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from types import FunctionType
from typing import Any, Self, TypeVar, overload

from steepest.traces.bundle import Bundle
from steepest.traces.failures import TraceError
from steepest.traces.graph import SEPARATE, Node
from steepest.traces.modules.members import (
    members_of,
    name_attributes,
    named_parameters,
    parameters_of,
    shared_attributes,
    undecorated,
)
from steepest.traces.parameters import zero_feedback
from steepest.traces.workflows import followed, is_workflow, workflow

C = TypeVar("C", bound=type)
M = TypeVar("M")


class Module(ABC):  # noqa: B024  (classes under `model` are registered)
    """An object with parameters: those in its attributes, in containers and modules there, and its trainable code.

    A subclass writes `forward`; a call of the module runs it as a `workflow`.
    """

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _follow_calls(cls)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What a call of the module does; a subclass says what.

        Raises:
            TraceError: It does not.
        """
        raise TraceError(f"{type(self).__qualname__} can't be called: write its method forward(self, ...)")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run `forward`; nodes that decided its way become inputs of what it returns (`workflow`)."""
        return workflow(self.forward)(*args, **kwargs)

    def parameters(self) -> list[Node[Any]]:
        """Each parameter once, ascending by creation."""
        return parameters_of(self)

    def named_parameters(self) -> dict[str, Node[Any]]:
        """Each parameter once by its path, `planner.steps[0].prompt`, ascending by creation."""
        return named_parameters(self)

    def zero_feedback(self) -> None:
        """Forget what was said about the parameters, and with it the traces that it hangs on."""
        zero_feedback(parameters_of(self))

    def copy(self) -> Self:
        """A module of the same kind and state that shares no parameter and nothing else that can change with this one.

        Parameters that belong to a class, and thus to all its instances, become the copy's own.
        """
        return _separate(self)

    def save(self, path: str | Path, *, history: bool = False) -> None:
        """`save_parameters` of this module."""
        from steepest.traces.modules.saving import save_parameters

        save_parameters(self, path, history=history)

    def load(self, path: str | Path) -> None:
        """`load_parameters` into this module."""
        from steepest.traces.modules.saving import load_parameters

        load_parameters(self, path)

    def export(self, path: str | Path) -> None:
        """`export_source` of this module."""
        from steepest.traces.modules.export import export_source

        export_source(self, path)


_ABILITIES = {name: each for name, each in vars(Module).items() if inspect.isfunction(each)}


@overload
def model(plain: C) -> C: ...
@overload
def model(plain: None = None) -> Callable[[C], C]: ...
def model(plain: Any = None) -> Any:
    """Give a class what a `Module` has; with or without parentheses. What the class has of its own stays.

    Args:
        plain: Any class. It stays the same class; instances of it and its subclasses count as modules.
    """
    if plain is None:
        return model
    for name, ability in _ABILITIES.items():
        if not any(name in vars(base) for base in plain.__mro__):
            setattr(plain, name, ability)
    _follow_subclasses(plain)
    _follow_calls(plain)
    Module.register(plain)
    return plain


def _follow_calls(module: type) -> None:
    """Make workflows of the functions that a call of a module runs."""
    for name in ("forward", "__call__"):
        function = vars(module).get(name)
        if inspect.isfunction(function) and not is_workflow(function):
            setattr(module, name, followed(function, _begin))


def _begin(arguments: tuple[Any, ...]) -> None:
    """What happens when a module is called."""
    if arguments:
        name_attributes(arguments[0])


def _follow_subclasses(plain: Any) -> None:
    own = vars(plain).get("__init_subclass__")

    def initialize(cls: type, /, **kwargs: Any) -> None:
        if own is not None:
            own.__get__(None, cls)(**kwargs)
        else:
            super(plain, cls).__init_subclass__(**kwargs)
        _follow_calls(cls)

    plain.__init_subclass__ = classmethod(initialize)


def _separate(root: M) -> M:
    memo: dict[Any, Any] = {SEPARATE: True}
    made = deepcopy(root, memo)
    for member in members_of(made):  # one by one: what is set here is walked through next
        if not isinstance(member.value, Module):
            continue
        for name, value in list(shared_attributes(member.value)):
            shared = value.__func__ if isinstance(value, staticmethod) else undecorated(value)
            is_kept = isinstance(value, Bundle) and hasattr(member.value, "__dict__")  # each instance has its own code
            if parameters_of(shared) and not is_kept:
                _keep(member.value, name, value, deepcopy(shared, memo))
    return made


def _keep(module: Module, name: str, value: Any, own: Any) -> None:
    """Give an instance for its own what its class has.

    Raises:
        TraceError: It can't have one.
    """
    words = f"{type(module).__qualname__} can't be copied: its parameter {name} belongs to the class"
    if isinstance(value, (FunctionType, classmethod)):
        raise TraceError(f"{words}; put bundle(trainable=True) above the other decorators, so that each has its own")
    if not hasattr(module, "__dict__"):
        raise TraceError(f"{words}, and its __slots__ leave no place for one of the copy's own; make it in __init__")
    setattr(module, name, own)
