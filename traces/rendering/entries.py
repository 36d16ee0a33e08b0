"""What is told about a node, in words that every rendering uses."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from steepest.traces.feedback import Feedback
from steepest.traces.graph import Node
from steepest.traces.previews import cut, preview
from steepest.traces.rendering.characters import visible, without_addresses

if TYPE_CHECKING:
    from steepest.traces.trace import Trace

Kind = Literal["parameter", "input", "operation", "failure"]

MOST_ARGUMENTS = 6
"""Inputs that are written of a call; the rest is counted."""
_LONGEST_EXPRESSION = 1000
_LONGEST_WORDS = 4000
"""Characters of a feedback or of an exception's text."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A node as a person sees it; all texts are fit to be shown, one line each unless said."""

    name: str
    expression: str
    """How it was made; empty for a leaf."""
    value: str
    kind: Kind
    is_output: bool
    is_changed: bool
    """Whether its value was changed in place since."""
    exception: str
    """Lines: what went wrong, with the failing line of the source marked; empty if nothing did."""
    feedback: tuple[str, ...]
    """Lines each: what was said about it."""
    costs: tuple[str, ...]
    """`1.20 s`, `350 tokens`, `$0.0021`: what its call took."""

    @property
    def marks(self) -> tuple[str, ...]:
        """What there is to know about it besides its value, in a word each."""
        words = {"parameter": ["parameter"], "failure": ["failed"]}
        marks = list(words.get(self.kind, []))
        marks += ["output"] * self.is_output + ["changed in place since"] * self.is_changed
        return (*marks, *self.costs)


def entry_of(trace: "Trace", node: Node[Any], *, times: bool, longest: int) -> Entry:
    """What is told about a node of a trace.

    Args:
        trace: The trace.
        node: One of its nodes.
        times: Whether seconds are told.
        longest: Characters of the value.
    """
    exception = words_of(str(node._value)) if is_failure(node) else ""
    return Entry(
        name=trace.name(node),
        expression=visible(cut(trace.written(node, MOST_ARGUMENTS), _LONGEST_EXPRESSION)),
        value=exception.rpartition("\n")[2] if exception else value_of(trace, node, longest),
        kind=_kind(node),
        is_output=trace.is_output(node),
        is_changed=node.is_changed,
        exception=exception,
        feedback=tuple(said(each) for each in trace.feedback_on(node)),
        costs=_costs(node, times),
    )


_MOST_CONSUMERS = 3
"""Nodes that are named for having seen an earlier value."""


def is_failure(node: Node[Any]) -> bool:
    """Whether a node stands for an exception."""
    return node.record is not None and bool(node.record.exception)


def value_of(trace: "Trace", node: Node[Any], longest: int) -> str:
    """A preview of a node's value, the same in every run as far as that can be.

    Of a parameter that was updated between its uses, it is the last value, and what the others have seen.
    """
    (last, _), *earlier = trace.readings(node)
    shown = visible(preview(last, longest))
    for value, consumers in earlier:
        if (words := visible(preview(value, longest))) != shown:
            shown += f"; {words} for {', '.join(map(trace.name, consumers[:_MOST_CONSUMERS]))}"
            shown += f" and {len(consumers) - _MOST_CONSUMERS:,} more" if len(consumers) > _MOST_CONSUMERS else ""
    return shown


def words_of(text: str) -> str:
    """Somebody's words, of several lines perhaps."""
    return visible(without_addresses(cut(text.strip(), _LONGEST_WORDS)), multiline=True)


def said(feedback: Feedback) -> str:
    """A feedback with its score."""
    words = words_of(feedback.text)
    return words if feedback.score is None else f"{words} (score {feedback.score:g})"


def duration(seconds: float) -> str:
    """A time in the unit that fits it."""
    if seconds >= 60:
        return f"{int(seconds // 60)} min {seconds % 60:.0f} s"
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"


def expense(tokens: int, money: float) -> list[str]:
    """Tokens and US dollars, if there were any."""
    words = [f"{tokens:,} tokens"] if tokens else []
    return [*words, f"${money:.2f}" if money >= 1 else f"${money:.2g}"] if money else words


def summary_of(trace: "Trace", *, times: bool) -> str:
    """A trace in one line: its size, and what its calls took together."""
    operations = sum(node.operation is not None for node in trace.nodes)
    failures = sum(map(is_failure, trace.nodes))
    records = [node.record for node in trace.nodes if node.record is not None]
    parts = [_counted(operations, "operation"), _counted(len(trace.parameters), "parameter")]
    parts += [_counted(failures, "failure")] if failures else []
    parts += [f"{len(trace.feedback):,} feedback"] if trace.feedback else []
    parts += [duration(sum(record.seconds for record in records))] if times and records else []
    parts += expense(sum(record.tokens for record in records), sum(record.money for record in records))
    return ", ".join(parts)


def _kind(node: Node[Any]) -> Kind:
    if is_failure(node):
        return "failure"
    if node.trainable is not None:
        return "parameter"
    return "input" if node.operation is None else "operation"


def _costs(node: Node[Any], times: bool) -> tuple[str, ...]:
    if node.record is None:
        return ()
    seconds = [duration(node.record.seconds)] if times and node.record.seconds else []
    return (*seconds, *expense(node.record.tokens, node.record.money))


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
