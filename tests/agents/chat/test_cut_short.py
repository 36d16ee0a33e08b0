"""Turns that a kill ended: they go on when the conversation is opened again, and nothing is paid twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.agents.chat.events import Asked, Event, Recorded, Said, TurnEnded
from steepest.agents.chat.intents import Rewrite, Upload
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.llm.chat import run_sync
from tests.agents.chat.talks import BAKERY, TOLD, Baker, say, session, told

FIFTY = "what if there are 50 kg of flour?"
MORE = "and half the cakes are for the shop"
WISHES = {FIFTY: "wish: change\nchanges: flour = 50", MORE: "wish: revise"}


class Killed(BaseException):
    """As if the process had ended there."""


class Mortal(SqliteSessions):
    """Dies before an event of a kind is kept, and keeps nothing from then on, as a process that was killed."""

    dies_before = ""
    is_dead = False

    def add(self, session: str, event: Event, after: int) -> Recorded:
        self.is_dead = self.is_dead or event.type == self.dies_before
        if self.is_dead:
            raise Killed
        return super().add(session, event, after)


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Mortal]:
    opened = Mortal(tmp_path / "talks.db")
    yield opened
    opened.close()


@pytest.fixture
def cut(tmp_path: Path) -> Iterator[SqliteSessions]:
    opened = SqliteSessions(tmp_path / "talks.db")
    yield opened
    opened.close()


def opened(store: SqliteSessions, baker: Baker, folder: Path, name: str | None = None) -> Session:
    return session(store, baker, folder, name, checkpoints=folder / "talks.db")


def killed(mortal: Mortal, folder: Path, dies_before: str, words: str, wanted: Rewrite | Upload | None = None) -> str:
    """A conversation whose second turn was killed."""
    talk = opened(mortal, Baker(WISHES), folder)
    say(talk, TOLD)
    mortal.dies_before = dies_before
    with pytest.raises(Killed):
        run_sync(talk.turn(words, wanted))
    return talk.id


def go_on(talk: Session) -> None:
    """What a face does that opens a conversation."""
    assert talk.cut_short is not None
    run_sync(talk.turn(*talk.cut_short))


def changes(talk: Session) -> list[tuple[str, ...]]:
    return [each.changes for each in talk.conversation.versions.values()]


def test_a_what_if_that_was_understood_is_not_asked_about_again(mortal: Mortal, cut: SqliteSessions, tmp_path: Path):
    baker = Baker()
    talk = opened(cut, baker, tmp_path, killed(mortal, tmp_path, "answered", FIFTY))
    go_on(talk)
    assert changes(talk) == [(), ("flour = 50",)]
    assert baker.requests == []
    assert talk.cut_short is None


def test_a_problem_told_differently_goes_on_with_the_formulation_that_was_paid(
    mortal: Mortal, cut: SqliteSessions, tmp_path: Path
):
    baker = Baker()
    talk = opened(cut, baker, tmp_path, killed(mortal, tmp_path, "answered", MORE))
    go_on(talk)
    assert talk.conversation.current_number == 2
    assert talk.conversation.versions[2].problem == f"{TOLD}\n\n{MORE}"
    assert baker.requests == []


def test_a_turn_that_is_killed_again_and_again_pays_once(mortal: Mortal, cut: SqliteSessions, tmp_path: Path):
    name = killed(mortal, tmp_path, "answered", FIFTY)
    for _ in range(2):
        again = Mortal(tmp_path / "talks.db")
        again.dies_before = "answered"
        talk = opened(again, Baker(), tmp_path, name)
        with pytest.raises(Killed):
            go_on(talk)
        again.close()
    baker = Baker()
    talk = opened(cut, baker, tmp_path, name)
    go_on(talk)
    assert (changes(talk), baker.requests) == ([(), ("flour = 50",)], [])


@pytest.mark.parametrize("dies_before", ["compared", "ended"])
def test_a_change_that_was_kept_is_not_made_twice(
    mortal: Mortal, cut: SqliteSessions, tmp_path: Path, dies_before: str
):
    talk = opened(cut, Baker(), tmp_path, killed(mortal, tmp_path, dies_before, "flour += 10"))
    assert (talk.cut_short, talk.is_unended) == (None, True)
    say(talk, "flour += 1")
    assert changes(talk) == [(), ("flour += 10",), ("flour += 1",)]


@pytest.mark.parametrize("dies", [True, False])
@pytest.mark.parametrize(("words", "kind"), [("/undo", "moved"), ("/name rich", "named"), ("/limits", "told")])
def test_a_command_happens_once(mortal: Mortal, cut: SqliteSessions, tmp_path: Path, words: str, kind: str, dies: bool):
    dies_before = kind if dies else "ended"
    talk = opened(cut, Baker(), tmp_path, killed(mortal, tmp_path, dies_before, words))
    if talk.cut_short is not None:
        go_on(talk)
    assert [each.event.type for each in talk.events].count(kind) == 1


def test_an_edited_text_and_an_upload_are_not_lost(mortal: Mortal, cut: SqliteSessions, tmp_path: Path):
    (tmp_path / "profit.csv").write_text("product,profit\nbread,4\ncake,9\n")
    name = killed(
        mortal, tmp_path, "answered", "I edited it.", Rewrite(text=BAKERY.replace("flour = 40", "flour = 50"))
    )
    talk = opened(cut, Baker(), tmp_path, name)
    go_on(talk)
    assert changes(talk) == [(), ("edited: flour",)]
    again = Mortal(tmp_path / "talks.db")
    again.dies_before = "answered"
    with pytest.raises(Killed):
        run_sync(opened(again, Baker(), tmp_path, name).turn("Attached it", Upload(file="profit.csv", name="profit")))
    again.close()
    talk = opened(cut, Baker(), tmp_path, name)
    go_on(talk)
    assert changes(talk)[-1] == ("profit from profit.csv",)


def test_what_was_left_comes_before_the_next_words(mortal: Mortal, cut: SqliteSessions, tmp_path: Path):
    name = killed(mortal, tmp_path, "answered", FIFTY)
    talk = opened(cut, Baker(), tmp_path, name)
    say(talk, "most_cakes = 20")
    assert changes(talk) == [(), ("flour = 50",), ("most_cakes = 20",)]


def test_a_call_of_the_first_turn_that_was_answered_is_not_made_again(
    mortal: Mortal, cut: SqliteSessions, tmp_path: Path
):
    mortal.dies_before = "answered"
    talk = opened(mortal, Baker(), tmp_path)
    with pytest.raises(Killed):
        run_sync(talk.turn(TOLD))
    baker = Baker()
    again = opened(cut, baker, tmp_path, talk.id)
    go_on(again)
    assert (changes(again), baker.requests) == ([()], [])


def test_the_answer_to_a_question_is_still_one(mortal: Mortal, cut: SqliteSessions, tmp_path: Path):
    waits = BAKERY.replace('flour = 40   # [kg] "40 kg of flour"', "flour = missing   # [kg]")
    talk = opened(mortal, Baker(formulation=waits), tmp_path)
    say(talk, TOLD)
    mortal.dies_before = "answered"
    with pytest.raises(Killed):
        run_sync(talk.turn("There are plenty."))
    baker = Baker()
    again = opened(cut, baker, tmp_path, talk.id)
    go_on(again)
    assert again.conversation.versions[2].problem.endswith("There are plenty.")
    assert baker.requests == []


def cut_short(store: SqliteSessions, text: str, formulation: str = "") -> str:
    """A conversation whose first turn a kill ended, as an earlier version kept it."""
    name = store.begin("anna")
    store.add(name, Said(text=text, formulation=formulation), after=0)
    return name


def test_a_formulation_whose_solve_was_killed_is_not_lost(cut: SqliteSessions, tmp_path: Path):
    baker = Baker()
    talk = opened(cut, baker, tmp_path, cut_short(cut, "The formulation is bakery.five.", BAKERY))
    say(talk, "flour = 50")
    assert baker.requests == []
    assert changes(talk) == [(), ("flour = 50",)]


def test_a_problem_whose_turn_was_killed_comes_before_the_next_words(cut: SqliteSessions, tmp_path: Path):
    talk = opened(cut, Baker(), tmp_path, cut_short(cut, TOLD))
    say(talk, "flour = 50")
    assert changes(talk) == [(), ("flour = 50",)]
    assert talk.conversation.versions[1].problem == TOLD


def test_the_words_of_a_turn_that_was_killed_carry_it_out_once(cut: SqliteSessions, tmp_path: Path):
    talk = opened(cut, Baker(), tmp_path, cut_short(cut, TOLD))
    say(talk, TOLD)
    assert list(talk.conversation.versions) == [1]
    assert talk.cut_short is None


def begun_twice(store: SqliteSessions) -> str:
    """A conversation whose first turn killed the process when it was begun, and again when it was carried out again."""
    name = cut_short(store, TOLD)
    store.add(name, Said(text=TOLD), after=1)
    return name


def test_a_turn_that_was_cut_short_twice_is_left_by_other_words(cut: SqliteSessions, tmp_path: Path):
    baker = Baker()
    talk = opened(cut, baker, tmp_path, begun_twice(cut))
    assert (talk.crashes, talk.cut_short, talk.picks_up("/help"), talk.picks_up(TOLD)) == (2, (TOLD, None), False, True)
    say(talk, "/help")
    assert [each.event.type for each in talk.events] == ["said", "said", "told", "ended", "said", "told", "ended"]
    assert "not carried out again" in talk.events[2].event.text
    assert baker.requests == []
    assert (talk.crashes, talk.is_unended) == (0, False)


def test_a_turn_that_was_cut_short_twice_is_carried_out_by_its_own_words(cut: SqliteSessions, tmp_path: Path):
    talk = opened(cut, Baker(), tmp_path, begun_twice(cut))
    say(talk, TOLD)
    assert list(talk.conversation.versions) == [1]
    assert "told" not in [each.event.type for each in talk.events]


@pytest.mark.parametrize("words", ["/problem", "/PROBLEM"])
def test_a_new_problem_leaves_what_was_cut_short_once(cut: SqliteSessions, tmp_path: Path, words: str):
    baker = Baker()
    talk = opened(cut, baker, tmp_path, cut_short(cut, "what kills"))
    say(talk, f"{words} {TOLD}")
    assert [each.problem for each in talk.conversation.versions.values()] == [TOLD]
    assert len(baker.requests) == 1
    assert talk.events[2].event.outcome == "failed"


def test_crashes_of_a_turn_are_those_of_its_own_words(mortal: Mortal, cut: SqliteSessions, tmp_path: Path):
    talk = opened(cut, Baker(), tmp_path, killed(mortal, tmp_path, "ended", "flour += 10"))
    assert (talk.cut_short, talk.crashes) == (None, 1)
    again = Mortal(tmp_path / "talks.db")
    again.dies_before = "answered"
    with pytest.raises(Killed):
        say(opened(again, Baker(), tmp_path, talk.id), "flour += 1")
    again.close()
    talk = opened(cut, Baker(), tmp_path, talk.id)
    assert (talk.crashes, talk.picks_up("/help")) == (1, True)


def test_what_was_understood_at_first_is_known_after_a_second_crash(
    mortal: Mortal, cut: SqliteSessions, tmp_path: Path
):
    name = killed(mortal, tmp_path, "answered", FIFTY)
    cut.add(name, Said(text=FIFTY), after=cut.last_number(name))  # killed before it was understood again
    baker = Baker()
    talk = opened(cut, baker, tmp_path, name)
    assert talk.crashes == 2
    go_on(talk)
    assert (changes(talk), baker.requests) == ([(), ("flour = 50",)], [])


def test_a_question_whose_answer_was_kept_is_not_open_again(mortal: Mortal, cut: SqliteSessions, tmp_path: Path):
    talk = opened(mortal, Baker(), tmp_path)
    say(talk, TOLD)
    asked = Asked(question="40 or 80?", options=("40 kg", "80 kg"), changes=("", "flour = 80"), problem=TOLD)
    at = talk.conversation.number
    cut.add(talk.id, asked, after=at)
    cut.add(talk.id, TurnEnded(outcome="done", seconds=0), after=at + 1)
    talk.catch_up()
    mortal.dies_before = "ended"
    with pytest.raises(Killed):
        say(talk, "2")
    baker = Baker()
    again = opened(cut, baker, tmp_path, talk.id)
    assert (again.conversation.question, again.conversation.answering) == (None, None)
    assert "did you mean `flour`?" in told(say(again, "flur = 50"))
    assert baker.requests == []
