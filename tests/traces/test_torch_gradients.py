"""Gradients of PyTorch beside the words: the same numbers as without a trace, and words where there is none."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steepest.traces.bundle import bundle
from steepest.traces.failures import TraceError
from steepest.traces.feedback import Feedback
from steepest.traces.graph import Node
from steepest.traces.parameters import node, update
from steepest.traces.propagators import propagate, propagate_all
from steepest.traces.torch_gradients import Gradient, TorchGradients, tensors_in

torch = pytest.importorskip("torch", reason="gradients of tensors need the extra `torch`")


def parameter(value: Any, name: str = "w", **options: Any) -> Node[Any]:
    options = {"requires_grad": True, "dtype": torch.float64} | options
    return node(torch.tensor(value, **options), name, trainable=True)


def gradient_of(output: Node[Any], source: Node[Any], propagator: TorchGradients | None = None) -> Gradient:
    return propagate(output, "too high", propagator or TorchGradients()).of(source)


# --- the same numbers as PyTorch alone

OPERATIONS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: a - 2.0 * b,
    lambda a, b: (a * b).tanh(),
    lambda a, b: a.sum() + b,
    lambda a, b: a[1] * b,
    lambda a, b: (a @ b).sin() + a,
    lambda a, b: -a,
]


@bundle
def several_steps(a: Any, b: Any) -> Any:
    c = (a * b).cos()
    return c + a * c


@bundle
def stacked(parts: Sequence[Any]) -> Any:
    return torch.stack(list(parts)).mean(0)


@bundle
def halves(a: Any) -> Any:
    return {"first": a * 0.5, "rest": [a.sin(), "words"]}


TRACED: list[Callable[[Any, Any], Any]] = [
    *OPERATIONS,
    several_steps,
    lambda a, b: stacked([a, b, a]),
    lambda a, b: halves(a)["first"] + halves(b)["rest"][0],
]
PLAIN: list[Callable[[Any, Any], Any]] = [
    *OPERATIONS,
    several_steps.function,
    lambda a, b: stacked.function([a, b, a]),
    lambda a, b: halves.function(a)["first"] + halves.function(b)["rest"][0],
]
STEPS = st.lists(
    st.tuples(st.integers(0, len(TRACED) - 1), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=12
)
VECTORS = st.lists(st.lists(st.floats(-1, 1), min_size=3, max_size=3), min_size=2, max_size=3)


def run(operations: Sequence[Callable[[Any, Any], Any]], steps: Sequence[tuple[int, int, int]], starts: Any) -> Any:
    values = list(starts)
    for operation, left, right in steps:
        values.append(operations[operation](values[left % len(values)], values[right % len(values)]))
    return values[-1]


@given(STEPS, VECTORS)
@settings(deadline=None)
def test_gradients_are_those_of_the_same_program_without_a_trace(
    steps: list[tuple[int, int, int]], vectors: list[list[float]]
) -> None:
    parameters = [parameter(vector) for vector in vectors]
    told = propagate(run(TRACED, steps, parameters), "too high", TorchGradients())
    plain = [torch.tensor(vector, requires_grad=True, dtype=torch.float64) for vector in vectors]
    expected = torch.autograd.grad(run(PLAIN, steps, plain).sum(), plain, allow_unused=True)
    assert told.messages
    for each, right in zip(parameters, expected, strict=True):
        if right is not None:
            found = told.of(each).gradient
            assert found is not None
            assert torch.allclose(found, right, equal_nan=True)


def test_a_value_that_is_used_by_what_was_made_from_it_counts_once_a_way() -> None:
    a = parameter(2.0)
    b = a * 3
    assert gradient_of(b * a, a).gradient == 12


def test_gradients_of_several_outputs_add_up() -> None:
    w = parameter(2.0)
    inner = w * w
    told = propagate_all([Feedback((inner,), "high"), Feedback((inner * 3,), "low")], TorchGradients()).of(w)
    assert told.gradient == 16
    assert sorted(told.text.splitlines()) == ["high", "low"]


def test_words_reach_what_has_no_numbers() -> None:
    scale, prompt = node(2.0, "scale", trainable=True), node("be brief", "prompt", trainable=True)
    w = parameter([1.0, 2.0])

    @bundle
    def loss(weights: Any, factor: float, words: str) -> Any:
        return (weights * factor).sum() + len(words)

    told = propagate(loss(w, scale, prompt), "too high", TorchGradients())
    assert {each.label: message.text for each, message in told} == dict.fromkeys(["scale", "prompt", "w"], "too high")
    assert told.of(w).gradient.tolist() == [2, 2]
    assert told.of(scale).gradient is None
    assert told.of(prompt).gradients == ()


def test_a_container_of_tensors_has_a_gradient_for_each() -> None:
    layers = node([torch.ones(2, requires_grad=True), torch.ones(2)], "layers", trainable=True)
    first, second = gradient_of((layers[0] * 3 + layers[1]).sum(), layers).gradients
    assert first.tolist() == [3, 3]
    assert second is None


def test_what_torch_knows_behind_a_leaf_of_the_trace_is_left_out() -> None:
    w = parameter(2.0)
    hidden = node(w._value * 10)
    assert gradient_of(hidden + w, w).gradient == 1
    assert gradient_of((w * 5).detach() + w, w).gradient == 1


def test_taking_gradients_leaves_no_trace_in_the_tensors() -> None:
    w = parameter(2.0)
    square = w * w
    hidden = node(square._value * 2)
    for _ in range(2):
        assert gradient_of(hidden * w, w).gradient == 8
    assert w._value.grad is None
    hidden._value.backward()
    assert w._value.grad == 8


def test_a_chain_with_a_shared_weight_is_linear() -> None:
    w = parameter(0.99)
    h = w * 1.0
    for _ in range(3000):
        h = (h * w).tanh()
    expected = torch.autograd.grad(h._value, [w._value], retain_graph=True)[0]
    assert torch.allclose(gradient_of(h, w).gradient, expected)


def test_gradient_descent_on_traced_values_finds_the_minimum() -> None:
    w = parameter([5.0, -3.0])
    target = node(torch.tensor([1.0, 2.0], dtype=torch.float64))
    for _ in range(60):
        loss = ((w - target) ** 2).sum()
        step = gradient_of(loss, w).gradient
        update(w, (w.value - 0.2 * step).detach().requires_grad_())
    assert torch.allclose(w.value, target.value, atol=1e-6)


# --- why there is none, in words


@bundle
def detached(value: Any) -> Any:
    return value.detach() * 2


@bundle
def partly_detached(value: Any, other: Any) -> Any:
    return value.detach() * 2 + other


def test_a_tensor_that_asks_for_no_gradient_is_said_to() -> None:
    w, v = parameter(1.0, requires_grad=False), parameter(1.0)
    told = gradient_of(w * v, w)
    assert told.gradient is None
    assert told.reasons == ("it is a tensor that asks for no gradient: requires_grad is False",)


def test_whole_numbers_have_no_gradient_and_are_said_to() -> None:
    counts, v = parameter([1, 2], requires_grad=False, dtype=torch.int64), parameter(1.0)
    assert gradient_of((counts * v).sum(), counts).reasons == ("it is a tensor of int64, which has no gradient",)
    rounded = (v * 3).long()
    assert gradient_of(counts + 1, counts).reasons == ("it is a tensor of int64, which has no gradient",)
    assert gradient_of(rounded * parameter(1.0), v).reasons == ("long gives a tensor of int64, which has no gradient",)


def test_a_detached_piece_is_named() -> None:
    w, v = parameter(1.0), parameter(1.0)
    assert gradient_of(detached(w) * v, w).reasons == ("detached gives a tensor that is detached from it",)
    told = propagate(partly_detached(w, v), "too high", TorchGradients())
    assert told.of(v).gradient == 1
    assert told.of(w).reasons[0].startswith("partly_detached passes no gradient to it: detached inside")


def test_a_value_that_leaves_the_tensors_is_named() -> None:
    w, v = parameter(1.0), parameter(1.0)
    number = w.item()
    assert gradient_of(v * number, w).reasons == ("item gives no tensor",)
    assert gradient_of(number, w).reasons == ("item gives no tensor",)


def test_a_gradient_on_another_way_needs_no_reason() -> None:
    w = parameter(1.0)
    assert gradient_of(detached(w) + w, w).reasons == ()


def test_a_parameter_that_was_replaced_has_no_gradient_for_the_old_trace() -> None:
    w = parameter(1.0)
    output = w * 2
    update(w, torch.tensor(2.0, requires_grad=True, dtype=torch.float64))
    assert "the tensor was replaced or changed since" in gradient_of(output, w).reasons[0]


def test_a_tensor_that_was_changed_in_place_is_an_error() -> None:
    w = parameter([1.0, 2.0])
    output = (w * w).sum()
    with torch.no_grad():
        w._value.mul_(3)
    with pytest.raises(TraceError, match="must not be changed in place") as caught:
        gradient_of(output, w)
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_a_graph_that_torch_has_freed_is_an_error() -> None:
    w = parameter(2.0)
    output = w * w
    output._value.backward()
    with pytest.raises(TraceError, match="retain_graph=True"):
        gradient_of(output, w)


def test_without_pytorch_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    w = parameter(2.0)

    def without(name: str, *_: Any) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("steepest.traces.torch_gradients.import_module", without)
    with pytest.raises(TraceError, match=r"pip install 'steepest\[torch\]'"):
        gradient_of(w * 2, w)


def test_the_module_imports_no_pytorch_by_itself() -> None:
    program = "import sys, steepest.traces.torch_gradients; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


# --- rules of single operations


@bundle
def rounded(value: Any) -> Any:
    return value.round()


def test_a_rule_makes_a_rounding_pass_its_gradient_straight_through() -> None:
    w = parameter(1.4)
    output = rounded(w * w) * 3
    straight = TorchGradients().override(rounded, lambda made, told: [told])
    assert gradient_of(output, w).gradient == 0
    assert gradient_of(output, w, straight).gradient == pytest.approx(3 * 2 * 1.4)


def test_a_rule_gets_all_that_its_node_is_told() -> None:
    w = parameter(2.0)
    middle = rounded(w)
    output = middle * 3 + middle * middle
    seen: list[Gradient] = []

    def tripled(made: Node[Any], told: Gradient) -> list[Gradient | None]:
        seen.append(told)
        return [Gradient(told.said, (told.gradient * 3,))]

    assert gradient_of(output, w, TorchGradients().override(rounded, tripled)).gradient == 21
    assert [told.gradient for told in seen] == [7]


def test_rules_hold_in_a_list_and_one_after_another() -> None:
    w = parameter(1.4)
    straight = TorchGradients().override(rounded, lambda made, told: [told])
    output = stacked([rounded(rounded(w * 2) * 3), w])
    assert gradient_of(output, w, straight).gradient == pytest.approx((6 + 1) / 2)


def test_a_rule_can_keep_the_numbers_back_and_pass_the_words() -> None:
    w = parameter(1.4)
    words_only = TorchGradients().override(rounded, lambda made, told: [Gradient(told.said)])
    told = gradient_of(rounded(w), w, words_only)
    assert (told.text, told.gradient) == ("too high", None)


def test_a_rule_of_an_operation_that_gives_its_input_back_is_refused() -> None:
    w = parameter(1.0)
    same = bundle(lambda value: value, name="same")
    with pytest.raises(TraceError, match="same can't have a rule of its own"):
        gradient_of(same(w * 2), w, TorchGradients().override(same, lambda made, told: [told]))


def test_a_rule_with_the_wrong_number_of_gradients_is_an_error() -> None:
    w = parameter(1.0)
    wrong = TorchGradients().override(rounded, lambda made, told: [Gradient(told.said, (None, None))])
    with pytest.raises(TraceError, match="gives 2 gradients for a value of 1 tensors"):
        gradient_of(rounded(w), w, wrong)


def test_tensors_are_found_in_containers_that_hold_themselves() -> None:
    one, two = torch.ones(1), torch.zeros(1)
    loop: list[Any] = [one, {"inner": (two, 3)}]
    loop.append(loop)
    assert [id(each) for each in tensors_in(loop)] == [id(one), id(two)]
