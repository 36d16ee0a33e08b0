"""OpenAI's embeddings, over the official SDK.

The SDK tries again by itself here (`agents/llm/retries.py` is for chat); the body is read by us, as that of a chat is.
"""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

import numpy as np
from pydantic import BaseModel, Field

from steepest.agents.library.stores.protocol import Vectors
from steepest.agents.llm.budget import BYTES_PER_TOKEN, Budget
from steepest.agents.llm.chat import ChatReply, Usage
from steepest.agents.llm.endpoints import Endpoint, failure_of, read_reply, shared_tls
from steepest.agents.llm.errors import ProviderError
from steepest.agents.llm.prices import cost_of

__all__ = ["OpenAIEmbeddings"]

_AT_ONCE = 128
"""Texts in a call; the API takes 2,048 and 300,000 tokens."""
_LONGEST = 16_000
"""Characters of a text that are sent: the API takes 8,192 tokens, and refuses more."""
_CALL_SECONDS = 60.0
_RETRIES = 4
_REMEMBERED = 256
"""Texts asked before, which is what the same problem asked again comes to."""


class OpenAIEmbeddings:
    """A model behind the embeddings API.

    Args:
        endpoint: Where it answers, with which key.
        budget: Charged for every call; None is no limit.
        timeout: Seconds of a call.
    """

    def __init__(self, endpoint: Endpoint, *, budget: Budget | None = None, timeout: float = _CALL_SECONDS) -> None:
        self.endpoint = endpoint
        self.budget = budget
        self.timeout = timeout
        self._one = lru_cache(_REMEMBERED)(self._embed_one)

    def __repr__(self) -> str:
        return f"OpenAIEmbeddings({self.endpoint.model!r})"

    @property
    def space(self) -> str:
        """The model; another server's model of the same name is another space."""
        return f"{self.endpoint.shown_url}/{self.endpoint.model}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text; a text without a word has a row of zeros, and is not sent.

        Raises:
            LLMError: The API can't be asked, or the budget forbids it.
        """
        said = [text.strip()[:_LONGEST] for text in texts]
        if len(said) == 1 and said[0]:
            return self._one(said[0])
        places = [place for place, text in enumerate(said) if text]
        parts = [self._asked([said[place] for place in some]) for some in _batches(places)]
        if not parts:
            return np.zeros((len(said), 0), np.float32)
        made = np.concatenate(parts)
        rows = np.zeros((len(said), made.shape[1]), np.float32)
        rows[places] = made
        return rows

    def _embed_one(self, text: str) -> Vectors:
        return self._asked([text])

    def _asked(self, texts: list[str]) -> Vectors:
        largest = Usage(input_tokens=sum(-(-len(text.encode()) // BYTES_PER_TOKEN) for text in texts), output_tokens=0)
        if self.budget is None:
            return self._read(self._called(texts), len(texts))
        reserved = self.budget.reserve(self._cost(largest), largest.input_tokens or 0, self.endpoint.model)
        charged: ChatReply | None = None
        try:
            wire = self._called(texts)
            charged = self._bill(wire)
        finally:
            self.budget.settle(reserved, charged)
        return self._read(wire, len(texts))

    def _called(self, texts: list[str]) -> "_Reply":
        from openai import APIError, DefaultHttpxClient, OpenAI

        client = OpenAI(
            api_key=self.endpoint.key,
            base_url=self.endpoint.url,
            timeout=self.timeout,
            max_retries=_RETRIES,
            http_client=DefaultHttpxClient(verify=shared_tls(), follow_redirects=False),
        )
        with client:
            try:
                raw = client.embeddings.with_raw_response.create(
                    model=self.endpoint.model, input=texts, encoding_format="float"
                )
            except APIError as error:
                raise failure_of(error, self.endpoint) from error
        return read_reply(raw.content, _Reply, self.endpoint)

    def _read(self, wire: "_Reply", count: int) -> Vectors:
        """The rows in the order of the texts, of length 1.

        Raises:
            ProviderError: There are others than were asked for.
        """
        rows = {each.index: each.embedding for each in wire.data}
        widths = {len(row) for row in rows.values()}
        finite = all(math.isfinite(value) for row in rows.values() for value in row)
        if sorted(rows) != list(range(count)) or len(widths) != 1 or not finite:
            raise ProviderError(
                f"{self.endpoint.provider} at {self.endpoint.shown_url} answered {count} texts with {len(wire.data)} "
                "embeddings that don't fit them.",
                kind="malformed",
            )
        matrix = np.array([rows[place] for place in range(count)], np.float32)
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
        return np.asarray(matrix / np.where(lengths > 0, lengths, 1), np.float32)

    def _bill(self, wire: "_Reply") -> ChatReply:
        """What a call took, as a budget counts it."""
        usage = Usage(input_tokens=wire.usage.prompt_tokens if wire.usage else None, output_tokens=0)
        model, provider = self.endpoint.model, self.endpoint.provider
        return ChatReply(text="", usage=usage, cost=self._cost(usage), model=model, provider=provider)

    def _cost(self, usage: Usage) -> Decimal | None:
        return cost_of(usage, self.endpoint.model, self.endpoint.url)


class _Embedding(BaseModel):
    index: int
    embedding: list[float] = Field(min_length=1)


class _Tokens(BaseModel):
    prompt_tokens: int | None = None


class _Reply(BaseModel):
    """What is read of a reply of the embeddings API."""

    data: list[_Embedding]
    usage: _Tokens | None = None


def _batches(places: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(places), _AT_ONCE):
        yield places[start : start + _AT_ONCE]
