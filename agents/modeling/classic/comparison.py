"""Holds a model's own script against the answer that was compiled from its formulation."""

import math

from pydantic import BaseModel

from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.classic.writing import Ran, Writer
from steepest.solvers.display import format_number

__all__ = ["ScriptCheck", "check_by_script"]

_SAME = 1e-6


class ScriptCheck(BaseModel):
    """What a script that the model wrote from the same formulation came to."""

    script: str
    status: str
    """Of its solve; empty where it did not come to one."""
    objective: float | None = None
    agrees: bool | None = None
    """Whether it came to the same as the compiled formulation; None where it came to nothing."""
    told: str
    """In words."""


async def check_by_script(answer: Answer, writer: Writer) -> ScriptCheck | None:
    """Have the model write a script of an answer's formulation, run it and compare; None where nothing was solved.

    Raises:
        LLMError: The model can't be asked.
        SandboxError: Nothing can be run here.
    """
    if answer.formulation is None or answer.solution is None:
        return None
    ran = await writer.script(answer.problem, answer.formulation.to_text())
    if ran.answer is None:
        return ScriptCheck(script=ran.script, status="", told=f"the model's own script came to nothing: {ran.told}")
    agrees = _agrees(answer, ran)
    return ScriptCheck(
        script=ran.script,
        status=ran.answer.status,
        objective=ran.answer.objective,
        agrees=agrees,
        told=_told(answer, ran, agrees=agrees),
    )


def _agrees(answer: Answer, ran: Ran) -> bool:
    if answer.solution is None or ran.answer is None or answer.solution.status != ran.answer.status:
        return False
    one, other = answer.solution.objective, ran.answer.objective
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_SAME, abs_tol=_SAME)


def _told(answer: Answer, ran: Ran, *, agrees: bool) -> str:
    if agrees:
        return "a script that the model wrote itself, run in the sandbox, comes to the same"
    came = ran.answer.objective if ran.answer is not None else None
    other = format_number(came) if came is not None else ran.told
    return f"a script that the model wrote itself from this formulation comes to something else: {other}"
