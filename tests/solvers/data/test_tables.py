import csv
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.data.columns import labels_of, numbers_of, values_of
from steepest.solvers.data.csv_tables import read_csv
from steepest.solvers.data.tables import Table, from_frame, plain_name, read_table
from steepest.solvers.diagnostics import FormulationError


@pytest.fixture
def written(tmp_path):
    def write(text, name="data.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def column(*cells, **details):
    return Table("prices.csv", ("price",), (cells,), range(2, len(cells) + 2), **details)


def message(error):
    return error.value.diagnostics[0].message


def code(error):
    return error.value.diagnostics[0].code


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("shop,units\na,1\nb,2\n", "d.csv"),
        ("shop;units\na;1\nb;2\n", "d.csv"),
        ("shop\tunits\na\t1\nb\t2\n", "d.csv"),
        ("shop\tunits\na\t1\nb\t2\n", "d.tsv"),
        ('"shop","units"\n"a","1"\n"b","2"\n', "d.csv"),
        ("shop, units\r\na, 1\r\nb, 2\r\n", "d.csv"),
        ("\ufeffshop,units\n\na,1\n\nb,2", "d.csv"),
    ],
)
def test_a_csv_file_is_read_whatever_its_dialect(written, text, name):
    table = read_table(written(text, name))
    assert table.names == ("shop", "units")
    assert labels_of(table, 0) == ["a", "b"]
    assert numbers_of(table, 1).tolist() == [1, 2]


def test_text_in_utf_16_is_read(written):
    assert read_table(written("shop,units\nZürich,1\n", encoding="utf-16")).columns[0] == ["Zürich"]


def test_a_cell_in_quotation_marks_may_hold_anything(written):
    table = read_table(written('shop,note\n"a, b","say ""hi""\nthere"\n'))
    assert table.columns == (["a, b"], ['say "hi"\nthere'])


def test_rows_are_counted_as_in_the_file(written):
    table = read_table(written("shop,units\na,1\n\nb,x\n"))
    with pytest.raises(FormulationError, match=r'data\.csv, row 4, column "units"'):
        numbers_of(table, 1)


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])), min_size=2, max_size=2),
        min_size=1,
    )
)
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    assert [list(row) for row in zip(*read_csv(path).columns, strict=True)] == rows


@pytest.mark.parametrize(
    ("text", "expected", "told"),
    [
        ("", "empty-table", "data.csv is empty"),
        ("a,b\n1,2,3\n", "ragged-table", "row 2 has 3 cells, its head has 2"),
        ('a,b\n"1",2\n3\n', "ragged-table", "row 3 has 1 cells"),
        ("a,b\n1,\0\n", "unreadable-file", "zero byte"),
    ],
)
def test_a_file_that_is_no_table_is_refused(written, text, expected, told):
    with pytest.raises(FormulationError) as error:
        read_table(written(text))
    assert code(error) == expected
    assert told in message(error)


def test_a_file_that_is_not_utf_8_is_refused(written):
    with pytest.raises(FormulationError, match="CSV UTF-8"):
        read_table(written("a\nZürich\n", encoding="latin-1"))


def test_a_missing_file_is_named_with_its_neighbour(written, tmp_path):
    written("a\n1\n", "demand.csv")
    with pytest.raises(FormulationError, match=r"did you mean demand\.csv") as error:
        read_table(tmp_path / "demnad.csv")
    assert code(error) == "no-file"


def test_an_unknown_kind_of_file_is_refused(tmp_path):
    with pytest.raises(FormulationError, match=r"\.csv, \.tsv, \.xlsx, \.parquet") as error:
        read_table(tmp_path / "data.pdf")
    assert code(error) == "unknown-file-kind"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234", 1234),
        ("1,234.5", 1234.5),
        ("25%", 0.25),
        ("$3", 3),
        ("-4", -4),
        (" 7 ", 7),
        ("1e3", 1000),
        ("1/4", 0.25),
    ],
)
def test_numbers_are_read_as_people_write_them(text, number):
    assert numbers_of(column(text, "1"), 0)[0] == number


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", "empty-cell"),
        ("  ", "empty-cell"),
        (None, "empty-cell"),
        (float("nan"), "empty-cell"),
        ("nan", "not-a-number"),
        ("inf", "not-a-number"),
        ("12 kg", "not-a-number"),
        ("3,5", "decimal-comma"),
        ("1.234,5", "decimal-comma"),
        (float("inf"), "not-finite"),
        (datetime.date(2020, 1, 1), "not-a-number"),
    ],
)
def test_what_is_no_number_is_told_with_its_cell(cell, expected):
    with pytest.raises(FormulationError) as error:
        numbers_of(column("1", cell), 0)
    assert code(error) == expected
    assert 'prices.csv, row 3, column "price"' in message(error)


def test_a_comma_is_not_taken_for_one_between_thousands_where_semicolons_separate(written):
    table = read_table(written("shop;price\na;1,234\n"))
    with pytest.raises(FormulationError) as error:
        numbers_of(table, 1)
    assert code(error) == "decimal-comma"


def test_a_dash_is_an_absent_number():
    assert str(numbers_of(column("1", "-"), 0).tolist()) == "[1.0, nan]"


