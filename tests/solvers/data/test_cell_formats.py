"""Numbers that are shown as dates are dates; those that are shown with a unit, a currency or a colour stay numbers."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.data.cell_formats import NO_MOMENT, CellFormats, format_of

FORMATS = CellFormats(dates=frozenset("1"), durations=frozenset("2"))


@pytest.mark.parametrize(
    "code", ["yyyy-mm-dd", "d/m/yy", "h:mm AM/PM", "[$-409]mmm yy;@", "DD.MM.YYYY", '"on" d', "[Red]mm:ss", "[mm]:ss"]
)
def test_formats_of_dates_and_times_are_told(code):
    assert format_of(164, code)[0]


@pytest.mark.parametrize(
    "code",
    ["General", "0.00", '0.0" mm"', '#,##0 "d"', r"0.0 \h", "[$CHF-807] #,##0.00", "[Red]0.0;[h]", "0_d", "@", "*m0"],
)
def test_formats_of_numbers_are_told(code):
    assert format_of(164, code) == (False, False)


@pytest.mark.parametrize("code", ["[h]:mm", "[HH]:mm:ss", "[ss].0", '"spent" [m]'])
def test_formats_of_spans_of_time_are_told(code):
    assert format_of(164, code)[1]


@pytest.mark.parametrize(
    ("number", "shown"), [(0, (False, False)), (14, (True, False)), (46, (True, True)), (49, (False,) * 2)]
)
def test_formats_that_files_do_not_spell_out_are_known(number, shown):
    assert format_of(number, "") == shown


@pytest.mark.parametrize("code", ["[" * 100_000, '"' * 99_999, "[h" * 50_000, "\\" * 99_999])
def test_a_format_without_end_is_looked_at_in_no_time(code):
    assert not format_of(164, code)[1]


def test_days_are_counted_as_excel_does():
    assert FORMATS.shown(1, "1") == datetime(1900, 1, 1)
    assert FORMATS.shown(61, "1") == datetime(1900, 3, 1)
    assert FORMATS.shown(46349.25, "1") == datetime(2026, 11, 23, 6)
    assert FORMATS.shown(0.5, "1") == time(12)
    assert FORMATS.shown(1.25, "2") == timedelta(hours=30)
    assert CellFormats(frozenset("1"), begins_1904=True).shown(0.0, "1") == time(0)
    assert CellFormats(frozenset("1"), begins_1904=True).shown(1, "1") == datetime(1904, 1, 2)


@pytest.mark.parametrize(
    ("number", "style"), [(-1, "1"), (3e6, "1"), (float("inf"), "1"), (1e300, "2"), (10**300, "2")]
)
def test_a_number_that_is_no_date_is_an_error_as_in_a_spreadsheet(number, style):
    assert FORMATS.shown(number, style) == NO_MOMENT


@given(st.floats(0, 2_958_465, allow_nan=False))
def test_moments_are_those_of_another_program(number):
    other = pytest.importorskip("openpyxl.utils.datetime")
    assert FORMATS.shown(number, "1") == other.from_excel(number)
