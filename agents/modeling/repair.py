"""Asks the model for a formulation without the errors that were found, or, once, about what is in doubt."""

from steepest.agents.modeling.check import blocking, doubts
from steepest.agents.modeling.conversation import ask_again, findings_for_model
from steepest.agents.modeling.formulate import proposed
from steepest.agents.modeling.reply import read_reply
from steepest.agents.modeling.task import Draft, State, Task


async def repair(state: State, task: Task) -> State:
    """Show the model what is wrong with its last reply and read its next one."""
    errors, formulation = blocking(state["diagnostics"]), state["formulation"]
    told = errors or doubts(state["diagnostics"])
    repairs = state["repairs"] + 1
    task.say(f"Repair {repairs} of {task.max_repairs}: {told[0].message}")
    reply = await ask_again(task, state, "repair", findings=findings_for_model(told, state["reply"], task))
    proposal = read_reply(reply, structured=task.model.structured)
    learned = proposed(proposal)
    learned["cited"] = state["cited"].union(proposal.cited)
    if not errors and formulation is not None:
        learned["doubted"] = Draft(formulation, state["reply"], state["diagnostics"])
    return State(**{**learned, "reply": reply.text, "repairs": repairs})
