"""An answer as CSV, and what a spreadsheet makes of it."""

import csv
import io

import pytest

from steepest.agents.chat.exports.answer_csv import answer_csv
from steepest.solvers.solution import Solution, VariableValue
from tests.agents.chat.talks import BAKERY, TOLD, Baker, say, session, told


def row(*index, unit=None):
    solution = Solution(status="optimal", objective=-1.5, variables=[VariableValue("x", index, -1.5, unit)])
    _, found = csv.reader(io.StringIO(answer_csv(solution)))
    return found


@pytest.mark.parametrize("word", ["=1+1", "+cmd|'/c calc'!A0", "-2+3", "@SUM(A1)", " =1+1", "＝1+1"])
def test_a_word_that_begins_like_a_formula_is_marked_as_a_word(word):
    assert row(word) == ["x", "'" + word, "-1.5", ""]
    assert row("a", unit=word)[3] == "'" + word


@pytest.mark.parametrize("label", [-3, "+4", "-1.5e3", "north", "a=b"])
def test_numbers_and_plain_words_stay_as_they_are(label):
    assert row(label) == ["x", str(label), "-1.5", ""]


@pytest.mark.parametrize(
    ("word", "shown"), [("\t=1", "\\t=1"), ("\r=1", "\\r=1"), ("a\u202eb", "a\\u202eb"), ("a\x1bb", "a\\x1bb")]
)
def test_signs_that_nobody_sees_are_spelled_out(word, shown):
    assert row(word)[1] == shown


def test_of_a_version_without_decisions_it_is_said_why(store, tmp_path):
    broken = BAKERY + "  too_many: bake[bread] >= 1000\n"
    talk = session(store, Baker(formulation=broken), tmp_path)
    said = told(say(talk, TOLD, "/export csv"))
    assert "version 1 has no decisions to export: its outcome is infeasible." in said
    assert "yet" not in said
