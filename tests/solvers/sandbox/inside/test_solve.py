"""The solver's process: a packet in, one document out, whatever the solver says of itself."""

import json
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from steepest.solvers.backends.array_model import Hessian, NamedModel
from steepest.solvers.backends.expression_model import FUNCTIONS, ExpressionModel, ExpressionWriter, Operator
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox.answers import parse_answer
from steepest.solvers.sandbox.handover import Model, pack
from steepest.solvers.sandbox.inside.channel import Channel
from steepest.solvers.sandbox.inside.solve import run
from steepest.solvers.sandbox.outcomes import Failure, ScriptAnswer

OPTIONS = SolveOptions(time_limit=10, threads=1)
X = (Operator.VARIABLE, 0)
Node = tuple[Operator, float]


def sent(packet: bytes, options: SolveOptions = OPTIONS) -> bytes:
    """What the process sends for a packet."""
    end, far = os.pipe()
    run(options.model_dump() | {"bytes": len(packet)}, packet, Channel(-1, far))
    os.close(far)
    with open(end, "rb") as document:
        return document.read()


def answered(model: Model, options: SolveOptions = OPTIONS) -> ScriptAnswer:
    answer = parse_answer(sent(pack(model), options), options)
    assert isinstance(answer, ScriptAnswer), answer
    return answer


def box(**changes: Any) -> NamedModel:
    """`maximize x + 2 y + 1` within the unit square, with `x + y <= 1.5`."""
    parts: dict[str, Any] = {
        "sense": "maximize",
        "offset": 1.0,
        "cost": np.array([1.0, 2.0]),
        "lower": np.zeros(2),
        "upper": np.ones(2),
        "types": np.zeros(2, np.int32),
        "row_starts": np.array([0, 2], np.int32),
        "row_columns": np.array([0, 1], np.int32),
        "row_coefficients": np.ones(2),
        "row_lower": np.array([-np.inf]),
        "row_upper": np.array([1.5]),
        "hessian": None,
        "row_names": ("total",),
        "column_names": ("x[a]", "y"),
    }
    return NamedModel(**parts | changes)


def curved(objective: list[Node], row: list[Node] | None = None, **changes: Any) -> ExpressionModel:
    """The box, with expressions added to its objective and row."""
    writer = ExpressionWriter()
    for nodes in (objective, row or []):
        for operator, operand in nodes:
            writer.constant(operand) if operator is Operator.CONSTANT else writer.add(operator, int(operand))
        writer.end()
    return ExpressionModel(box(**changes), writer.written())


@pytest.fixture
def scip() -> None:
    pytest.importorskip("pyscipopt", reason="needs the extra `nonlinear`")


def test_arrays_are_solved_and_named() -> None:
    answer = answered(box())
    assert (answer.status, answer.problem_class, answer.sense, answer.size) == ("optimal", "LP", "maximize", (1, 2, 2))
    assert (answer.objective, answer.bound) == (pytest.approx(3.5), pytest.approx(3.5))
    assert answer.values == {"x[a]": pytest.approx(0.5), "y": pytest.approx(1.0)}
    assert answer.solver.startswith("HiGHS")
    assert answer.options == OPTIONS


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"row_lower": np.array([3.0]), "row_upper": np.array([4.0])}, "infeasible"),
        ({"upper": np.array([np.inf, 1]), "row_upper": np.array([np.inf])}, "unbounded"),
        ({"types": np.ones(2, np.int32)}, "optimal"),
    ],
)
def test_every_ending_has_its_status(changes: dict[str, Any], status: str) -> None:
    answer = answered(box(**changes))
    assert answer.status == status
    assert bool(answer.values) == (status == "optimal")


def test_a_convex_quadratic_objective_goes_to_highs() -> None:
    hessian = Hessian(np.array([0, 1, 2], np.int32), np.array([0, 1], np.int32), np.array([-2.0, -2.0]), "")
    answer = answered(box(hessian=hessian))
    assert (answer.problem_class, answer.solver[:5]) == ("QP", "HiGHS")
    assert answer.objective == pytest.approx(1 + 0.25 + 1)


@pytest.mark.usefixtures("scip")
def test_a_nonconvex_quadratic_objective_goes_to_scip() -> None:
    hessian = Hessian(np.array([0, 1, 2], np.int32), np.array([0, 1], np.int32), np.array([2.0, 2.0]), "")
    answer = answered(box(hessian=hessian))
    assert (answer.status, answer.problem_class, answer.solver[:4]) == ("optimal", "QP", "SCIP")
    assert answer.objective == pytest.approx(1 + 0.5 + 0.25 + 2 + 1, abs=1e-5)


