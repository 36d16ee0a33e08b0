"""Passes, which say that a browser was let in."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.errors import InputError
from steepest.web.passes import DAYS, Passes, kept_key

KEY = b"k" * 32


@given(st.text(), st.text())
def test_a_pass_says_whose_it_is(owner: str, stamp: str) -> None:
    passes = Passes(KEY)
    assert passes.owner_of(passes.issue(owner, stamp), lambda name: stamp) == owner


def test_a_pass_of_another_key_is_none() -> None:
    assert Passes(KEY).owner_of(Passes(b"x" * 32).issue("anna")) is None


@given(st.text())
def test_whatever_is_shown_is_no_pass(shown: str) -> None:
    assert Passes(KEY).owner_of(shown) is None


def test_a_pass_with_another_name_in_it_is_none() -> None:
    mine, yours = Passes(KEY).issue("anna"), Passes(KEY).issue("bert")
    forged = ".".join([*yours.split(".")[:2], mine.split(".")[2]])
    assert Passes(KEY).owner_of(forged) is None


def test_a_pass_ends() -> None:
    issued = Passes(KEY, lambda: 0.0).issue("anna")
    assert Passes(KEY, lambda: DAYS * 86_400 - 1.0).owner_of(issued) == "anna"
    assert Passes(KEY, lambda: DAYS * 86_400 + 1.0).owner_of(issued) is None


def test_a_pass_ends_with_the_password_that_it_was_given_for() -> None:
    issued = Passes(KEY).issue("anna", "old")
    assert Passes(KEY).owner_of(issued, lambda name: "new") is None
    assert Passes(KEY).owner_of(issued, lambda name: None) is None


def test_the_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "key"
    key = kept_key(path)
    assert kept_key(path) == key
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["key"]


def test_a_file_without_a_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("short")
    with pytest.raises(InputError, match="holds no key"):
        kept_key(tmp_path / "key")
