"""Backward: what was said about an output becomes part of what every parameter behind it has been told.

Feedback is kept once and referred to; the subgraph that a prompt shows is cut out when it is asked for. So a backward
pass is linear in the graph, may be made from several outputs and any number of times, and adds up as a minibatch does.
"""

import inspect
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from steepest.errors import InputError
from steepest.traces.failures import ExecutionError, TraceError, failure_of
from steepest.traces.graph import Node, ancestors, as_node, between
from steepest.traces.parameters import state_of
from steepest.traces.previews import preview


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
    outputs: Node[Any] | ExecutionError | Iterable[Node[Any]],
    feedback: object,
    *,
    score: float | Node[Any] | None = None,
) -> list[Node[Any]]:
    """Give feedback on outputs to every parameter that they depend on.

    Args:
        outputs: A node, several, or the error that a bundle raised.
        feedback: Words, or anything that says something as a text: a value, an exception, a node of these. What a node
            was made from hears nothing of it: feedback is what is said about the outputs, and no part of them.
        score: A figure of merit, finite; larger is better.

    Returns:
        The parameters that were reached, ascending by creation.

    Raises:
        InputError: There is no output, nothing is said, or the score is no finite number.
        TraceError: There is no parameter behind the outputs.
    """
    ends = ends_of(outputs)
    said = Feedback(ends, _words_of(feedback), _figure_of(score))
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
        InputError: They are no sequence of nodes.
        TraceError: There is no feedback, or one of them is no parameter.
    """
    if isinstance(parameters, (Node, str)) or not isinstance(parameters, Iterable):
        raise InputError(f"subgraph takes a list of parameters, not {preview(parameters, 80)}: subgraph([parameter])")
    parameters = tuple(parameters)
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
        InputError: There is none, or something else among them.
    """
    if isinstance(outputs, ExecutionError):
        return (failure_of(outputs).node,)
    several = isinstance(outputs, Iterable) and not isinstance(outputs, (Node, str, bytes))
    ends = tuple(outputs) if several else (outputs,)
    strange = [end for end in ends if not isinstance(end, Node)]
    if strange or not ends:
        found = f"{preview(strange[0], 80)}, a {type(strange[0]).__name__}" if strange else "an empty list"
        raise InputError(
            f"feedback is given on nodes, and this is {found}: pass the node that a traced computation gave, or a list "
            "of such nodes, and not a value"
        )
    return tuple(as_node(end) for end in ends)  # one that was written into comes from what was written, too


def _words_of(feedback: object) -> str:
    """What is said, as a text.

    Raises:
        InputError: It says nothing.
    """
    said = feedback._value if isinstance(feedback, Node) else feedback
    if isinstance(said, ExecutionError) or not _is_mute(said):
        words = str(said)
        if words.strip():
            return words
    found = "an empty text" if isinstance(said, str) else f"{preview(said, 80)}, a {type(said).__name__}"
    raise InputError(
        f"feedback says in words what is right or wrong about the output, and this is {found}: pass a text, a value or "
        "an exception; where there is only a figure, put it into words, too"
    )


def _is_mute(value: object) -> bool:
    """Whether the text of a value tells a model nothing: no value, code, something to await, an object's address."""
    if value is None or isinstance(value, (bytes, bytearray, FunctionType)) or inspect.isawaitable(value):
        return True
    kind = type(value)
    return kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__


def _figure_of(score: object) -> float | None:
    """A score as a number.

    Raises:
        InputError: It is none, or not finite.
    """
    value: Any = score._value if isinstance(score, Node) else score
    if value is None:
        return None
    try:
        figure = math.nan if isinstance(value, (str, bytes)) else float(value)
    except (TypeError, ValueError, OverflowError):
        figure = math.nan
    if not math.isfinite(figure):
        raise InputError(
            f"a score is a finite number, larger is better, and this is {preview(value, 80)}: leave it out where there "
            "is none, and tell a failure in words"
        )
    return figure
