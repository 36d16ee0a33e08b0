"""The packet between the two processes: what goes in comes out, and nothing hostile comes through."""

import json
import struct
import time
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steepest.solvers.backends.array_model import ArrayModel, Hessian, NamedModel
from steepest.solvers.backends.expression_model import (
    BINARY,
    FUNCTIONS,
    ExpressionModel,
    ExpressionWriter,
    Operator,
)
from steepest.solvers.sandbox.handover import HandoverError, Model, pack, unpack

PREFIX = struct.Struct("<8sHI")
NUMBERS = st.floats(-1e9, 1e9)
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@st.composite
def array_models(draw: st.DrawFn, *, quadratic: bool = True) -> NamedModel:
    columns, rows = draw(st.integers(0, 5)), draw(st.integers(0, 4))
    column_lists = [draw(st.sets(st.integers(0, columns - 1))) if columns else set() for _ in range(rows)]
    members = [sorted(each) for each in column_lists]
    nonzeros = sum(map(len, members))

    def numbers(length: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array(draw(st.lists(NUMBERS, min_size=length, max_size=length)), np.float64)

    def bounds(length: int) -> tuple[Any, Any]:
        low = st.one_of(NUMBERS, st.just(-np.inf))
        high = st.one_of(NUMBERS, st.just(np.inf))
        draws = [draw(st.lists(each, min_size=length, max_size=length)) for each in (low, high)]
        return np.array(draws[0], np.float64), np.array(draws[1], np.float64)

    lower, upper = bounds(columns)
    row_lower, row_upper = bounds(rows)
    return NamedModel(
        sense=draw(st.sampled_from(("minimize", "maximize"))),
        offset=draw(NUMBERS),
        cost=numbers(columns),
        lower=lower,
        upper=upper,
        types=np.array(draw(st.lists(st.integers(0, 1), min_size=columns, max_size=columns)), np.int32),
        row_starts=np.concatenate([[0], np.cumsum([len(each) for each in members])]).astype(np.int32),
        row_columns=np.array([column for each in members for column in each], np.int32),
        row_coefficients=numbers(nonzeros),
        row_lower=row_lower,
        row_upper=row_upper,
        hessian=draw(hessians(columns)) if quadratic and columns else None,
        added_columns=tuple(sorted(draw(st.sets(st.integers(0, columns - 1))))) if columns else (),
        row_names=tuple(draw(st.lists(NAMES, min_size=rows, max_size=rows))),
        column_names=tuple(draw(st.lists(NAMES, min_size=columns, max_size=columns, unique=True))),
    )


@st.composite
def hessians(draw: st.DrawFn, columns: int) -> Hessian | None:
    lists = [sorted(draw(st.sets(st.integers(column, columns - 1)))) for column in range(columns)]
    rows = [row for each in lists for row in each]
    if not rows:
        return None
    starts = np.concatenate([[0], np.cumsum([len(each) for each in lists])]).astype(np.int32)
    values = np.array(draw(st.lists(NUMBERS, min_size=len(rows), max_size=len(rows))), np.float64)
    return Hessian(starts, np.array(rows, np.int32), values, "the objective")


@st.composite
def expression_models(draw: st.DrawFn) -> ExpressionModel:
    linear = draw(array_models(quadratic=False))
    writer = ExpressionWriter()
    for _ in range(linear.rows + 1):
        if draw(st.booleans()):
            write(draw, writer, linear.columns, depth=3)
        writer.end()
    return ExpressionModel(linear, writer.written())


def write(draw: st.DrawFn, writer: ExpressionWriter, columns: int, depth: int) -> None:
    kind = draw(st.integers(0, 4)) if depth else draw(st.integers(0, 1))
    if kind == 0 or (kind == 1 and not columns):
        writer.constant(draw(NUMBERS))
    elif kind == 1:
        writer.add(Operator.VARIABLE, draw(st.integers(0, columns - 1)))
    elif kind == 2:
        write(draw, writer, columns, depth - 1)
        writer.add(draw(st.sampled_from(list(FUNCTIONS))))
    elif kind == 3:
        write(draw, writer, columns, depth - 1)
        write(draw, writer, columns, depth - 1)
        writer.add(draw(st.sampled_from(BINARY)))
    else:
        terms = draw(st.integers(1, 3))
        for _ in range(terms):
            write(draw, writer, columns, depth - 1)
        writer.add(Operator.SUM, terms)


def plain(model: ArrayModel | ExpressionModel) -> list[object]:
    """A model as what can be compared."""
    if isinstance(model, ExpressionModel):
        return [
            *plain(model.linear),
            *(getattr(model.expressions, each.name).tolist() for each in fields(model.expressions)),
        ]
    found: list[object] = []
    for each in fields(model):
        value = getattr(model, each.name)
        if isinstance(value, Hessian):
            value = [value.starts.tolist(), value.rows.tolist(), value.values.tolist()]
        found.append(value.tolist() if isinstance(value, np.ndarray) else value)
    return found


@given(array_models() | expression_models())
def test_what_is_packed_comes_out_again(model: Model) -> None:
    assert plain(unpack(pack(model))) == plain(model)


# Hostile packets


def small(**changes: Any) -> NamedModel:
    """`minimize x + y`, both within 0 and 1, with two rows and a quadratic term."""
    parts: dict[str, Any] = {
        "sense": "minimize",
        "offset": 1.0,
        "cost": np.ones(2),
        "lower": np.zeros(2),
        "upper": np.ones(2),
        "types": np.zeros(2, np.int32),
        "row_starts": np.array([0, 2, 3], np.int32),
        "row_columns": np.array([0, 1, 1], np.int32),
        "row_coefficients": np.ones(3),
        "row_lower": np.zeros(2),
        "row_upper": np.ones(2),
        "hessian": Hessian(np.array([0, 2, 3], np.int32), np.array([0, 1, 1], np.int32), np.ones(3), ""),
        "row_names": ("a", "b"),
        "column_names": ("x", "y"),
    }
    return NamedModel(**parts | changes)


def nonlinear(*nodes: tuple[int, int], constants: int = 1) -> ExpressionModel:
    """The small model with one more expression in the objective."""
    writer = ExpressionWriter()
    for operator, operand in nodes:
        writer.add(operator, operand)  # type: ignore[arg-type]
    for _ in range(3):
        writer.end()
    written = writer.written()
    starts = np.array([0, len(nodes), len(nodes), len(nodes)], np.int32)
    expressions = type(written)(starts, written.operators, written.operands, np.ones(constants))
    return ExpressionModel(small(hessian=None), expressions)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"offset": np.nan}, "`offset` holds a number that is not finite"),
        ({"cost": np.array([1, np.inf])}, "`cost` holds a number that is not finite"),
        ({"lower": np.array([0, np.nan])}, "a bound that is none"),
        ({"lower": np.array([0, np.inf])}, "a bound that is none"),
        ({"row_upper": np.array([0, -np.inf])}, "a bound that is none"),
        ({"types": np.array([0, 7], np.int32)}, "`types` holds a number outside 0 to 1"),
        ({"row_columns": np.array([0, 1, 2], np.int32)}, "`row_columns` holds a number outside 0 to 1"),
        ({"row_columns": np.array([0, -1, 1], np.int32)}, "`row_columns` holds a number outside"),
        ({"row_columns": np.array([1, 1, 1], np.int32)}, "a row names a variable twice"),
        ({"row_starts": np.array([0, 4, 3], np.int32)}, "`row_starts` does not rise"),
        ({"row_starts": np.array([1, 2, 3], np.int32)}, "`row_starts` does not rise"),
        ({"row_starts": np.array([0, 2, 2], np.int32)}, "`row_starts` does not rise from 0 to 3"),
        ({"added_columns": (0, 2)}, "`added` holds a number outside 0 to 1"),
        ({"added_columns": (1, 0)}, "`added` does not rise"),
        ({"column_names": ("x", "x")}, "two variables have the same name"),
        ({"column_names": ("x", "y" * 5000)}, "longer than"),
        ({"hessian": Hessian(np.array([0, 1, 3], np.int32), np.array([0, 0, 1], np.int32), np.ones(3), "")}, "above"),
        ({"hessian": Hessian(np.array([0, 2, 3], np.int32), np.array([1, 1, 1], np.int32), np.ones(3), "")}, "twice"),
    ],
)
def test_arrays_that_are_no_model_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(HandoverError, match=words):
        unpack(pack(small(**changes)))


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ([(Operator.VARIABLE, 2)], "variable or constant that there is not"),
        ([(Operator.VARIABLE, -1)], "variable or constant that there is not"),
        ([(Operator.CONSTANT, 1)], "variable or constant that there is not"),
        ([(Operator.VARIABLE, 0), (Operator.EXP, 3)], "variable or constant that there is not"),
        ([(Operator.VARIABLE, 0), (Operator.SUM, 0)], "variable or constant that there is not"),
        ([(21, 0)], "unknown operator"),
        ([(Operator.PRODUCT, 0)], "incomplete"),
        ([(Operator.VARIABLE, 0), (Operator.PRODUCT, 0)], "incomplete"),
        ([(Operator.VARIABLE, 0), (Operator.VARIABLE, 1)], "incomplete"),
        ([(Operator.VARIABLE, 0), (Operator.SUM, 2)], "incomplete"),
        ([(Operator.EXP, 0), (Operator.VARIABLE, 0)], "incomplete"),
        ([(Operator.VARIABLE, 0), (Operator.SUM, 2**31 - 1)], "incomplete"),
    ],
)
def test_expressions_that_are_none_are_refused(nodes: list[tuple[int, int]], words: str) -> None:
    with pytest.raises(HandoverError, match=words):
        unpack(pack(nonlinear(*nodes)))


