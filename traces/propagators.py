"""Ways for feedback to go back: what each parameter is told, given what was said about outputs.

`feedback.backward` goes the usual way, by subgraphs, and keeps what was said with the parameters. `propagate` goes the
way that a propagator goes and gives what each parameter was told; it changes nothing. Any propagator can be told what
single operations do with the feedback on their results (`override`).
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from steepest.traces.bundle import BoundBundle, Bundle
from steepest.traces.failures import ExecutionError, TraceError
from steepest.traces.feedback import Feedback, ends_of
from steepest.traces.graph import Node, sweep
from steepest.traces.operations import Operation

M = TypeVar("M")
M_co = TypeVar("M_co", covariant=True)

Rule = Callable[[Node[Any], M], Sequence[M | None]]
"""Takes a node and what it was told; gives what it tells each of its inputs, None for nothing."""
Said = tuple[Feedback, ...]
"""Feedback by reference, each once."""


class Propagator(Protocol[M_co]):
    """A way for feedback to go back."""

    def carry(self, feedback: Sequence[Feedback]) -> Iterable[tuple[Node[Any], M_co]]:
        """Every node that is told something, each once, with the whole of what it is told."""


@dataclass(frozen=True, slots=True, eq=False)
class Propagated(Generic[M_co]):
    """What parameters were told; iterating gives pairs of a parameter and its message."""

    parameters: tuple[Node[Any], ...]
    """Ascending by creation."""
    messages: tuple[M_co, ...]
    """One for each parameter."""

    def __iter__(self) -> Iterator[tuple[Node[Any], M_co]]:
        return zip(self.parameters, self.messages, strict=True)

    def __len__(self) -> int:
        return len(self.parameters)

    def of(self, parameter: Node[Any]) -> M_co:
        """What one parameter was told.

        Raises:
            TraceError: Nothing.
        """
        for each, message in self:
            if each is parameter:
                return message
        raise TraceError(f"{parameter!r} was told nothing: the outputs do not depend on it, or it is not trainable")


def propagate(
    outputs: Node[Any] | ExecutionError | Iterable[Node[Any]],
    feedback: object,
    propagator: Propagator[M],
    *,
    score: float | None = None,
) -> Propagated[M]:
    """Carry feedback on outputs back to every parameter that they depend on, and change nothing.

    Args:
        outputs: A node, several, or the error that a bundle raised.
        feedback: Words, or anything that says something as a text.
        propagator: The way it goes.
        score: A figure of merit; larger is better.

    Raises:
        TraceError: There is no output, or no parameter is told anything.
    """
    return propagate_all([Feedback(ends_of(outputs), str(feedback), score)], propagator)


def propagate_all(feedback: Iterable[Feedback], propagator: Propagator[M]) -> Propagated[M]:
    """Carry several pieces of feedback back at once: a minibatch, each on outputs of its own.

    Raises:
        TraceError: No parameter is told anything.
    """
    told = [pair for pair in propagator.carry(tuple(feedback)) if pair[0].trainable is not None]
    if not told:
        raise TraceError(
            "the feedback reaches no parameter: none of the values that the outputs were made from is trainable, or an "
            "operation with a rule of its own passes nothing on"
        )
    told.sort(key=lambda pair: pair[0].order)
    return Propagated(tuple(node for node, _ in told), tuple(message for _, message in told))


class Overridable(Generic[M]):
    """What single operations do with the feedback on their results, where it is not the propagator's usual way."""

    def __init__(self) -> None:
        self._rules: dict[Hashable, tuple[Operation, Rule[M]]] = {}

    def override(self, operation: Operation | Bundle[Any] | BoundBundle, rule: Rule[M]) -> Self:
        """Give an operation a rule of its own.

        Args:
            operation: A bundle, or the operation of any node: `(a + b).operation`.
            rule: Takes a node that the operation made and what it was told; gives what each of its inputs is told, in
                their order, None for nothing.

        Returns:
            The propagator itself.
        """
        made = _operation_of(operation)
        self._rules[_identity(made)] = made, rule
        return self

    def rule_of(self, node: Node[Any]) -> Rule[M] | None:
        """The rule of the operation that made a node, if it has one."""
        if not self._rules or node.operation is None:
            return None
        found = self._rules.get(_identity(node.operation))
        return found[1] if found else None

    def spread(self, node: Node[Any], message: M) -> Iterable[tuple[Node[Any], M]]:
        """What a node tells its inputs: by its operation's rule, else to each what it was told itself.

        Raises:
            TraceError: The rule gives more or fewer messages than there are inputs.
        """
        rule = self.rule_of(node)
        if rule is None:
            return [(source, message) for source in node.inputs]
        return ruled(node, rule(node, message))


