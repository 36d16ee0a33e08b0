"""Where a provider answers and with which key; failures of its calls told so that a person can mend them."""

import functools
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from steepest.agents.llm.errors import ContextOverflow, Failure, LLMError, ProviderError
from steepest.agents.llm.redaction import redact
from steepest.errors import InputError

__all__ = [
    "ANTHROPIC_URL",
    "OPENAI_URL",
    "Endpoint",
    "anthropic_endpoint",
    "environment",
    "failure_of",
    "openai_endpoint",
    "parse_retry_after",
    "read_reply",
    "shared_tls",
    "url_endpoint",
]

OPENAI_URL = "https://api.openai.com/v1"
ANTHROPIC_URL = "https://api.anthropic.com"
NO_KEY = "none"  # sent to servers that need no key; the SDKs insist on one

Wire = TypeVar("Wire", bound=BaseModel)

KIND_BY_STATUS: dict[int, Failure] = {
    401: "key",
    402: "quota",
    403: "key",
    404: "not found",
    408: "timeout",
    409: "server",
    429: "rate limit",
    501: "request",
    503: "overloaded",
    529: "overloaded",
}
OUT_OF_CREDIT = ("insufficient_quota", "credit balance", "billing_hard_limit")
OUT_OF_CONTEXT = ("context_length_exceeded", "exceed_context_size", "prompt is too long", "context length")


@dataclass(frozen=True)
class Endpoint:
    """A provider's address, key and model, and the environment variables that set them."""

    provider: str
    url: str
    model: str
    key: str = field(repr=False)
    key_variable: str
    url_variable: str | None = None

    @property
    def shown_url(self) -> str:
        """The address without the password that it may carry."""
        return redact(self.url)


def environment(name: str) -> str:
    """An environment variable without the spaces and line ends that copying leaves; empty when it is not set."""
    return os.environ.get(name, "").strip()


def openai_endpoint(model: str) -> Endpoint:
    """OpenAI, or what OPENAI_BASE_URL names, with OPENAI_API_KEY."""
    url = environment("OPENAI_BASE_URL") or OPENAI_URL
    key = environment("OPENAI_API_KEY") or (NO_KEY if url != OPENAI_URL else "")
    return _checked(Endpoint("openai", url, model, key, "OPENAI_API_KEY", "OPENAI_BASE_URL"))


def anthropic_endpoint(model: str) -> Endpoint:
    """Anthropic, or what ANTHROPIC_BASE_URL names, with ANTHROPIC_API_KEY."""
    url = environment("ANTHROPIC_BASE_URL") or ANTHROPIC_URL
    key = environment("ANTHROPIC_API_KEY") or (NO_KEY if url != ANTHROPIC_URL else "")
    return _checked(Endpoint("anthropic", url, model, key, "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"))


def url_endpoint(url: str, model: str) -> Endpoint:
    """Any OpenAI-compatible server, with STEEPEST_API_KEY.

    OPENAI_API_KEY is sent only where OPENAI_BASE_URL points to, so that naming a stranger's address does not
    hand it the key.
    """
    named = environment("OPENAI_BASE_URL") or OPENAI_URL
    if _origin(url) == _origin(named):
        key = environment("OPENAI_API_KEY") or NO_KEY
        return _checked(Endpoint("openai", url, model, key, "OPENAI_API_KEY"))
    key = environment("STEEPEST_API_KEY") or NO_KEY
    return _checked(Endpoint(_origin(url)[1], url, model, key, "STEEPEST_API_KEY"))


def _origin(url: str) -> tuple[str, str]:
    scheme, _, rest = url.partition("://")
    return scheme.lower(), re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].lower()


def _checked(endpoint: Endpoint) -> Endpoint:
    """The endpoint, if its key and its address can be put on the wire at all."""
    if not endpoint.key:
        raise InputError(
            f"{endpoint.provider}:{endpoint.model} needs a key: set {endpoint.key_variable} "
            f"(or {endpoint.url_variable} to a server that needs none), or use --model local."
        )
    if not (endpoint.key.isascii() and endpoint.key.isprintable()):
        raise InputError(f"{endpoint.key_variable} holds characters that no key has: copy the key again.")
    if not _is_address(endpoint.url):
        where = f" ({endpoint.url_variable})" if endpoint.url_variable else ""
        raise InputError(f"{endpoint.shown_url!r}{where} is no address such as http://127.0.0.1:8000/v1.")
    return endpoint


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not match, a port that is no number
        return False


