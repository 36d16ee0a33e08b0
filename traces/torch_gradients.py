"""Numeric gradients beside the words, for traces whose values are tensors of PyTorch.

The words go through the trace. The gradients are PyTorch's own, which has recorded the same computation: one pass of
its engine takes those of all tensors in the trace, and one more continues behind each operation that has a rule of its
own. (A product of local derivatives, one call of the engine an operation, would be quadratic: every call looks at all
that lies behind the operation.) Gradients stop where the trace does: at leaves, detached ones included.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from steepest.traces.failures import TraceError, message_of
from steepest.traces.feedback import Feedback
from steepest.traces.graph import Node, ancestors, sweep
from steepest.traces.propagators import Overridable, Said, each_once, ruled

Tensor = Any
"""A `torch.Tensor`; PyTorch is imported when gradients are asked for, and not before."""
Gradients = tuple[Tensor | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Gradient:
    """What a node was told: words, and how the outputs change with its value."""

    said: Said
    gradients: Gradients = ()
    """One for each tensor in the value, in its order; None where there is none."""
    reasons: tuple[str, ...] = ()
    """Why there is none, in words; each once."""

    @property
    def gradient(self) -> Tensor | None:
        """The gradient of a value that is a tensor; of a container with several the first."""
        return next((each for each in self.gradients if each is not None), None)

    @property
    def text(self) -> str:
        """All that was said, each text once."""
        return "\n".join(dict.fromkeys(each.text for each in self.said))


class TorchGradients(Overridable[Gradient]):
    """Words and gradients: of the sum of the outputs' elements, for each parameter that holds tensors.

    A rule of an operation gives each input a `Gradient`, and so decides about the numbers as well; `[told]` passes on
    what the node was told unchanged, which makes a rounding a straight-through estimator.
    """

    def carry(self, feedback: Sequence[Feedback]) -> Iterator[tuple[Node[Any], Gradient]]:
        """Words and gradients of each node; linear in the graph, and once more for each node with a rule of its own.

        Raises:
            TraceError: PyTorch is missing, or can't go back: a tensor that it needs was changed in place, or its graph
                has been freed.
        """
        outputs = [(output, each) for each in feedback for output in each.outputs]
        flow = _Flow(ancestors(output for output, _ in outputs), self)
        flow.begin({id(output): output for output, _ in outputs}.values())
        starts = [(output, Gradient((each,), reasons=_of_output(output))) for output, each in outputs]
        for node, told in sweep(starts, flow.spread, _joined):
            yield node, flow.completed(node, told)


class _Flow:
    """The gradients of the tensors of a trace, as they become known: of each node before it is asked about."""

    def __init__(self, nodes: Sequence[Node[Any]], rules: Overridable[Gradient]) -> None:
        self.torch = _torch()
        self.rules = rules
        self.tensors = {id(node): tensors_in(node._value) for node in nodes}
        makers: dict[int, tuple[Node[Any], Tensor]] = {}
        for node in nodes:
            for each in self.tensors[id(node)]:
                makers.setdefault(id(each), (node, each))
        self.makers = {key: maker for key, (maker, each) in makers.items() if each.requires_grad}
        """By tensor, the first node that has it: the others hold or hand it on."""
        self.wanted = [each for _, each in makers.values() if each.requires_grad]
        self.ends = [each for each in self.wanted if each.grad_fn is not None and self._is_end(self.makers[id(each)])]
        """Tensors behind which PyTorch would go on, and the trace does not."""
        self.known: dict[int, Tensor] = {}

    def begin(self, outputs: Iterable[Node[Any]]) -> None:
        """Take the gradients of the sum of what is in the outputs."""
        seeds = {id(each): each for output in outputs for each in self.tensors[id(output)] if each.requires_grad}
        self._pass([(each, self.torch.ones_like(each)) for each in seeds.values()], "the output")

    def spread(self, node: Node[Any], told: Gradient) -> Iterable[tuple[Node[Any], Gradient]]:
        """What a node tells its inputs: words, and why PyTorch has no gradient for them if it is this node's doing."""
        rule = self.rules.rule_of(node)
        if rule is None:
            return [(source, Gradient(told.said, (), self._reasons(node, source, told))) for source in node.inputs]
        name = _name(node)
        if any(self.makers.get(id(each), node) is not node for each in self.tensors[id(node)]):
            raise TraceError(
                f"{name} can't have a rule of its own for gradients: it gives back a tensor that it was given; let it "
                "give a new one (tensor.clone())"
            )
        messages = ruled(node, rule(node, self.completed(node, told)))
        for source, each in messages:
            self._pass(_seeds(self.tensors[id(source)], each.gradients, name), name)
        return messages

    def completed(self, node: Node[Any], told: Gradient) -> Gradient:
        """What a node was told, with the gradients of its tensors."""
        found = tuple(self.known.get(id(each)) for each in self.tensors[id(node)])
        if any(each is not None for each in found):
            return Gradient(told.said, found)
        own = _reason("it", self.tensors[id(node)]) if node.is_leaf else ()
        return Gradient(told.said, found, own or told.reasons)

    def _is_end(self, node: Node[Any]) -> bool:
        return node.is_leaf or self.rules.rule_of(node) is not None

    def _pass(self, seeds: Sequence[tuple[Tensor, Tensor]], name: str) -> None:
        """Let PyTorch go back from some tensors, and add what arrives at the others."""
        if not seeds:
            return
        starts, gradients = zip(*seeds, strict=True)
        with ExitStack() as cuts:
            for end in self.ends:
                cuts.callback(end.grad_fn.register_prehook(_Cut(end.output_nr)).remove)
            try:
                arrived = self.torch.autograd.grad(starts, self.wanted, gradients, retain_graph=True, allow_unused=True)
            except RuntimeError as error:
                raise TraceError(
                    f"PyTorch can't take gradients back from {name}: {message_of(error)}. Values of a trace must not "
                    "be changed in place, and tensor.backward() before this needs retain_graph=True"
                ) from error
        for tensor, gradient in zip(self.wanted, arrived, strict=True):
            if gradient is not None:
                known = self.known.get(id(tensor))
                self.known[id(tensor)] = gradient if known is None else known + gradient

    def _reasons(self, node: Node[Any], source: Node[Any], told: Gradient) -> tuple[str, ...]:
        """Why an input has no gradient: since this node hinders it, or for the reasons that the node has none."""
        if not any(each.requires_grad for each in self.tensors[id(source)]):
            return told.reasons
        if self._is_known(source):
            return ()
        made, name = self.tensors[id(node)], _name(node)
        if not made:
            return (f"{name} gives no tensor",)
        if not any(each.requires_grad for each in made):
            return (f"{name} gives {_without(made) or 'a tensor that is detached from it'}",)
        if self._is_known(node):
            return (f"{name} passes no gradient to it: detached inside, or the tensor was replaced or changed since",)
        return told.reasons

    def _is_known(self, node: Node[Any]) -> bool:
        return any(id(each) in self.known for each in self.tensors[id(node)])