@pytest.mark.usefixtures("scip")
@pytest.mark.parametrize("point", [0.6, -0.6])
@pytest.mark.parametrize("operator", FUNCTIONS)
def test_each_function_means_to_scip_what_it_means_to_us(operator: Operator, point: float) -> None:
    if point < 0 and operator in (Operator.LOG, Operator.LOG10, Operator.SQRT):
        pytest.skip("it has no value there")
    there = FUNCTIONS[operator](point)
    distance: list[Node] = [X, (operator, 0), (Operator.CONSTANT, -there), (Operator.SUM, 2)]
    missed: list[Node] = [*distance, (Operator.CONSTANT, 2.0), (Operator.POWER, 0), (Operator.NEGATE, 0)]
    lower, upper = np.array([point - 0.3, 0]), np.array([point + 0.3, 1])
    answer = answered(curved(missed, cost=np.zeros(2), lower=lower, upper=upper))
    assert answer.status == "optimal", answer.message
    assert answer.objective == pytest.approx(1, abs=1e-5)
    assert answer.values["x[a]"] == pytest.approx(point, abs=0.01)


POWER: list[Node] = [X, (Operator.VARIABLE, 1), (Operator.POWER, 0)]
"""`x[a] ** y`."""


@pytest.mark.usefixtures("scip")
@pytest.mark.parametrize(
    "changes",
    [{"lower": np.array([-0.5, 0])}, {"types": np.array([1, 0], np.int32)}, {"upper": np.array([0.0, 1.0])}],
)
def test_a_power_with_a_variable_exponent_needs_a_base_that_is_not_negative_or_a_step_at_zero(
    changes: dict[str, Any],
) -> None:
    answer = answered(curved(POWER, **changes))
    assert answer.status == "unsupported"
    assert "keep it from being negative" in answer.message


@pytest.mark.usefixtures("scip")
@pytest.mark.parametrize(
    ("nodes", "changes", "optimum"),
    [
        (POWER, {"cost": np.zeros(2), "upper": np.array([3.0, 2.0]), "row_upper": np.array([5.0])}, 1 + 9),
        (POWER, {"cost": np.zeros(2), "lower": np.array([0.1, 0.0]), "types": np.array([0, 1], np.int32)}, 1 + 1),
        (
            [X, (Operator.CONSTANT, 1.0), (Operator.SUM, 2), *POWER[1:]],
            {"cost": np.zeros(2), "lower": np.array([-0.5, 0.0]), "row_upper": np.array([2.0])},
            1 + 2,
        ),
    ],
)
def test_the_sign_of_a_base_follows_from_the_bounds(nodes: list[Node], changes: dict[str, Any], optimum: float) -> None:
    answer = answered(curved(nodes, **changes))
    assert answer.status == "optimal", answer.message
    assert answer.objective == pytest.approx(optimum, abs=1e-5)


QUOTIENT: list[Node] = [(Operator.CONSTANT, -1.0), X, (Operator.QUOTIENT, 0)]
"""`-1 / x[a]`, which is maximized."""
LOGARITHM: list[Node] = [X, (Operator.LOG, 0), (Operator.NEGATE, 0)]


@pytest.mark.usefixtures("scip")
@pytest.mark.parametrize(
    ("nodes", "lower", "words"),
    [(QUOTIENT, -1.0, "divides by a value that is 0"), (LOGARITHM, 0.0, "takes the logarithm of a value that is 0")],
)
def test_an_optimum_that_only_the_tolerance_makes_is_none(nodes: list[Node], lower: float, words: str) -> None:
    answer = answered(curved(nodes, lower=np.array([lower, 0.0])))
    assert (answer.status, answer.objective, answer.values) == ("failed", None, {})
    assert words in answer.message
    assert "may be unbounded" in answer.message


@pytest.mark.usefixtures("scip")
def test_a_bound_next_to_infinity_is_none() -> None:
    """Nothing bounds `100 (y - x^2)^2 + (1 - x)^2` from below but its being a square."""
    y: Node = (Operator.VARIABLE, 1)
    square: list[Node] = [(Operator.CONSTANT, 2.0), (Operator.POWER, 0)]
    slope = [y, X, *square, (Operator.NEGATE, 0), (Operator.SUM, 2), *square]
    nodes = [(Operator.CONSTANT, 100.0), *slope, (Operator.PRODUCT, 0)]
    distance = [(Operator.CONSTANT, 1.0), X, (Operator.NEGATE, 0), (Operator.SUM, 2), *square]
    free = {"lower": np.full(2, -np.inf), "upper": np.full(2, np.inf), "row_upper": np.array([np.inf])}
    model = curved([*nodes, *distance, (Operator.SUM, 2)], sense="minimize", cost=np.zeros(2), **free)
    answer = answered(model, SolveOptions(time_limit=0.5, threads=1))
    assert answer.bound is None or abs(answer.bound) < 1e15


def test_a_column_that_was_added_is_not_among_the_values() -> None:
    assert answered(box(added_columns=(0,))).values == {"y": pytest.approx(1.0)}


def test_an_answer_is_no_longer_than_its_model() -> None:
    packet = pack(box(column_names=("\x01" * 4000, "\u00fc" * 4000)))
    assert len(sent(packet)) < len(packet) + 500


@pytest.mark.usefixtures("scip")
def test_a_constant_term_without_a_value_is_unsupported() -> None:
    answer = answered(curved([(Operator.CONSTANT, -1.0), (Operator.LOG, 0)]))
    assert (answer.status, answer.values) == ("unsupported", {})


