"""How a person names a model, and the model behind the name."""

from collections.abc import Callable
from pathlib import Path

from steepest.agents.llm.anthropic_api import AnthropicMessages
from steepest.agents.llm.cassettes import RecordedModel
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.endpoints import anthropic_endpoint, openai_endpoint, url_endpoint
from steepest.agents.llm.limits import limit_of
from steepest.agents.llm.local import LocalModel, context_size
from steepest.agents.llm.model_files import (
    PACKAGED,
    download,
    given_file,
    is_joined,
    join_parts,
    packaged_parts,
    packaged_target,
    parse_hub_file,
)
from steepest.agents.llm.openai_api import OpenAIChat, OpenAIResponses
from steepest.agents.llm.policies import with_policies
from steepest.agents.llm.redaction import redact
from steepest.agents.llm.retries import RetryPolicy
from steepest.errors import InputError

__all__ = ["FORMS", "open_model"]

FORMS = """\
  openai:MODEL            OpenAI's responses API (OPENAI_API_KEY, OPENAI_BASE_URL)
  openai-chat:MODEL       the same account over chat completions
  http://HOST/v1#MODEL    any server that speaks chat completions (STEEPEST_API_KEY)
  anthropic:MODEL         Anthropic's messages API (ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL)
  local                   the embedded model, without network or key
  local:PATH.gguf         a GGUF file
  local:OWNER/REPO@COMMIT/FILE.gguf#SHA256   a pinned file of the Hugging Face hub
  recorded:CASSETTE       replies recorded before"""

CALL_SECONDS = 300.0


def open_model(
    spec: str,
    *,
    retry: RetryPolicy | None = None,
    timeout: float = CALL_SECONDS,
    threads: int | None = None,
    context: int | None = None,
    structured: bool | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> ChatModel:
    """The model that `spec` names.

    A provider's model comes with retries and with the concurrency limit that all its clients in this process
    share; a local or recorded one needs neither.

    Args:
        spec: One of the forms in `FORMS`.
        retry: When to try again; None means the default policy.
        timeout: Seconds that one call to a provider may take.
        threads: Threads of a local model; None means STEEPEST_THREADS, else the free cores.
        context: Tokens of a local model's context window; None means STEEPEST_CONTEXT, else 8192.
        structured: Whether callers should ask it with a schema; None means what suits the provider: yes for
            OpenAI and Anthropic, no for other servers and local models.
        on_progress: Told how many tokens a local model has written.

    Raises:
        InputError: The spec is of no known form, or its key or file is missing.
    """
    scheme, _, rest = spec.strip().partition(":")
    if scheme in ("http", "https"):
        provider = _server(spec.strip(), timeout, structured)
    elif scheme in ("openai", "openai-chat", "anthropic") and rest:
        provider = _provider(scheme, rest, timeout, structured)
    elif scheme == "local":
        find_file = _local_file(rest)
        name = f"local:{Path(rest).name}" if rest else "local"
        return LocalModel(
            find_file,
            name=name,
            threads=threads,
            context=context_size(context),
            structured=bool(structured),
            on_progress=on_progress,
        )
    elif scheme == "recorded" and rest:
        return RecordedModel.open(Path(rest))
    else:
        raise InputError(f"There is no model {redact(spec)!r}. Models are named so:\n{FORMS}")
    return with_policies(provider, retry=retry or RetryPolicy(), limiter=limit_of(provider.name))


def _provider(scheme: str, model: str, timeout: float, structured: bool | None) -> ChatModel:
    kept = structured is not False
    name = f"{scheme}:{model}"
    if scheme == "anthropic":
        return AnthropicMessages(anthropic_endpoint(model), name=name, timeout=timeout, structured=kept)
    adapter = OpenAIResponses if scheme == "openai" else OpenAIChat
    return adapter(openai_endpoint(model), name=name, timeout=timeout, structured=kept)


def _server(spec: str, timeout: float, structured: bool | None) -> ChatModel:
    url, _, model = spec.partition("#")
    if not model:
        raise InputError(f"{redact(url)} names no model: write {redact(url)}#MODEL.")
    name = f"{redact(url)}#{model}"
    return OpenAIChat(url_endpoint(url, model), name=name, timeout=timeout, structured=bool(structured))


def _local_file(rest: str) -> Callable[[], Path]:
    if not rest:
        target = packaged_target()
        parts = () if is_joined(target, PACKAGED.size) else packaged_parts()
        return lambda: join_parts(parts, target, size=PACKAGED.size, sha256=PACKAGED.sha256)
    hub_file = parse_hub_file(rest)
    if hub_file is not None:
        return lambda: download(hub_file)
    path = Path(rest).expanduser()
    if "@" in rest and not path.exists():
        raise InputError(
            f"local:{rest} is no file, and as a file of the hub it must be pinned: "
            "local:OWNER/REPO@COMMIT/FILE.gguf#SHA256 with the full commit and hash."
        )
    given_file(path)  # a wrong name is told now, not at the first question
    return lambda: given_file(path)
