"""The parameters of a workflow, found by reading it: what is in it, and what its functions have from around them.

Nothing is run. A function is followed into the functions, bundles and modules that it names, as far as they are the
user's own; a parameter that it names and does not use is found, too.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from steepest.agents.optimizers.components import free_name
from steepest.agents.optimizers.sources import INSTALLED
from steepest.errors import InputError
from steepest.traces.bundle import BoundBundle, Bundle
from steepest.traces.containers import is_record
from steepest.traces.graph import Node
from steepest.traces.modules.members import is_module, members_of, named_parameters

__all__ = ["parameters_of_workflow"]


def parameters_of_workflow(workflow: Any) -> dict[str, Node[Any]]:
    """The trainable nodes behind a workflow by name, those in it first.

    Args:
        workflow: A function, a bundle, a module, or any object that can be called.

    Raises:
        InputError: There are none.
    """
    found: dict[str, Node[Any]] = dict(named_parameters(workflow))
    known = {id(each) for each in found.values()}
    for name, parameter in _named(workflow):
        if id(parameter) not in known:
            known.add(id(parameter))
            found[free_name(parameter.label or name, found)] = parameter
    if not found:
        raise InputError(
            "there is nothing to optimize: no parameter was found in the workflow, or in what its functions name; mark "
            "values with node(..., trainable=True) or functions with bundle(trainable=True), or pass parameters="
        )
    return found


def _named(workflow: Any) -> Iterator[tuple[str, Node[Any]]]:
    """The parameters that the functions of a workflow name, each maybe several times."""
    waiting: list[tuple[str, Any]] = [("", workflow)]
    met: dict[int, Any] = {}
    while waiting:
        name, value = waiting.pop(0)
        if id(value) in met:
            continue
        met[id(value)] = value  # kept, so that no other object gets the same id meanwhile
        if isinstance(value, Node):
            if value.trainable is not None:
                yield name, value
            elif callable(value._value):
                waiting.append((name, value._value))
            continue
        if _may_hold(value):
            for path, parameter in named_parameters(value).items():
                yield (f"{name}.{path}" if name and path != name else path or name), parameter
        waiting.extend(_parts(name, value))


def _may_hold(value: Any) -> bool:
    return isinstance(value, (Bundle, BoundBundle, list, tuple, dict)) or is_module(value) or is_record(value)


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What a value leads to: a function to what it names, a module to the functions of its class."""
    for function in _functions(value):
        yield from _surroundings(function)
    if is_module(value) or isinstance(value, (list, tuple, dict)):
        yield from ((member.path or name, member.value) for member in members_of(value) if member.value is not value)
    wrapped = getattr(value, "__wrapped__", None) if isinstance(value, (FunctionType, Bundle)) else None
    if wrapped is not None:
        yield name, wrapped


def _functions(value: Any) -> Iterator[FunctionType]:
    if isinstance(value, MethodType):
        yield from _functions(value.__func__)
        yield from _functions(value.__self__)
    elif isinstance(value, FunctionType):
        if _is_the_users(value):
            yield value
    elif not isinstance(value, (type, ModuleType, Bundle, BoundBundle)):
        for kind in type(value).__mro__:
            for each in vars(kind).values():
                if isinstance(each, FunctionType) and _is_the_users(each):
                    yield each


def _is_the_users(function: FunctionType) -> bool:
    if (function.__module__ or "").partition(".")[0] == "steepest":
        return False
    file = function.__code__.co_filename
    return file.startswith("<") or not str(Path(file).resolve()).startswith(INSTALLED)


def _surroundings(function: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    """What a function's names stand for at present, in its closure and its module."""
    if not isinstance(function, FunctionType):
        return
    names = _names(function.__code__)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield from _reached(name, cell.cell_contents, names)
        except ValueError:  # nothing in it yet
            continue
    for name in names:
        if name in function.__globals__:
            yield from _reached(name, function.__globals__[name], names)
    for value in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
        yield from _reached("default", value, names)


def _reached(name: str, value: Any, names: list[str]) -> Iterator[tuple[str, Any]]:
    """A value, or, of an imported module and of an object, its attributes of the names that the function has."""
    if isinstance(value, ModuleType):
        held: Mapping[str, Any] = vars(value)
        yield from ((each, held[each]) for each in names if each in held)
        return
    yield name, value
    if not isinstance(value, (Node, FunctionType, Bundle, BoundBundle, type)):
        held = getattr(value, "__dict__", {})
        yield from ((each, held[each]) for each in names if each in held)


def _names(code: CodeType) -> list[str]:
    """The names that a function's code has, those of inner functions included."""
    names = dict.fromkeys(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names.update(dict.fromkeys(_names(constant)))
    return list(names)
