"""Many processes write to one library, and some are killed: nothing is lost, and nothing is there by half."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from steepest.agents.library.events import State
from tests.agents.library.insights import insight

ROOT = Path(__file__).parents[3]
WRITERS = 4


def processes(place: str, act: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.agents.library.library_to_kill", place, act, str(count)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def finished(running: subprocess.Popen[str]) -> list[str]:
    said, complaint = running.communicate(timeout=120)
    assert running.returncode == 0, complaint
    return said.splitlines()


def require_whole(library):
    """Numbers without gaps, and a store that is what the events say."""
    events = library.history()
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    state = State.replayed(events)
    assert {each.insight.id: each.insight for each in library.entries()} == state.insights
    assert {each.insight.id: each.usage for each in library.entries() if each.usage.retrieved} == state.usage
    assert {each.label.key: each for each in library.store.definitions()} == state.definitions


def test_writers_at_once_lose_nothing(place, library):
    library.add([insight("shared", title="0", tasks=())])
    finished(processes(place, "write", WRITERS))
    assert len(library.entries()) == 1 + WRITERS * 8
    assert library.entry("shared").usage.retrieved == WRITERS * 8
    assert library.entry("shared").insight.title == str(WRITERS * 8)
    assert len(library.taxonomy().definitions[insight("a").labels[0].key].tasks) == WRITERS * 8
    assert library.store.number() == 1 + 3 * WRITERS * 8
    require_whole(library)


def test_processes_that_begin_a_library_at_once_begin_one(place, open_library):
    finished(processes(place, "begin", 8))
    assert open_library(must_exist=True).store.number() == 0


def test_a_kill_between_any_two_statements_loses_nothing_and_leaves_nothing_by_half(place, library):
    library.add([insight("a"), insight("b")])
    *killed, last = finished(processes(place, "merge", 1))
    assert len(killed) > 8
    assert set(killed) == {"killed 1 a b"}
    assert last == "0 2 whole"
    require_whole(library)


@pytest.mark.slow
def test_writers_that_are_killed_anywhere_leave_a_library_that_goes_on(place, library):
    library.add([insight("shared", title="0", tasks=())])
    for _ in range(5):
        running, before = processes(place, "write", 2), library.store.number()
        while library.store.number() < before + 7:
            assert running.poll() is None
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        require_whole(library)
    known = library.store.number()
    library.add([insight("last")])
    assert library.store.number() == known + 1
