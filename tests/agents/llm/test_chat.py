import asyncio
import contextvars
import signal
import threading

import pytest
from pydantic import ValidationError

from steepest.agents.llm import ChatRequest, FunctionModel, complete_sync


def test_it_answers_from_plain_code_and_from_a_running_loop(ask):
    model = FunctionModel(lambda request: "Hello")

    async def notebook():
        return complete_sync(model, ask()).text

    assert complete_sync(model, ask()).text == asyncio.run(notebook()) == "Hello"


def test_errors_cross_from_the_thread_of_a_running_loop(ask):
    def fail(request):
        raise LookupError("from inside")

    async def notebook():
        complete_sync(FunctionModel(fail), ask())

    with pytest.raises(LookupError, match="from inside"):
        asyncio.run(notebook())


def test_context_variables_reach_the_model_in_a_running_loop(ask):
    run = contextvars.ContextVar("run", default="none")

    async def notebook():
        run.set("seven")
        return complete_sync(FunctionModel(lambda request: run.get()), ask()).text

    assert asyncio.run(notebook()) == "seven"


@pytest.fixture
def heeds_interrupts():
    """Ctrl-C as at a terminal: what a shell starts in the background ignores it, and so would the test."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeds_interrupts")
def test_an_interrupt_in_a_running_loop_stops_the_call(ask):
    stopped = threading.Event()

    async def endless(request):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async def notebook():
        complete_sync(FunctionModel(endless), ask())

    loop = asyncio.new_event_loop()  # as a notebook's: without the SIGINT handler of asyncio.run
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(notebook())
    loop.close()
    assert stopped.wait(5)


@pytest.mark.parametrize("change", [{"max_tokens": 0}, {"temperature": -1}, {"effort": "huge"}])
def test_impossible_requests_are_refused(change):
    with pytest.raises(ValidationError):
        ChatRequest(messages=(), **change)