@functools.cache
def shared_tls() -> ssl.SSLContext:
    """One TLS context for all calls: making one takes 40 ms, and a client lives only as long as its call."""
    from httpx2 import create_ssl_context

    return create_ssl_context()


def read_reply(body: bytes, wire: type[Wire], endpoint: Endpoint) -> Wire:
    """Read an answer's body; what is no such answer (cut off, an HTML page) is a "malformed" failure."""
    try:
        return wire.model_validate_json(body)
    except ValidationError as error:
        count = error.error_count()
        start = redact(body[:200].decode("utf-8", "replace"), (endpoint.key,)) or "nothing"
        raise ProviderError(
            f"{endpoint.provider} at {endpoint.shown_url} answered with something that cannot be read "
            f"({count} defect{'' if count == 1 else 's'}, first: {error.errors()[0]['msg']}): {start}",
            kind="malformed",
        ) from error


def failure_of(error: Exception, endpoint: Endpoint) -> LLMError:
    """What an SDK's exception means. Both SDKs name their classes and attributes alike."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _refused_call(error, status, endpoint)
    place = f"{endpoint.provider} at {endpoint.shown_url}"
    reason = redact(str(error.__cause__ or error), (endpoint.key,)) or type(error.__cause__ or error).__name__
    if "Timeout" in type(error).__name__:
        return ProviderError(f"{place} did not answer in time.", kind="timeout")
    fix = f", or {endpoint.url_variable}" if endpoint.url_variable else ""
    return ProviderError(
        f"{place} cannot be reached ({reason}): check the network and the address{fix}.", kind="network"
    )


def _refused_call(error: Exception, status: int, endpoint: Endpoint) -> LLMError:
    body = getattr(error, "body", None)
    said = redact(_said(body) or str(error), (endpoint.key,))
    request_id = getattr(error, "request_id", None)
    facts = f"{body} {error}".lower()
    if status in (400, 413) and any(sign in facts for sign in OUT_OF_CONTEXT):
        return ContextOverflow(f"The prompt is too long for {endpoint.model}: {said}")
    kind = KIND_BY_STATUS.get(status, "server" if status >= 500 else "request")
    if kind == "rate limit" and any(sign in facts for sign in OUT_OF_CREDIT):
        kind = "quota"
    headers: Mapping[str, str] = getattr(getattr(error, "response", None), "headers", {})
    call = f" (request {request_id})" if request_id else ""
    return ProviderError(
        f"{_advice(kind, status, endpoint)} It said: {said}{call}",
        kind=kind,
        retry_after=parse_retry_after(headers, datetime.now(UTC)),
        status=status,
        request_id=request_id,
    )


def _advice(kind: Failure, status: int, endpoint: Endpoint) -> str:
    place = f"{endpoint.provider} at {endpoint.shown_url}"
    texts = {
        "key": f"{place} refused the key ({status}): set {endpoint.key_variable} to one that may use {endpoint.model}.",
        "quota": f"{place} says that the account has no credit left ({status}): pay, or use another model.",
        "not found": f"{place} has no model {endpoint.model!r} ({status}): check the name"
        + (f" and {endpoint.url_variable}." if endpoint.url_variable else " and the address."),
        "rate limit": f"{place} is being asked too often ({status}).",
        "overloaded": f"{place} is overloaded ({status}).",
        "timeout": f"{place} did not answer in time ({status}).",
        "server": f"{place} failed ({status}).",
    }
    return texts.get(kind, f"{place} refused the request ({status}).")


def _said(body: Any) -> str:
    """The provider's own words: `{"error": {"message": ...}}`, or the inner object alone."""
    if not isinstance(body, dict):
        return body[:300] if isinstance(body, str) else ""
    inner = body.get("error", body)
    message = inner.get("message") if isinstance(inner, dict) else inner
    return str(message)[:300] if message else ""


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a `Retry-After` header (seconds or an HTTP date) or `retry-after-ms` asks to wait."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    if date.tzinfo is None:  # "-0000" in the header: RFC 5322 says the time is UTC
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - now).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else -1.0
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
