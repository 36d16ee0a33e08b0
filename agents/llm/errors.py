"""What can go wrong between steepest and a language model."""

from typing import Literal

from steepest.errors import InputError, SteepestError

__all__ = [
    "BudgetExceeded",
    "CassetteMiss",
    "ContextOverflow",
    "Failure",
    "InvalidReply",
    "LLMError",
    "ModelFileError",
    "PriceUnknown",
    "ProviderError",
]

Failure = Literal[
    "rate limit",
    "overloaded",
    "server",
    "network",
    "timeout",
    "malformed",
    "key",
    "not found",
    "request",
    "quota",
]
"""Kinds of failed calls: the first six may pass when tried again, the others need a person."""

TRANSIENT: frozenset[Failure] = frozenset({"rate limit", "overloaded", "server", "network", "timeout", "malformed"})


class LLMError(SteepestError):
    """A language model could not be asked or did not answer usably."""


class ProviderError(LLMError):
    """One call to a provider failed.

    Attributes:
        kind: What kind of failure it was.
        retry_after: Seconds the provider asks to wait; None when it does not say.
        status: HTTP status; None when there was no answer.
        request_id: The provider's id of the call, for its support.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: Failure,
        retry_after: float | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = retry_after
        self.status = status
        self.request_id = request_id

    @property
    def transient(self) -> bool:
        """Whether the same call may succeed when tried again."""
        return self.kind in TRANSIENT


class ContextOverflow(LLMError):
    """The prompt and the answer it asks for do not fit into the model's context window."""


class InvalidReply(LLMError):
    """The reply is not what was asked for: no JSON, the wrong schema, refused, cut off or empty."""


class BudgetExceeded(LLMError):
    """The next call could cost more than what is left of the run's budget."""


class PriceUnknown(LLMError):
    """A limit in money was set for a model whose price nobody knows."""


class CassetteMiss(LLMError):
    """A recorded model was asked something that its cassette does not hold."""


class ModelFileError(InputError, LLMError):
    """The local model's file is missing, damaged or does not fit on the disk."""
