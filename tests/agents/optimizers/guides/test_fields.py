"""Metrics that were written for DSPy get objects with attributes."""

import sys
import types

import pytest

from steepest.agents.optimizers.guides import GuideError, guide_of
from steepest.agents.optimizers.guides.fields import Fields, as_fields


def metric(gold, pred, trace=None):
    return float(gold.answer == pred["answer"] == pred.answer)


def test_a_metric_reads_attributes_and_keys():
    assert guide_of(metric)({"answer": "4"}, {"answer": "4"}).score == 1.0
    assert guide_of(metric)({"answer": "4"}, {"answer": "5"}).score == 0.0


def test_a_field_that_is_not_there_is_told_with_those_that_are():
    def asks(gold, pred, trace=None):
        return float(gold.reply == pred)

    with pytest.raises(GuideError, match="there is no 'reply'; there are question, answer"):
        guide_of(asks)({"question": "2 + 2", "answer": "4"}, "4")


def test_other_functions_get_the_mapping_itself():
    given = {"x": 1}

    def keeps(example, output):
        assert example is given
        return 1.0

    assert guide_of(keeps)(given, 3).score == 1.0


def test_where_dspy_is_in_use_it_is_its_own_object(monkeypatch):
    class Example:
        def __init__(self, **fields):
            self.fields = fields

    monkeypatch.setitem(sys.modules, "dspy", types.SimpleNamespace(Example=Example, Prediction=Example))
    assert as_fields({"a": 1}, "Example").fields == {"a": 1}


def test_what_is_no_mapping_stays_as_it_is():
    assert as_fields("4", "Prediction") == "4"
    assert as_fields({1: 2}, "Example") == {1: 2}
    assert isinstance(as_fields({"a": 1}, "Example"), Fields)