def test_labels_have_one_form_each():
    cells = ("12", 12.0, " north ", "1.5", "007", datetime.datetime(2024, 5, 1))
    assert labels_of(column(*cells), 0) == [12, 12, "north", 1.5, "007", "2024-05-01"]


def test_a_column_without_any_number_holds_labels():
    assert values_of(column("a", "b"), 0) == ["a", "b"]
    with pytest.raises(FormulationError, match="`b` stands where a number must"):
        values_of(column("1", "b"), 0)


def test_columns_are_found_whatever_their_case_and_unit():
    table = Table("t.csv", ("Ship Cost [$/unit]", "b"), ([], []), [])
    assert table.find("ship_cost") == 0
    assert plain_name("Ship-Cost (USD)") == "shipcost"
    assert table.find("c") is None


def test_two_columns_of_one_name_are_ambiguous():
    table = Table("t.csv", ("cost [$]", "Cost"), ([], []), [])
    with pytest.raises(FormulationError) as error:
        table.column("COST")
    assert code(error) == "ambiguous-column"


def test_a_missing_column_is_told_with_those_that_are_there():
    with pytest.raises(FormulationError, match='did you mean "price"') as error:
        column("1").column("prise")
    assert 'it has "price"' in message(error)


def test_a_workbook_is_read_by_the_sheet_of_its_name(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["other"])
    sheet = book.create_sheet("demand")
    for row in (["shop", "units"], [None, None], ["a", 1], [3, 2.5]):
        sheet.append(row)
    book.save(tmp_path / "data.xlsx")
    table = read_table(tmp_path / "data.xlsx", "demand")
    assert table.names == ("shop", "units")
    assert labels_of(table, 0) == ["a", 3]
    assert numbers_of(table, 1).tolist() == [1, 2.5]
    assert table.cell(0, 0) == 'data.xlsx, row 3, column "shop"'
    assert read_table(tmp_path / "data.xlsx").names == ("other",)
    with pytest.raises(FormulationError, match=r'has no sheet "demands"; it has Sheet, demand\s+.*mean "demand"'):
        read_table(tmp_path / "data.xlsx", "demands")


@pytest.mark.parametrize("sign", ["#N/A", " #REF! ", "#NAME?", "#¡VALOR!", "#DIV/0!"])
def test_an_error_that_a_spreadsheet_shows_is_no_label(sign):
    with pytest.raises(FormulationError, match="is an error that a spreadsheet shows") as error:
        labels_of(column("a", sign), 0)
    assert code(error) == "error-cell"
    assert "row 3" in message(error)


@pytest.mark.parametrize("label", ["#1!", "#a!", "#north", "N/A", "is #N/A"])
def test_a_label_with_such_signs_in_it_is_one(label):
    assert labels_of(column("a", label), 0)[1] == label


def test_a_truth_is_no_number():
    with pytest.raises(FormulationError, match="TRUE stands where a number must"):
        numbers_of(column(1, True), 0)


def test_a_file_that_only_claims_to_be_a_workbook_is_refused(written):
    with pytest.raises(FormulationError, match="no Excel workbook"):
        read_table(written("a,b\n", "data.xlsx"))


def test_a_parquet_file_is_read(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"shop": ["a", "b"], "units": [1.0, None]}), tmp_path / "d.parquet")
    table = read_table(tmp_path / "d.parquet")
    assert labels_of(table, 0) == ["a", "b"]
    with pytest.raises(FormulationError) as error:
        numbers_of(table, 1)
    assert code(error) == "empty-cell"


def test_a_file_that_only_claims_to_be_parquet_is_refused(written):
    pytest.importorskip("pyarrow")
    with pytest.raises(FormulationError, match="no Parquet file"):
        read_table(written("a,b\n", "data.parquet"))


@pytest.mark.parametrize("place", [0.1, 0.5, None])
def test_a_damaged_parquet_file_is_named_without_its_folder(tmp_path, place):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "d.parquet"
    parquet.write_table(pyarrow.table({"shop": ["a", "b"] * 50}), path)
    content = bytearray(path.read_bytes())
    at = len(content) - 8 if place is None else int(place * len(content))
    content[at : at + 10] = b"\xff" * min(10, len(content) - at)
    path.write_bytes(content)
    with pytest.raises(FormulationError, match=r"d\.parquet is no Parquet file") as error:
        read_table(path)
    assert code(error) == "unreadable-file"
    assert str(tmp_path) not in str(error.value)


def test_the_index_of_a_data_frame_is_its_first_columns():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"shop": ["a", "b"], "month": [1, 2], "units": [3.5, None]}).set_index(["shop", "month"])
    table = from_frame(frame)
    assert table.names == ("shop", "month", "units")
    assert labels_of(table, 1) == [1, 2]
    with pytest.raises(FormulationError, match="the data frame, row 3"):
        numbers_of(table, 2)


def test_nullable_columns_of_a_data_frame_are_read():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"n": pandas.array([1, 2], dtype="Int64"), "s": pandas.array(["x", None], dtype="string")})
    table = from_frame(frame)
    assert numbers_of(table, 0).tolist() == [1, 2]
    with pytest.raises(FormulationError) as error:
        labels_of(table, 1)
    assert code(error) == "empty-cell"
