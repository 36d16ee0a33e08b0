"""One word for what came of an attempt, from the words of solver, sandbox and modeling agent."""

from steepest.agents.modeling import Answer
from steepest.evals.attempts import AttemptOutcome
from steepest.solvers.sandbox.outcomes import FailureKind
from steepest.solvers.solution import Status

__all__ = ["OF_FAILURE", "OF_STATUS", "outcome_of"]

OF_STATUS: dict[Status, AttemptOutcome] = {
    "optimal": "answered",
    "infeasible": "infeasible",
    "unbounded": "unbounded",
    "infeasible_or_unbounded": "unsupported",  # claims neither
    "time_limit": "solver_timeout",
    "interrupted": "solver_timeout",
    "unsupported": "unsupported",
    "failed": "unsupported",  # no solver here brings it to an end
}
"""A solver's verdict."""

OF_FAILURE: dict[FailureKind, AttemptOutcome] = {
    "timeout": "solver_timeout",
    "memory": "compile_error",
    "output": "compile_error",
    "forbidden": "compile_error",
    "crash": "compile_error",
    "exception": "compile_error",
}
"""How a script ended in the sandbox without an answer."""

_UNUSABLE_REPLIES = frozenset({"model-refused", "reply-cut-off", "empty-reply"})
"""Codes of diagnostics that say that the model gave no whole reply."""


def outcome_of(answer: Answer) -> AttemptOutcome:
    """What came of a run of the modeling agent.

    A formulation that was read but can't be built is a compile error, as a script that raises is; a reply in which
    there is none to read is not.
    """
    if answer.solution is not None:
        return OF_STATUS[answer.solution.status]
    if answer.outcome == "stopped":  # the conversation outgrew the model
        return "llm_error"
    if answer.outcome != "not_formulated":
        return "not_formulated"
    if any(item.code in _UNUSABLE_REPLIES for item in answer.diagnostics):
        return "llm_error"
    return "not_formulated" if answer.formulation is None else "compile_error"
