"""A conversation that several windows have open: one turn at a time, and nothing is paid twice."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from steepest.agents.chat.events import Recorded, TurnEnded
from steepest.agents.chat.means import Means
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.places import turns_place
from steepest.agents.chat.stores.protocol import SessionStore, TurnGoesOn
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.llm import ChatModel, ChatRequest, FunctionModel
from steepest.errors import InputError
from tests.agents.chat.talks import BAKERY, TOLD, Baker, objectives, say, session

Open = Callable[[], SessionStore]


class Slow:
    """A model that answers once it may, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.calls = 0

    async def __call__(self, request: ChatRequest) -> str:
        self.calls += 1
        self.asked.set()
        await self.may_answer.wait()
        return BAKERY

    @property
    def model(self) -> ChatModel:
        return FunctionModel(self, name="baker")


def test_a_turn_that_goes_on_in_another_window_is_neither_cut_short_nor_disturbed(open_again: Open, tmp_path: Path):
    async def both() -> None:
        slow = Slow()
        means = Means(slow.model, folder=tmp_path)
        first, second = open_again(), open_again()
        terminal = Session(first.begin("anna"), "anna", first, means)
        going = asyncio.create_task(terminal.turn(TOLD))
        await slow.asked.wait()

        page = Session(terminal.id, "anna", second, means)
        assert (page.cut_short, page.is_unended, page.crashes) == (None, False, 0)
        assert page.elsewhere is not None
        assert terminal.elsewhere is None
        assert [each.event.type for each in page.events] == ["said"]
        for words in (TOLD, "/problem another"):
            with pytest.raises(TurnGoesOn, match="in another window"):
                await page.turn(words)

        slow.may_answer.set()
        await going
        assert isinstance(terminal.events[-1].event, TurnEnded)
        assert (page.cut_short, page.elsewhere) == (None, None)
        assert page.catch_up()
        assert page.events == terminal.events
        await page.turn("flour = 50")
        assert objectives(page) == {1: 336.0, 2: 396.0}
        assert slow.calls == 1

    asyncio.run(both())


def test_what_others_kept_is_shown_before_words_are_taken(open_again: Open, tmp_path: Path):
    first, second = open_again(), open_again()
    terminal = session(first, Baker(), tmp_path)
    page = session(second, Baker(), tmp_path, terminal.id)
    say(terminal, TOLD)
    shown: list[object] = []
    page.listen(shown.append)
    with pytest.raises(InputError, match="somebody else has gone on"):
        say(page, "flour = 60")
    assert shown == terminal.events
    assert not page.catch_up()
    say(page, "flour = 60")
    assert objectives(page)[2] == pytest.approx(456)


def test_both_begin_at_one_moment_and_one_is_told(open_again: Open, tmp_path: Path):
    async def both() -> tuple[list[BaseException | None], int]:
        slow = Slow()
        means = Means(slow.model, folder=tmp_path)
        name = open_again().begin("anna")
        talks = [Session(name, "anna", open_again(), means) for _ in range(2)]
        slow.may_answer.set()
        ended = await asyncio.gather(*(each.turn(TOLD) for each in talks), return_exceptions=True)
        return ended, slow.calls

    ended, calls = asyncio.run(both())
    assert [type(each) for each in ended] == [type(None), TurnGoesOn]
    assert calls == 1


def test_a_conversation_that_was_deleted_elsewhere_is_told(open_again: Open, tmp_path: Path):
    first, second = open_again(), open_again()
    terminal = session(first, Baker(), tmp_path)
    say(terminal, TOLD)
    second.delete(terminal.id, "anna")
    with pytest.raises(InputError, match="no such conversation"):
        say(terminal, "flour = 60")


DIES = """
import asyncio, os, signal, sys
from pathlib import Path
from steepest.agents.chat.means import Means
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.places import open_sessions, turns_place
from steepest.agents.llm import FunctionModel
from steepest.solvers.options import SolveOptions
import steepest.agents.modeling.problems as problems
from tests.agents.chat.talks import BAKERY, TOLD

def dies(*given, **options):
    def solve(formulation):
        print("solving", flush=True)
        sys.stdin.read()
    return solve

problems.solver_for = dies
place, name, folder = sys.argv[1:]
means = Means(FunctionModel(lambda request: BAKERY, name="baker"), SolveOptions(time_limit=60), folder=Path(folder),
              checkpoints=turns_place(place))
asyncio.run(Session(name, "anna", open_sessions(place), means).turn(TOLD))
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_turn_whose_process_is_killed_goes_on_in_another_one_at_once_and_pays_nothing(tmp_path: Path):
    place = str(tmp_path / "killed.db")
    store = SqliteSessions(place)
    name = store.begin("anna")
    command = [sys.executable, "-c", DIES, place, name, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "solving"
        talk = session(store, Baker(), tmp_path, name)
        assert (talk.cut_short, talk.elsewhere is None) == (None, False)
        with pytest.raises(TurnGoesOn):
            say(talk, "/help")
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert (talk.cut_short, talk.crashes) == ((TOLD, None), 1)
    baker = Baker()
    again = session(store, baker, tmp_path, name, checkpoints=turns_place(place))
    say(again, TOLD)
    assert (objectives(again), baker.requests) == ({1: 336.0}, [])
    store.close()


def test_listeners_hear_events_only_once(open_again: Open, tmp_path: Path):
    talk = session(open_again(), Baker(), tmp_path)
    heard: list[object] = []
    talk.listen(heard.append)
    say(talk, TOLD, "/help")
    numbers = [each.number for each in heard if isinstance(each, Recorded)]
    assert numbers == list(range(1, len(talk.events) + 1))
