import io
import sys
from pathlib import Path

import pytest

from steepest.cli.inputs import read_formulation_source, read_problem, read_tables
from steepest.errors import InputError


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_an_existing_file_is_read() -> None:
    Path("plan").mkdir()
    Path("plan/problem.txt").write_text("Make the most of 40 kg of flour.")

    source = read_problem("plan/problem.txt")

    assert source.text == "Make the most of 40 kg of flour."
    assert source.folder == Path("plan")


def test_words_are_the_problem_themselves() -> None:
    assert read_problem("Cut costs by 3.5 or so, and/or raise profit").text.startswith("Cut costs")


def test_a_very_long_text_is_not_taken_for_the_name_of_a_file() -> None:
    text = "Ship as much as you can. " * 500

    assert read_problem(text).text == text


@pytest.mark.parametrize("argument", ["problem.txt", "plans/bakery", "../x", "my problem.txt", "bakery.five", "C:\\p"])
def test_what_looks_like_a_file_that_is_not_there_is_never_sent_as_text(argument: str) -> None:
    with pytest.raises(InputError, match="there is no file"):
        read_problem(argument)


def test_a_formulation_is_pointed_to_the_command_for_it() -> None:
    Path("bakery.five").write_text("maximize: 1")

    with pytest.raises(InputError, match=r"steepest run bakery\.five"):
        read_problem("bakery.five")


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    standard_input(monkeypatch, "Make bread for 3 €.".encode())

    assert read_problem("-").text == "Make bread for 3 €."


def test_a_text_of_ten_megabytes_is_refused_without_being_held(monkeypatch: pytest.MonkeyPatch) -> None:
    standard_input(monkeypatch, b"word " * 2_000_000)

    with pytest.raises(InputError, match=r"larger than 1 MB.*--data"):
        read_problem("-")


def test_a_binary_problem_is_refused() -> None:
    Path("problem.txt").write_bytes(b"\x7fELF\x00\x01")

    with pytest.raises(InputError, match="binary"):
        read_problem("problem.txt")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b" \n", "is empty"), (b"sets:\x00", "is binary"), (b"sets: \xff", r"no text in UTF-8 \(byte 6 is 0xff\)")],
)
def test_a_file_that_holds_no_formulation_is_refused(content: bytes, complaint: str) -> None:
    Path("model.five").write_bytes(content)

    with pytest.raises(InputError, match=complaint):
        read_formulation_source("model.five")


def test_a_folder_or_a_missing_file_is_no_formulation() -> None:
    Path("plans").mkdir()

    with pytest.raises(InputError, match="can't read plans: Is a directory"):
        read_formulation_source("plans")
    with pytest.raises(InputError, match=r"can't read nothing.five: No such file"):
        read_formulation_source("nothing.five")


def test_a_byte_order_mark_is_no_part_of_the_formulation() -> None:
    Path("model.five").write_bytes(b"\xef\xbb\xbfmaximize: x")

    assert read_formulation_source("model.five").text == "maximize: x"


def test_tables_are_files_by_name_and_scalars_are_numbers() -> None:
    Path("demand.csv").write_text("store,units\n")

    assert read_tables(["demand=demand.csv", "rate = -1.5e3"]) == {
        "demand": Path("demand.csv").absolute(),
        "rate": -1500.0,
    }


@pytest.mark.parametrize(
    ("pairs", "complaint"),
    [
        (["demand"], "write NAME=FILE"),
        (["=demand.csv"], "write NAME=FILE"),
        (["demand=nowhere.csv"], "there is no file 'nowhere.csv'"),
        (["rate=1", "rate=2"], "rate twice"),
        (["rate=nan"], "there is no file 'nan'"),
    ],
)
def test_other_forms_of_data_are_refused(pairs: list[str], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read_tables(pairs)
