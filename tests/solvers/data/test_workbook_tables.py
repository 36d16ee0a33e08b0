"""Excel sheets: read as they are and not as they say they are; damaged ones and bombs are refused at once."""

import datetime
import re
import tracemalloc
import warnings
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steepest.solvers.data import sheet_rows, workbook_tables
from steepest.solvers.data.tables import read_table
from steepest.solvers.data.workbook_tables import Workbook
from steepest.solvers.diagnostics import FormulationError

openpyxl = pytest.importorskip("openpyxl")
SHEET = "xl/worksheets/sheet1.xml"
STORES = (["store", "pallets"], ["Bern", 275], ["Chur", 300], ["Genf", 275])


@pytest.fixture
def saved(tmp_path):
    def save(*rows, edit=None, cells=None, part=SHEET, sheets=None):
        """A workbook of these rows, further cells by their place, further sheets, and an edit of one of its parts."""
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for place, value in (cells or {}).items():
            book.active[place] = value
        for title, lines in (sheets or {}).items():
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(line)
        whole, path = tmp_path / "whole.xlsx", tmp_path / "data.xlsx"
        book.save(whole)
        with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                text = source.read(name).decode()
                target.writestr(name, edit(text) if edit is not None and name == part else text)
        return path

    return save


@pytest.fixture
def rewritten(tmp_path):
    def rewrite(path, edit):
        """A workbook whose parts and their names are edited."""
        target_path = tmp_path / "again" / path.name
        target_path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(target_path, "w") as target:
            for name in source.namelist():
                target.writestr(*edit(name, source.read(name).decode()))
        return target_path

    return rewrite


def refused(path):
    with pytest.raises(FormulationError) as error:
        read_table(path)
    [found] = error.value.diagnostics
    return found


@pytest.mark.parametrize("told", ["A1", "A1:B3", "A1:A4", "B2:C9", "A1:XFD1048576", "nonsense"])
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


def test_what_stands_far_beside_the_table_is_none_of_it(saved):
    path = saved(*STORES, cells={f"XFD{number}": 1 for number in range(2, 200)})
    assert read_table(path).columns == (("Bern", "Chur", "Genf"), (275, 300, 275))


