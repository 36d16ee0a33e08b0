"""What goes to a language model and what comes back: the one seam between steepest and any provider.

Everything that talks to a model takes a `ChatModel`. Providers, recorded cassettes, functions in tests, and
the policies around them (retries, limits, budget, cache) are all `ChatModel`s, so they stack in any order.
"""

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "ChatMessage",
    "ChatModel",
    "ChatReply",
    "ChatRequest",
    "Effort",
    "StopReason",
    "Usage",
    "complete_sync",
    "run_sync",
]

Effort = Literal["low", "medium", "high"]
StopReason = Literal["end", "length", "refusal", "context", "other"]
"""Why a reply ended: finished; cut at `max_tokens`; the model (or its provider) declined; the context window
was full; something else the provider named."""

T = TypeVar("T")


class ChatMessage(BaseModel):
    """One turn of a conversation."""

    model_config = ConfigDict(frozen=True)

    role: Literal["user", "assistant"]
    content: str


class ChatRequest(BaseModel):
    """Everything that decides what a model answers.

    Attributes:
        system: Standing instructions, before the conversation.
        messages: The conversation, oldest first; the last one is the user's.
        output_schema: JSON schema the answer must follow, for models with `structured` output.
        max_tokens: Most tokens the model may write.
        effort: How hard a reasoning model should think; None leaves it to the provider.
        temperature: Sampling temperature; None leaves it to the provider. Not every provider takes one.
        sample: Separates several answers to the same question in caches and cassettes; never sent.
    """

    model_config = ConfigDict(frozen=True)

    system: str = ""
    messages: tuple[ChatMessage, ...]
    output_schema: dict[str, Any] | None = None
    max_tokens: int = Field(default=4096, gt=0)
    effort: Effort | None = None
    temperature: float | None = Field(default=None, ge=0)
    sample: int = 0


class Usage(BaseModel):
    """Tokens of one call; None where the provider did not say.

    Attributes:
        input_tokens: Tokens read, those served from the provider's prompt cache included.
        output_tokens: Tokens written, reasoning included.
        cached_tokens: The part of `input_tokens` that the provider's prompt cache served.
        cache_write_tokens: The part of `input_tokens` that was written to that cache, which may cost more.
    """

    model_config = ConfigDict(frozen=True)

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class ChatReply(BaseModel):
    """A model's answer and what it took.

    Attributes:
        text: The answer; empty when the model refused or said nothing.
        usage: Tokens of the successful attempt.
        cost: US dollars; None when the price is unknown, 0 only when nothing was paid (local model, cache).
        model: The model that answered, as the provider names it.
        provider: Who answered: "openai", "anthropic", "local", ...
        stop: Why the reply ended.
        request_id: The provider's id of the call, for its support.
        seconds: Wall-clock time of the call, its retries included, the wait for a slot not.
        first_token_seconds: The part of it until the answer began; None where the answer came whole.
        attempts: Calls made, the successful one included.
        cached: Whether the reply comes from our own cache.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    usage: Usage = Usage()
    cost: Decimal | None = None
    model: str
    provider: str
    stop: StopReason = "end"
    request_id: str | None = None
    seconds: float = 0.0
    first_token_seconds: float | None = None
    attempts: int = 1
    cached: bool = False


@runtime_checkable
class ChatModel(Protocol):
    """A language model that answers one request at a time.

    Attributes:
        name: How a person names it, such as "openai:gpt-5.4".
        structured: Whether it should be asked with `ChatRequest.output_schema`. A small local model keeps to
            a schema when forced, but answers better in text, so it says False.
    """

    @property
    def name(self) -> str:
        """How a person names it, such as "openai:gpt-5.4"."""

    @property
    def structured(self) -> bool:
        """Whether it should be asked with `ChatRequest.output_schema`."""

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request`.

        Raises:
            LLMError: The call failed for good; the message says what to do about it.
        """


def complete_sync(model: ChatModel, request: ChatRequest) -> ChatReply:
    """Answer `request` from synchronous code, inside a running event loop (a notebook) too."""
    return run_sync(model.complete(request))


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end from synchronous code, in a thread when this one already runs a loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    return _run_in_thread(coroutine)


def _run_in_thread(coroutine: Coroutine[Any, Any, T]) -> T:
    outcome: Future[T] = Future()
    context = contextvars.copy_context()

    def work(runner: asyncio.Runner) -> None:
        try:
            with runner:
                outcome.set_result(runner.run(coroutine, context=context))
        except BaseException as error:  # carried to the waiting thread, which raises it
            outcome.set_exception(error)

    runner = asyncio.Runner()
    thread = threading.Thread(target=work, args=(runner,), name="steepest-complete", daemon=True)
    try:
        thread.start()
        return outcome.result()
    except KeyboardInterrupt:  # pressed in this thread: the other one is told to stop
        _cancel_all(runner)
        raise


def _cancel_all(runner: asyncio.Runner) -> None:
    with contextlib.suppress(RuntimeError):  # its loop closed at that very moment
        loop = runner.get_loop()
        loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(loop)])
