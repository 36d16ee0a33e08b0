"""The end of a run, however it came: from what is known to the answer."""

from steepest.agents.modeling.answer import Answer, Outcome
from steepest.agents.modeling.check import INVENTED, MISSING, blocking
from steepest.agents.modeling.examine import settled
from steepest.agents.modeling.explain import explain
from steepest.agents.modeling.reading.coverage import read_problem
from steepest.agents.modeling.recall import used_insights
from steepest.agents.modeling.steps import timed
from steepest.agents.modeling.task import Draft, State, Task
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.display import assumptions_of
from steepest.solvers.solution import Solution, Status

_OUTCOMES: dict[Status, Outcome] = {
    "optimal": "solved",
    "locally_optimal": "stopped",  # not proven to be the best
    "infeasible": "infeasible",
    "unbounded": "unbounded",
    "infeasible_or_unbounded": "stopped",  # not known to have no answer
    "time_limit": "stopped",
    "interrupted": "stopped",
    "unsupported": "unsupported",
    "failed": "stopped",
}


async def conclude(state: State, task: Task) -> State:
    """Answer with what came of the run."""
    with timed(task.steps, "conclude") as step:
        answer = answer_from(state, task)
        step.finding = answer.outcome
    return State(answer=answer)


def answer_from(state: State, task: Task, stopped: str = "") -> Answer:
    """The answer in what is known.

    Args:
        state: What is known; may be incomplete.
        task: The task.
        stopped: Why the run was cut short, if it was.
    """
    first = state.get("first")
    if first is not None:
        state = _with(state, settled(first, state, task))
    outcome, reason = _outcome(state, stopped)
    formulation = None if outcome == "not_a_problem" else state.get("formulation")
    answer = Answer(
        problem=task.problem,
        outcome=outcome,
        formulation=formulation,
        solution=state.get("solution") if formulation is not None else None,
        assumptions=assumptions_of(formulation) if formulation is not None else [],
        missing=_missing(state) if outcome == "missing_data" else [],
        reading=read_problem(task.problem, formulation, bound=tuple(task.tables)),
        battery=state.get("battery") if formulation is not None else None,
        ambiguity=state.get("ambiguity") if formulation is not None else None,
        insights=used_insights(state.get("recall"), state.get("cited", frozenset())),
        diagnostics=[*state.get("diagnostics", ()), *_cut_short(stopped)],
        steps=task.steps,
        transcript=task.transcript,
        model=task.model.name,
    )
    answer.explanation = explain(answer, reason)
    return answer


def _with(state: State, draft: Draft) -> State:
    return State(
        **{
            **state,
            "formulation": draft.formulation,
            "diagnostics": draft.diagnostics,
            "solution": draft.solution,
        }
    )


def _outcome(state: State, stopped: str) -> tuple[Outcome, str]:
    """What came of the run, and why if that needs a reason."""
    solution, diagnostics = state.get("solution"), state.get("diagnostics", ())
    if solution is not None:
        confirmed = state.get("confirmed")
        said = f"{solution.message}. The model that formulated it confirms: {confirmed}"
        return outcome_of(solution), said if confirmed else solution.message
    if stopped:
        return "stopped", stopped
    if state.get("not_a_problem"):
        return "not_a_problem", state["not_a_problem"]
    invented = [item for item in diagnostics if item.code == INVENTED]
    if invented:
        return "not_a_problem", f"the model formulated one, but {invented[0].message}."
    if state.get("formulation") is not None and not blocking(diagnostics) and _missing(state):
        return "missing_data", ""
    return "not_formulated", ""


def outcome_of(solution: Solution) -> Outcome:
    """What a solve is as the end of a run."""
    return _OUTCOMES[solution.status]


def _missing(state: State) -> list[str]:
    """The data that the text does not give, each with its unit and what it means."""
    formulation = state.get("formulation")
    if formulation is None:
        return []
    waited = {item.element for item in state.get("diagnostics", ()) if item.code == MISSING}
    missing = [each for each in formulation.parameters if each.missing and f"parameter {each.name}" in waited]
    return [
        each.name + (f" [{each.unit}]" if each.unit else "") + (f": {each.note}" if each.note else "")
        for each in missing
    ]


def _cut_short(reason: str) -> list[Diagnostic]:
    return [Diagnostic(code="stopped", severity="error", message=reason)] if reason else []
