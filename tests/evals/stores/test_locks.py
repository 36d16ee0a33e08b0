import os

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
