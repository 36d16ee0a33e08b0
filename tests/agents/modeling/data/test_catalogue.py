"""A person's tables: the model is told of their columns and a few rows, and a formulation names what it takes."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import steepest
from steepest.agents.modeling.data.catalogue import Catalogue
from steepest.agents.modeling.data.places import is_catalogue, open_catalogue
from steepest.errors import InputError
from steepest.solvers.data import workbook_tables
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation

PROBLEM = "A bakery has 40 kg of flour. What the products earn and need is in the table. Earn the most."
FIVE = """\
sets:
  table Product from "{table}" (product)
parameters:
  table profit[Product] from "{table}" (product, profit)   # [$/item]
  table need[Product] from "{table}" (product, flour)   # [kg/item]
  flour = 40   # [kg] "40 kg of flour"
variables:
  bake[Product]: real >= 0   # [item]
maximize: sum(profit[p] * bake[p] for p in Product)
constraints:
  stock: sum(need[p] * bake[p] for p in Product) <= flour   # "40 kg of flour"
"""
ROWS = [("bread", 3.0, 0.5), ("cake", 8.0, 0.8), *((f"roll {each}", 1.0, 0.4) for each in range(20))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = ["product,profit [$],flour", *(f"{name},{profit:g},{flour}" for name, profit, flour in ROWS)]
    (tmp_path / "goods.csv").write_text("\n".join(lines))
    (tmp_path / ".hidden.csv").write_text("a\n1\n")
    (tmp_path / "notes.txt").write_text("no table")
    return tmp_path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "bakery's.db"
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute('CREATE TABLE "odd ""goods""" (product TEXT, profit REAL, flour REAL)')
        opened.executemany('INSERT INTO "odd ""goods""" VALUES (?, ?, ?)', ROWS)
        opened.execute('CREATE VIEW goods AS SELECT * FROM "odd ""goods"""')
    opened.close()
    return path


def test_what_is_hidden_in_a_workbook_is_shown_to_no_model(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["store"])
    book.active.append(["Bern"])
    for name, state in (("Prices", "visible"), ("Salaries", "hidden")):
        sheet = book.create_sheet(name)
        sheet.append(["amount"])
        sheet.append([7])
        sheet.sheet_state = state
    book.save(tmp_path / "book.xlsx")
    told = "\n".join(open_catalogue(tmp_path).lines)
    assert "book/Sheet" in told
    assert "book/Prices" in told
    assert "Salaries" not in told


def test_a_model_is_told_names_kinds_and_three_rows(folder: Path) -> None:
    assert open_catalogue(folder).lines == (
        "goods: columns product (text), profit [$] (number, 1 to 8), flour (number, 0.4 to 0.8) (22 rows); "
        "first rows: bread, 3, 0.5 | cake, 8, 0.8 | roll 0, 1, 0.4",
    )


def test_a_formulation_takes_columns_from_a_folder(script: Callable[..., Any], folder: Path) -> None:
    model = script(FIVE.format(table="goods"))
    answer = steepest.solve(PROBLEM, model=model, data=folder)

    assert answer.solution is not None
    assert answer.solution.objective == pytest.approx(400)
    assert len(answer.solution.variables) == 22
    asked = model.requests[0].messages[-1].content
    assert "roll 0" in asked
    assert "roll 1" not in asked


@pytest.mark.parametrize("table", ["goods.csv", "./goods.csv"])
def test_a_table_may_be_called_as_its_file(script: Callable[..., Any], folder: Path, table: str) -> None:
    answer = steepest.solve(PROBLEM, model=script(FIVE.format(table=table)), data=folder)

    assert answer.outcome == "solved"


def test_a_column_that_is_not_there_goes_back_to_the_model(script: Callable[..., Any], folder: Path) -> None:
    right = FIVE.format(table="goods")
    model = script(right.replace("(product, flour)", "(product, flower)"), right)
    answer = steepest.solve(PROBLEM, model=model, data=folder)

    assert answer.outcome == "solved"
    assert 'no column "flower"' in model.requests[1].messages[-1].content


def test_a_table_that_is_not_there_is_refused_with_those_that_are(script: Callable[..., Any], folder: Path) -> None:
    model = script(FIVE.format(table="wares"), FIVE.format(table="goods"))
    steepest.solve(PROBLEM, model=model, data=folder)

    assert "there is no data file 'wares'; given are: goods" in model.requests[1].messages[-1].content