def test_an_endless_row_is_refused_before_memory_is_full(saved):
    bomb = '<row r="1">' + "<c/>" * 1_500_000 + "</row>"
    path = saved(edit=lambda text: text.replace("<sheetData></sheetData>", f"<sheetData>{bomb}</sheetData>"))
    assert path.stat().st_size < 20_000
    tracemalloc.start()
    found = refused(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.code == "too-large-table"
    assert found.message == "data.xlsx is too large: sheet Sheet: more than 16,384 cells in row 1"
    assert most < 20 * 1024**2


@pytest.mark.parametrize(
    ("limit", "told", "bomb"),
    [
        ("MOST_CELLS", "20,000 cells", ("<row>" + "<c/>" * 2000 + "</row>") * 11),
        ("_MOST_ROWS", "20,000 rows", "<row/>" * 20_001),
    ],
)
def test_rows_and_cells_without_end_are_refused_though_they_are_empty(saved, monkeypatch, limit, told, bomb):
    monkeypatch.setattr(sheet_rows, limit, 20_000)
    found = refused(saved(edit=lambda text: text.replace("<sheetData></sheetData>", f"<sheetData>{bomb}</sheetData>")))
    assert found.code == "too-large-table"
    assert found.message == f"data.xlsx is too large: sheet Sheet: more than {told}"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_other_parts_without_end_are_refused(saved, part):
    path = saved(*STORES, edit=lambda text: re.sub(r"(</\w+>\s*)$", "<x/>" * 1_000_001 + r"\1", text), part=part)
    found = refused(path)
    assert found.code == "too-large-table"
    assert "elements of XML" in found.message


@pytest.mark.parametrize("number", ["1048577", "99999999999"])
def test_a_row_beyond_the_last_is_refused(saved, number):
    found = refused(saved(*STORES, edit=lambda text: text.replace('r="4"', f'r="{number}"')))
    assert found.code == "too-large-table"
    assert "more than 1,048,576 rows" in found.message


def test_a_file_that_unpacks_to_more_than_a_workbook_can_be_is_refused_unread(saved, monkeypatch):
    monkeypatch.setattr(workbook_tables, "_MOST_BYTES", 1024**2)
    found = refused(saved(*STORES, edit=lambda text: text + " " * 2 * 1024**2))
    assert found.code == "too-large-table"
    assert found.message == "data.xlsx is too large: it is 2 MB once it is unpacked; 1 MB is the most"


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
    "a cell of no kind": lambda text: text.replace('t="n"><v>275<', 't="x"><v>275<'),
    "a cell of two values": lambda text: text.replace("<v>275</v>", "<v>27</v><v>5</v>"),
    "a cell outside of rows": lambda text: text.replace("<sheetData>", "<sheetData><c><v>1</v></c>"),
    "a nest without end": lambda text: text.replace("<sheetData>", "<sheetData>" + "<a>" * 100),
    "a text without end": lambda text: text.replace(">Bern<", f">{'B' * 2**20}<"),
    "a place in another row": lambda text: text.replace('"B3"', '"B7"'),
    "an entity bomb": lambda text: LAUGHS + re.sub(r"<v>\d+</v>", "<v>&e9;</v>", text),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_sheet_is_told_as_one(saved, damage):
    found = refused(saved(*STORES, edit=DAMAGES[damage]))
    assert found.code == "unreadable-file"
    assert found.message.startswith("data.xlsx is no Excel workbook that can be read: sheet Sheet: ")
    assert "save it" in found.repair


@pytest.mark.parametrize(("before", "after"), [('row r="3"', 'row r="2"'), ('row r="3"', 'row r="9"'), ("B3", "A3")])
def test_rows_and_cells_out_of_order_are_not_left_out_untold(saved, before, after):
    found = refused(saved(*STORES, edit=lambda text: text.replace(before, after)))
    assert found.code == "unreadable-file"
    assert "not in their order" in found.message


@pytest.mark.parametrize("without", [r'<row r="\d+"', r' r="[A-Z]+\d+"', r' r="\w+"'])
def test_rows_and_cells_may_leave_out_their_places(saved, without):
    edit = lambda text: re.sub(without, "<row" if "row" in without else "", text)  # noqa: E731
    table = read_table(saved(*STORES, edit=edit))
    assert table.columns == (("Bern", "Chur", "Genf"), (275, 300, 275))
    assert list(table.rows) == [2, 3, 4]


def moved(name, text):
    return name.replace("worksheets/sheet1", "pages/one"), text.replace("worksheets/sheet1", "pages/one")


def test_a_sheet_is_checked_wherever_the_file_has_it(saved, rewritten):
    path = saved(*STORES, edit=lambda text: text.replace('row r="3"', 'row r="2"'))
    assert "not in their order" in refused(rewritten(path, moved)).message
    path = saved(*STORES)
    assert len(read_table(rewritten(path, moved))) == 3


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('name="Other"', 'name="Sheet"', "sheet Sheet is there twice"),
        ('"rId2"', '"rId9"', "sheet Other is nowhere"),
        ('"rId2"', '"rId1"', "sheet Other is there twice"),
    ],
)
def test_no_sheet_is_left_out_untold(saved, rewritten, before, after, told):
    path = rewritten(
        saved(*STORES, sheets={"Other": STORES}),
        lambda name, text: (name, text.replace(before, after) if name == "xl/workbook.xml" else text),
    )
    assert told in refused(path).message


def test_a_part_that_is_named_again_and_again_is_not_read_as_often(saved, rewritten):
    again = "".join(f'<Relationship Id="x{at}" Type="a/styles" Target="worksheets/sheet1.xml"/>' for at in range(999))
    path = rewritten(
        saved(*STORES), lambda name, text: (name, text.replace("</Relationships>", f"{again}</Relationships>"))
    )
    assert "it has 1000 parts that are styles" in refused(path).message