@pytest.mark.usefixtures("scip")
def test_an_expression_too_deep_for_the_recursion_of_scip_is_unsupported() -> None:
    answer = answered(curved([X, *[(Operator.SIN, 0)] * 50_000]))
    assert answer.status == "unsupported"
    assert "nested more than" in answer.message


@pytest.mark.usefixtures("scip")
def test_whole_numbers_in_a_nonlinear_row_are_whole() -> None:
    square = [X, (Operator.CONSTANT, 2.0), (Operator.POWER, 0)]
    model = curved([], square, upper=np.array([9.0, 1.0]), row_upper=np.array([11.0]), types=np.array([1, 0], np.int32))
    answer = answered(model)
    assert (answer.problem_class, answer.values["x[a]"]) == ("MINLP", 2.0)
    assert answer.objective == pytest.approx(5)


def test_without_scip_a_nonlinear_model_is_unsupported_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steepest.solvers.backends.scip.is_installed", lambda: False)
    answer = answered(curved([X, (Operator.EXP, 0)]))
    assert (answer.status, answer.problem_class, answer.objective) == ("unsupported", "NLP", None)
    assert "pip install 'steepest[nonlinear]'" in answer.message


# Lies


def lying(*values: float) -> Callable[..., RawAnswer]:
    return lambda *_: RawAnswer("optimal", np.array(values), None, 99.0, None, 0.0, "Liar 1.0")


@pytest.mark.parametrize("values", [(1.0, 1.0), (5.0, -5.0), (np.nan, 0.0)])
def test_an_answer_of_arrays_that_breaks_the_model_has_failed(
    monkeypatch: pytest.MonkeyPatch, values: tuple[float, float]
) -> None:
    monkeypatch.setattr("steepest.solvers.array_solve.solve_with_highs", lying(*values))
    answer = answered(box())
    assert (answer.status, answer.objective, answer.values) == ("failed", None, {})
    assert "not to be trusted" in answer.message


@pytest.mark.parametrize(
    ("values", "words"),
    [((1.0, 0.5), "breaks `total`"), ((-1.0, 0.0), "beyond its bounds"), ((0.0, 0.0), "the objective no finite value")],
)
def test_an_answer_of_expressions_that_breaks_the_model_has_failed(
    monkeypatch: pytest.MonkeyPatch, values: tuple[float, float], words: str
) -> None:
    monkeypatch.setattr("steepest.solvers.backends.scip.is_installed", lambda: True)
    monkeypatch.setattr("steepest.solvers.expression_solve.solve_with_scip", lying(*values))
    answer = answered(curved([X, (Operator.LOG, 0)], [X, (Operator.EXP, 0)]))
    assert answer.status == "failed"
    assert words in answer.message


def test_the_objective_is_computed_and_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steepest.solvers.backends.scip.is_installed", lambda: True)
    monkeypatch.setattr("steepest.solvers.expression_solve.solve_with_scip", lying(0.5, 0.5))
    answer = answered(curved([X, (Operator.EXP, 0)]))
    assert answer.objective == pytest.approx(0.5 + 1 + 1 + np.exp(0.5))


# Packets and limits


@pytest.mark.parametrize("packet", [b"", b"forged", pack(box())[:-2]])
def test_a_packet_that_is_none_is_refused_with_a_failure(packet: bytes) -> None:
    failure = parse_answer(sent(packet), OPTIONS)
    assert isinstance(failure, Failure)
    assert failure.kind == "exception"
    assert "the model that was handed over is none" in failure.message


def test_a_time_limit_keeps_the_incumbent() -> None:
    random = np.random.default_rng(3)
    items, rows = 90, 30
    weights = random.integers(100, 1000, (rows, items)).astype(float)
    model = NamedModel(
        sense="maximize",
        offset=0.0,
        cost=weights.mean(axis=0) + random.integers(0, 300, items),
        lower=np.zeros(items),
        upper=np.ones(items),
        types=np.ones(items, np.int32),
        row_starts=np.arange(0, rows * items + 1, items, dtype=np.int32),
        row_columns=np.tile(np.arange(items, dtype=np.int32), rows),
        row_coefficients=weights.ravel(),
        row_lower=np.full(rows, -np.inf),
        row_upper=weights.sum(axis=1) // 3,
        hessian=None,
        row_names=tuple(f"r{row}" for row in range(rows)),
        column_names=tuple(f"x{column}" for column in range(items)),
    )
    answer = answered(model, SolveOptions(time_limit=1.0, threads=1))
    assert answer.status == "time_limit"
    assert len(answer.values) == items
    assert answer.bound is not None
    assert answer.objective is not None
    assert answer.bound > answer.objective
    assert "stopped early" in answer.message


def test_the_document_is_json_without_numbers_that_are_none() -> None:
    document = sent(pack(box(upper=np.array([np.inf, np.inf]), row_upper=np.array([np.inf]))))
    assert b"NaN" not in document
    assert b"Infinity" not in document
    assert json.loads(document.splitlines()[0])["objective"] is None
