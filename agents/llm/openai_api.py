"""OpenAI's two wire formats, responses and chat completions, over the official SDK.

The SDK's retries are off (`retries.py` is the one policy) and the body is read here, because the SDK builds
its objects without checking them and its `parse` loses the usage of a reply that does not validate.
A client lives for one call: an asynchronous one cannot outlive its event loop, and callers bring their own.
"""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from steepest.agents.llm.chat import ChatReply, ChatRequest, StopReason, Usage
from steepest.agents.llm.endpoints import OPENAI_URL, Endpoint, failure_of, read_reply, shared_tls
from steepest.agents.llm.errors import ProviderError
from steepest.agents.llm.prices import cost_of
from steepest.agents.llm.schemas import strict_schema

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai._legacy_response import LegacyAPIResponse

__all__ = ["OpenAIChat", "OpenAIResponses"]


class OpenAIResponses:
    """A model behind the responses API."""

    def __init__(self, endpoint: Endpoint, *, name: str, timeout: float, structured: bool = True) -> None:
        self.endpoint = endpoint
        self.name = name
        self.timeout = timeout
        self.structured = structured

    def __repr__(self) -> str:
        return f"OpenAIResponses({self.name!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request` in one call."""
        arguments = _responses_arguments(request, self.endpoint.model)
        raw = await _call(self, lambda client: client.responses.with_raw_response.create(**arguments))
        wire = read_reply(raw.content, _Response, self.endpoint)
        if wire.status == "failed":
            said = wire.error.message if wire.error else "no reason given"
            raise ProviderError(f"{self.name} failed to answer: {said}", kind="server")
        text = "".join(part.text for part in wire.parts() if part.type == "output_text")
        return _reply(self, text, _responses_stop(wire), wire.model, wire.usage, raw)

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""
        return cost_of(usage, self.endpoint.model, self.endpoint.url)


class OpenAIChat:
    """A model behind the chat-completions API, at OpenAI or at any server that speaks it."""

    def __init__(self, endpoint: Endpoint, *, name: str, timeout: float, structured: bool = True) -> None:
        self.endpoint = endpoint
        self.name = name
        self.timeout = timeout
        self.structured = structured

    def __repr__(self) -> str:
        return f"OpenAIChat({self.name!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request` in one call."""
        arguments = _chat_arguments(request, self.endpoint)
        raw = await _call(self, lambda client: client.chat.completions.with_raw_response.create(**arguments))
        wire = read_reply(raw.content, _Completion, self.endpoint)
        if not wire.choices:
            raise ProviderError(f"{self.name} answered without a choice.", kind="malformed")
        choice = wire.choices[0]
        refused = bool(choice.message.refusal)
        stop = "refusal" if refused else CHAT_STOPS.get(choice.finish_reason or "stop", "other")
        return _reply(self, choice.message.content or "", stop, wire.model, wire.usage, raw)

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""
        return cost_of(usage, self.endpoint.model, self.endpoint.url)


CHAT_STOPS: dict[str, StopReason] = {"stop": "end", "length": "length", "content_filter": "refusal"}


async def _call(
    model: OpenAIResponses | OpenAIChat, create: Callable[["AsyncOpenAI"], Any]
) -> "LegacyAPIResponse[Any]":
    from openai import APIError, AsyncOpenAI, DefaultAsyncHttpxClient

    client = AsyncOpenAI(
        api_key=model.endpoint.key,
        base_url=model.endpoint.url,
        timeout=model.timeout,
        max_retries=0,
        http_client=DefaultAsyncHttpxClient(verify=shared_tls(), follow_redirects=False),
    )
    async with client:
        try:
            # The SDK's own timeout starts again with every byte; this one is for the whole call.
            async with asyncio.timeout(model.timeout):
                raw: LegacyAPIResponse[Any] = await create(client)
        except TimeoutError as error:
            raise ProviderError(f"{model.name} did not answer in time.", kind="timeout") from error
        except APIError as error:
            raise failure_of(error, model.endpoint) from error
    return raw


