"""What a transaction in a file does when it ends well, and when it does not."""

import sqlite3
from pathlib import Path

import pytest

from steepest.agents.sqlite import writing


@pytest.fixture
def database(tmp_path: Path):
    opened = sqlite3.connect(tmp_path / "kept.db", isolation_level=None)
    opened.execute("CREATE TABLE kept (number INTEGER)")
    yield opened
    opened.close()


def numbers(database: sqlite3.Connection) -> list[int]:
    return [number for (number,) in database.execute("SELECT number FROM kept")]


def write_and_fail(database: sqlite3.Connection, statement: str, failure: BaseException) -> None:
    with writing(database):
        database.execute(statement)
        raise failure


def test_what_was_written_stays(database):
    with writing(database):
        database.execute("INSERT INTO kept VALUES (1)")
    assert numbers(database) == [1]


def test_what_was_written_before_a_failure_does_not_stay(database):
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(database, "INSERT INTO kept VALUES (1)", KeyboardInterrupt())
    assert numbers(database) == []


def test_a_transaction_that_sqlite_has_put_back_itself_keeps_its_error(database):
    with pytest.raises(ValueError, match="disk full"):
        write_and_fail(database, "ROLLBACK", ValueError("disk full"))


def test_a_second_writer_waits_from_the_beginning(database, tmp_path: Path):
    other = sqlite3.connect(tmp_path / "kept.db", isolation_level=None, timeout=0)
    with writing(database), pytest.raises(sqlite3.OperationalError, match="locked"), writing(other):
        pass
    other.close()


def test_a_transaction_that_can_not_be_kept_is_put_back_and_the_next_goes_on(database):
    database.execute("PRAGMA foreign_keys = ON")
    database.execute("CREATE TABLE parent (number PRIMARY KEY)")
    database.execute("CREATE TABLE child (number REFERENCES parent (number) DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(sqlite3.IntegrityError), writing(database):  # it is the COMMIT that fails
        database.execute("INSERT INTO child VALUES (1)")
    with writing(database):
        database.execute("INSERT INTO kept VALUES (2)")
    assert numbers(database) == [2]