class _Cut:
    """Lets nothing go back through one result of a function of PyTorch."""

    def __init__(self, place: int) -> None:
        self.place = place

    def __call__(self, gradients: Sequence[Tensor | None]) -> Gradients:
        return tuple(None if place == self.place else each for place, each in enumerate(gradients))


def tensors_in(value: object) -> tuple[Tensor, ...]:
    """The tensors in a value: itself, or in lists, tuples and dicts at any depth, in their order."""
    kind = _torch().Tensor
    if isinstance(value, kind):
        return (value,)
    found, stack, seen = [], [value], set()
    while stack:
        each = stack.pop()
        if isinstance(each, kind):
            found.append(each)
        elif isinstance(each, (list, tuple, dict)) and id(each) not in seen:
            seen.add(id(each))
            stack.extend(reversed(list(each.values() if isinstance(each, dict) else each)))
    return tuple(found)


def _name(node: Node[Any]) -> str:
    return node.operation.name if node.operation else "a leaf"


def _joined(one: Gradient, other: Gradient) -> Gradient:
    return Gradient(each_once(one.said, other.said), (), tuple(dict.fromkeys(one.reasons + other.reasons)))


def _seeds(tensors: Sequence[Tensor], gradients: Gradients, name: str) -> list[tuple[Tensor, Tensor]]:
    """What a rule has given for the tensors of an input."""
    if gradients and len(gradients) != len(tensors):
        raise TraceError(f"the rule for {name} gives {len(gradients)} gradients for a value of {len(tensors)} tensors")
    pairs = zip(tensors, gradients, strict=False)
    return [(tensor, each) for tensor, each in pairs if each is not None and tensor.requires_grad]


def _of_output(output: Node[Any]) -> tuple[str, ...]:
    found = tensors_in(output._value)
    return _reason("the output", found) if found else ("the output is no tensor",)


def _reason(name: str, tensors: Sequence[Tensor]) -> tuple[str, ...]:
    """Why tensors have no gradient for what they are themselves."""
    if not tensors or any(each.requires_grad for each in tensors):
        return ()
    return (f"{name} is {_without(tensors) or 'a tensor that asks for no gradient: requires_grad is False'}",)


def _without(tensors: Sequence[Tensor]) -> str:
    """Tensors of a kind that has no gradients, in words."""
    kinds = {str(each.dtype).removeprefix("torch.") for each in tensors if not _is_continuous(each)}
    return f"a tensor of {' and '.join(sorted(kinds))}, which has no gradient" if kinds else ""


def _is_continuous(tensor: Tensor) -> bool:
    return bool(tensor.is_floating_point() or tensor.is_complex())


def _torch() -> Any:
    try:
        return import_module("torch")
    except ImportError as error:
        raise TraceError("gradients of tensors need PyTorch: pip install 'steepest[torch]'") from error
