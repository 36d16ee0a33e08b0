"""A call of a bundle from its beginning to its record."""

from collections.abc import Sequence
from time import perf_counter
from types import CodeType
from typing import TYPE_CHECKING, Any

from steepest.traces.failures import TraceError, execution_error, message_of, told
from steepest.traces.graph import Node, make
from steepest.traces.holders import unwrapped
from steepest.traces.previews import preview
from steepest.traces.records import Record
from steepest.traces.scope import Call, is_tracing
from steepest.traces.working_copies import WorkingCopy, carry_back

if TYPE_CHECKING:
    from steepest.traces.bundle import Bundle
    from steepest.traces.code.code_parameter import CodeParameter

CODE = "code"
"""The name under which trainable source is an input of its calls."""

_CONTAINERS = frozenset({"list", "tuple", "set", "frozenset", "dict", "deque", "filled"})


class PendingCall:
    """A call of a bundle that is being made; `finished` or `failed` record it."""

    __slots__ = ("begin", "bundle", "call", "caller", "code", "copies", "inputs", "line", "names")

    def __init__(
        self,
        bundle: "Bundle[Any]",
        code: "CodeParameter | None",
        names: tuple[str, ...],
        inputs: list[Node[Any]],
        copies: list[WorkingCopy],
        caller: CodeType,
        line: int,
    ) -> None:
        self.bundle = bundle
        self.code = code
        self.names = names
        self.inputs = inputs
        self.copies = copies
        """Of containers that hold nodes: what the function got in their places."""
        self.caller = caller
        self.line = line
        self.call = Call(is_opaque=True)
        self.begin = perf_counter()

    def finished(self, result: Any) -> Node[Any]:
        """The node of the result."""
        held: list[Node[Any]] = []
        value = unwrapped(result, held)
        for each in held:  # what the result is, or holds, is what it was made from
            if each.order:
                self.call.reads.setdefault(id(each), each)
        externals = self._externals()
        if externals and self.bundle.externals == "refuse":
            names = ", ".join(each.label or preview(each._value, 40) for each in externals)
            raise TraceError(
                f"{self.bundle.operation.name} reads {names} without being passed them: pass them as arguments, or "
                'allow it with bundle(externals="record")'
            )
        return self._made(value, "", externals)

    def failed(self, error: Exception) -> Exception:
        """The error to raise for what the function raised."""
        return execution_error(error, self._made(told(error), message_of(error), self._externals()))

    def _made(self, value: Any, exception: str, externals: Sequence[Node[Any]]) -> Node[Any]:
        seconds = perf_counter() - self.begin
        if self.copies:
            carry_back(self.copies)
        if not is_tracing():
            return make(value)
        names, inputs = self.names, tuple(self.inputs)
        if externals:
            names, inputs = (*names, *(each.label or "external" for each in externals)), (*inputs, *externals)
        if self.code is not None:
            names, inputs = (*names, CODE), (*inputs, self.code.node)
        made = make(value, self.bundle.operation, inputs)
        charges = self.call.charges
        made.record = Record(
            names,
            seconds,
            len(externals),
            sum(tokens for tokens, _ in charges) if charges else 0,
            sum(money for _, money in charges) if charges else 0.0,
            exception,
            self.caller,
            self.line,
            self.call.updates,
        )
        return made

    def _externals(self) -> list[Node[Any]]:
        """Nodes that were read and not passed, neither by themselves nor in a container."""
        reads = self.call.taken_reads()
        if not reads:
            return []
        passed, stack = set[int](), list(self.inputs)
        while stack:
            each = stack.pop()
            passed.add(id(each))
            if each.operation is not None and each.operation.name in _CONTAINERS:
                stack.extend(each.inputs)
        return [each for key, each in list(reads.items()) if key not in passed]
