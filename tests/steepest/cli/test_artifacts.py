import os
from pathlib import Path

import pytest

from steepest.cli.artifacts import OutputFolder, output_folder
from steepest.errors import InputError


def test_the_kept_files_are_written_and_nothing_else(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path / "deep" / "result")
    folder.keep("formulation.five", "maximize: x")
    folder.keep("answer.txt", "solved €")
    folder.write()

    written = {path.name: path.read_text("utf-8") for path in (tmp_path / "deep" / "result").iterdir()}
    assert written == {"formulation.five": "maximize: x", "answer.txt": "solved €"}


def test_files_of_an_earlier_run_give_way(tmp_path: Path) -> None:
    first = OutputFolder(tmp_path)
    first.keep("solution.json", "{}")
    first.keep("answer.txt", "old")
    first.write()

    second = OutputFolder(tmp_path)
    second.keep("answer.txt", "new")
    second.write()

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"answer.txt": "new"}


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")

    with pytest.raises(InputError, match=r"holds 'thesis.tex', which steepest did not write; name a new"):
        OutputFolder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_the_place_of_the_folder_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "result").write_text("")

    with pytest.raises(InputError, match=r"--out .*result: can't write there \(File exists\)"):
        OutputFolder(tmp_path / "result")


def test_a_place_where_nothing_can_be_written_is_told_at_once() -> None:
    with pytest.raises(InputError, match=r"can't write there \(Not a directory\); name another folder"):
        OutputFolder(Path(os.devnull) / "result")


def test_what_was_kept_is_written_when_the_run_fails(tmp_path: Path) -> None:
    def failing_run() -> None:
        with output_folder(tmp_path) as folder:
            assert folder is not None
            folder.keep("transcript.json", "[]")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        failing_run()
    assert [path.name for path in tmp_path.iterdir()] == ["transcript.json"]


def test_a_run_that_made_nothing_leaves_no_folder(tmp_path: Path) -> None:
    with output_folder(tmp_path / "result"):
        pass

    assert not (tmp_path / "result").exists()


def test_no_folder_is_asked_for(tmp_path: Path) -> None:
    with output_folder(None) as folder:
        assert folder is None


def test_only_known_names_are_kept(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="none of the files"):
        OutputFolder(tmp_path).keep("../escape", "")
