import pytest

from steepest.errors import InputError
from steepest.traces.modules import files
from steepest.traces.modules.files import write_text


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "one\n")
    write_text(str(path), "zwölf\n")
    assert path.read_bytes() == "zwölf\n".encode()
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_the_old_file_stays_when_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(InputError, match="can't be written: No space left"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InputError, match="can't be written"):
        write_text(tmp_path, "x")
