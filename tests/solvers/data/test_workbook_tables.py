"""Excel sheets: read as they are and not as they say they are; damaged ones and bombs are refused at once."""

import re
import zipfile

import pytest

from steepest.solvers.data import workbook_tables
from steepest.solvers.data.tables import read_table
from steepest.solvers.data.workbook_tables import sheets_of
from steepest.solvers.diagnostics import FormulationError

openpyxl = pytest.importorskip("openpyxl")
SHEET = "xl/worksheets/sheet1.xml"
STORES = (["store", "pallets"], ["Bern", 275], ["Chur", 300], ["Genf", 275])


@pytest.fixture
def saved(tmp_path):
    def save(*rows, edit=None, cells=None, part=SHEET):
        """A workbook of these rows, further cells by their place, and an edit of the text of one of its parts."""
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for place, value in (cells or {}).items():
            book.active[place] = value
        whole, path = tmp_path / "whole.xlsx", tmp_path / "data.xlsx"
        book.save(whole)
        with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                text = source.read(name).decode()
                target.writestr(name, edit(text) if edit is not None and name == part else text)
        return path

    return save


def refused(path):
    with pytest.raises(FormulationError) as error:
        read_table(path)
    [found] = error.value.diagnostics
    return found


@pytest.mark.parametrize("told", ["A1", "A1:B3", "A1:A4", "A1:XFD1048576"])
def test_all_rows_are_read_whatever_the_sheet_says_of_its_size(saved, told):
    table = read_table(saved(*STORES, edit=lambda text: text.replace('"A1:B4"', f'"{told}"')))
    assert table.names == ("store", "pallets")
    assert table.columns == (("Bern", "Chur", "Genf"), (275, 300, 275))
    assert list(table.rows) == [2, 3, 4]


def test_a_cell_far_away_from_the_table_is_none_of_it(saved):
    path = saved(*STORES, cells={"XFD1048576": 1})
    assert read_table(path).columns == (("Bern", "Chur", "Genf"), (275, 300, 275))


def test_a_head_far_away_from_the_others_is_refused_before_memory_is_full(saved):
    found = refused(saved(*([label] for label in range(1000)), cells={"XFD1": "note"}))
    assert found.code == "too-large-table"
    assert "more than 2,000,000 cells" in found.message
    assert "CSV" in found.repair


def test_rows_that_are_wider_than_can_be_read_are_refused(saved):
    found = refused(saved(*STORES, cells={f"XFD{number}": 1 for number in range(2, 200)}))
    assert found.code == "too-large-table"


@pytest.mark.parametrize("number", ["1048577", "99999999999"])
def test_a_row_beyond_the_last_is_refused(saved, number):
    found = refused(saved(*STORES, edit=lambda text: text.replace('r="4"', f'r="{number}"')))
    assert found.code == "too-large-table"
    assert "more than 1,048,576 rows" in found.message


def test_a_file_that_unpacks_to_more_than_a_workbook_can_be_is_refused_unread(saved, monkeypatch):
    monkeypatch.setattr(workbook_tables, "_MOST_BYTES", 1024**2)
    found = refused(saved(*STORES, edit=lambda text: text + " " * 2 * 1024**2))
    assert found.code == "too-large-table"
    assert "data.xlsx is 2 MB once it is unpacked; 1 MB is the most" in found.message


def test_rows_and_columns_that_are_empty_are_no_data(saved):
    path = saved(["shop", "units", None], [None] * 9, ["a", 1], [None, None, "note"], [None] * 5, cells={"F50": None})
    assert read_table(path).columns == (("a",), (1,))
    assert list(read_table(path).rows) == [3]


def test_a_row_that_ends_early_has_empty_cells(saved):
    assert read_table(saved(["shop", "units"], ["a"], ["b", 2])).columns == (("a", "b"), (None, 2))


ENTITIES = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, 10))
LAUGHS = f'<!DOCTYPE worksheet [<!ENTITY e0 "{"ha" * 50}">{ENTITIES}]>'
DAMAGES = {
    "cut short": lambda text: text[: len(text) // 2],
    "words where a number is": lambda text: text.replace("<v>275</v>", "<v>abc</v>"),
    "a shared text that is not there": lambda text: text.replace('t="n"><v>275<', 't="s"><v>275<'),
    "a cell of no column": lambda text: text.replace('r="B2"', 'r="B"'),
    "a size of no sense": lambda text: text.replace('"A1:B4"', '"nonsense"'),
    "an entity bomb": lambda text: LAUGHS + re.sub(r"<v>\d+</v>", "<v>&e9;</v>", text),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_sheet_is_told_as_one(saved, damage):
    found = refused(saved(*STORES, edit=DAMAGES[damage]))
    assert found.code == "unreadable-file"
    assert found.message.startswith("data.xlsx is no Excel workbook that can be read: ")
    assert "save it" in found.repair


@pytest.mark.parametrize(("before", "after"), [('row r="3"', 'row r="2"'), ('row r="3"', 'row r="9"'), ("B3", "A3")])
def test_rows_and_cells_out_of_order_are_not_left_out_untold(saved, before, after):
    found = refused(saved(*STORES, edit=lambda text: text.replace(before, after)))
    assert found.code == "unreadable-file"
    assert "not in their order" in found.message


def test_a_damaged_workbook_names_no_sheets(saved):
    path = saved(*STORES, edit=lambda text: text[:200], part="xl/workbook.xml")
    with pytest.raises(FormulationError, match=r"data\.xlsx is no Excel workbook"):
        sheets_of(path)