@pytest.mark.parametrize("table", ["goods", 'odd \\"goods\\"'])
def test_tables_and_views_of_a_sqlite_file_are_tables(script: Callable[..., Any], database: Path, table: str) -> None:
    catalogue = open_catalogue(f"sqlite:///{database}")

    assert set(catalogue.sources) == {"goods", 'odd "goods"'}
    assert "(22 rows); first rows: bread, 3.0, 0.5" in catalogue.lines[0]
    if table == "goods":
        answer = steepest.solve(PROBLEM, model=script(FIVE.format(table=table)), data=str(database))
        assert answer.outcome == "solved"


def test_what_the_person_binds_by_name_goes_over_the_folder(folder: Path) -> None:
    formulation = Formulation.from_text(FIVE.format(table="goods"))
    bound = open_catalogue(folder).bound(formulation, {"profit": 5})

    assert bound["profit"] == 5
    assert set(bound) == {"Product", "profit", "need"}


def test_a_parameter_with_an_index_needs_keys_and_values(folder: Path) -> None:
    formulation = Formulation.from_text(FIVE.format(table="goods").replace("(product, flour)", "(flour)"))

    with pytest.raises(FormulationError, match="1 column is named for need"):
        open_catalogue(folder).bound(formulation)


def test_sheets_of_a_workbook_are_tables_of_their_own(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "goods"
    book.active.append(["product", "profit"])
    book.active.append(["bread", 3])
    book.create_sheet("stores").append(["store"])
    book.save(tmp_path / "bakery.xlsx")
    catalogue = open_catalogue(tmp_path)

    assert list(catalogue.sources) == ["bakery/goods", "bakery/stores"]
    assert catalogue.lines[0].startswith("bakery/goods: columns product (text), profit (number, 3 to 3) (1 row)")


def test_a_workbook_is_opened_once_for_all_its_sheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.create_chartsheet("picture")
    for sheet in (book.active, book.create_sheet("stores"), book.create_sheet("goods")):
        sheet.append([f"{sheet.title} name"])
    book.save(tmp_path / "bakery.xlsx")
    read, calls = workbook_tables.read_shared, []
    monkeypatch.setattr(workbook_tables, "read_shared", lambda packed: calls.append(packed) or read(packed))
    catalogue = open_catalogue(tmp_path)

    assert list(catalogue.sources) == ["bakery/Sheet", "bakery/stores", "bakery/goods"]
    assert "stores name" in catalogue.lines[1]
    assert len(calls) == 1


def test_too_many_tables_are_refused_sheets_among_them(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for _ in range(100):
        book.create_sheet().append(["store"])
    for name in ("one.xlsx", "two.xlsx"):
        book.save(tmp_path / name)
    with pytest.raises(InputError, match="more than 200 tables"):
        open_catalogue(tmp_path)


def test_files_of_one_stem_keep_their_endings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "a.tsv").write_text("x\n1\n")

    assert list(open_catalogue(tmp_path).sources) == ["a.csv", "a.tsv"]


@pytest.mark.parametrize(
    ("place", "told"),
    [("nowhere", "no folder of tables and no database"), ("nowhere.db", "there is no file"), (".", "holds no table")],
)
def test_a_place_without_tables_is_told(tmp_path: Path, place: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        open_catalogue(tmp_path / place)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("this is no database, but a text that is long enough to be looked at")

    with pytest.raises(InputError, match="the database says: file is not a database"):
        open_catalogue(tmp_path / "a.db")


def test_an_empty_database_is_told(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "a.db").close()

    with pytest.raises(InputError, match="has no tables"):
        open_catalogue(tmp_path / "a.db")


def test_a_folder_and_a_database_are_told_from_one_table(folder: Path, database: Path) -> None:
    assert is_catalogue(folder)
    assert is_catalogue(database)
    assert is_catalogue("postgresql://me@host/shop?sslmode=require")
    assert not is_catalogue("demand=demand.csv")
    assert not is_catalogue(f"demand={folder}")


def test_without_a_catalogue_a_name_is_not_found() -> None:
    assert Catalogue("nowhere", {}).find("goods") is None
