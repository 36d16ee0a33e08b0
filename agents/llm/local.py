"""A GGUF model run in this process through xllamacpp (llama.cpp): no key, no network, no cost.

llama.cpp's calls block for minutes, so they run in one thread of their own, and every chunk that comes back is a
chance to report progress or to stop: a cancelled call ends at the next token, or at the next batch of the prompt.
"""

import asyncio
import logging
import os
import secrets
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from steepest.agents.llm.accounting import charged
from steepest.agents.llm.chat import ChatReply, ChatRequest, StopReason, Usage
from steepest.agents.llm.errors import ContextOverflow, LLMError, ModelFileError
from steepest.agents.llm.threads import choose_threads
from steepest.errors import InputError

__all__ = ["ChatServer", "LocalModel", "context_size", "load_server"]

log = logging.getLogger(__name__)

BATCH = 64  # tokens of the prompt between two chances to stop: a second; larger ones are no faster on a CPU
PREFIXES = 512  # MiB for what was read before, at 28 KiB a token of the usual model: steps that take turns read it once
SILENT = -1
CONTEXT = 8192
SMALLEST_CONTEXT = 512

Chunk = dict[str, Any]
Progress = Callable[[int], None]


class ChatServer(Protocol):
    """The part of `xllamacpp.Server` that is used: streams chunks until the callback returns True."""

    def handle_chat_completions(self, prompt: Chunk, callback: Callable[[Chunk], bool]) -> object:
        """Answer an OpenAI chat-completions request; errors of the request come as a chunk."""


Loader = Callable[[Path, int, int], ChatServer]


class LocalModel:
    """A GGUF model in this process.

    Args:
        find_file: Gives the model's file; called before the first answer (it may join or download it).
        name: How a person names it.
        threads: Threads to use; None means STEEPEST_THREADS, else what the machine's load leaves free.
        context: Tokens of the context window, prompt and answer together.
        structured: Whether callers should ask it with `output_schema`. A schema that is given is always kept
            to, but small models formulate better in text.
        on_progress: Told how many tokens of the answer there are, 0 while the prompt is read; called in
            another thread.
        load: Makes the server from file, threads and context; tests replace it.
    """

    def __init__(
        self,
        find_file: Callable[[], Path],
        *,
        name: str = "local",
        threads: int | None = None,
        context: int = CONTEXT,
        structured: bool = False,
        on_progress: Progress | None = None,
        load: Loader | None = None,
    ) -> None:
        self.name = name
        self.structured = structured
        self.context = context
        self.threads = threads
        self.on_progress = on_progress
        self._find_file = find_file
        self._load = load or load_server
        self._server: ChatServer | None = None
        # One thread: llama.cpp answers one request at a time, and the others wait their turn here.
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="steepest-local")

    def __repr__(self) -> str:
        return f"LocalModel({self.name!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request`.

        Raises:
            ContextOverflow: The prompt is longer than the context window.
            ModelFileError: The model's file is missing or damaged.
            LLMError: The runtime is not installed or refused the request.
        """
        answer = _Answer(self.on_progress)
        work = asyncio.get_running_loop().run_in_executor(self._worker, self._generate, request, answer)
        try:
            return charged(await work)
        finally:
            answer.stopped.set()

    def price(self, usage: Usage) -> Decimal:
        """Nothing is paid for a model on this machine."""
        return Decimal(0)

    def _generate(self, request: ChatRequest, answer: "_Answer") -> ChatReply:
        started = time.monotonic()  # in the worker: what a call waits for others is no time of its own
        if self._server is None:
            self._server = self._load(self._find_file(), choose_threads(self.threads), self.context)
        try:
            self._server.handle_chat_completions(_prompt(request), answer)
        except (RuntimeError, ValueError) as error:
            raise LLMError(f"The local model refused the request: {error}") from error
        first = answer.began - started if answer.began is not None else None
        taken = {"seconds": time.monotonic() - started, "first_token_seconds": first}
        return answer.reply(self).model_copy(update=taken)


class _Answer:
    """Gathers the chunks of one answer; called by the server, it returns True to stop."""

    def __init__(self, on_progress: Progress | None) -> None:
        self.stopped = threading.Event()
        self.began: float | None = None
        """When its first words came, by the monotonic clock."""
        self._on_progress = on_progress
        self._pieces: list[str] = []
        self._finish: str | None = None
        self._usage = Usage()
        self._failure: Exception | None = None

    def __call__(self, chunk: Chunk) -> bool:
        # The server swallows what its callback raises, so failures are kept for `reply`.
        try:
            self._take(chunk)
        except Exception as error:
            self._failure = error
        return self.stopped.is_set() or self._failure is not None

    def _take(self, chunk: Chunk) -> None:
        if "error" in chunk:
            raise _refusal(chunk["error"])
        for choice in chunk.get("choices", ()):
            self._pieces += filter(None, [choice["delta"].get("content")])
            if self.began is None and self._pieces:
                self.began = time.monotonic()
            self._finish = choice.get("finish_reason") or self._finish
        if "usage" in chunk:
            self._usage = _usage(chunk["usage"])
            log.debug("local model: %s", chunk.get("timings"))
        if self._on_progress is not None:
            self._on_progress(len(self._pieces))

    def reply(self, model: LocalModel) -> ChatReply:
        if self._failure is not None:
            raise self._failure
        stops: dict[str | None, StopReason] = {"stop": "end", "length": "length"}
        return ChatReply(
            text="".join(self._pieces),
            usage=self._usage,
            cost=model.price(self._usage),
            model=model.name,
            provider="local",
            stop=stops.get(self._finish, "other"),
        )


def _refusal(error: Chunk) -> LLMError:
    if error.get("type") == "exceed_context_size_error":
        return ContextOverflow(
            f"The prompt has {error['n_prompt_tokens']} tokens, but the local model's context window has "
            f"{error['n_ctx']}: shorten the problem, or set a larger context (STEEPEST_CONTEXT)."
        )
    return LLMError(f"The local model refused the request: {error.get('message', error)}")


def _usage(tokens: Chunk) -> Usage:
    details = tokens.get("prompt_tokens_details") or {}
    return Usage(
        input_tokens=tokens.get("prompt_tokens"),
        output_tokens=tokens.get("completion_tokens"),
        cached_tokens=details.get("cached_tokens"),
    )


def _prompt(request: ChatRequest) -> Chunk:
    """The request in chat-completions form; the server applies the GGUF's own chat template."""
    system = [{"role": "system", "content": request.system}] if request.system else []
    prompt: Chunk = {
        "messages": [*system, *(message.model_dump() for message in request.messages)],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature or 0.0,
        "seed": request.sample,
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,
    }
    if request.output_schema is not None:
        schema = {"name": "answer", "schema": request.output_schema}
        prompt["response_format"] = {"type": "json_schema", "json_schema": schema}
    return prompt


