"""What an agent of the user's own may answer with, and the attempt that it comes to."""

import math
from collections.abc import Mapping
from decimal import Decimal
from numbers import Real
from typing import Any

from pydantic import ValidationError

from steepest.agents.llm.redaction import redact, redact_json
from steepest.agents.modeling import Answer
from steepest.errors import SteepestError
from steepest.evals.attempts import Attempt, NamedValue
from steepest.evals.methods.five import attempt_of_answer
from steepest.evals.methods.named_values import values_of_solution
from steepest.evals.methods.outcomes import OF_STATUS
from steepest.evals.methods.worksheets import UNKNOWN, Worksheet
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation

__all__ = ["attempt_of_result"]

_FIELDS = frozenset(Attempt.model_fields) - {"objective"}

_FORMS = (
    "an agent answers with the optimal value, a dictionary of named values (the optimal one under `objective`), a "
    "dictionary with `outcome`, an Attempt, a Formulation or an Answer"
)


async def attempt_of_result(result: object, sheet: Worksheet) -> Attempt:
    """The attempt that an agent's result comes to; a result of no known form is an attempt that says so."""
    match result:
        case Attempt():
            return _of_fields(result.model_dump(exclude_unset=True), sheet)
        case Answer():
            return attempt_of_answer(result, Worksheet(sheet.bench, transcript=result.transcript, begun=sheet.begun))
        case Formulation():
            return await _solved(result, sheet)
        case Mapping():
            return _read(result, sheet)
        case None:
            return sheet.attempt("not_formulated", message="the agent gave no answer")
    number = _number(result)
    if number is None:
        shown = redact(repr(result))[:80]
        return sheet.attempt("not_formulated", message=f"the agent answered with {shown}; {_FORMS}")
    return sheet.attempt("answered", objective=number)


async def _solved(formulation: Formulation, sheet: Worksheet) -> Attempt:
    written = {"formulation": formulation.to_text()}
    try:
        solution = await sheet.bench.solve(formulation)
    except FormulationError as error:
        told = tuple(str(item) for item in error.diagnostics)
        return sheet.attempt("compile_error", message=str(error), diagnostics=told, **written)
    except SteepestError as error:  # the solver broke down
        return sheet.attempt("unsupported", message=str(error), **written)
    return sheet.attempt(
        OF_STATUS[solution.status],
        message=solution.message,
        objective=solution.objective,
        values=values_of_solution(formulation, solution),
        sense=formulation.objectives[0].sense if formulation.objectives else None,
        solver=solution.solver,
        problem_class=solution.problem_class,
        solve_seconds=solution.seconds,
        **written,
    )


def _read(result: Mapping[Any, Any], sheet: Worksheet) -> Attempt:
    """A dictionary: the fields of an attempt, or named numbers."""
    if _has_fields(result):
        return _of_fields({"outcome": "answered", "values": _other_numbers(result), **result}, sheet)
    numbers = {str(name): _number(value) for name, value in result.items()}
    if wrong := [name for name, value in numbers.items() if value is None]:
        return sheet.attempt("not_formulated", message=f"the agent's {wrong[0]!r} is no finite number; {_FORMS}")
    objective = next((value for name, value in numbers.items() if name.lower() == "objective"), None)
    values = tuple(
        NamedValue(name=name, value=value)
        for name, value in numbers.items()
        if value is not None and name.lower() != "objective"
    )
    if not numbers:
        return sheet.attempt("not_formulated", message="the agent gave no answer")
    return sheet.attempt("answered", objective=objective, values=values)


def _has_fields(result: Mapping[Any, Any]) -> bool:
    """Whether a dictionary has the fields of an attempt: it says an `outcome`, lists `values`, or has others of them
    beside the `objective`.
    """
    if isinstance(result.get("outcome"), str) or _number(result.get("values", 0)) is None:
        return True
    return "objective" in result and not _FIELDS.isdisjoint(result)


def _other_numbers(result: Mapping[Any, Any]) -> dict[str, float]:
    """The named numbers that stand beside an attempt's fields."""
    named = {str(name): _number(value) for name, value in result.items() if name not in Attempt.model_fields}
    return {name: value for name, value in named.items() if value is not None}


def _of_fields(fields: dict[str, Any], sheet: Worksheet) -> Attempt:
    values = fields.get("values") or ()
    if isinstance(values, Mapping):
        values = [{"name": str(name), "value": value} for name, value in values.items()]
    fields["values"] = values
    fields["seconds"] = fields.get("seconds") or sheet.seconds
    spent = fields.get("spent")
    if isinstance(spent, Mapping) or spent is None:  # what it does not tell is not known
        fields["spent"] = {**UNKNOWN.model_dump(), **(spent or {})}
    try:
        attempt = Attempt.model_validate(redact_json(fields))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        return sheet.attempt("not_formulated", message=f"the agent's answer has a wrong {place}: {first['msg']}")
    except RecursionError:
        return sheet.attempt("not_formulated", message="the agent's answer is nested too deeply")
    if attempt.outcome == "answered" and attempt.objective is None and not attempt.values:
        return sheet.attempt("not_formulated", message="the agent gave neither an objective nor values")
    return attempt


def _number(value: object) -> float | None:
    """A finite number, a numpy scalar too; a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return None
    try:
        number = float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return None
    return number if math.isfinite(number) else None
