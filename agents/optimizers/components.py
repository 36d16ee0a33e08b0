"""Parameters of a traced program as components of candidates, and their values as JSON and back.

A tuple or an array of numbers is a plain list there, and a member of an enumeration its name: what a model reads and
writes easily. For the rest that JSON has no word for, `steepest.traces` has its own.
"""

import math
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from steepest.agents.optimizers.search.values import Component, Kind, Value
from steepest.errors import InputError
from steepest.traces.code.code_parameter import CodeParameter
from steepest.traces.graph import Node
from steepest.traces.modules.encoding import decoded, encoded, types_within
from steepest.traces.modules.members import named_parameters
from steepest.traces.parameters import Trainable, accepted, state_of
from steepest.traces.previews import preview
from steepest.traces.ranges import Between

__all__ = ["component_of", "encoded_value", "named_nodes", "value_of", "words_of_constraint"]

_KINDS: dict[type, Kind] = {str: "text", bool: "boolean", int: "integer", float: "float"}
_MOST_WORDS = 1000


def component_of(name: str, parameter: Node[Any]) -> Component:
    """What values a parameter can have, for whoever proposes them.

    Its judge asks the parameter itself: its type, its constraint and, of code, all that is checked of proposed source.

    Args:
        name: Of the component.
        parameter: A trainable node; the component holds it.

    Raises:
        InputError: Its value can't be said in JSON, or it is no node.
        TraceError: It is no parameter.
    """
    state = state_of(parameter)
    choices = _choices(name, parameter, state)
    kind = "choice" if choices else _kind(parameter, state)
    low, high, log = _bounds(state) if kind in ("integer", "float") else (None, None, False)

    def judge(value: Value) -> Value:
        return encoded_value(parameter, accepted(parameter, value_of(parameter, value)))

    encoded_value(parameter)  # now rather than in the middle of a search
    return Component(
        name,
        kind,
        description=state.description,
        constraint="" if choices or low is not None or high is not None else words_of_constraint(state),
        choices=choices,
        low=low,
        high=high,
        log=log,
        judge=judge,
    )


def named_nodes(parameters: object) -> dict[str, Node[Any]]:
    """Parameters by name.

    Args:
        parameters: A list of them, which are called by their labels; or these by names of your own; or a module, a
            bundle or containers that hold them.

    Raises:
        InputError: There are none, or one is passed twice.
        TraceError: One of them is no parameter.
    """
    found: dict[str, Node[Any]]
    if isinstance(parameters, Mapping) and all(isinstance(each, Node) for each in parameters.values()):
        found = {str(name): each for name, each in parameters.items()}
    elif isinstance(parameters, (list, tuple)) and all(isinstance(each, Node) for each in parameters):
        found = {}
        for each in parameters:
            found[free_name(each.label or "parameter", found)] = each
    else:
        found = named_parameters(parameters)
    for each in found.values():
        state_of(each)
    if not found:
        raise InputError("there is nothing to optimize: pass nodes that node(..., trainable=True) gave, or a module")
    if len({id(each) for each in found.values()}) < len(found):
        raise InputError("a parameter is passed twice: pass each once")
    return found


def free_name(name: str, taken: Mapping[str, object]) -> str:
    """A name that none has so far: with a number behind it where the name itself is taken."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


_PRESENT: Any = object()


def encoded_value(parameter: Node[Any], value: Any = _PRESENT) -> Value:
    """A value of a parameter as JSON says it.

    Args:
        parameter: Whose value it is.
        value: The present one unless given.

    Raises:
        InputError: JSON can't say it.
    """
    value = parameter._value if value is _PRESENT else value
    if isinstance(value, Enum):
        return value.name
    try:
        if type(value) is tuple:
            return [encoded(each) for each in value]
        return value.tolist() if _is_numbers(value) else encoded(value)
    except InputError as error:
        raise InputError(
            f"the parameter {parameter.label or preview(value, 40)} can't be optimized: {error}; make what shall "
            "change of it a parameter of its own: a number, a text, or a list or dict of these"
        ) from error


def value_of(parameter: Node[Any], value: Value) -> Any:
    """What a parameter's value is for one that JSON says; whether the parameter accepts it is another matter.

    Raises:
        InputError: It is none that `encoded_value` gives for this parameter.
    """
    present = parameter._value
    if isinstance(present, Enum):
        members = type(present).__members__
        if not isinstance(value, str) or value not in members:
            raise InputError(f"{preview(value, 80)} is none of {', '.join(members)}")
        return members[value]
    meant = decoded(value, types_within([present, _allowed(state_of(parameter))]))
    if type(present) is tuple and isinstance(meant, list):
        return tuple(meant)
    return _like(present, meant) if _is_numbers(present) and isinstance(meant, list) else meant


def words_of_constraint(state: Trainable) -> str:
    """What a parameter's constraint says in words; empty if it says nothing."""
    constraint = state.constraint
    if constraint is None or isinstance(constraint, str):
        return constraint or ""
    if isinstance(constraint, Between):
        return str(constraint)
    if callable(constraint):
        words = getattr(constraint, "__doc__", None) or getattr(constraint, "__name__", "")
        return " ".join(str(words).split())[:_MOST_WORDS]
    return f"one of {preview(list(constraint))}"


def _is_numbers(value: Any) -> bool:
    """Whether it is an array that is nothing but finite numbers."""
    if type(value).__module__ != "numpy" or not hasattr(value, "dtype") or value.dtype.kind not in "iuf":
        return False
    return bool(((value - value) == 0).all())


def _like(present: Any, numbers: list[Any]) -> Any:
    """An array of another one's type and shape.

    Raises:
        InputError: The numbers are none, or too many or too few.
    """
    import numpy

    try:
        made = numpy.asarray(numbers, dtype=present.dtype)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(f"{preview(numbers, 80)} is no array of {present.dtype}: {error}") from error
    if made.shape != present.shape:
        raise InputError(f"its shape is {made.shape}, and it has to be {present.shape}")
    return made


def _kind(parameter: Node[Any], state: Trainable) -> Kind:
    if isinstance(getattr(state.prepare, "__self__", None), CodeParameter):
        return "code"
    return _KINDS.get(type(parameter._value), "json")


def _allowed(state: Trainable) -> Sequence[Any]:
    constraint = state.constraint
    return constraint if isinstance(constraint, tuple) else ()


def _choices(name: str, parameter: Node[Any], state: Trainable) -> tuple[Value, ...]:
    allowed = list(_allowed(state))
    if not allowed and isinstance(parameter._value, Enum):
        allowed = [each for each in type(parameter._value) if _is_allowed(each, state.constraint)]
    return tuple(encoded_value(parameter, each) for each in allowed)


def _is_allowed(value: Any, constraint: Any) -> bool:
    return not callable(constraint) or bool(constraint(value))


def _bounds(state: Trainable) -> tuple[float | None, float | None, bool]:
    if not isinstance(state.constraint, Between):
        return None, None, False
    bounds = state.constraint
    low, high = (None if math.isinf(each) else each for each in (bounds.low, bounds.high))
    return low, high, bounds.log
