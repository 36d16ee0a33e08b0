"""What makes a node a parameter: what it may become, what was said about it, and what it has been.

An update is a transaction: the new value is validated, tried, and either stands or leaves everything as it was; both
are kept in the history. Updates of one parameter wait for each other, in whatever threads they are made. A parameter
and its history have copies of their own of what they are given (`copies`), so that nobody changes them in place.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import FunctionType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from steepest.errors import InputError
from steepest.traces.copies import own_copy
from steepest.traces.failures import CodeNotRunError, TraceError, message_of
from steepest.traces.graph import Node, PlainNode, as_node, derive, leaf, make
from steepest.traces.holders import holds_nodes, unwrapped
from steepest.traces.operations import Operation
from steepest.traces.previews import Unrestored, preview
from steepest.traces.protocols import class_for
from steepest.traces.scope import count_update
from steepest.traces.snapshots import snapshot_of
from steepest.traces.turns import NestedUpdateError, Turn

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


class Past(NamedTuple):
    """A value that a parameter has had."""

    until: int
    """The creation number up to which: nodes of lower ones were made of it."""
    updates: int
    """The number of the update that ended it, of all updates in the process."""
    value: Any


MOST_KEPT = 1000
"""Updates that a parameter remembers unless its `trainable.most_kept` says otherwise."""


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
    past: list[Past] = field(default_factory=list)
    """Values that it has had, ascending; traces of then were made of them."""
    most_kept: int = MOST_KEPT
    """How long `history` and `past` get. The oldest go first; the last update that stands is always kept."""
    turn: Turn = field(default_factory=Turn, repr=False)
    """Of threads that change it."""

    def __copy__(self) -> "Trainable":
        """The same for a copy of the node: what was said about this one, and the traces in it, are not taken along."""
        history = list(self.history)
        return Trainable(self.description, self.constraint, self.prepare, history=history, most_kept=self.most_kept)

    def __reduce__(self) -> tuple[Any, ...]:
        if isinstance(self.constraint, FunctionType) and "<" in self.constraint.__qualname__:
            from pickle import PicklingError

            raise PicklingError(
                f"a parameter can't be pickled with the constraint {self.constraint.__qualname__}: another process "
                "finds only functions that are defined at the top of a module, so define it there, with `def`"
            )
        return Trainable, (self.description, self.constraint, self.prepare, [], self.history, [], self.most_kept)

    def remember(self, update: Update) -> Update:
        """Add to the history."""
        self.history.append(update)
        if len(self.history) > self.most_kept:
            oldest, kept = self.history[: -self.most_kept], self.history[-self.most_kept :]
            standing = [each for each in oldest if each.outcome == "committed"][-1:]
            is_among = any(each.outcome == "committed" for each in kept)
            self.history[:] = kept if is_among or not standing else [*standing, *kept[1:]]
        return update


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
        InputError: An argument is none that it can have.
        RejectedValueError: The value does not meet the constraint.
        TraceError: It is a parameter already, or what is described is none.
    """
    _check(name, trainable, description, constraint)
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


def _check(name: object, trainable: object, description: object, constraint: object) -> None:
    if name is not None and not isinstance(name, str):
        raise InputError(f"node(name={preview(name, 40)}): it has to be a text")
    if not isinstance(description, str):
        raise InputError(f"node(description={preview(description, 40)}): it has to be a text")
    if not isinstance(trainable, bool):
        raise InputError(f"node(trainable={preview(trainable, 40)}): it has to be True or False")
    if constraint is not None and not callable(constraint) and not isinstance(constraint, Iterable):
        raise InputError(
            f"node(constraint={preview(constraint, 40)}): it has to be a function that says no, the allowed values as "
            f"a list, or words; for this one value alone write constraint=[{preview(constraint, 40)}]"
        )


def _parameter(value: Any, name: str | None, description: str, constraint: Constraint | None) -> Node[Any]:
    if constraint is not None and not callable(constraint) and not isinstance(constraint, str):
        constraint = tuple(constraint)  # an iterator could be asked but once
    plain = own_copy(unwrapped(value, []))
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
            told = str(error) if isinstance(error, InputError) else message_of(error)
            raise RejectedValueError(f"{name} can't be {preview(value)}: {told}") from error
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
        proposal: The value it is to have. The parameter and its history get copies of their own of what is made of
            Python's containers, dataclasses and numpy arrays; other objects they share with the caller.
        trial: Run with the new value in place; if it raises, the old one is put back, also if it was changed in place
            (as far as there are copies). Until it ends, updates of the parameter in other threads wait: it must not
            wait for one.

    Returns:
        What became of it; the history has it, too.

    Raises:
        InputError: It is no node.
        TraceError: The node is no parameter, or this is inside of a trial of the same parameter.
        CodeNotRunError: Code in the trial could not be run, which says nothing about the value; the old one is back.
    """
    state = state_of(parameter)
    with state.turn.changing():
        try:
            value = own_copy(accepted(parameter, proposal))
        except RejectedValueError as error:
            return state.remember(Update(own_copy(proposal), "rejected", str(error)))
        if trial is None:
            return commit(parameter, value)
        before = own_copy(parameter._value)
        _set(parameter, value)
        try:
            with state.turn.trying():
                trial()
        except BaseException as error:
            _set(parameter, before)
            made = state.remember(Update(own_copy(value), "rolled back", message_of(error)))
            if isinstance(error, Exception) and not isinstance(error, (CodeNotRunError, NestedUpdateError)):
                return made
            raise
        return state.remember(Update(own_copy(value), "committed"))


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
    state = state_of(parameter)
    with state.turn.changing():
        _set(parameter, value)
        return state.remember(Update(own_copy(value), "committed"))


def place(parameter: Node[T], value: T) -> None:
    """Give a parameter a value for a while, which its history is not to know of: one of many that are being tried.

    Traces that were made before still tell what they read.
    """
    with state_of(parameter).turn.changing():
        _set(parameter, value)


def state_of(parameter: Node[Any]) -> Trainable:
    """What makes a node a parameter.

    Raises:
        InputError: It is no node.
        TraceError: Nothing does.
    """
    if not isinstance(parameter, Node):
        raise InputError(
            f"{preview(parameter, 80)} is a {type(parameter).__name__} and no parameter: pass the node that "
            "node(..., trainable=True) gave, or of code that of `function.code.node`"
        )
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
    past = node.trainable.past if node.trainable is not None else ()
    return next((each.value for each in past if order < each.until), node._value)


def value_read(node: Node[Any], consumer: Node[Any]) -> Any:
    """What a node's value was for a node that was made from it.

    The call of a bundle has read its inputs when it began: an update while it ran has not reached it.

    Args:
        node: Any node.
        consumer: A node that has it among its inputs.
    """
    record = consumer.record
    if record is None or record.updates < 0:
        return value_at(node, consumer.order)
    past = node.trainable.past if node.trainable is not None else ()
    return next((each.value for each in past if record.updates < each.updates), node._value)


def _set(parameter: Node[Any], value: Any) -> None:
    state = state_of(parameter)
    number = make(None).order  # what was made of the value before has a lower one, what is made later a higher one
    state.past.append(Past(number, count_update(), own_copy(parameter._value)))
    if len(state.past) > state.most_kept:
        del state.past[: -state.most_kept]
        state.past[0] = state.past[0]._replace(value=_FORGOTTEN)
    parameter._value = value
    parameter.__class__ = class_for(type(value), PlainNode)  # a function in the place of None can be called
    parameter.snapshot = snapshot_of(value)


_FORGOTTEN = Unrestored("<no longer kept>", "")
"""What traces show that are older than all that a parameter remembers."""
