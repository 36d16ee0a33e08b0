"""A person at the terminal as a guide."""

import io
import sys

import pytest

from steepest.agents.optimizers.guides import GuideError, Person
from steepest.agents.optimizers.guides.person import PersonLeft
from steepest.agents.optimizers.search.rollouts import Judgement
from steepest.errors import InputError


def judge(typed, **options):
    shown = io.StringIO()
    person = Person(input=io.StringIO(typed), output=shown, **options)
    return person("a question", "an answer"), shown.getvalue()


def test_score_and_words_are_what_was_typed():
    judged, shown = judge("7\nclear, but long\n")
    assert judged == Judgement(7.0, "clear, but long")
    assert all(each in shown for each in ("a question", "an answer", "Score from 0 to 10"))


def test_words_may_be_left_out():
    assert judge("7.5\n\n")[0] == Judgement(7.5)
    assert judge("7,5\n")[0] == Judgement(7.5)


@pytest.mark.parametrize("typed", ["good\n7\n\n", "\n7\n\n", "11\n7\n\n", "-1\nnan\n7\n\n"])
def test_what_is_no_score_is_asked_for_again(typed):
    assert judge(typed)[0].score == 7.0


@pytest.mark.parametrize("typed", ["q\n", "Q\n", "quit\n", "", "nonsense\n"])
def test_a_person_may_leave(typed):
    with pytest.raises(PersonLeft, match="goes on"):
        judge(typed)


def test_nobody_is_asked_for_ever():
    with pytest.raises(GuideError, match="5 answers in a row"):
        judge("good\n" * 100)


def test_without_a_terminal_nobody_is_asked(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("7\n"))
    with pytest.raises(GuideError, match="standard input is no terminal"):
        Person(output=io.StringIO())("a question", "an answer")


def test_a_range_has_to_be_one():
    with pytest.raises(InputError, match="low has to be less than high"):
        Person(low=1, high=1)
