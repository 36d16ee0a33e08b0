"""Anthropic's messages API over the official SDK, its retries off and its replies read here.

The SDK has no temperature: `ChatRequest.temperature` is not sent, and samples differ by chance alone.
"""

import asyncio
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from steepest.agents.llm.chat import ChatReply, ChatRequest, StopReason, Usage
from steepest.agents.llm.endpoints import Endpoint, failure_of, read_reply, shared_tls
from steepest.agents.llm.errors import ProviderError
from steepest.agents.llm.prices import cost_of
from steepest.agents.llm.schemas import closed_schema

__all__ = ["AnthropicMessages"]

STOPS: dict[str | None, StopReason] = {
    "end_turn": "end",
    "stop_sequence": "end",
    "max_tokens": "length",
    "refusal": "refusal",
    "model_context_window_exceeded": "context",
}


class AnthropicMessages:
    """A Claude model, or one at a server that speaks the same format."""

    def __init__(self, endpoint: Endpoint, *, name: str, timeout: float, structured: bool = True) -> None:
        self.endpoint = endpoint
        self.name = name
        self.timeout = timeout
        self.structured = structured

    def __repr__(self) -> str:
        return f"AnthropicMessages({self.name!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request` in one call."""
        body, request_id = await self._call(_arguments(request, self.endpoint.model))
        wire = read_reply(body, _Message, self.endpoint)
        usage = wire.usage.usage() if wire.usage else Usage()
        return ChatReply(
            text="".join(block.text for block in wire.content if block.type == "text"),
            usage=usage,
            cost=self.price(usage),
            model=wire.model or self.endpoint.model,
            provider=self.endpoint.provider,
            stop=STOPS.get(wire.stop_reason, "other"),
            request_id=request_id,
        )

    async def _call(self, arguments: dict[str, Any]) -> tuple[bytes, str | None]:
        from anthropic import APIError, AsyncAnthropic, DefaultAsyncHttpxClient

        client = AsyncAnthropic(
            api_key=self.endpoint.key,
            base_url=self.endpoint.url,
            timeout=self.timeout,
            max_retries=0,
            http_client=DefaultAsyncHttpxClient(verify=shared_tls(), follow_redirects=False),
        )
        async with client:
            try:
                # The SDK's own timeout starts again with every byte; this one is for the whole call.
                async with asyncio.timeout(self.timeout):
                    raw = await client.messages.with_raw_response.create(**arguments)
                    return await raw.read(), raw.headers.get("request-id")
            except TimeoutError as error:
                raise ProviderError(f"{self.name} did not answer in time.", kind="timeout") from error
            except APIError as error:
                raise failure_of(error, self.endpoint) from error

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""
        return cost_of(usage, self.endpoint.model, self.endpoint.url)


def _arguments(request: ChatRequest, model: str) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "model": model,
        "messages": [message.model_dump() for message in request.messages],
        "max_tokens": request.max_tokens,
    }
    if request.system:
        arguments["system"] = request.system
    output: dict[str, Any] = {}
    if request.effort:
        output["effort"] = request.effort
    if request.output_schema is not None:
        output["format"] = {"type": "json_schema", "schema": closed_schema(request.output_schema)}
    if output:
        arguments["output_config"] = output
    return arguments


class _Tokens(BaseModel):
    """Anthropic's counts; its input excludes what the prompt cache read and wrote."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None

    def usage(self) -> Usage:
        read, written = self.cache_read_input_tokens, self.cache_creation_input_tokens
        total = None if self.input_tokens is None else self.input_tokens + (read or 0) + (written or 0)
        return Usage(
            input_tokens=total,
            output_tokens=self.output_tokens,
            cached_tokens=read,
            cache_write_tokens=written,
        )


class _Block(BaseModel):
    type: str
    text: str = ""


class _Message(BaseModel):
    """What is read of a message."""

    model: str | None = None
    content: list[_Block]
    stop_reason: str | None = None
    usage: _Tokens | None = None
