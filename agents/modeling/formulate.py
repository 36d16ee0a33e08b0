"""The first step: the model is asked for a formulation of the problem."""

from steepest.agents.modeling.conversation import ask_first
from steepest.agents.modeling.recall import told_insights
from steepest.agents.modeling.reply import Proposal, read_reply
from steepest.agents.modeling.task import State, Task


async def formulate(state: State, task: Task) -> State:
    """Ask for a formulation and read the reply."""
    task.say(f"Formulating the problem with {task.model.name}")
    reply, learned = await ask_first(task, told_insights(state.get("recall")))
    proposal = read_reply(reply, structured=task.model.structured)
    return State(**learned, repairs=0, doubted=None, first=None, cited=frozenset(proposal.cited), **proposed(proposal))


def proposed(proposal: Proposal) -> State:
    """What a reply to a request for a formulation changes."""
    return State(
        formulation=proposal.formulation,
        diagnostics=proposal.diagnostics,
        not_a_problem=proposal.statement or "",
    )
