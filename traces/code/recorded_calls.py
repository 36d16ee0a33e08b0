"""The calls of a function that are on record: those in the traces on which feedback has been given."""

from collections.abc import Iterator, Sequence
from typing import Any

from steepest.traces.graph import Node, ancestors
from steepest.traces.parameters import state_of
from steepest.traces.pending import CODE

_MOST_CALLS = 100
"""The latest ones."""


def recorded_calls(code: Node[Any], positional: Sequence[str]) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """The arguments of the calls that a function's code has been an input of, without and with a name.

    Args:
        code: The parameter.
        positional: Names of the parameters that arguments without a name go to.
    """
    outputs = {id(output): output for said in state_of(code).feedback for output in said.outputs}
    calls = [each for each in ancestors(outputs.values()) if any(source is code for source in each.inputs)]
    for each in calls[-_MOST_CALLS:]:
        if each.record is None:
            continue
        own = each.record.names[: len(each.inputs) - each.record.externals - 1]
        values = {name: source._value for name, source in zip(own, each.inputs, strict=False) if name != CODE}
        first = [values.pop(name) for name in positional if name in values]
        yield first, values