def _reply(
    model: OpenAIResponses | OpenAIChat,
    text: str,
    stop: StopReason,
    answered: str | None,
    tokens: "_Tokens | None",
    raw: "LegacyAPIResponse[Any]",
) -> ChatReply:
    usage = tokens.usage() if tokens else Usage()
    return ChatReply(
        text=text,
        usage=usage,
        cost=model.price(usage),
        model=answered or model.endpoint.model,
        provider=model.endpoint.provider,
        stop=stop,
        request_id=raw.headers.get("x-request-id"),
    )


def _responses_arguments(request: ChatRequest, model: str) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "model": model,
        "input": [message.model_dump() for message in request.messages],
        "max_output_tokens": request.max_tokens,
        "store": False,
    }
    if request.system:
        arguments["instructions"] = request.system
    if request.effort:
        arguments["reasoning"] = {"effort": request.effort}
    if request.temperature is not None:
        arguments["temperature"] = request.temperature
    if request.output_schema is not None:
        arguments["text"] = {"format": {"type": "json_schema", **_named_schema(request.output_schema)}}
    return arguments


def _chat_arguments(request: ChatRequest, endpoint: Endpoint) -> dict[str, Any]:
    system = [{"role": "system", "content": request.system}] if request.system else []
    # OpenAI's newer models refuse `max_tokens`; many compatible servers know nothing else.
    limit = "max_completion_tokens" if endpoint.url.startswith(OPENAI_URL) else "max_tokens"
    arguments: dict[str, Any] = {
        "model": endpoint.model,
        "messages": [*system, *(message.model_dump() for message in request.messages)],
        limit: request.max_tokens,
    }
    if request.effort:
        arguments["reasoning_effort"] = request.effort
    if request.temperature is not None:
        arguments["temperature"] = request.temperature
    if request.output_schema is not None:
        schema = _named_schema(request.output_schema)
        arguments["response_format"] = {"type": "json_schema", "json_schema": schema}
    return arguments


def _named_schema(schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": "answer", "strict": True, "schema": strict_schema(schema)}


class _CachedTokens(BaseModel):
    cached_tokens: int | None = None


class _Tokens(BaseModel):
    """Both formats' token counts; the input includes what the prompt cache served."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    input_tokens_details: _CachedTokens | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _CachedTokens | None = None

    def usage(self) -> Usage:
        details = self.input_tokens_details or self.prompt_tokens_details
        return Usage(
            input_tokens=self.prompt_tokens if self.input_tokens is None else self.input_tokens,
            output_tokens=self.completion_tokens if self.output_tokens is None else self.output_tokens,
            cached_tokens=details.cached_tokens if details else None,
        )


class _Part(BaseModel):
    type: str
    text: str = ""
    refusal: str | None = None


class _Item(BaseModel):
    type: str
    content: list[_Part] | None = None


class _Reason(BaseModel):
    reason: str | None = None


class _Failure(BaseModel):
    message: str = ""


class _Response(BaseModel):
    """What is read of a reply of the responses API."""

    model: str | None = None
    status: str | None = None
    output: list[_Item]
    usage: _Tokens | None = None
    incomplete_details: _Reason | None = None
    error: _Failure | None = None

    def parts(self) -> list[_Part]:
        return [part for item in self.output if item.type == "message" for part in item.content or ()]


def _responses_stop(wire: _Response) -> StopReason:
    if any(part.type == "refusal" for part in wire.parts()):
        return "refusal"
    if wire.status == "completed":
        return "end"
    reason = wire.incomplete_details.reason if wire.incomplete_details else None
    stops: dict[str | None, StopReason] = {"max_output_tokens": "length", "content_filter": "refusal"}
    return stops.get(reason, "other")


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    """What is read of a chat completion."""

    model: str | None = None
    choices: list[_Choice]
    usage: _Tokens | None = None