def test_an_expression_can_not_take_its_operands_from_its_neighbour() -> None:
    model = nonlinear((Operator.VARIABLE, 0), (Operator.VARIABLE, 1), (Operator.PRODUCT, 0))
    model.expressions.starts[:] = [0, 1, 3, 3]
    with pytest.raises(HandoverError, match="incomplete"):
        unpack(pack(model))


def with_header(**changes: object) -> bytes:
    packet = pack(small())
    _, _, length = PREFIX.unpack_from(packet)
    header = json.loads(packet[PREFIX.size : PREFIX.size + length]) | changes
    text = json.dumps(header).encode()
    return PREFIX.pack(b"STEEPEST", 1, len(text)) + text + packet[PREFIX.size + length :]


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": 2**31 - 1},
        {"rows": 2**31 - 1, "nonzeros": 2**31 - 1, "quadratic": 2**31 - 1},
        {"columns": -1},
        {"columns": 1e3},
        {"columns": 10**400},
        {"columns": "2"},
        {"sense": "guess"},
        {"form": "pickle"},
        {"form": "expressions"},
        {"names": 0},
        {"more": 1},
    ],
)
def test_a_header_that_does_not_fit_the_packet_is_refused_at_once(changes: dict[str, object]) -> None:
    begin = time.perf_counter()
    with pytest.raises(HandoverError):
        unpack(with_header(**changes))
    assert time.perf_counter() - begin < 1


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"STEEPEST",
        PREFIX.pack(b"STEEPEST", 2, 0),
        PREFIX.pack(b"STEEPEST", 1, 2**32 - 1),
        PREFIX.pack(b"STEEPEST", 1, 4000) + b"[" * 4000,
        PREFIX.pack(b"STEEPEST", 1, 5) + b"\xff\xfe{}]",
        b"\x80\x04cos\nsystem\n(S'true'\ntR.",
        pack(small()) + b"\0",
        pack(small())[:-1],
        pack(small())[:-3] + b"\xff\0b",
    ],
)
def test_what_is_no_packet_is_refused(packet: bytes) -> None:
    with pytest.raises(HandoverError):
        unpack(packet)


@settings(max_examples=400)
@given(st.data())
def test_a_mutated_packet_is_a_model_or_refused(data: st.DataObject) -> None:
    model = data.draw(st.sampled_from((small(), nonlinear((0, 0), (0, 1), (3, 0), (8, 0)))))
    packet = bytearray(pack(model))
    for place in data.draw(st.lists(st.integers(0, len(packet) - 1), max_size=4)):
        packet[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.just(len(packet)) | st.integers(0, len(packet)))
    try:
        unpack(bytes(packet[:cut]))
    except HandoverError:
        return


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(packet: bytes) -> None:
    with pytest.raises(HandoverError):
        unpack(packet)
