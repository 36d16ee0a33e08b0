"""What guides may return, and what is said of the rest."""

import math
from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.guides import GuideError, judgement_of
from steepest.agents.optimizers.search.rollouts import Judgement
from steepest.traces import node


@dataclass
class ScoreWithFeedback:  # as DSPy's
    score: float
    feedback: str


@pytest.mark.parametrize(
    ("said", "judged"),
    [
        (0.5, Judgement(0.5)),
        (3, Judgement(3.0)),
        (True, Judgement(1.0)),
        (False, Judgement(0.0)),
        (Decimal("0.25"), Judgement(0.25)),
        (Fraction(1, 4), Judgement(0.25)),
        (np.float32(0.5), Judgement(0.5)),
        (np.int64(2), Judgement(2.0)),
        (np.bool_(True), Judgement(1.0)),
        (np.array(0.5), Judgement(0.5)),
        ((0.5, "short"), Judgement(0.5, "short")),
        ([True, "right"], Judgement(1.0, "right")),
        ((0.5, None), Judgement(0.5)),
        ({"score": 0.5}, Judgement(0.5)),
        ({"score": 1, "feedback": "good"}, Judgement(1.0, "good")),
        ({"score": 1, "words": "good", "objectives": {"speed": 2}}, Judgement(1.0, "good", {"speed": 2.0})),
        (ScoreWithFeedback(0.5, "short"), Judgement(0.5, "short")),
        (SimpleNamespace(score=0.5), Judgement(0.5)),
        (Judgement(2, "fine", {"a": True}), Judgement(2.0, "fine", {"a": 1.0})),
    ],
)
def test_what_people_return_is_a_judgement(said, judged):
    assert judgement_of(said) == judged


def test_a_traced_node_is_its_value_wherever_it_stands():
    assert judgement_of(node(0.5)) == Judgement(0.5)
    assert judgement_of((node(0.5), node("short"))) == Judgement(0.5, "short")
    assert judgement_of(node({"score": 1, "feedback": "good"})) == Judgement(1.0, "good")


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        (None, "nothing"),
        ("0.8", "float"),
        ("good", "no score"),
        (b"1", "no score"),
        (math.nan, "low finite score"),
        (math.inf, "low finite score"),
        (-math.inf, "low finite score"),
        (10**400, "low finite score"),
        (np.nan, "low finite score"),
        ((math.nan, "x"), "low finite score"),
        ((1, 2), "words are a text"),
        ((1, "a", "b"), "no score"),
        ((), "no score"),
        ({}, "no 'score'"),
        ({"feedback": "good"}, "no 'score'"),
        ({"score": None}, "no score"),
        ({"score": 1, "comment": "good"}, "comment means nothing"),
        ({"score": 1, "objectives": 3}, "numbers by name"),
        ({"score": 1, "objectives": {"a": "fast"}}, "no score"),
        (Judgement(math.nan), "low finite score"),
        (np.array([1.0, 2.0]), "no score"),
        (1j, "no score"),
        (object(), "no score"),
        ((node("0.8"), "x"), "float"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(said, hint):
    with pytest.raises(GuideError, match=hint):
        judgement_of(said)


@given(st.floats(allow_nan=False, allow_infinity=False), st.text())
def test_all_ways_to_say_a_score_and_words_say_the_same(score, words):
    pair = namedtuple("Said", "score words")(score, words)
    forms = [(score, words), pair, {"score": score, "words": words}, Judgement(score, words)]
    assert {(judged.score, judged.words) for judged in map(judgement_of, forms)} == {(score, words)}
