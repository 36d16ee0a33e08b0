"""Loading data sets: formats told from the content, bad records told with their places."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from steepest.errors import InputError
from steepest.evals.datasets.dataset import load_dataset, load_datasets

TEXT = "A potter makes cups and bowls out of 20 kg of clay. How many of each bring the most?"


def lines(tmp_path: Path, *records: dict[str, Any] | str, name: str = "pots.jsonl") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(record if isinstance(record, str) else json.dumps(record) for record in records))
    return path


def record(number: int, **changed: Any) -> dict[str, Any]:
    return {"id": f"pots/{number}", "question": TEXT, "answer": number, **changed}


def test_problems_come_with_a_reference_and_in_the_file_s_order(tmp_path: Path) -> None:
    path = lines(tmp_path, *(record(number) for number in (3, 1, 2)))
    dataset = load_dataset(path)
    assert [problem.id for problem in dataset.problems] == ["pots/3", "pots/1", "pots/2"]
    reference = dataset.reference
    assert (reference.name, reference.path, reference.problems) == ("pots", str(path), 3)
    assert reference.format == "unified"
    assert dataset.places[1] == f"{path}:2"


def test_a_record_without_its_answer_does_not_hide_the_format(tmp_path: Path) -> None:
    path = lines(tmp_path, {"id": "a", "question": TEXT}, record(1), record(2))
    with pytest.raises(InputError, match=r"1 of 3 records of .*pots\.jsonl can't be used:\n .*:1: has no answer"):
        load_dataset(path)


def test_a_file_of_broken_lines_is_told_by_the_first(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no record that can be read; .*pots\.jsonl:1: no JSON"):
        load_dataset(lines(tmp_path, '{"id":'))
    with pytest.raises(InputError, match="holds no problem"):
        load_dataset(lines(tmp_path, "[]"))


def bad_file(tmp_path: Path) -> Path:
    return lines(
        tmp_path,
        record(0),
        '{"id": "pots/1", "question": ',
        record(2, answer=None),
        record(0, answer=5),
        record(4),
        record(5, answer="lots"),
        record(6, status="solved"),
        record(7, question=""),
    )


def test_bad_records_are_an_error_that_lists_the_first_with_their_places(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_dataset(bad_file(tmp_path))
    text = str(caught.value)
    assert text.startswith("6 of 8 records of ")
    assert "pots.jsonl:2: no JSON" in text
    assert "pots.jsonl:3: has no answer" in text
    assert f'pots.jsonl:4: has the id "pots/0", as {tmp_path / "pots.jsonl"}:1 has' in text
    assert "and 1 more" in text
    assert "--skip-bad" in text


def test_bad_records_may_be_left_out_and_are_counted(tmp_path: Path) -> None:
    dataset = load_dataset(bad_file(tmp_path), skip_bad=True)
    assert [problem.id for problem in dataset.problems] == ["pots/0", "pots/4"]
    assert (dataset.skipped, dataset.reference.problems) == (6, 2)
    assert dataset.problems[0].answer == 0


def test_what_a_file_holds_reaches_no_terminal_unescaped(tmp_path: Path) -> None:
    path = lines(tmp_path, record(1, status="\x1b[2J"), record(2))
    with pytest.raises(InputError) as caught:
        load_dataset(path)
    assert "\\x1b[2J" in str(caught.value)
    with pytest.raises(InputError) as caught:
        load_dataset(lines(tmp_path, '{"\\ud800\\u001b": {"id": 1}}', name="keyed.json"))
    assert str(caught.value).encode()


def test_a_file_of_bad_records_alone_is_an_error_even_if_they_may_be_left_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"all 1 records are bad, the first one .*has no answer"):
        load_dataset(lines(tmp_path, record(1, answer=None)), skip_bad=True)


def test_numbers_of_native_records_do_not_move_when_a_bad_one_is_left_out(tmp_path: Path) -> None:
    native = [{"en_question": TEXT, "en_answer": answer} for answer in ("1", "many", "3")]
    dataset = load_dataset(lines(tmp_path, *native), skip_bad=True)
    assert [problem.id for problem in dataset.problems] == ["pots/0", "pots/2"]


def test_several_files_make_one_run_and_a_name_may_be_given(tmp_path: Path) -> None:
    native = {"en_question": TEXT, "en_answer": "1"}
    (tmp_path / "b").mkdir()
    first, second = lines(tmp_path, native), lines(tmp_path / "b", native)
    with pytest.raises(InputError, match="both called pots: give one of them another name, as in NAME=PATH"):
        load_datasets([first, second])
    one, two = load_datasets([str(first), f"cups={second}"])
    assert (one.problems[0].id, two.problems[0].id) == ("pots/0", "cups/0")
    assert two.reference.path == str(second)


def test_a_path_with_an_equals_sign_is_a_path_when_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines(tmp_path, record(1), name="a=b.jsonl")
    monkeypatch.chdir(tmp_path)
    assert load_datasets(["a=b.jsonl"])[0].reference.name == "a=b"


def test_an_id_in_two_files_is_told_with_both_places(tmp_path: Path) -> None:
    first, second = lines(tmp_path, record(1), record(2)), lines(tmp_path, record(3), record(1), name="more.jsonl")
    with pytest.raises(InputError) as caught:
        load_datasets([first, second])
    assert f'"pots/1" at {first}:1 and at {second}:2' in str(caught.value)
    with pytest.raises(InputError, match="No data set"):
        load_datasets([])


def test_reading_keeps_no_more_than_the_problems(tmp_path: Path) -> None:
    extra = {"program": "x = 1\n" * 2000}  # 14 kB a record that no problem keeps
    path = lines(tmp_path, *(record(number, **extra) for number in range(800)))
    tracemalloc.start()
    assert len(load_dataset(path).problems) == 800
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 9_000_000
    assert peak < 4_000_000
