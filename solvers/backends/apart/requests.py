"""A model as a message to a solver's process and back, and the answer the other way."""

from typing import Any

import numpy as np
import numpy.typing as npt

from steepest.solvers.backends.apart.messages import Message
from steepest.solvers.backends.array_model import ArrayModel, Hessian, NamedModel
from steepest.solvers.backends.expression_model import ExpressionModel, Expressions
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.control import SolveProgress
from steepest.solvers.options import SolveOptions
from steepest.solvers.vectorized.scatter import Numbers

Arrays = dict[str, npt.NDArray[np.generic]]

_LINEAR = (
    "cost",
    "lower",
    "upper",
    "types",
    "row_starts",
    "row_columns",
    "row_coefficients",
    "row_lower",
    "row_upper",
)
_HESSIAN = ("starts", "rows", "values")
_EXPRESSIONS = ("starts", "operators", "operands", "constants")
_ANSWER = ("values", "row_duals")


def request(backend: str, model: ArrayModel | ExpressionModel, options: SolveOptions, start: Numbers | None) -> Message:
    """What is asked of a solver's process; names stay here."""
    linear = model.linear if isinstance(model, ExpressionModel) else model
    arrays: Arrays = {name: getattr(linear, name) for name in _LINEAR}
    if linear.hessian is not None:
        arrays |= {f"hessian.{name}": getattr(linear.hessian, name) for name in _HESSIAN}
    if isinstance(model, ExpressionModel):
        arrays |= {f"expressions.{name}": getattr(model.expressions, name) for name in _EXPRESSIONS}
    if start is not None:
        arrays["start"] = start
    fields = {"backend": backend, "sense": linear.sense, "offset": linear.offset, "options": options.model_dump()}
    return Message("solve", fields, arrays)


def requested_model(message: Message) -> ArrayModel | ExpressionModel:
    """The model of a request, its rows and columns without names."""
    given: Any = message.arrays  # of the types that were put in
    fields = {"sense": message.fields["sense"], "offset": message.fields["offset"]}
    fields |= {name: given[name] for name in _LINEAR}
    if "expressions.starts" in given:
        linear = NamedModel(**fields, hessian=None, row_names=(), column_names=())
        return ExpressionModel(linear, Expressions(**{name: given[f"expressions.{name}"] for name in _EXPRESSIONS}))
    if "hessian.starts" not in given:
        return ArrayModel(**fields, hessian=None)
    hessian = Hessian(**{name: given[f"hessian.{name}"] for name in _HESSIAN}, term="the objective")
    return ArrayModel(**fields, hessian=hessian)


def requested_start(message: Message) -> Numbers | None:
    """The point to begin with, if one was given."""
    start: Any = message.arrays.get("start")
    return start  # type: ignore[no-any-return]


def answered(raw: RawAnswer) -> Message:
    """A back end's answer as a message."""
    fields = {"status": raw.status, "bound": raw.bound, "gap": raw.gap, "seconds": raw.seconds, "solver": raw.solver}
    fields["note"] = raw.note
    return Message("answer", fields, {name: getattr(raw, name) for name in _ANSWER if getattr(raw, name) is not None})


def answer_of(message: Message) -> RawAnswer:
    """The back end's answer that a message holds."""
    arrays: dict[str, Any] = {name: message.arrays.get(name) for name in _ANSWER}
    return RawAnswer(**message.fields, **arrays)


def reported(progress: SolveProgress) -> Message:
    """Progress as a message."""
    return Message("progress", {name: getattr(progress, name) for name in SolveProgress.__slots__})


def progress_of(message: Message) -> SolveProgress:
    """The progress that a message holds."""
    return SolveProgress(**message.fields)
