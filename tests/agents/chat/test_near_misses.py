"""Words in the form of a change, questions about a name, names: what does not fit is told, and what would."""

from pathlib import Path

import pytest

from steepest.agents.chat.events import Answered, Compared, Moved, Named
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.protocol import SessionStore
from steepest.agents.llm.chat import run_sync
from steepest.agents.modeling.intake import MAX_BYTES
from steepest.errors import InputError
from steepest.solvers.changes.near import has_form_of_changes
from tests.agents.chat.talks import TOLD, Baker, say, session, told


@pytest.fixture
def baker() -> Baker:
    return Baker({"why so many?": "wish: why\nnames: loaves"})


@pytest.fixture
def talk(store: SessionStore, baker: Baker, tmp_path: Path) -> Session:
    talk = session(store, baker, tmp_path)
    say(talk, TOLD)
    return talk


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("flur = 50", "there is no parameter `flur`; did you mean `flour`?"),
        ("flur += 10%", "there is no parameter `flur`; did you mean `flour`?"),
        ("drop cakes_solt", "there is no constraint `cakes_solt`; did you mean `cakes_sold`?"),
        ("profit[cke] = 3", "did you mean `profit[cake]`?"),
        ("flour = lots", "not a number"),
        ("flour = 50 $", "`flour` is in kg, and $ can't be turned into it; write it in kg"),
        ("profit[cake] = 9 kg", "`profit` is in $/item, and kg can't be turned into it"),
        ("flour += much", "`much` is no number"),
        ("flour = 50; drop nothing_such", "there is no constraint `nothing_such`"),
    ],
)
def test_a_change_that_does_not_fit_is_refused_with_the_reason_and_asks_no_model(
    talk: Session, baker: Baker, words: str, reason: str
) -> None:
    asked = len(baker.requests)
    assert reason in told(say(talk, words))
    assert len(baker.requests) == asked
    assert talk.conversation.current_number == 1


@pytest.mark.parametrize(
    "words",
    ["drop the limit on cakes", "what if flour is 50 kg?", "flour = 50?", "add one oven", "Problem: bake more", ""],
)
def test_sentences_have_not_the_form_of_changes(words: str) -> None:
    assert not has_form_of_changes(words)


def test_a_change_before_any_problem_is_not_taken_as_one(store: SessionStore, tmp_path: Path) -> None:
    baker = Baker()
    talk = session(store, baker, tmp_path)
    assert "tell a problem first" in told(say(talk, "flour = 50"))
    assert (baker.requests, talk.conversation.versions) == ([], {})


@pytest.mark.parametrize("words", ["flour = 40", "flour += 0", "flour = 40; most_cakes = 30"])
def test_a_change_to_what_is_there_makes_no_version(talk: Session, words: str) -> None:
    assert "nothing changes" in told(say(talk, words))
    assert list(talk.conversation.versions) == [1]


@pytest.mark.parametrize("name", ["flour_stock", "flour stock", "flour"])
def test_why_of_a_name_tells_what_its_limit_is_worth(talk: Session, name: str) -> None:
    words = told(say(talk, f"/why {name}"))
    assert "1 more kg of flour" in words
    assert "flour_stock is met to the last at 40" in words
    assert "most_cakes" not in words


@pytest.mark.parametrize(
    ("name", "hint"), [("flor", "did you mean flour?"), ("is", "there are flour_stock"), ("more", "")]
)
def test_why_of_an_unknown_name_is_no_search_in_sentences(talk: Session, name: str, hint: str) -> None:
    words = told(say(talk, f"/why {name}"))
    assert f"there is no constraint, parameter or decision {name}" in words
    assert hint in words


def test_why_in_words_about_what_has_no_name_is_about_the_whole_answer(talk: Session) -> None:
    assert "cakes_sold is met" in told(say(talk, "why so many?"))


def test_a_name_of_two_words_is_found_again(talk: Session) -> None:
    say(talk, "/name base case", "flour = 50", "/name rich")
    assert Moved(number=1) in say(talk, "/go base case")
    assert Compared(numbers=(1, 2)) in say(talk, "/compare base case rich")
    assert Compared(numbers=(2, 1)) in say(talk, "/compare rich, base case")


@pytest.mark.parametrize("name", ["-5", "../../x", "5", "#2", "a/b", "x" * 61])
def test_what_can_not_be_told_from_a_number_or_a_path_is_no_name(talk: Session, name: str) -> None:
    assert "is no name" in told(say(talk, f"/name {name}"))
    assert talk.conversation.names == {}


def test_a_name_that_another_version_has_moves_and_this_is_told(talk: Session) -> None:
    say(talk, "/name best", "flour = 50")
    events = say(talk, "/name best")
    assert Named(number=2, name="best") in events
    assert told(events) == "until now version 1 was best"
    assert told(say(talk, "/name best")) == ""


def test_to_the_current_version_is_no_step(talk: Session) -> None:
    assert "current one already" in told(say(talk, "/go 1"))
    assert talk.conversation.trail == [None]


def test_undo_takes_no_number(talk: Session) -> None:
    assert "one step" in told(say(talk, "/undo 5"))
    assert talk.conversation.current_number == 1


def test_a_limit_that_was_changed_is_told_in_numbers(talk: Session) -> None:
    [explanation] = [each.version.explanation for each in say(talk, "flour = 50") if isinstance(each, Answered)]
    assert "- flour stock: at most 50 kg, changed by you\n" in explanation
    assert '- cakes sold: "at most 30 cakes"\n' in explanation
    say(talk, "profit[bread] = 2", "relax cakes_sold by 5")
    current = talk.conversation.current
    assert current is not None
    assert "- flour stock: at most 50 kg, changed by you\n" in current.explanation
    assert "- cakes sold: at most 35, changed by you\n" in current.explanation


def test_a_text_that_is_refused_is_not_kept(talk: Session) -> None:
    before = len(talk.events)
    with pytest.raises(InputError, match="too many"):
        run_sync(talk.turn("flour " * MAX_BYTES))
    assert len(talk.events) == before


def test_a_reply_to_a_question_may_have_the_form_of_a_change(store: SessionStore, tmp_path: Path) -> None:
    baker = Baker(
        formulation=Baker().formulation.replace('flour = 40   # [kg] "40 kg of flour"', "flour = missing   # [kg]")
    )
    talk = session(store, baker, tmp_path)
    say(talk, TOLD)
    assert talk.conversation.question is not None
    baker.formulation = Baker().formulation
    say(talk, "flour = lots of it")
    assert talk.conversation.versions[2].problem.endswith("flour = lots of it")
