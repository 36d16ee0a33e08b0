"""What makes a node a parameter: what it may become, what was said about it, and what it has been.

An update is a transaction: the new value is validated, tried, and either stands or leaves everything as it was; both
are kept in the history.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from steepest.traces.failures import TraceError, message_of
from steepest.traces.graph import Node, as_node
from steepest.traces.previews import preview
from steepest.traces.snapshots import snapshot_of

if TYPE_CHECKING:
    from steepest.traces.feedback import Feedback

T = TypeVar("T")

Constraint = Callable[[Any], object] | Iterable[Any] | str
"""What a value has to meet: a function that says no with False or an exception, the allowed values, or words alone."""


class RejectedValueError(TraceError):
    """A proposed value is not one that the parameter can have; the message says why."""


@dataclass(frozen=True, slots=True)
class Update:
    """A value that a parameter was to have."""

    value: Any
    outcome: Literal["committed", "rejected", "rolled back"]
    reason: str = ""
    """Why it does not stand."""


@dataclass(slots=True, eq=False)
class Trainable:
    """The part of a node that only parameters have."""

    description: str = ""
    """What it is for, in words for whoever proposes values."""
    constraint: Constraint | None = None
    prepare: Callable[[Any, Any], Any] | None = None
    """Takes the present and the proposed value and gives the one to set; raises `RejectedValueError` on one that is
    not fit. In place of the check by type."""
    feedback: "list[Feedback]" = field(default_factory=list)
    """What came back since it was last cleared; a minibatch."""
    history: list[Update] = field(default_factory=list)

    def __copy__(self) -> "Trainable":
        """The same for a copy of the node: what was said about this one, and the traces in it, are not taken along."""
        return Trainable(self.description, self.constraint, self.prepare, history=list(self.history))

    def __reduce__(self) -> tuple[Any, ...]:
        return Trainable, (self.description, self.constraint, self.prepare, [], self.history)


def node(
    value: T | Node[T],
    name: str | None = None,
    *,
    trainable: bool = False,
    description: str = "",
    constraint: Constraint | None = None,
) -> Node[T]:
    """A value as a node.

    Args:
        value: Any value; a node stays what it is.
        name: What renderings call it.
        trainable: Whether it is a parameter that an optimizer may change.
        description: What the parameter is for, in words.
        constraint: What its values have to meet: a function that says no with False or an exception, the allowed
            values, or words that only a reader can judge.

    Raises:
        RejectedValueError: The value does not meet the constraint.
    """
    made = as_node(value)
    if name is not None:
        made.label = name
    if trainable or description or constraint is not None:
        made.trainable = Trainable(description, constraint) if trainable else made.trainable
        require_allowed(made._value, constraint, made.label or "the value")
    return made


def require_allowed(value: Any, constraint: Constraint | None, name: str) -> None:
    """Judge a value by a constraint.

    Raises:
        RejectedValueError: It does not meet it.
    """
    if constraint is None or isinstance(constraint, str):
        return
    if callable(constraint):
        try:
            verdict = constraint(value)
        except Exception as error:
            raise RejectedValueError(f"{name} can't be {preview(value)}: {message_of(error)}") from error
        if verdict is False:
            words = (getattr(constraint, "__doc__", None) or getattr(constraint, "__name__", "its constraint")).strip()
            raise RejectedValueError(f"{name} can't be {preview(value)}: it does not meet {words!r}")
        return
    allowed = list(constraint)
    if value not in allowed:
        raise RejectedValueError(f"{name} can't be {preview(value)}: it has to be one of {preview(allowed)}")


def update(parameter: Node[T], proposal: Any, trial: Callable[[], object] | None = None) -> Update:
    """Give a parameter a new value if that is one for it; a value that is refused is no error of the caller.

    Args:
        parameter: A trainable node.
        proposal: The value it is to have.
        trial: Run with the new value in place; if it raises, the old one is put back.

    Returns:
        What became of it; the history has it, too.

    Raises:
        TraceError: The node is no parameter.
    """
    state = state_of(parameter)
    before = parameter._value
    try:
        value = accepted(parameter, proposal)
    except RejectedValueError as error:
        return _kept(state, Update(proposal, "rejected", str(error)))
    _set(parameter, value)
    if trial is not None:
        try:
            trial()
        except Exception as error:
            _set(parameter, before)
            return _kept(state, Update(value, "rolled back", message_of(error)))
    return _kept(state, Update(value, "committed"))


def accepted(parameter: Node[T], proposal: Any) -> T:
    """The value that a parameter would get from a proposal; nothing is changed.

    Raises:
        RejectedValueError: It can't have it.
        TraceError: The node is no parameter.
    """
    state = state_of(parameter)
    value = (state.prepare or _of_same_type)(parameter._value, proposal)
    require_allowed(value, state.constraint, parameter.label or "the parameter")
    return value  # type: ignore[no-any-return]


def commit(parameter: Node[T], value: T) -> Update:
    """Give a parameter a value that is `accepted`, and keep that in its history."""
    _set(parameter, value)
    return _kept(state_of(parameter), Update(value, "committed"))


def state_of(parameter: Node[Any]) -> Trainable:
    """What makes a node a parameter.

    Raises:
        TraceError: Nothing does.
    """
    if parameter.trainable is None:
        raise TraceError(f"{parameter!r} is no parameter: make it with node(..., trainable=True)")
    return parameter.trainable


def zero_feedback(parameters: Iterable[Node[Any]]) -> None:
    """Forget what was said about the parameters, and with it the traces that it hangs on."""
    for parameter in parameters:
        state_of(parameter).feedback.clear()


def _of_same_type(present: Any, proposed: Any) -> Any:
    """A value of the present one's type; a whole number is a float where one is wanted, nothing else is converted."""
    if type(proposed) is type(present) or present is None:
        return proposed
    if type(present) is float and type(proposed) is int:
        return float(proposed)
    if isinstance(proposed, type(present)) and not isinstance(proposed, bool):
        return proposed
    raise RejectedValueError(
        f"{preview(proposed)} is a {type(proposed).__name__}, and the parameter holds a {type(present).__name__}"
    )


def _set(parameter: Node[Any], value: Any) -> None:
    parameter._value = value
    parameter.snapshot = snapshot_of(value)


def _kept(state: Trainable, made: Update) -> Update:
    state.history.append(made)
    return made
