"""Asks a model, reads its reply, and asks again with the reasons where the reply can't be used; at most twice.

Every reply that was not used is kept as a `Rejection`, also where a later one was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from steepest.agents.llm.chat import ChatMessage, ChatModel, ChatReply, ChatRequest, StopReason
from steepest.agents.llm.errors import ContextOverflow
from steepest.agents.optimizers.fitting import fit_change, wanted
from steepest.agents.optimizers.replies import (
    Said,
    UnusableReply,
    changes_schema,
    read_json_changes,
    read_text_changes,
)
from steepest.agents.optimizers.search.protocols import Proposal, Situation
from steepest.agents.optimizers.search.values import Rejection, Values, short
from steepest.errors import InputError, SteepestError
from steepest.prompts import OutputForm, RenderedPrompt, Turn, load_prompt
from steepest.traces.failures import CodeNotRunError
from steepest.traces.previews import cut

__all__ = ["Asked", "ask", "ask_changes", "form_of", "model_of", "prompt_for", "request_of", "sample_of"]

T = TypeVar("T")

REPAIRS = 2
"""Times that a model is asked again for one answer."""
MAX_TOKENS: dict[OutputForm, int] = {"text": 3000, "json": 8000}
"""Most tokens of a reply with new values. The text is for small models, which write on when they lose the thread."""
_SHOWN_REPLY: dict[OutputForm, int] = {"text": 4000, "json": 20_000}
"""Characters of a reply that is shown to its model again."""
_SHOWN_FINDINGS = 6
_PROPOSALS_A_STEP = 1000

_STOPPED: dict[StopReason, str] = {
    "length": "the reply was cut off before its end: answer again, shorter, without repeating the question",
    "refusal": "the reply is a refusal: nothing but new values in the form that was asked for is wanted",
    "context": "the context window was full before the reply's end: answer again, much shorter",
    "other": "the reply ended early for a reason of the provider's: answer again",
}


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """What came of asking a model."""

    value: T | None
    """None if no reply could be used."""
    rejections: tuple[Rejection, ...] = ()
    """Of replies that could not be used, in order."""


async def ask(
    model: ChatModel,
    prompt: RenderedPrompt,
    read: Callable[[str], T],
    *,
    sample: int,
    schema: dict[str, Any] | None = None,
    max_tokens: int = 4096,
    repairs: int = REPAIRS,
) -> Asked[T]:
    """Ask until a reply can be used.

    A follow-up goes on from the question and the last reply only, so that the conversation stays short.

    Args:
        model: Whom to ask.
        prompt: What to ask.
        read: Makes a value of the reply's text; raises `SteepestError`, best an `UnusableReply`, with what is wrong
            and what to do about it.
        sample: Tells this question from others of the same words in caches (`sample_of`).
        schema: Of the reply, for models that keep to one.
        max_tokens: Of a reply.
        repairs: Times to ask again.

    Raises:
        LLMError: The model can't be asked, for good. That a follow-up does not fit into its context is no such error.
    """
    question = _request(prompt, sample, schema, max_tokens)
    request, rejections = question, list[Rejection]()
    for _ in range(repairs + 1):
        try:
            reply = await model.complete(request)
        except ContextOverflow as error:
            if request is question:
                raise
            return Asked(None, (*rejections, Rejection(f"it could not be asked again: {error}")))
        try:
            return Asked(_read(reply, read), tuple(rejections))
        except UnusableReply as error:
            rejections += error.rejections
            follow_up = _follow_up(reply, error, prompt.output)
            request = question.model_copy(update={"messages": (*question.messages, *follow_up)})
    return Asked(None, tuple(rejections))


async def ask_changes(
    situation: Situation,
    name: str,
    variables: Mapping[str, object],
    *,
    index: int = 0,
    origin: str = "reflection",
) -> Proposal:
    """Ask the situation's model for new values of its components.

    The prompt `<name>_text` or `<name>_json` tells what is known and wanted; what may be changed and the form of the
    reply are said after it, the same for every proposer.

    Args:
        situation: What is asked about, and whom.
        name: Of the prompt, without its form.
        variables: Of the prompt. Texts from outside belong between tags, as data.
        index: The number of the proposal in its step.
        origin: Who proposes.

    Returns:
        A proposal; without changes, and with the reasons as its `rejections`, if no reply could be used.

    Raises:
        InputError: There is no model to ask.
        LLMError: It can't be asked, for good.
    """
    model = model_of(situation, origin)
    form = form_of(model)
    prompt = prompt_for(situation, name, variables)

    def read(text: str) -> Said:
        reader = read_json_changes if form == "json" else read_text_changes
        said = reader(text, situation.components)
        return replace(said, changes=_fitted(said.changes, situation))

    asked = await ask(
        model,
        prompt,
        read,
        sample=sample_of(situation.step, index),
        schema=changes_schema(situation.components) if form == "json" else None,
        max_tokens=MAX_TOKENS[form],
    )
    said = asked.value or Said()
    return Proposal(
        changes=said.changes,
        reasoning=said.reasoning,
        no_change=said.no_change,
        origin=origin,
        rejections=asked.rejections,
    )


def model_of(situation: Situation, origin: str) -> ChatModel:
    """Whom to ask.

    Raises:
        InputError: There is nobody.
    """
    if situation.model is None:
        raise InputError(f"{origin} asks a language model, and there is none: name one, llm='openai:...' for example")
    return situation.model


def prompt_for(situation: Situation, name: str, variables: Mapping[str, object]) -> RenderedPrompt:
    """A proposer's prompt in the form of the situation's model; it ends with what may be changed and how to say it."""
    form = form_of(model_of(situation, name))
    prompt = load_prompt(f"{name}_{form}").render(**variables)
    components = [f"{each.name}: {wanted(each)}" for each in situation.components]
    reply = load_prompt(f"changes_{form}").render(components=components, first=situation.components[0].name)
    last = Turn("user", f"{prompt.user}\n\n{reply.user}")
    return replace(prompt, turns=(*prompt.turns[:-1], last))


def request_of(situation: Situation, prompt: RenderedPrompt, index: int = 0) -> ChatRequest:
    """What `ask_changes` sends first."""
    schema = changes_schema(situation.components) if prompt.output == "json" else None
    return _request(prompt, sample_of(situation.step, index), schema, MAX_TOKENS[prompt.output])


def _request(prompt: RenderedPrompt, sample: int, schema: dict[str, Any] | None, max_tokens: int) -> ChatRequest:
    messages = tuple(ChatMessage(role=turn.role, content=turn.content) for turn in prompt.turns)
    return ChatRequest(
        system=prompt.system, messages=messages, output_schema=schema, max_tokens=max_tokens, sample=sample
    )


def form_of(model: ChatModel) -> OutputForm:
    """In which form a model is asked."""
    return "json" if model.structured else "text"


def sample_of(step: int, index: int) -> int:
    """`ChatRequest.sample` of a proposal: another one for each of a search, the same when a step is made again."""
    return step * _PROPOSALS_A_STEP + index


def _read(reply: ChatReply, read: Callable[[str], T]) -> T:
    if reply.stop != "end":
        raise UnusableReply(_STOPPED[reply.stop])
    try:
        return read(reply.text)
    except (UnusableReply, CodeNotRunError):
        raise
    except SteepestError as error:
        raise UnusableReply(str(error)) from error


def _follow_up(reply: ChatReply, error: UnusableReply, form: OutputForm) -> tuple[ChatMessage, ChatMessage]:
    findings = [_told(each) for each in error.rejections[:_SHOWN_FINDINGS]]
    repair = load_prompt(f"unusable_{form}").render(findings=findings)
    return (
        ChatMessage(role="assistant", content=cut(reply.text.strip(), _SHOWN_REPLY[form]) or "(no answer)"),
        ChatMessage(role="user", content=repair.user),
    )


def _told(rejection: Rejection) -> str:
    reason = rejection.reason.replace("</findings", "‹/findings")
    is_named = not rejection.component or rejection.component in reason
    return reason if is_named else f"{rejection.component}: {reason}"


def _fitted(changes: Mapping[str, Any], situation: Situation) -> Values:
    """The values as their components can have them.

    Raises:
        UnusableReply: One of them can't.
        CodeNotRunError: There is no way to check code here.
    """
    components = {each.name: each for each in situation.components}
    values: dict[str, Any] = {}
    rejections = []
    for name, said in changes.items():
        try:
            values[name] = fit_change(components[name], situation.parent.values.get(name), said)
        except CodeNotRunError:  # it says nothing about the code, and no other code would help
            raise
        except SteepestError as error:
            rejections.append(Rejection(str(error), name, short(said)))
    if rejections:
        raise UnusableReply(rejections)
    return values
