import json
import math

import pytest

from steepest.evals.reports.details import SystemTexts, attempt_of, plain, problem_of
from tests.evals.runs_for_tests import call, problem, sample


def test_numbers_that_json_lacks_become_texts() -> None:
    assert plain({"a": math.inf, "b": [math.nan, 1.5]}) == {"a": "inf", "b": ["nan", 1.5]}


def test_a_very_long_text_is_cut_and_says_so() -> None:
    shown = plain("x" * 200_010)
    assert shown.endswith("[cut: 10 more characters]")


def test_marks_of_direction_are_shown_and_spaces_stay_spaces() -> None:
    assert plain("a\u202eb\xa0c\nd") == "a\\u202eb c\nd"


def test_a_call_shows_only_the_messages_that_the_one_before_has_not_shown() -> None:
    calls = (call("rules", "problem", reply="draft"), call("rules", "problem", "draft", "repair it", reply="better"))
    systems = SystemTexts()
    first, second = attempt_of(sample("kiosks/1", transcript=calls), systems)["calls"]
    assert (first["again"], first["messages"], first["reply"]) == (0, [["user", "problem"]], "draft")
    assert (second["again"], second["messages"]) == (2, [["user", "repair it"]])
    assert systems.texts == ["rules"]
    assert first["system"] == second["system"] == 0


def test_records_of_another_shape_are_shown_as_they_are() -> None:
    calls = attempt_of(sample("kiosks/1", transcript=({"odd": "<b>"},)), SystemTexts())["calls"]
    assert json.loads(calls[0]["raw"]) == {"odd": "<b>"}


def test_instructions_that_differ_with_each_problem_stand_in_the_call() -> None:
    systems = SystemTexts()
    places = [systems.place(f"rules {number}") for number in range(201)]
    assert places[199] == 199
    assert places[200] == "rules 200"


def test_transcripts_can_be_left_out() -> None:
    made = sample("kiosks/1", transcript=(call("rules", "problem"),))
    assert attempt_of(made, SystemTexts(), transcripts=False)["calls"] == []


def test_an_unknown_price_and_unknown_tokens_are_told_as_such() -> None:
    made = sample("kiosks/1", spent={"calls": 1, "cost": None, "input_tokens": None, "output_tokens": None})
    facts = attempt_of(made, SystemTexts())["facts"]
    assert facts["cost"] == "price unknown"
    assert facts["tokens read"] == "unknown"


def test_a_problem_is_shown_with_its_label_and_what_is_known_of_it() -> None:
    shown = problem_of(problem("kiosks/1", notes="ambiguous: per day or per week", type="LP", label_text="12.50"))
    assert shown["label_text"] == "12.50"
    assert shown["notes"].startswith("ambiguous")
    assert shown["about"] == {"type": "LP"}


@pytest.mark.parametrize(
    "odd",
    [
        {"request": {"messages": "abc"}},
        {"request": {"messages": {"a": 1}}},
        {"request": {}, "reply": [1]},
        {"request": {}, "reply": {"usage": [3]}},
        {"request": {}, "reply": {"text": {"a": 1}}},
    ],
)
def test_records_that_only_look_like_ours_are_shown_as_they_are(odd) -> None:
    calls = attempt_of(sample("kiosks/1", transcript=(odd,)), SystemTexts())["calls"]
    assert json.loads(calls[0]["raw"]) == odd
