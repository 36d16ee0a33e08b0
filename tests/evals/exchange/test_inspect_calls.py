import pytest

from steepest.evals.exchange.inspect_calls import calls_of
from tests.evals.runs_for_tests import call


def test_records_of_another_form_are_told_apart() -> None:
    calls, others = calls_of([call("Be brief.", "hello"), {"prompt": "hello"}])
    assert [each.step for each in calls] == ["formulate"]
    assert others == [{"prompt": "hello"}]


@pytest.mark.slow
def test_a_conversation_that_goes_on_is_told_once() -> None:
    pytest.importorskip("inspect_ai")
    from steepest.evals.exchange.inspect_calls import conversation_of

    first, second = call("Be brief.", "hello", reply="hi"), call("Be brief.", "hello", "hi", "again", reply="hi!")
    calls, _ = calls_of([first, second])
    assert [message.text for message in conversation_of(calls)] == ["Be brief.", "hello", "hi", "again", "hi!"]


@pytest.mark.slow
def test_another_conversation_begins_anew() -> None:
    pytest.importorskip("inspect_ai")
    from steepest.evals.exchange.inspect_calls import conversation_of

    calls, _ = calls_of([call("Be brief.", "hello", reply="hi")] * 2)
    assert [message.role for message in conversation_of(calls)] == ["system", "user", "assistant"] * 2
