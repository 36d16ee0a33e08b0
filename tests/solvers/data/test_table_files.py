"""Files are found by the name of what they fill: for a workbook, its sheet of that name before its first."""

import pytest

from steepest.solvers.data import workbook_tables
from steepest.solvers.data.table_files import TableFiles
from steepest.solvers.diagnostics import FormulationError

openpyxl = pytest.importorskip("openpyxl")


@pytest.fixture
def files(tmp_path):
    book = openpyxl.Workbook()
    book.active.title, book.active.sheet_state = "lists", "hidden"
    for title in ("stores", "demand"):
        book.create_sheet(title)
    for sheet in book.worksheets:
        sheet.append([f"{sheet.title} head"])
    book.active = 1
    book.save(tmp_path / "shop.xlsx")
    return TableFiles(tmp_path)


@pytest.mark.parametrize(("name", "sheet"), [("demand", "demand"), ("lists", "lists"), ("price", "stores")])
def test_a_workbook_gives_the_sheet_of_the_name_or_the_first_that_can_be_seen(files, name, sheet):
    assert files.own(name, "shop.xlsx").names == (f"{sheet} head",)
    assert files.bound(name, files.folder / "shop.xlsx").names == (f"{sheet} head",)


def test_elements_of_one_workbook_share_what_is_read(files, monkeypatch):
    read, calls = workbook_tables.read_shared, []
    monkeypatch.setattr(workbook_tables, "read_shared", lambda packed: calls.append(packed) or read(packed))
    tables = [files.own(name, "shop.xlsx") for name in ("price", "cost", "demand")]
    assert tables[0] is tables[1] is not tables[2]
    assert len(calls) == 1


def test_a_workbook_that_is_not_there_is_told_with_what_may_be_meant(files):
    with pytest.raises(FormulationError, match=r"there is no file .*\s+repair: did you mean shop\.xlsx"):
        files.own("price", "shops.xlsx")
