import errno
import os

import pytest

from steepest.evals.stores import locks
from steepest.evals.stores.locks import LockFile, is_held


def test_a_lock_can_be_taken_once(tmp_path):
    first, second = LockFile(tmp_path / "lock"), LockFile(tmp_path / "lock")
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()


def test_a_lock_says_who_holds_it(tmp_path):
    lock = LockFile(tmp_path / "lock")
    lock.take()
    assert LockFile(tmp_path / "lock").holder().startswith(f"process {os.getpid()} on ")
    lock.release()


def test_one_can_look_whether_it_is_held(tmp_path):
    path = tmp_path / "lock"
    assert not is_held(path)
    with LockFile(path):
        assert is_held(path)
    assert not is_held(path)


def test_a_file_without_a_name_in_it_is_held_by_another_process(tmp_path):
    (tmp_path / "lock").touch()
    assert LockFile(tmp_path / "lock").holder() == "another process"


def test_a_file_system_without_locks_is_no_other_process(tmp_path, monkeypatch):
    def refuse(descriptor, wait):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks, "_lock", refuse)
    (tmp_path / "lock").touch()
    for use in (LockFile(tmp_path / "lock").take, lambda: is_held(tmp_path / "lock")):
        with pytest.raises(OSError, match="No locks"):
            use()
