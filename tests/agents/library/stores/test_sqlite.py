import sqlite3
from contextlib import closing

import pytest

from steepest.agents.library.library import Library
from steepest.agents.library.stores.protocol import LibraryError
from tests.agents.library.insights import insight


def test_a_text_is_no_library(tmp_path):
    file = tmp_path / "lib.md"
    file.write_text("# an insight\n" * 100)
    with pytest.raises(LibraryError, match="it is no library of insights; `steepest library import`"):
        Library.open(file)
    assert file.read_text().startswith("# an insight")


def test_another_programs_database_is_left_alone(tmp_path):
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(LibraryError, match="it is no library"):
        Library.open(file)
    other = sqlite3.connect(file)
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    other.close()


def test_a_folder_and_a_folder_that_is_not_there_are_told(tmp_path):
    with pytest.raises(LibraryError, match="is a folder"):
        Library.open(tmp_path)
    with pytest.raises(LibraryError, match="there is no folder"):
        Library.open(tmp_path / "nowhere" / "lib.db")


def test_an_empty_file_becomes_a_library(tmp_path):
    (tmp_path / "lib.db").touch()
    with Library.open(tmp_path / "lib.db") as library:
        assert library.store.number() == 0


def test_a_library_is_read_while_somebody_writes(tmp_path):
    with Library.open(tmp_path / "lib.db") as writer:
        writer.add([insight("a")])
        with writer.store.alone():
            writer.add([insight("b")])
            with Library.open(tmp_path / "lib.db") as reader:
                assert [each.insight.id for each in reader.entries()] == ["a"]
