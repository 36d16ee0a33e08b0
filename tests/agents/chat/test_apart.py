"""What takes time is done apart from the event loop, so that other conversations go on."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.chat import understanding
from steepest.agents.chat.intents import Rewrite
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.chat.turns import changing, rewriting
from steepest.agents.llm.chat import run_sync
from tests.agents.chat.talks import BAKERY, TOLD, Baker, say, session


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Session]:
    store = SqliteSessions(tmp_path / "sessions.db")
    yield session(store, Baker(), tmp_path)
    store.close()


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], list[threading.Thread]]:
    """Notes in which thread a function of a module is called."""

    def watch(module: Any, name: str) -> list[threading.Thread]:
        threads, function = list[threading.Thread](), getattr(module, name)

        def noted(*given: Any, **options: Any) -> Any:
            threads.append(threading.current_thread())
            return function(*given, **options)

        monkeypatch.setattr(module, name, noted)
        return threads

    return watch


def loop_thread() -> threading.Thread:
    async def here() -> threading.Thread:
        return threading.current_thread()

    return run_sync(here())


def test_a_text_is_read_once_and_apart(talk: Session, watched: Callable[..., list[threading.Thread]]) -> None:
    reads, checks = watched(rewriting, "read_formulation"), watched(changing, "check_formulation")
    tells = watched(changing, "explain")
    run_sync(talk.turn("I edited the text of the model.", Rewrite(text=BAKERY)))
    assert len(talk.conversation.versions) == 1
    assert [len(reads), len(checks), len(tells)] == [1, 1, 1]
    assert loop_thread() not in [*reads, *checks, *tells]


def test_a_change_is_tried_and_explained_apart(talk: Session, watched: Callable[..., list[threading.Thread]]) -> None:
    say(talk, TOLD)
    calls = [watched(changing, "scenario_of"), watched(changing, "changed"), watched(understanding, "changed"),
             watched(changing, "check_formulation"), watched(changing, "explain")]  # fmt: skip
    say(talk, "flour = 50")
    assert len(talk.conversation.versions) == 2
    assert [len(each) for each in calls] == [1, 1, 1, 1, 1]
    assert loop_thread() not in [thread for each in calls for thread in each]
