"""Asks the model for a formulation without the errors that were found."""

from steepest.agents.modeling.check import blocking
from steepest.agents.modeling.conversation import ask_again, findings_for_model
from steepest.agents.modeling.formulate import proposed
from steepest.agents.modeling.reply import read_reply
from steepest.agents.modeling.task import State, Task


async def repair(state: State, task: Task) -> State:
    """Show the model what is wrong with its last reply and read its next one."""
    errors = blocking(state["diagnostics"])
    repairs = state["repairs"] + 1
    task.say(f"Repair {repairs} of {task.max_repairs}: {errors[0].message}")
    reply = await ask_again(task, state, "repair", findings=findings_for_model(errors, state["reply"]))
    return State(reply=reply.text, repairs=repairs, **proposed(read_reply(reply, structured=task.model.structured)))
