"""Tables are found in whatever way they are written, cell by cell."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.modeling.reading.tables import tables_in

MARKDOWN = "| Store | cost |\n|:---|---:|\n| North | 12 |\n| South | 9.5 |"
HTML = (
    "<table><tr><th>Store</th><th>cost</th></tr>"
    "<tr><td>North</td><td>12</td></tr><tr><td>South</td><td>9.5</td></tr></table>"
)
LATEX = r"\begin{tabular}{|c|c|} \hline Store & cost \\ \hline North & 12 \\ South & 9.5 \\ \hline \end{tabular}"
TABS = "Store\tcost\nNorth\t12\nSouth\t9.5"
BLANKS = "Store   cost   day\nNorth   12     1\nSouth   9.5    2"


@pytest.mark.parametrize("written", [MARKDOWN, HTML, LATEX, TABS])
def test_a_table_is_read_cell_by_cell(written: str) -> None:
    text = f"Costs by store:\n\n{written}\n\nWhat is cheapest?"
    [table] = tables_in(text)

    assert [[cell.of(text) for cell in row] for row in table.rows] == [
        ["Store", "cost"],
        ["North", "12"],
        ["South", "9.5"],
    ]
    assert [cell.of(text) for cell in table.labels(2, 1)] == ["South", "cost"]


def test_columns_may_be_set_off_by_blanks() -> None:
    [table] = tables_in(BLANKS)

    assert [cell.of(BLANKS) for cell in table.labels(1, 1)] == ["North", "cost"]


def test_a_first_column_that_counts_names_the_rows_and_one_of_data_does_not() -> None:
    [counted] = tables_in("| week | demand |\n| 1 | 40 |\n| 2 | 40 |\n| 3 | 70 |")
    [data] = tables_in("| cost | demand |\n| 17 | 40 |\n| 12 | 40 |\n| 13 | 70 |")

    assert counted.stub
    assert not data.stub
    assert data.heads


def test_prose_is_no_table() -> None:
    assert tables_in("A or B.  Two blanks after a stop.\nAnother line.  With them.\n") == []


@given(st.text(alphabet="|\n \t1a-<>td/r&\\", max_size=80))
def test_whatever_looks_like_a_table_lies_in_the_text_and_in_no_other(text: str) -> None:
    tables = tables_in(text)

    assert all(0 <= cell.start <= cell.end <= len(text) for table in tables for row in table.rows for cell in row)
    assert all(first.span.end <= second.span.start for first, second in pairwise(tables))
