"""LLMOPT's self-correction (arXiv 2410.13213, section 3.4; absent from its released code).

Five elements, a script from them, a run; then the model judges the elements and the script by what came out, and
redoes the elements, or the script alone, until it finds nothing wrong. No checks and no compiler of ours take part.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from steepest.agents.llm.chat import ChatMessage, ChatRequest
from steepest.agents.llm.replies import finished_text
from steepest.agents.llm.transcripts import Transcribed
from steepest.agents.modeling.classic.writing import Ran, Writer
from steepest.agents.modeling.conversation import MAX_REPLY, as_data
from steepest.prompts import load_prompt

__all__ = ["MOST_CORRECTIONS", "Corrected", "Judgement", "read_judgement", "self_corrected"]

MOST_CORRECTIONS = 12
"""Solves after the first, as in the paper."""

Formulating = Callable[[str], Awaitable[str]]
"""Writes the five elements, given what was wrong with those before (empty at first)."""

_VERDICT = re.compile(r"^\W*(elements|script)\W*:\W*(right|wrong)\b", re.IGNORECASE | re.MULTILINE)
_ANALYSIS = re.compile(r"^\W*analysis\W*:\s*(.*)", re.IGNORECASE | re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Judgement:
    """What the model thinks of its elements and of its script."""

    elements: bool
    """Whether they are right."""
    script: bool
    analysis: str = ""


@dataclass(frozen=True)
class Corrected:
    """Where the loop ended."""

    elements: str
    ran: Ran
    solves: int
    """How often a script was run: averaged over problems, the paper's average solving times (AST)."""
    judgements: tuple[Judgement, ...] = ()


async def self_corrected(
    problem: str, formulate: Formulating, writer: Writer, most: int = MOST_CORRECTIONS
) -> Corrected:
    """Formulate, write, run, judge, and redo what is judged wrong, at most so many times.

    A script without an answer is not right, whatever the model thinks of it.

    Raises:
        LLMError: The model can't be asked.
        SandboxError: Nothing can be run here.
    """
    elements = await formulate("")
    ran = await writer.script(problem, elements)
    judgements: list[Judgement] = []
    for _ in range(most):
        judged = await _judge(problem, elements, ran, writer)
        judgements.append(judged)
        if judged.elements and judged.script:
            break
        if not judged.elements:
            elements = await formulate(judged.analysis)
        ran = await writer.script(problem, elements, judged.analysis if judged.elements else "")
    redone = sum(not (each.elements and each.script) for each in judgements)
    return Corrected(elements, ran, 1 + redone, tuple(judgements))


async def _judge(problem: str, elements: str, ran: Ran, writer: Writer) -> Judgement:
    asked = load_prompt("correct_text").render(
        problem=as_data(problem),
        elements=as_data(elements[:MAX_REPLY]),
        script=as_data(ran.script[:MAX_REPLY]) or "none",
        result=as_data(ran.told),
    )
    request = ChatRequest(
        system=asked.system,
        messages=tuple(ChatMessage(role=turn.role, content=turn.content) for turn in asked.turns),
        max_tokens=writer.max_tokens,
        temperature=writer.temperature,
        sample=writer.sample,
    )
    reply = await Transcribed(writer.model, writer.transcript, "correct").complete(request)
    judged = read_judgement(finished_text(reply))
    if ran.answer is None and judged.elements and judged.script:
        return Judgement(elements=True, script=False, analysis=ran.told)
    return judged


def read_judgement(reply: str) -> Judgement:
    """Read `ELEMENTS: right`, `SCRIPT: wrong` and `ANALYSIS: ...`; what is not said to be wrong is right."""
    verdicts = {name.lower(): verdict.lower() == "right" for name, verdict in _VERDICT.findall(reply)}
    found = _ANALYSIS.search(reply)
    analysis = found[1].strip() if found is not None else ""
    return Judgement(
        elements=verdicts.get("elements", True),
        script=verdicts.get("script", True),
        analysis="" if analysis.lower().rstrip(".") == "none" else analysis,
    )
