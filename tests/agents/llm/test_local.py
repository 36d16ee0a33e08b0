"""The local model over a stand-in for the native server; the real one is in test_local_real.py."""

import asyncio
import sys
import threading
import types
from decimal import Decimal
from pathlib import Path

import pytest

from steepest.agents.llm import ContextOverflow, LLMError, LocalModel, ModelFileError, complete_sync
from steepest.agents.llm import local as local_model
from steepest.agents.llm.local import context_size, load_server
from steepest.errors import InputError


def delta(content=None, finish=None):
    return {"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}]}


class FakeServer:
    """Streams given chunks, as xllamacpp does: what the callback raises is swallowed and ends the stream."""

    def __init__(self, *chunks):
        self.chunks = chunks
        self.prompts = []
        self.stopped = False

    def handle_chat_completions(self, prompt, callback):
        self.prompts.append(prompt)
        for chunk in self.chunks:
            if callback(chunk):
                self.stopped = True
                return


USAGE = {"prompt_tokens": 12, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 5}}
HELLO = (
    {"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}, "finish_reason": None}]},
    delta("Hel"),
    delta("lo"),
    delta(finish="stop"),
    {"choices": [], "usage": USAGE},
)


def local(*chunks, **options):
    server = FakeServer(*chunks)
    return LocalModel(lambda: Path("m.gguf"), load=lambda *_: server, **options), server


def test_chunks_become_a_reply_that_cost_nothing(ask):
    model, _ = local(*HELLO)
    reply = complete_sync(model, ask())
    assert (reply.text, reply.stop, reply.cost, reply.provider) == ("Hello", "end", Decimal(0), "local")
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.cached_tokens) == (12, 2, 5)


def test_a_reply_says_when_its_first_words_came(ask):
    spoken, _ = local(*HELLO)
    silent, _ = local(delta(finish="stop"))
    reply = complete_sync(spoken, ask())
    assert 0 <= reply.first_token_seconds <= reply.seconds
    assert complete_sync(silent, ask()).first_token_seconds is None


