"""Evidence becomes a chance of being right, by weights that are fitted to graded answers."""

import random
from dataclasses import replace

import pytest

from steepest.agents.modeling.sampling.confidence import CALIBRATED, fit
from steepest.agents.modeling.sampling.election import elect
from steepest.agents.modeling.sampling.evidence import Evidence, evidence_for
from tests.agents.modeling.sampling.conftest import solved

NOTHING = Evidence(0, 0, 0, 0, 0)


def of_vote(*values: float) -> Evidence:
    answers = [solved(each) for each in values]
    election = elect(answers)
    return evidence_for(answers[election.winner], election, len(answers))


def test_the_shipped_weights_trust_agreement_and_distrust_what_speaks_against_an_answer() -> None:
    agreed, split = of_vote(336, 336, 336), of_vote(336, 336, 1, 2, 3)

    assert CALIBRATED.confidence(of_vote(*[336] * 5)) > CALIBRATED.confidence(agreed) > CALIBRATED.confidence(split)
    for against in ("left_out", "findings"):
        assert CALIBRATED.confidence(replace(agreed, **{against: 1.0})) <= CALIBRATED.confidence(agreed)


def test_a_fit_finds_the_chance_behind_what_was_drawn() -> None:
    draw = random.Random(7)
    shares = [draw.choice([0.2, 0.8]) for _ in range(2000)]
    evidence = [replace(NOTHING, share=share) for share in shares]
    correct = [draw.random() < share for share in shares]

    fitted = fit(evidence, correct, penalty=1e-3)

    assert fitted.confidence(replace(NOTHING, share=0.8)) == pytest.approx(0.8, abs=0.04)
    assert fitted.confidence(replace(NOTHING, share=0.2)) == pytest.approx(0.2, abs=0.04)


def test_a_fit_to_answers_that_are_all_right_stays_finite() -> None:
    fitted = fit([replace(NOTHING, share=each / 10) for each in range(10)], [True] * 10)

    assert 0.9 < fitted.confidence(NOTHING) <= 1


def test_evidence_counts_up_to_a_limit() -> None:
    answers = [solved(3, unused=9)]

    assert evidence_for(answers[0], elect(answers), 1).left_out == 1
