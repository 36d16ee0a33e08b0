"""Asks the model once whether an infeasible or unbounded formulation misreads the problem.

The first answer stands unless the second is better: solved, and without dropping a number that the text states. So a
model can't make an infeasible problem feasible by forgetting a limit.
"""

from dataclasses import replace

from steepest.agents.modeling.check import findings
from steepest.agents.modeling.conversation import as_data, ask_again, findings_for_model
from steepest.agents.modeling.grounding import ground
from steepest.agents.modeling.reply import ExaminedReply, Proposal, read_reply
from steepest.agents.modeling.task import Draft, State, Task
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution, Status

EXAMINED: frozenset[Status] = frozenset({"infeasible", "unbounded", "infeasible_or_unbounded"})
"""Verdicts of the solver that may come from a misread problem."""


async def examine(state: State, task: Task) -> State:
    """Show the model the verdict; take a corrected formulation as the next one to solve, and keep this one."""
    formulation, solution = state["formulation"], state["solution"]
    if formulation is None or solution is None:
        raise ValueError("only a formulation that was solved is examined")
    task.say(f"The model is {_words(solution.status)}: asking whether it misreads the problem")
    first = Draft(formulation, state["reply"], state["diagnostics"], solution)
    told = findings_for_model(state["diagnostics"], state["reply"], task)
    lines = [*_verdict(solution), *told]
    reply = await ask_again(task, state, "examine", ExaminedReply, status=_words(solution.status), findings=lines)
    proposal = read_reply(reply, structured=task.model.structured, examined=True)
    second = usable(proposal, reply.text, task)
    if second is None:
        return State(first=first, confirmed=proposal.statement or "")
    return State(
        first=first,
        formulation=second.formulation,
        reply=second.reply,
        diagnostics=second.diagnostics,
        cited=state["cited"].union(proposal.cited),
        solution=None,
    )


def _verdict(solution: Solution) -> list[str]:
    """What the solver says, and if it is known which requirements conflict or what has no end."""
    why = solution.explanation.lines if solution.explanation is not None else []
    return [as_data(line) for line in (why or [solution.message]) if line]


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
    if formulation is None or formulation is first.formulation:
        return first
    dropped = _dropped(first.formulation, formulation, task.problem)
    if not dropped and _has_answer(solution):
        return Draft(formulation, state["reply"], state["diagnostics"], solution)
    why = f"it no longer uses {', '.join(dropped)}" if dropped else "it has no answer either"
    finding = Diagnostic(
        code="examined",
        severity="note",
        message=f"the model proposed another formulation, which was not taken: {why}",
    )
    return replace(first, diagnostics=(*first.diagnostics, finding))


def _dropped(first: Formulation, second: Formulation, problem: str) -> list[str]:
    """Numbers of the problem's text that the first formulation uses and the second does not."""
    return sorted(ground(first, problem).numbers - ground(second, problem).numbers, key=float)


def _has_answer(solution: Solution | None) -> bool:
    return solution is not None and solution.objective is not None


def _words(status: Status) -> str:
    return status.replace("_", " ")
