"""Asks the model whether an infeasible or unbounded formulation misreads the problem, and rolls back what is no better.

The model is shown what conflicts, in the formulation's words and in the sentences of the text, or the direction without
end. What it proposes is taken if it is solved and holds all that held before: the numbers and demands that the first
formulation answers to, and no number that the text does not have. Otherwise the first formulation stands, and the model
may be told why and asked again. So it can't make an infeasible problem feasible by forgetting a limit.
"""

from dataclasses import replace

from steepest.agents.modeling.check import findings
from steepest.agents.modeling.conflict_words import conflicting_sentences
from steepest.agents.modeling.conversation import as_data, ask_again, findings_for_model
from steepest.agents.modeling.keeping import broken
from steepest.agents.modeling.reply import ExaminedReply, Proposal, read_reply
from steepest.agents.modeling.task import Draft, State, Task
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution, Status

EXAMINED: frozenset[Status] = frozenset({"infeasible", "unbounded", "infeasible_or_unbounded"})
"""Verdicts of the solver that may come from a misread problem."""

NOT_TAKEN = "examined"
"""Code of the note on a proposal that was rolled back."""


async def examine(state: State, task: Task) -> State:
    """Show the model the verdict; take a corrected formulation as the next one to solve, and keep this one."""
    draft = _standing(state, task)
    if draft.solution is None:
        raise ValueError("only a formulation that was solved is examined")
    status = _words(draft.solution.status)
    task.say(f"The model is {status}: asking whether it misreads the problem")
    told = findings_for_model(draft.diagnostics, draft.reply, task)
    lines = [*_verdict(draft.solution, draft.formulation, task.problem), *_rolled_back(draft), *told]
    before = State(**{**state, "reply": draft.reply})
    reply = await ask_again(task, before, "examine", ExaminedReply, status=status, findings=lines)
    proposal = read_reply(reply, structured=task.model.structured, examined=True)
    learned = State(
        first=draft,
        examinations=state.get("examinations", 0) + 1,
        formulation=draft.formulation,
        reply=draft.reply,
        diagnostics=draft.diagnostics,
        solution=draft.solution,
    )
    second = usable(proposal, reply.text, task)
    if second is None:
        return _unproposed(learned, draft, proposal)
    return State(
        **{
            **learned,
            "formulation": second.formulation,
            "reply": second.reply,
            "diagnostics": second.diagnostics,
            "cited": state["cited"].union(proposal.cited),
            "solution": None,
        }
    )


def _standing(state: State, task: Task) -> Draft:
    """What the verdict is about: the formulation of now, or the first one where that of now was no better."""
    first = state["first"]
    if first is not None:
        return settled(first, state, task)
    if state["formulation"] is None:
        raise ValueError("only a formulation that was read is examined")
    return Draft(state["formulation"], state["reply"], state["diagnostics"], state["solution"])


def _unproposed(learned: State, draft: Draft, proposal: Proposal) -> State:
    """The model confirms the verdict; or its reply could not be used, and a further question says why."""
    if proposal.statement:
        return State(**{**learned, "confirmed": proposal.statement})
    why = next((item.message for item in proposal.diagnostics if item.severity == "error"), "the checks refuse it")
    noted = replace(draft, diagnostics=(*draft.diagnostics, _note(f"it can't be used: {why}")))
    return State(**{**learned, "first": noted, "diagnostics": noted.diagnostics, "confirmed": ""})


def _verdict(solution: Solution, formulation: Formulation, problem: str) -> list[str]:
    """What the solver says, what is known of the conflict or the direction without end, and where the text has it."""
    why = solution.explanation
    lines = [as_data(line) for line in ((why.lines if why is not None else []) or [solution.message]) if line]
    if why is None or why.conflict is None:
        return lines
    sentences = conflicting_sentences(why.conflict, formulation, problem)
    return [*lines, *(as_data(f"the text says for {line}") for line in sentences)]


def _rolled_back(draft: Draft) -> list[str]:
    return [as_data(item.message) for item in draft.diagnostics if item.code == NOT_TAKEN]


def usable(proposal: Proposal, reply: str, task: Task) -> Draft | None:
    """The proposed formulation with its findings, if nothing stands against solving it."""
    if proposal.formulation is None:
        return None
    diagnostics = (*proposal.diagnostics, *findings(proposal.formulation, task))
    if any(item.severity == "error" for item in diagnostics):
        return None
    return Draft(proposal.formulation, reply, diagnostics)


def settled(first: Draft, state: State, task: Task) -> Draft:
    """The better of the answers before and after the examination."""
    formulation, solution = state["formulation"], state["solution"]
    if formulation is None or formulation == first.formulation:
        return first
    second = Draft(formulation, state["reply"], state["diagnostics"], solution)
    lost = broken(first, second, task)
    if not lost and _has_answer(solution):
        return second
    finding = _note("; ".join(lost) if lost else "it has no answer either")
    if finding in first.diagnostics:
        return first
    return replace(first, diagnostics=(*first.diagnostics, finding))


def is_settled(state: State, task: Task) -> bool:
    """Whether there is nothing to ask any more: an answer that holds what held, or the model's word for the verdict."""
    first = state["first"]
    if first is None:
        return False
    return bool(state.get("confirmed")) or settled(first, state, task).formulation is not first.formulation


def _note(why: str) -> Diagnostic:
    message = f"the model proposed another formulation, which was not taken: {why}"
    return Diagnostic(code=NOT_TAKEN, severity="note", message=message)


def _has_answer(solution: Solution | None) -> bool:
    return solution is not None and solution.objective is not None


def _words(status: Status) -> str:
    return status.replace("_", " ")
