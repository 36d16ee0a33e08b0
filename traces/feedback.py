"""Backward: what was said about an output becomes part of what every parameter behind it has been told.

Feedback is kept once and referred to; the subgraph that a prompt shows is cut out when it is asked for. So a backward
pass is linear in the graph, may be made from several outputs and any number of times, and adds up as a minibatch does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from steepest.traces.failures import ExecutionError, TraceError
from steepest.traces.graph import Node, ancestors, between
from steepest.traces.parameters import state_of


@dataclass(frozen=True, slots=True, eq=False)
class Feedback:
    """What was said about outputs."""

    outputs: tuple[Node[Any], ...]
    text: str
    score: float | None = None
    """Larger is better."""


@dataclass(frozen=True, slots=True, eq=False)
class Subgraph:
    """All that lies between parameters and the outputs that feedback was given on."""

    parameters: tuple[Node[Any], ...]
    feedback: tuple[Feedback, ...]
    nodes: tuple[Node[Any], ...]
    """On the paths from the parameters to the outputs, ascending by creation."""

    @property
    def outputs(self) -> tuple[Node[Any], ...]:
        """The outputs, each once."""
        return tuple({id(output): output for each in self.feedback for output in each.outputs}.values())


def backward(
    outputs: Node[Any] | ExecutionError | Iterable[Node[Any]], feedback: object, *, score: float | None = None
) -> list[Node[Any]]:
    """Give feedback on outputs to every parameter that they depend on.

    Args:
        outputs: A node, several, or the error that a bundle raised.
        feedback: Words, or anything that says something as a text: a value, an exception.
        score: A figure of merit; larger is better.

    Returns:
        The parameters that were reached, ascending by creation.

    Raises:
        TraceError: There is no output, or no parameter behind them.
    """
    ends = ends_of(outputs)
    said = Feedback(ends, str(feedback), None if score is None else float(score))
    reached = [each for each in ancestors(ends) if each.trainable is not None]
    if not reached:
        raise TraceError(
            "the feedback reaches no parameter: none of the values that the output was made from is trainable, or they "
            "were computed under no_trace() or outside of nodes"
        )
    for parameter in reached:
        state_of(parameter).feedback.append(said)
    return reached


def subgraph(parameters: Sequence[Node[Any]]) -> Subgraph:
    """What the feedback on the parameters is about: one subgraph for all of it.

    Raises:
        TraceError: There is no feedback.
    """
    said = {id(each): each for parameter in parameters for each in state_of(parameter).feedback}
    if not said:
        raise TraceError("no feedback has reached these parameters yet: call backward(output, feedback) first")
    return cut_out(parameters, said.values())


def cut_out(parameters: Iterable[Node[Any]], feedback: Iterable[Feedback]) -> Subgraph:
    """What lies between parameters and the outputs of some feedback."""
    starts, said = tuple(parameters), tuple(feedback)
    outputs = [output for each in said for output in each.outputs]
    return Subgraph(starts, said, tuple(between(starts, outputs)))


def ends_of(outputs: Node[Any] | ExecutionError | Iterable[Node[Any]]) -> tuple[Node[Any], ...]:
    """The nodes that feedback is given on.

    Raises:
        TraceError: There is none, or something else among them.
    """
    if isinstance(outputs, ExecutionError):
        return (outputs.node,)
    ends = (outputs,) if isinstance(outputs, Node) else tuple(outputs)
    if not ends or not all(isinstance(end, Node) for end in ends):
        raise TraceError("feedback is given on nodes: pass the node that a traced computation gave, not its value")
    return ends
