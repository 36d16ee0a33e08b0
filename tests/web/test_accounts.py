"""People who may log in."""

import stat
from pathlib import Path

import pytest

from steepest.errors import InputError
from steepest.web.accounts import Accounts, add_account

PASSWORD = "correct horse"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    add_account(tmp_path / "people", "anna", PASSWORD)
    return tmp_path / "people"


def test_a_person_is_known_by_the_password(people: Path) -> None:
    accounts = Accounts(people)
    assert accounts.is_right("anna", PASSWORD)
    assert not accounts.is_right("anna", "wrong horse")
    assert not accounts.is_right("bert", PASSWORD)


def test_the_file_holds_no_password_and_is_nobody_elses(people: Path) -> None:
    assert PASSWORD not in people.read_text()
    assert stat.S_IMODE(people.stat().st_mode) == 0o600


def test_equal_passwords_look_different(people: Path) -> None:
    add_account(people, "bert", PASSWORD)
    one, other = (line.partition(":")[2] for line in people.read_text().splitlines())
    assert one != other


def test_a_new_password_counts_at_once(people: Path) -> None:
    accounts = Accounts(people)
    before = accounts.stamp("anna")
    add_account(people, "anna", "another horse")
    assert accounts.is_right("anna", "another horse")
    assert not accounts.is_right("anna", PASSWORD)
    assert accounts.stamp("anna") != before


@pytest.mark.parametrize("name", ["", "a:b", "a b", "x" * 65, "a\nb"])
def test_a_name_that_would_break_the_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="is no name"):
        add_account(tmp_path / "people", name, PASSWORD)


def test_a_short_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least 8"):
        add_account(tmp_path / "people", "anna", "short")


def test_a_line_that_is_none_is_told_with_its_number(people: Path) -> None:
    people.write_text(people.read_text() + "bert:secret\n")
    with pytest.raises(InputError, match="line 2"):
        Accounts(people)


def test_a_file_without_people_is_refused(tmp_path: Path) -> None:
    (tmp_path / "people").write_text("# nobody yet\n")
    with pytest.raises(InputError, match="nobody may log in"):
        Accounts(tmp_path / "people")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        Accounts(tmp_path / "people")