def test_temperature_is_zero_unless_asked_for(ask):
    model, server = local(*HELLO)
    complete_sync(model, ask(system="Be brief.", max_tokens=9))
    complete_sync(model, ask(temperature=0.7, sample=3))
    first, second = server.prompts
    assert (first["temperature"], first["max_tokens"]) == (0, 9)
    assert first["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (second["temperature"], second["seed"]) == (0.7, 3)


def test_a_schema_becomes_a_grammar(ask):
    model, server = local(*HELLO)
    complete_sync(model, ask(output_schema={"type": "object"}))
    assert server.prompts[0]["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_a_cut_answer_says_so(ask):
    model, _ = local(delta("Hel"), delta(finish="length"))
    assert complete_sync(model, ask()).stop == "length"


def test_a_prompt_too_long_names_both_sizes(ask):
    error = {"code": 400, "type": "exceed_context_size_error", "n_prompt_tokens": 9030, "n_ctx": 8192}
    model, _ = local({"error": error})
    with pytest.raises(ContextOverflow, match=r"9030 tokens.*8192"):
        complete_sync(model, ask())


def test_other_errors_of_the_server_are_told(ask):
    model, _ = local({"error": {"code": 500, "type": "server_error", "message": "out of memory"}})
    with pytest.raises(LLMError, match="out of memory"):
        complete_sync(model, ask())


def test_a_request_the_server_rejects_is_told(ask):
    class Rejecting:
        def handle_chat_completions(self, prompt, callback):
            raise ValueError("cannot resolve $ref")

    with pytest.raises(LLMError, match="cannot resolve"):
        complete_sync(LocalModel(lambda: Path("m"), load=lambda *_: Rejecting()), ask())


def test_progress_counts_the_tokens(ask):
    seen = []
    model, _ = local(*HELLO, on_progress=seen.append)
    complete_sync(model, ask())
    assert seen == [0, 1, 2, 2, 2]


def test_an_error_of_the_progress_callback_is_not_lost(ask):
    def broken(tokens):
        raise LookupError("the display is gone")

    model, server = local(*HELLO, on_progress=broken)
    with pytest.raises(LookupError, match="display"):
        complete_sync(model, ask())
    assert server.stopped


def test_a_cancelled_call_stops_the_server_and_leaves_the_loop_free(ask):
    started, ended = threading.Event(), threading.Event()

    class Endless:
        def handle_chat_completions(self, prompt, callback):
            started.set()
            while not callback(delta("x")):
                pass
            ended.set()

    model = LocalModel(lambda: Path("m"), load=lambda *_: Endless())

    async def scene():
        task = asyncio.create_task(model.complete(ask()))
        while not started.is_set():
            await asyncio.sleep(0)  # the loop lives while the server works
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scene())
    assert ended.wait(5)


def test_the_file_is_found_and_loaded_once_and_late(ask):
    loads = []

    def load(file, threads, context):
        loads.append((file, threads, context))
        return FakeServer(*HELLO)

    model = LocalModel(lambda: Path("m.gguf"), load=load, threads=2, context=1024)
    assert loads == []
    complete_sync(model, ask())
    complete_sync(model, ask())
    assert loads == [(Path("m.gguf"), 2, 1024)]


def test_calls_wait_for_one_another(ask):
    running = []

    class Watching:
        def handle_chat_completions(self, prompt, callback):
            running.append(1)
            assert len(running) == 1
            running.pop()

    model = LocalModel(lambda: Path("m"), load=lambda *_: Watching())

    async def many():
        await asyncio.gather(*(model.complete(ask(sample=n)) for n in range(5)))

    asyncio.run(many())


def test_a_call_takes_no_longer_for_the_calls_that_it_waits_for(ask, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(local_model, "time", types.SimpleNamespace(monotonic=lambda: now[0]))

    class Slow:
        def handle_chat_completions(self, prompt, callback):
            now[0] += 1
            callback(delta("Hello"))
            now[0] += 1

    model = LocalModel(lambda: Path("m"), load=lambda *_: Slow())

    async def many():
        return await asyncio.gather(*(model.complete(ask(sample=n)) for n in range(4)))

    assert [(each.first_token_seconds, each.seconds) for each in asyncio.run(many())] == [(1.0, 2.0)] * 4


def test_a_missing_runtime_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(LLMError, match=r"steepest\[local\]"):
        load_server(Path("m.gguf"), 1, 512)


@pytest.fixture
def runtime(monkeypatch):
    """A stand-in for the xllamacpp module that notes its parameters."""

    class Runtime(types.SimpleNamespace):
        def CommonParams(self):
            self.params = types.SimpleNamespace(
                model=types.SimpleNamespace(),
                cpuparams=types.SimpleNamespace(),
                cpuparams_batch=types.SimpleNamespace(),
            )
            return self.params

    module = Runtime(Server=lambda params: FakeServer())
    monkeypatch.setitem(sys.modules, "xllamacpp", module)
    return module


def test_the_server_is_silent_and_out_of_reach(runtime):
    load_server(Path("m.gguf"), 3, 4096)
    params = runtime.params
    assert (params.model.path, params.n_ctx, params.cpuparams.n_threads) == ("m.gguf", 4096, 3)
    assert params.verbosity == -1
    assert len(params.api_keys[0]) >= 32
    assert not Path(params.hostnames[0]).parent.exists()


def test_a_file_that_cannot_be_loaded_is_named(runtime):
    def fail(params):
        raise RuntimeError("Failed to init server")

    runtime.Server = fail
    with pytest.raises(ModelFileError, match=r"m\.gguf.*Failed to init"):
        load_server(Path("m.gguf"), 1, 512)


def test_the_context_is_a_setting(monkeypatch):
    assert context_size() == 8192
    monkeypatch.setenv("STEEPEST_CONTEXT", "2048")
    assert (context_size(), context_size(4096)) == (2048, 4096)


@pytest.mark.parametrize("setting", ["big", "5"])
def test_a_wrong_context_is_told(monkeypatch, setting):
    monkeypatch.setenv("STEEPEST_CONTEXT", setting)
    with pytest.raises(InputError, match=r"context|CONTEXT"):
        context_size()
