"""What is sent to the model: prompts with the person's words as data, and the turns that follow on an answer.

A follow-up (repair, examine) goes on from the first question and the last answer only, so that the conversation stays
short and its beginning, which providers and local models cache, stays the same.
"""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from steepest.agents.llm.chat import ChatMessage, ChatReply, ChatRequest
from steepest.agents.modeling.reply import ExperiencedReply, FormulationReply
from steepest.agents.modeling.steps import timed
from steepest.agents.modeling.task import State, Task
from steepest.prompts import OutputForm, RenderedPrompt
from steepest.solvers.diagnostics import Diagnostic

MAX_TOKENS: dict[OutputForm, int] = {"text": 3000, "json": 16_000}
"""Most tokens of a reply. The text is for small models, which write on and on when they lose the thread."""

MAX_REPLY = 40_000
"""Characters of a reply that are shown to the model again."""

MAX_FINDINGS: dict[OutputForm, int] = {"text": 4, "json": 12}
"""Findings that a repair is asked for at once; the first ones often cause the others, and small models read slowly."""

_BLOCK_END = re.compile(r"<(?=\s*/?\s*(?:problem|findings|insights)\b)", re.IGNORECASE)


def form(task: Task) -> OutputForm:
    """What the model is asked for: JSON if it has structured output, else the five-element text."""
    return "json" if task.model.structured else "text"


def as_data(text: str) -> str:
    """A text that can't end the block it stands in: what looks like the block's own tag loses its bracket."""
    return _BLOCK_END.sub("‹", text)


def findings_for_model(diagnostics: Iterable[Diagnostic], reply: str, task: Task) -> list[str]:
    """Errors, and then warnings, one paragraph each, with the line of the reply that they are about."""
    lines = reply.splitlines()
    chosen = [item for item in diagnostics if item.severity == "error"]
    chosen += [item for item in diagnostics if item.severity == "warning"]
    return [as_data(_told(item, lines)) for item in chosen[: MAX_FINDINGS[form(task)]]]


def _told(item: Diagnostic, lines: list[str]) -> str:
    text = f"{item.element}: {item.message}" if item.element else item.message
    if item.place is not None and 0 < item.place.line <= len(lines):
        text += f"\n  in the line: {lines[item.place.line - 1].strip()}"
    return f"{text}\n  {item.repair}" if item.repair else text


async def ask_first(task: Task, insights: str = "") -> tuple[ChatReply, State]:
    """Ask for a formulation of the problem; with the reply comes what follow-ups go on from.

    Args:
        task: The task.
        insights: What an experience library has for it, put before the problem; without any, the question is word for
            word what it is without a library.
    """
    prompt = task.prompt(f"formulate_{form(task)}")
    rendered = prompt.render(problem=as_data(task.problem), tables=[as_data(line) for line in task.table_lines])
    question = tuple(ChatMessage(role=turn.role, content=turn.content) for turn in rendered.turns)
    before = [task.preface] if task.preface else []
    if insights:
        before.append(task.prompt(f"insights_{form(task)}").render(insights=as_data(insights)).user)
    if before:
        question = (*question[:-1], ChatMessage(role="user", content="\n\n".join([*before, question[-1].content])))
    answer = ExperiencedReply if insights else FormulationReply
    reply = await _complete(task, "formulate", rendered, rendered.system, question, answer)
    return reply, State(system=rendered.system, question=question, reply=reply.text)


async def ask_again(
    task: Task, state: State, step: str, answer: type[BaseModel] | None = None, **variables: Any
) -> ChatReply:
    """Go on from the first question and the last reply with the prompt of this step.

    Args:
        task: The task.
        state: With the conversation so far.
        step: Names the prompt.
        answer: What JSON is asked for; None is a formulation again.
        **variables: Of the prompt.
    """
    recalled = state.get("recall")
    again = ExperiencedReply if recalled is not None and recalled.insights else FormulationReply
    rendered = task.prompt(f"{step}_{form(task)}").render(**variables)
    messages = (
        *state["question"],
        ChatMessage(role="assistant", content=state["reply"][:MAX_REPLY].strip() or "(no answer)"),
        ChatMessage(role="user", content=rendered.user),
    )
    return await _complete(task, step, rendered, state["system"], messages, answer or again)


async def _complete(
    task: Task,
    step: str,
    prompt: RenderedPrompt,
    system: str,
    messages: tuple[ChatMessage, ...],
    answer: type[BaseModel],
) -> ChatReply:
    request = ChatRequest(
        system=system,
        messages=messages,
        output_schema=answer.model_json_schema() if prompt.output == "json" else None,
        max_tokens=MAX_TOKENS[prompt.output],
        temperature=task.temperature,
        sample=task.sample,
    )
    with timed(task.steps, step) as record:
        record.prompt = f"{prompt.name}@{prompt.version}"
        reply = await task.asked(step).complete(request)
        record.take(reply)
    return reply
