"""Functions as guides."""

import functools

import pytest

from steepest.agents.llm.errors import BudgetExceeded
from steepest.agents.optimizers.guides import GuideError, guide_of
from steepest.agents.optimizers.search.rollouts import Judgement

EXAMPLE, OUTPUT = {"answer": 3}, 4


def output_alone(output):
    return output == 4


def both(example, output):
    return output - example["answer"], "too many"


async def asynchronous(example, output):
    return output - example["answer"], "too many"


def turned_around(prediction, gold):
    return prediction - gold["answer"], "too many"


def unnamed(a, b):
    return b - a["answer"], "too many"


def dspy_metric(gold, pred, trace=None):
    assert trace is None
    return {"score": pred - gold["answer"], "feedback": "too many"}


def gepa_metric(gold, pred, trace, pred_name, pred_trace):
    assert (trace, pred_name, pred_trace) == (None, None, None)
    return {"score": pred - gold["answer"], "feedback": "too many"}


class Strict:
    def __call__(self, example, output, strict=True):
        assert strict is True
        return output - example["answer"], "too many"


def starred(*given):
    return given[1] - given[0]["answer"], "too many"


@pytest.mark.parametrize(
    "function",
    [
        both,
        asynchronous,
        turned_around,
        unnamed,
        dspy_metric,
        gepa_metric,
        Strict(),
        starred,
        functools.partial(dspy_metric, trace=None),
    ],
)
def test_a_function_gets_example_and_output_whatever_its_form(function):
    assert guide_of(function)(EXAMPLE, OUTPUT) == Judgement(1.0, "too many")


def swapped(pred, label):
    return pred - label["answer"], "too many"


def swapped_target(prediction, target):
    return prediction - target["answer"], "too many"


def unusual_second(y_pred, sheet):
    return y_pred - sheet["answer"], "too many"


def optional_gold(pred, gold=None):
    return pred - gold["answer"], "too many"


def optional_output(y_true, y_pred=None):
    return y_pred - y_true["answer"], "too many"


def both_optional(example=None, output=None):
    return output - example["answer"], "too many"


def right_answer_second(output, answer):
    return output - answer["answer"], "too many"


def right_answer_first(answer, pred):
    return pred - answer["answer"], "too many"


def unnamed_output_first(takings, expected):
    return takings - expected["answer"], "too many"


def unusual_optional(pred, sheet=None):
    return pred - sheet["answer"], "too many"


@pytest.mark.parametrize(
    "function",
    [
        swapped,
        swapped_target,
        unusual_second,
        optional_gold,
        optional_output,
        both_optional,
        right_answer_second,
        right_answer_first,
        unnamed_output_first,
        unusual_optional,
    ],
)
def test_names_say_which_is_the_output(function):
    assert guide_of(function)(EXAMPLE, OUTPUT) == Judgement(1.0, "too many")


def test_what_dspy_adds_is_no_example():
    def metric(pred, trace=None):
        assert trace is None
        return pred

    assert guide_of(metric)(EXAMPLE, OUTPUT).score == 4


def test_an_argument_that_may_be_left_out_and_says_nothing_is_refused():
    def score(takings, weather=None):
        return takings

    with pytest.raises(GuideError, match=r"name them \(example, output\)"):
        guide_of(score)


def test_a_function_of_one_argument_gets_the_output():
    assert guide_of(output_alone)(EXAMPLE, OUTPUT) == Judgement(1.0)


def test_a_setting_with_a_default_is_left_alone():
    def score(output, tolerance=0.5):
        return tolerance

    assert guide_of(score)(EXAMPLE, OUTPUT).score == 0.5


def test_a_function_that_raises_is_an_error_of_the_guide_and_says_where():
    def broken(example, output):
        return example["missing"]

    with pytest.raises(
        GuideError, match=r"broken raised KeyError: 'missing' \(.*test_functions.py, line \d+\)"
    ) as error:
        guide_of(broken)(EXAMPLE, OUTPUT)
    assert "A guide judges failures, too" in str(error.value)
    assert isinstance(error.value.__cause__, KeyError)


def test_what_is_no_judgement_is_told_with_the_name_of_the_function():
    def wordy(example, output):
        return "good"

    with pytest.raises(GuideError, match=r"wordy: a guide returned 'good'"):
        guide_of(wordy)(EXAMPLE, OUTPUT)


def test_a_spent_budget_inside_of_a_guide_stays_one():
    def dear(example, output):
        raise BudgetExceeded("all is spent")

    with pytest.raises(BudgetExceeded, match="all is spent"):
        guide_of(dear)(EXAMPLE, OUTPUT)


def test_a_guide_stays_what_it_is():
    class Mine:
        def __call__(self, example: object, output: object) -> Judgement:
            return Judgement(1.0)

    mine = Mine()
    assert guide_of(mine) is mine


@pytest.mark.parametrize(
    ("function", "hint"),
    [
        (lambda: 1.0, "takes no arguments"),
        (3, "a guide is a function"),
        (lambda output, *, reference: 1.0, "requires reference="),
    ],
)
def test_what_can_be_no_guide_is_refused_at_once(function, hint):
    with pytest.raises(GuideError, match=hint):
        guide_of(function)