def ruled(node: Node[Any], messages: Sequence[M | None]) -> list[tuple[Node[Any], M]]:
    """What a rule gave, as the inputs that are told something.

    Raises:
        TraceError: There are more or fewer messages than inputs.
    """
    if len(messages) != len(node.inputs):
        raise TraceError(
            f"the rule for {node.operation.name if node.operation else 'a leaf'} gives {len(messages)} messages, and "
            f"the node has {len(node.inputs)} inputs: give one for each, None for an input that is told nothing"
        )
    return [(source, each) for source, each in zip(node.inputs, messages, strict=True) if each is not None]


class SubgraphPropagator(Overridable[Said]):
    """The way of `backward`: a parameter is told which feedback is about it, by reference.

    What lies between is cut out when somebody asks: `cut_out([parameter], told)`. A rule that says something else about
    a node's inputs makes feedback on that node: `Feedback((node,), "too long")`.
    """

    def carry(self, feedback: Sequence[Feedback]) -> Iterator[tuple[Node[Any], Said]]:
        """Which feedback is about each node; linear in the graph for each piece of feedback."""
        starts = [(output, (each,)) for each in feedback for output in each.outputs]
        return sweep(starts, self.spread, each_once)


@dataclass(frozen=True, slots=True, eq=False)
class Total:
    """What a node was told by all that was made from it."""

    score: float | None
    """The sum of what each of them told it; None if there was no score."""
    said: Said

    @property
    def text(self) -> str:
        """All that was said, each text once."""
        return "\n".join(dict.fromkeys(each.text for each in self.said))


class SumPropagator(Overridable[Total]):
    """Scores add up and words are put together.

    A node's score is the sum of what all the nodes made from it tell it, so a value that is used twice counts twice: it
    is the output's score times the number of ways to it. Words are told once, however many ways there are.
    """

    def carry(self, feedback: Sequence[Feedback]) -> Iterator[tuple[Node[Any], Total]]:
        """The total of each node; linear in the graph for each piece of feedback."""
        starts = [(output, _total(each)) for each in feedback for output in each.outputs]
        return sweep(starts, self.spread, _added)


def each_once(one: Said, other: Said) -> Said:
    """Two selections of feedback as one."""
    if one is other:
        return one
    found = {id(each): each for each in (*one, *other)}
    return one if len(found) == len(one) else tuple(found.values())


def _total(feedback: Feedback) -> Total:
    return Total(None if feedback.score is None else float(feedback.score), (feedback,))


def _added(one: Total, other: Total) -> Total:
    scores = [each.score for each in (one, other) if each.score is not None]
    return Total(sum(scores) if scores else None, each_once(one.said, other.said))


def _operation_of(source: Operation | Bundle[Any] | BoundBundle) -> Operation:
    if isinstance(source, BoundBundle):
        return source.__func__.operation
    return source.operation if isinstance(source, Bundle) else source


def _identity(operation: Operation) -> Hashable:
    """What tells operations apart: all that is known of them and which function it is; not the name alone."""
    return operation, id(operation.key)
