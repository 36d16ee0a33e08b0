"""What only a library in PostgreSQL has: names in a database, passwords, pgvector."""

import pytest

from steepest.agents.library.library import Library
from steepest.agents.library.stores.postgres import PostgresDialect
from steepest.agents.library.stores.protocol import LibraryError
from tests.agents.library.insights import ids, insight

psycopg = pytest.importorskip("psycopg", reason="psycopg (the extra `postgres`) is not installed")


def test_several_libraries_share_a_database(postgres):
    with Library.open(f"{postgres}#one-x") as one, Library.open(f"{postgres}#other") as other:
        one.add([insight("a")])
        other.add([insight("b")])
        assert (ids(one), ids(other)) == (["a"], ["b"])


def test_a_library_without_a_name_is_in_the_public_schema(postgres):
    with Library.open(postgres) as library:
        library.add([insight("a")])
    with psycopg.connect(postgres) as database:
        assert database.execute("SELECT id FROM public.steepest_insights").fetchall() == [("a",)]


@pytest.mark.parametrize("name", ["pg_mine", 'a"; DROP TABLE x; --', "1", "x" * 64])
def test_a_name_that_can_be_no_schema_is_told(postgres, name):
    with pytest.raises(LibraryError, match="letters, digits, - and _ only"):
        Library.open(f"{postgres}#{name}")


def test_no_password_is_shown():
    with pytest.raises(LibraryError) as told:
        Library.open("postgresql://ann:sesame-open@localhost:1/lib#mine")
    assert "sesame" not in str(told.value)
    assert "postgresql://ann:[redacted]@localhost:1/lib#mine: the database says:" in str(told.value)


def test_a_lost_connection_is_told_and_what_was_recorded_is_whole(postgres):
    with Library.open(f"{postgres}#lost") as library:
        library.add([insight("a")])
        with psycopg.connect(postgres, autocommit=True) as database:
            database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        with pytest.raises(LibraryError, match="the database says"):
            library.add([insight("b")])
    with Library.open(f"{postgres}#lost") as library:
        assert ids(library) == ["a"]


def test_embeddings_are_of_the_type_of_pgvector_where_it_is_installed(postgres):
    with Library.open(f"{postgres}#typed"):
        pass
    with psycopg.connect(postgres) as database:
        query = "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'"
        has_pgvector = database.execute(query).fetchone()[0]
        dialect = PostgresDialect(f"{postgres}#typed")
        assert dialect._vector_type(database) == ("vector" if has_pgvector else "bytea")
