import pytest

from steepest.agents.optimizers.guides.guide import GuideError
from steepest.agents.optimizers.objectives import Weighted, trade_offs, weighted_sum
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.rollouts import Rollout


def test_a_weighted_sum_leaves_out_what_has_no_weight():
    assert weighted_sum({"profit": 5.0, "delay": 2.0, "taste": 9.0}, {"profit": 1.0, "delay": -0.5}) == 4.0


def test_an_objective_that_is_not_there_is_named():
    with pytest.raises(GuideError, match="no objective 'delay' to weigh; the guide gave profit"):
        weighted_sum({"profit": 5.0}, {"profit": 1.0, "delay": -0.5})


def test_a_weighted_guide_keeps_the_words_and_replaces_the_score():
    def guide(example, output):
        return {"score": 0.0, "feedback": "late", "objectives": {"profit": output, "delay": example}}

    judgement = Weighted(guide, {"profit": 1.0, "delay": -1.0})(3.0, 10.0)

    assert (judgement.score, judgement.words) == (7.0, "late")


def member(pool, number, figures):
    pool.add(Candidate(number, {}, str(number)))
    pool.record(number, "train", [Rollout(str(key), 0.0, objectives=each) for key, each in enumerate(figures)])


def test_trade_offs_are_the_members_that_none_beats_in_all_objectives():
    pool = Pool()
    member(pool, 0, [{"profit": 1.0, "speed": 1.0}] * 2)
    member(pool, 1, [{"profit": 2.0, "speed": 1.0}, {"profit": 2.0, "speed": 0.5}])
    member(pool, 2, [{"profit": 1.0, "speed": 0.9}] * 2)
    member(pool, 3, [{"profit": 9.0, "speed": 9.0}, {}])

    assert [each.number for each in trade_offs(pool, "train")] == [0, 1]


def test_there_are_no_trade_offs_without_objectives():
    pool = Pool()
    member(pool, 0, [{}])

    assert trade_offs(pool, "train") == []
