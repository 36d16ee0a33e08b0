"""What makes a node a parameter: what it may become, what was said about it, and what it has been.

An update is a transaction: the new value is validated, tried, and either stands or leaves everything as it was; both
are kept in the history.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from steepest.traces.failures import CodeNotRunError, TraceError, message_of
from steepest.traces.graph import Node, as_node, derive, leaf, make
from steepest.traces.holders import holds_nodes, unwrapped
from steepest.traces.operations import Operation
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
    past: list[tuple[int, Any]] = field(default_factory=list)
    """Values that it has had, each with the creation number up to which it had it; traces of then were made of them."""

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
        value: Any value, also a container of nodes. A node stays what it is; with a name it gives a new node that was
            made from it, and to be trainable it gives a parameter that begins with its value.
        name: What renderings call it.
        trainable: Whether it is a parameter that an optimizer may change. The node of a trainable text is no `str`, as
            other nodes of texts are: for code that wants one, `str(parameter)` is what the text is at present.
        description: What the parameter is for, in words.
        constraint: What its values have to meet: a function that says no with False or an exception, the allowed
            values, or words that only a reader can judge.

    Raises:
        RejectedValueError: The value does not meet the constraint.
        TraceError: It is a parameter already, or what is described is none.
    """
    if isinstance(value, Node) and value.trainable is not None and trainable:
        if name is None and not description and constraint is None:
            return value
        raise TraceError(f"{value!r} is a parameter already: name and describe it where it is made")
    if trainable:
        return _parameter(value._value if isinstance(value, Node) else value, name, description, constraint)
    if description:
        raise TraceError("a description is for whoever proposes values: pass trainable=True, or leave it out")
    if isinstance(value, Node):
        made = value if name is None else derive(NAMED, _same, (value,))
    else:
        made = as_node(value) if holds_nodes(value) else leaf(value)
    if name is not None:
        made.label = name
    require_allowed(made._value, constraint, made.label or "the value")
    return made


NAMED = Operation("named", "{}", "The same value under another name.")


def _same(value: T) -> T:
    return value


def _parameter(value: Any, name: str | None, description: str, constraint: Constraint | None) -> Node[Any]:
    if constraint is not None and not callable(constraint) and not isinstance(constraint, str):
        constraint = tuple(constraint)  # an iterator could be asked but once
    plain = unwrapped(value, [])
    require_allowed(plain, constraint, name or "the value")
    return leaf(plain, name, Trainable(description, constraint))


def require_allowed(value: Any, constraint: Constraint | None, name: str) -> None:
    """Judge a value by a constraint.

    Raises:
        RejectedValueError: It does not meet it.
    """
    if constraint is None or isinstance(constraint, str):
        return
    if callable(constraint):
        try:
            verdict = unwrapped(constraint(value), [])
        except Exception as error:
            raise RejectedValueError(f"{name} can't be {preview(value)}: {message_of(error)}") from error
        if verdict is False or (type(verdict).__module__ == "numpy" and str(verdict) == "False"):
            words = getattr(constraint, "__doc__", None) or getattr(constraint, "__name__", "its constraint")
            raise RejectedValueError(f"{name} can't be {preview(value)}: it does not meet {str(words).strip()!r}")
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
        CodeNotRunError: Code in the trial could not be run, which says nothing about the value; the old one is back.
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
        except BaseException as error:
            _set(parameter, before)
            made = _kept(state, Update(value, "rolled back", message_of(error)))
            if isinstance(error, Exception) and not isinstance(error, CodeNotRunError):
                return made
            raise
    return _kept(state, Update(value, "committed"))


def accepted(parameter: Node[T], proposal: Any) -> T:
    """The value that a parameter would get from a proposal; nothing is changed.

    Raises:
        RejectedValueError: It can't have it.
        TraceError: The node is no parameter.
    """
    state = state_of(parameter)
    value = (state.prepare or _of_same_type)(parameter._value, unwrapped(proposal, []))
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
    if isinstance(present, float) and isinstance(proposed, (int, float)) and not isinstance(proposed, bool):
        return type(present)(proposed)
    if isinstance(proposed, type(present)) and not isinstance(proposed, bool):
        return proposed
    raise RejectedValueError(
        f"{preview(proposed)} is a {type(proposed).__name__}, and the parameter holds a {type(present).__name__}"
    )


def value_at(node: Node[Any], order: int) -> Any:
    """What a node's value was when the node of a creation number was made from it.

    That differs from the present value for a parameter which has been updated since.

    Args:
        node: Any node.
        order: The number of a node that was made from it.
    """
    past = node.trainable.past if node.trainable is not None else []
    return next((value for until, value in past if order < until), node._value)


def _set(parameter: Node[Any], value: Any) -> None:
    number = make(None).order  # what was made of the value before has a lower one, what is made later a higher one
    state_of(parameter).past.append((number, parameter._value))
    parameter._value = value
    parameter.snapshot = snapshot_of(value)


def _kept(state: Trainable, made: Update) -> Update:
    state.history.append(made)
    return made
