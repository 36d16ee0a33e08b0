"""What holds for every test: nobody's keys, nobody's cache, and examples that repeat in CI."""

import gc
import os
import signal
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

PRIVATE_SETTINGS = ("ANTHROPIC_", "HF_", "LANGCHAIN_", "LANGSMITH_", "OPENAI_", "STEEPEST_")

# No deadline and no complaint about slow data: how busy the machine is says nothing about the code.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def settings_of_nobody(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Hide the keys and settings of the environment, send no traces, and give the test an empty cache."""
    for name in list(os.environ):
        if name.startswith(PRIVATE_SETTINGS) or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANGSMITH_TRACING", "false")
    if request.node.get_closest_marker("local_llm") is None:  # joining 1.1 GB of model parts once is enough
        monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(autouse=True, scope="session")
def ctrl_c_is_heard() -> None:
    """A job in the background of a shell ignores Ctrl-C, and so would all that its tests start."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def garbage_is_collected_again() -> Iterator[None]:
    """Undo what a worker of the sandbox does that a test runs in this process: it turns the garbage collector off."""
    yield
    gc.enable()
