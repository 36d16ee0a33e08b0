import random

import pytest

from steepest.agents.optimizers.model_bandit import ModelBandit
from steepest.agents.optimizers.search.records import Birth, Evaluated, ModelUse, StepRecord
from steepest.errors import InputError

NAMES = ("cheap", "dear", "slow")


def step(number, model, gain=None, money=0.01, **more):
    births = (
        () if gain is None else (Birth(number=number, values={}, parents=(0,), origin="r", model=model, gain=gain),)
    )
    return StepRecord(step=number, births=births, models={model: ModelUse(calls=1, tokens=100, money=money)}, **more)


def chosen(bandit, count=3, seed=0):
    return NAMES[bandit.choose(count, random.Random(seed))]


def learned(*records, **settings):
    bandit = ModelBandit(**{"epsilon": 0.0, **settings})
    for record in records:
        bandit.observe(record, NAMES)
    return bandit


def test_models_that_were_never_asked_come_first_in_order():
    assert chosen(learned()) == "cheap"
    assert chosen(learned(step(1, "cheap", 5.0))) == "dear"
    assert chosen(learned(step(1, "cheap", 5.0), step(2, "dear"))) == "slow"


def asked_alike(**gains):
    return [step(number, name, gains[name]) for number in range(1, 31) for name in gains]


def test_who_gains_more_is_asked():
    assert chosen(learned(*asked_alike(cheap=0.1, dear=0.3, slow=0.1))) == "dear"


@pytest.mark.parametrize("gain", [0.2, None])
def test_of_two_that_gain_alike_the_cheaper_is_asked(gain):
    records = [
        step(number, name, gain, money)
        for number in range(1, 31)
        for name, money in (("slow", 0.02), ("dear", 0.05), ("cheap", 0.01))
    ]

    assert chosen(learned(*records)) == "cheap"


def test_tokens_are_the_cost_where_no_model_has_a_price():
    records = [
        StepRecord(
            step=1,
            models={
                name: ModelUse(calls=1, tokens=tokens)
                for name, tokens in (("cheap", 900), ("dear", 200), ("slow", 800))
            },
        )
    ]

    assert chosen(learned(*records)) == "dear"


def test_money_counts_no_more_where_it_shall_not():
    records = [
        step(number, name, gain, money)
        for number in range(1, 41)
        for name, gain, money in (("cheap", 0.2, 0.001), ("dear", 0.3, 1.0), ("slow", 0.1, 0.001))
    ]

    assert chosen(learned(*records)) == "cheap"
    assert chosen(learned(*records, thrift=0.0)) == "dear"


def test_a_loss_is_not_held_against_a_model():
    assert learned(step(1, "cheap", -5.0))._records["cheap"].gain == 0.0


def test_a_child_that_was_admitted_without_a_test_gains_by_the_mean_scores():
    evaluated = (
        Evaluated(number=0, split="train", scores={"a": 1.0, "b": 2.0}),
        Evaluated(number=1, split="train", scores={"a": 2.0, "b": 2.0}),
    )
    birth = Birth(number=1, values={}, parents=(0,), origin="diff", model="cheap")
    record = StepRecord(step=1, births=(birth,), models={"cheap": ModelUse(calls=1)}, evaluated=evaluated)

    assert learned(record)._records["cheap"].gain == 0.5


def test_a_model_that_gains_is_asked_most_and_none_is_forgotten():
    bandit, source, asked = ModelBandit(), random.Random(2), []
    bandit.observe(StepRecord(step=0), NAMES)
    chances = {"cheap": 0.1, "dear": 0.6, "slow": 0.1}
    for number in range(1, 301):
        name = NAMES[bandit.choose(3, source)]
        asked.append(name)
        bandit.observe(step(number, name, 1.0 if source.random() < chances[name] else None), NAMES)

    assert asked.count("dear") > 150
    assert min(asked.count(name) for name in NAMES) >= 5


def test_records_that_are_read_again_give_the_same_bandit():
    records = asked_alike(cheap=0.1, dear=0.3, slow=0.2)

    assert learned(*records)._records == learned(*records)._records


def test_settings_out_of_range_are_refused():
    with pytest.raises(InputError, match="from 0 to 1"):
        ModelBandit(epsilon=2)
