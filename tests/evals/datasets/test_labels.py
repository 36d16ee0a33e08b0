"""What labels say: numbers, and the ways to write that there is no optimum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.evals.datasets.findings import BadRecord
from steepest.evals.datasets.json_rows import NumberText
from steepest.evals.datasets.labels import is_undecided, read_label
from steepest.evals.problems import Problem


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (NumberText("12.50"), 12.5),
        (NumberText("-0.0"), 0.0),
        ("1,234", 1234.0),
        ("1,234,567.80", 1234567.8),
        ("$1,500.00", 1500.0),
        (" 1500.00 ", 1500.0),
        ("\N{MINUS SIGN}3.5", -3.5),
        ("4.08e35", 4.08e35),
        (".5", 0.5),
        (["215"], 215.0),
        ([NumberText("215")], 215.0),
    ],
)
def test_a_number_is_read_in_any_spelling_and_keeps_its_text(written: object, number: float) -> None:
    label = read_label(written)
    assert (label.status, label.answer) == ("optimal", number)
    text = written[0] if isinstance(written, list) else written
    assert label.text == str(text).strip()


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("Infeasible", "infeasible"),
        ("INFEASIBLE.", "infeasible"),
        ("unbounded", "unbounded"),
        ("inf", "unbounded"),
        (NumberText("-Infinity"), "unbounded"),
        ("No Best Solution", "infeasible"),
        ("INF_OR_UNBD", "infeasible"),
    ],
)
def test_words_for_no_optimum_are_statuses(written: str, status: str) -> None:
    label = read_label(written)
    assert (label.status, label.answer, label.text) == (status, None, written)


@pytest.mark.parametrize("written", ["No Best Solution", "no solution", NumberText("-99999"), "-99999.0"])
def test_a_label_without_a_reason_accepts_either(written: str) -> None:
    label = read_label(written, code_for_none=True)
    assert is_undecided(Problem(id="a", question="b", status=label.status, notes=label.note))
    assert not is_undecided(Problem(id="a", question="b", status="infeasible"))


def test_a_code_is_a_number_where_the_source_has_no_codes() -> None:
    assert read_label("-99999").answer == -99999


@pytest.mark.parametrize("written", [None, "", "  ", "None", "nan", NumberText("NaN"), "N/A"])
def test_a_missing_answer_is_said_to_be_missing(written: object) -> None:
    with pytest.raises(BadRecord, match="has no answer"):
        read_label(written)


@pytest.mark.parametrize(
    "written",
    [
        "twelve",
        "12 apples",
        "1,23",
        "12,5",
        "1/3",
        "x = 3",
        "1e9999",
        "\u0663",
        "12%",
        "9" * 500,
        True,
        {"a": 1},
        ["1", "2"],
    ],
)
def test_what_is_no_label_is_refused(written: object) -> None:
    with pytest.raises(BadRecord):
        read_label(written)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_comes_back_from_its_text(number: float) -> None:
    assert read_label(repr(number)).answer == number
    assert read_label(NumberText(repr(number))).answer == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_thousands_may_be_parted(number: object) -> None:
    assert read_label(f"{number:,.2f}").answer == float(f"{number:.2f}")
