"""What only a run in PostgreSQL has: addresses, passwords, several runs in one database."""

import pytest

from steepest.agents.llm.kept_replies import RepliesError
from steepest.errors import InputError
from steepest.evals.stores.places import continue_run, open_replies, open_run
from steepest.evals.stores.postgres_connection import Address
from tests.evals.stores.bakeries import bakeries, sample, specification
from tests.evals.stores.test_replies import reply

pytest.importorskip("psycopg", reason="psycopg (the extra `postgres`) is not installed")


def test_an_address_names_the_run_after_the_hash():
    assert Address.parse("postgresql://ann@host/evals#first%20try") == Address(
        "postgresql://ann@host/evals", "first try"
    )


def test_an_address_without_a_run_is_told():
    with pytest.raises(InputError, match="names a database but no run in it"):
        Address.parse("postgresql://ann@host/evals")


def test_no_password_is_shown():
    with pytest.raises(InputError) as told:
        open_run("postgresql://ann:sesame-open@localhost:1/evals#run")
    assert "sesame" not in str(told.value)
    assert "postgresql://ann:[redacted]@localhost:1/evals#run: the database says:" in str(told.value)


def test_a_database_without_runs_is_told(postgres):
    with pytest.raises(InputError, match="there is no run of this name"):
        open_run(f"{postgres}#nobody")


def test_several_runs_share_a_database(postgres):
    one = continue_run(f"{postgres}#one", specification(), bakeries(4))
    other = continue_run(f"{postgres}#other", specification(model="other"), bakeries(2))
    one.append(sample(0))
    other.append(sample(1))
    assert [each.id for each in open_run(f"{postgres}#one").samples()] == ["bakery/0"]
    assert [each.id for each in open_run(f"{postgres}#other").samples()] == ["bakery/1"]
    assert len(list(open_run(f"{postgres}#other").problems())) == 2
    one.close()
    other.close()


def test_a_lost_connection_is_told_and_what_was_recorded_is_whole(postgres):
    address = f"{postgres}#lost"
    store = continue_run(address, specification(), bakeries(4))
    store.append(sample(0))
    end_connections(postgres)
    with pytest.raises(InputError, match="the same command goes on from there"):
        store.append(sample(1))
    store.close()
    again = continue_run(address, specification(), bakeries(4))
    again.append(sample(1))
    assert [each.id for each in open_run(address).samples()] == ["bakery/0", "bakery/1"]
    again.close()


def test_replies_that_can_no_longer_be_kept_are_told(postgres):
    store = continue_run(f"{postgres}#replies", specification(), bakeries(4))
    log = open_replies(store.replies)
    end_connections(postgres)
    with pytest.raises(RepliesError, match="the database says"):
        log.keep("a", reply()).result(timeout=20)
    with pytest.raises(RepliesError, match="the database says"):
        log.find("a")
    log.close()
    store.close()


def end_connections(postgres):
    """As a restart of the server would."""
    import psycopg

    others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'steepest:%'"
    with psycopg.connect(postgres) as database:
        database.execute(others)