def test_damage_in_one_sheet_leaves_the_others_readable(saved, rewritten):
    path = saved(*STORES, sheets={"Other": STORES})
    path = rewritten(path, lambda name, text: (name, text[:500] if "sheet2" in name else text))
    assert len(read_table(path, "Sheet")) == 3
    with pytest.raises(FormulationError, match="sheet Other"):
        read_table(path, "Other")


FORMULA = "A3 is a formula whose value was never computed"


def test_a_row_of_formulas_that_were_never_computed_is_not_left_out(saved):
    found = refused(saved(["store", "units"], ["Bern", 100], ['="Chur"', "=B2*2"], ["Genf", 50]))
    assert found.code == "formula-without-value"
    assert found.message == f"data.xlsx, sheet Sheet: {FORMULA}"
    assert "open the file in a spreadsheet program and save it" in found.repair


@pytest.mark.parametrize(
    "value", ['<c r="B2"><f>1+1</f></c>', '<c r="B2"><f>1+1</f><v/></c>', '<c r="B2" t="str"><f/></c>']
)
def test_a_single_formula_without_its_value_is_refused(saved, value):
    path = saved(*STORES, edit=lambda text: re.sub(r'<c r="B2".*?</c>', value, text))
    assert "B2 is a formula whose value was never computed" in refused(path).message


def test_a_head_that_was_never_computed_is_refused(saved):
    assert "B1 is a formula" in refused(saved(["store", '="units"'], ["Bern", 1])).message


def test_a_formula_beside_the_table_does_no_harm(saved):
    assert len(read_table(saved(*STORES, cells={"F3": "=1+1"}))) == 3


def test_formulas_with_their_values_are_read(saved):
    computed = {
        '<c r="A2" t="str"><f>"a"</f><v>Bern</v></c>': r'<c r="A2".*?</c>',
        '<c r="B2"><f>200+75</f><v>275</v></c>': r'<c r="B2".*?</c>',
        '<c r="A4" t="str"><f>IF(1,"")</f><v></v></c>': r'<c r="A4".*?</c>',
        '<c r="B4" t="str"><f>IF(1,"")</f><v></v></c>': r'<c r="B4".*?</c>',
    }

    def edit(text):
        for cell, place in computed.items():
            text = re.sub(place, cell, text)
        return text

    assert read_table(saved(*STORES, edit=edit)).columns == (("Bern", "Chur"), (275, 300))


@pytest.mark.parametrize(("flag", "is_read"), [('fullCalcOnLoad="1"', False), ("", True)])
def test_a_zero_that_only_waits_for_its_formula_is_no_value(saved, rewritten, flag, is_read):
    path = saved(*STORES, edit=lambda text: re.sub(r'<c r="B2".*?</c>', '<c r="B2"><f>B3</f><v>0</v></c>', text))
    path = rewritten(path, lambda name, text: (name, text.replace('fullCalcOnLoad="1"', flag)))
    if is_read:
        assert read_table(path).columns[1] == (0, 300, 275)
    else:
        assert "B2 is a formula" in refused(path).message


def test_a_chart_sheet_is_no_table(tmp_path):
    book = openpyxl.Workbook()
    book.create_chartsheet("Chart", 0)
    for row in STORES:
        book.worksheets[0].append(row)
    book.save(tmp_path / "data.xlsx")
    assert Workbook(tmp_path / "data.xlsx").titles == ["Sheet"]
    assert len(read_table(tmp_path / "data.xlsx")) == 3
    with pytest.raises(FormulationError, match=r'data\.xlsx has no sheet "Chart"; it has Sheet'):
        read_table(tmp_path / "data.xlsx", "Chart")