def load_server(file: Path, threads: int, context: int) -> ChatServer:
    """Load a GGUF file into memory, silently.

    Raises:
        LLMError: xllamacpp is not installed.
        ModelFileError: llama.cpp cannot load the file.
    """
    try:
        import xllamacpp
    except ImportError as error:
        raise LLMError("The local model needs xllamacpp: pip install 'steepest[local]'.") from error
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.n_ctx = context
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.n_batch = params.n_ubatch = BATCH
    params.n_parallel = 1
    params.cache_ram_mib = PREFIXES
    params.warmup = params.fit_params = params.ui = params.endpoint_slots = False
    params.verbosity = SILENT
    log.info("Loading %s with %d threads", file, threads)
    return _closed_server(xllamacpp, params, file)


def _closed_server(xllamacpp: Any, params: Any, file: Path) -> ChatServer:
    """Start the server where nobody else can reach it.

    `xllamacpp.Server` always listens for HTTP. It gets a random key and, where there are Unix sockets, one in a
    private folder whose name is removed at once.
    """
    folder = tempfile.mkdtemp(prefix="steepest-")
    params.api_keys = [secrets.token_urlsafe(32)]
    if hasattr(socket, "AF_UNIX"):
        params.hostnames = [str(Path(folder) / "model.sock")]
    try:
        server: ChatServer = xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelFileError(f"llama.cpp cannot load {file} ({error}): is the file whole?") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return server


def context_size(wanted: int | None = None) -> int:
    """`wanted`, or STEEPEST_CONTEXT, or 8192 tokens.

    Raises:
        InputError: It is no whole number, or too small for any prompt.
    """
    setting = os.environ.get("STEEPEST_CONTEXT")
    if wanted is None and setting:
        if not setting.isdecimal():
            raise InputError(f"STEEPEST_CONTEXT={setting!r} is not a whole number of tokens.")
        wanted = int(setting)
    size = CONTEXT if wanted is None else wanted
    if size < SMALLEST_CONTEXT:
        raise InputError(f"A context window of {size} tokens is too small; take {SMALLEST_CONTEXT} or more.")
    return size
