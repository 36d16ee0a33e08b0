"""Messages between processes: what goes in comes out."""

from io import BytesIO

import numpy as np
import pytest

from steepest.solvers.backends.apart.messages import Message, read_message, write_message
from steepest.solvers.backends.apart.requests import answer_of, answered, request, requested_model, requested_start
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.expression_model import ExpressionModel, with_expressions
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation


class Pipe(BytesIO):
    """A pipe that hands over a few bytes at a time."""

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return super().readinto(buffer[:7])


def sent(message: Message) -> Message:
    pipe = Pipe()
    write_message(pipe, message)
    pipe.seek(0)
    received = read_message(pipe)
    assert received is not None
    assert read_message(pipe) is None
    return received


def compiled(text: str) -> CompiledModel:
    formulation = Formulation.from_text(text)
    return compile_formulation(formulation, bind(formulation))


MODEL = "variables:\n  x: integer in 0..9\n  y: real >= 1\n{}\nconstraints:\n  c: x + 2 * y <= 7\n  d: x - y >= -3\n"


def test_words_numbers_and_arrays_arrive() -> None:
    message = Message("kind", {"a": [1, None, "é"], "b": float("inf")}, {"none": np.empty(0), "some": np.arange(5)})
    received = sent(message)
    assert (received.kind, received.fields) == (message.kind, message.fields)
    assert received.arrays["some"].tolist() == [0, 1, 2, 3, 4]
    assert received.arrays["none"].shape == (0,)


@pytest.mark.parametrize("fields", [{}, {"model": [1.5] * 1000}])
def test_the_size_is_what_is_sent_words_and_arrays(fields: dict[str, object]) -> None:
    pipe, message = Pipe(), Message("kind", fields, {"some": np.arange(50)})
    write_message(pipe, message)
    assert message.size == len(pipe.getvalue())


@pytest.mark.parametrize("length", [0, 3, 20, 40])
def test_a_pipe_that_ends_in_the_middle_gives_no_message(length: int) -> None:
    pipe = Pipe()
    write_message(pipe, Message("kind", arrays={"some": np.arange(50)}))
    assert read_message(Pipe(pipe.getvalue()[:length])) is None


@pytest.mark.parametrize("objective", ["maximize: 3 * x - y", "minimize: x + y**2"])
def test_a_model_arrives_with_all_its_numbers(objective: str) -> None:
    model = compiled(MODEL.format(objective))
    received = requested_model(sent(request("highs", model, SolveOptions(gap=0.5), None)))
    assert isinstance(received, ArrayModel)
    assert (received.sense, received.offset, received.size) == (model.sense, model.offset, model.size)
    for name in ("cost", "lower", "upper", "types", "row_starts", "row_columns", "row_coefficients", "row_upper"):
        np.testing.assert_array_equal(getattr(received, name), getattr(model, name))
    assert (received.hessian is None) == (model.hessian is None)
    if model.hessian is not None and received.hessian is not None:
        np.testing.assert_array_equal(received.hessian.values, model.hessian.values)


def test_expressions_and_a_start_arrive() -> None:
    model = with_expressions(compiled(MODEL.format("minimize: x + y**2")))
    message = sent(request("scip", model, SolveOptions(), np.array([1.0, np.nan])))
    received, start = requested_model(message), requested_start(message)
    assert isinstance(received, ExpressionModel)
    np.testing.assert_array_equal(received.expressions.operators, model.expressions.operators)
    np.testing.assert_array_equal(start, [1.0, np.nan])


def test_an_answer_arrives() -> None:
    raw = RawAnswer("time_limit", np.array([1.0, 2.0]), None, 3.5, None, 0.25, "SCIP 10")
    received = answer_of(sent(answered(raw)))
    assert received.values is not None
    assert received.values.tolist() == [1, 2]
    assert (received.status, received.bound, received.row_duals) == ("time_limit", 3.5, None)