def test_the_first_sheet_is_the_first_that_can_be_seen(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["scratch"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Data").append(["store"])
    book.active = 1
    book.save(tmp_path / "data.xlsx")
    assert read_table(tmp_path / "data.xlsx").names == ("store",)
    assert read_table(tmp_path / "data.xlsx", "Sheet").names == ("scratch",)


STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def test_a_workbook_of_the_strict_kind_is_read_as_any_other(saved, rewritten):
    def strict(name, text):
        for of_others, of_strict in STRICT.items():
            text = text.replace(of_others, of_strict)
        return name, text.replace('t="n"><v>300<', 't="d"><v>2026-11-23<')

    path = rewritten(saved(*STORES), strict)
    assert read_table(path).columns == (("Bern", "Chur", "Genf"), (275, datetime.datetime(2026, 11, 23), 275))


def test_a_file_with_a_prefix_before_its_tags_is_read(saved):
    edit = lambda text: re.sub(r"<(/?)(\w)", r"<\1x:\2", text).replace("xmlns=", "xmlns:x=")  # noqa: E731
    assert len(read_table(saved(*STORES, edit=edit))) == 3


def test_what_is_unusual_in_a_workbook_warns_nobody(saved):
    validation = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    path = saved(*STORES, edit=lambda text: text.replace("</worksheet>", validation))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read_table(path)) == 3


def test_errors_truths_and_texts_in_pieces_are_read_as_they_are(saved):
    inline = (
        '<c r="B2" t="inlineStr"><is><r><t>2_x000D_</t></r><r><t> 75</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>'
    )
    path = saved(
        *(["store", "units"], ["Bern", 1], ["#N/A", True], ["Genf", 2.5]),
        edit=lambda text: re.sub(r'<c r="B2".*?</c>', inline, text),
    )
    assert read_table(path).columns == (("Bern", "#N/A", "Genf"), ("2\r 75", True, 2.5))


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text("abc ÄÖ中<>&'\"=_x", min_size=1).map(lambda text: text if text[0] != "=" else f"a{text}"),
    st.datetimes(datetime.datetime(1900, 3, 1), datetime.datetime(9999, 12, 30)).map(
        lambda at: at.replace(microsecond=0)
    ),
    st.times().map(lambda at: at.replace(microsecond=0)),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS), max_size=6))
def test_what_another_program_writes_is_read_as_it_reads_it(saved, rows):
    path = saved(["a", "b"], *rows)
    by_other = openpyxl.load_workbook(path, read_only=True).active.iter_rows(min_row=2, values_only=True)
    expected = [row for row in by_other if row != (None, None)]
    assert list(zip(*read_table(path).columns, strict=True)) == expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 6000), st.integers(0, 255))
def test_a_file_with_a_wrong_byte_is_refused_or_read_whole(saved, place, byte):
    path = saved(*STORES)
    content = bytearray(path.read_bytes())
    content[place % len(content)] = byte
    path.write_bytes(content)
    try:
        table = read_table(path)
    except FormulationError:
        return
    assert table.columns == (("Bern", "Chur", "Genf"), (275, 300, 275))


def test_the_sheets_of_a_workbook_share_what_is_read_once(saved, monkeypatch):
    book = Workbook(saved(*STORES, sheets={f"s{number}": STORES for number in range(5)}))
    calls = []
    read = workbook_tables.read_shared
    monkeypatch.setattr(workbook_tables, "read_shared", lambda packed: calls.append(1) or read(packed))
    assert [len(book.read(title).rows) for title in book.titles] == [3] * 6
    assert len(calls) == 1


def test_a_workbook_that_changed_in_between_is_read_anew(saved):
    path = saved(*STORES)
    book = Workbook(path)
    assert book.titles == ["Sheet"]
    path.unlink()
    saved(["town"], ["Zug"], sheets={"More": STORES})
    assert book.titles == ["Sheet", "More"]
    assert book.read().columns == (("Zug",),)


def test_a_damaged_workbook_names_no_sheets(saved):
    path = saved(*STORES, edit=lambda text: text[:200], part="xl/workbook.xml")
    with pytest.raises(FormulationError, match=r"data\.xlsx is no Excel workbook"):
        assert Workbook(path).titles
