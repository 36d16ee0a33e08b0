"""Examples from lists and files, named so that every run names them alike."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.optimizers.examples import digest_of_examples, examples_of
from steepest.errors import InputError


def test_examples_are_named_by_their_ids_or_their_places() -> None:
    assert [each.key for each in examples_of([{"id": "b"}, {"id": 7}])] == ["b", "7"]
    assert [each.key for each in examples_of(["x", "y"])] == ["0", "1"]
    assert [each.key for each in examples_of([{"id": "b"}, {"id": "b"}])] == ["0", "1"]
    assert [each.key for each in examples_of([{"id": 1}, {"id": "1"}])] == ["0", "1"]
    assert [each.key for each in examples_of([{"id": True}, {"id": 2}])] == ["0", "1"]


def test_a_file_may_be_one_array(tmp_path: Path) -> None:
    file = tmp_path / "data.json"
    file.write_text('[\n  {"id": "a"},\n  {"id": "b"}\n]\n')
    assert [each.key for each in examples_of(file)] == ["a", "b"]


def test_a_workflow_without_arguments_has_one_example() -> None:
    (only,) = examples_of(None)
    assert only.data is None


def test_a_file_has_an_example_on_each_line(tmp_path: Path) -> None:
    file = tmp_path / "data.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"id": 3, "x": 1}\r\n\r\n{"id": 4, "x": "\xe2\x80\xa8"}\n')
    assert [(each.key, each.data["x"]) for each in examples_of(file)] == [("3", 1), ("4", "\u2028")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no examples"),
        (b"\n\n", "no examples"),
        (b'{"a": 1}\n{"a": ', "line 2, is no JSON"),
        (b"\xff\xfe\x00", "no UTF-8"),
    ],
)
def test_a_file_that_holds_none_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "data.jsonl"
    file.write_bytes(content)
    with pytest.raises(InputError, match=words):
        examples_of(file)


@pytest.mark.parametrize("data", [{"a": 1}, b"bytes", 7])
def test_what_is_no_list_of_examples_is_refused(data: Any) -> None:
    with pytest.raises(InputError, match="pass a list"):
        examples_of(data)


def test_any_other_example_changes_the_digest() -> None:
    digests = {digest_of_examples(examples_of(data)) for data in ([1, 2], [1, 3], [2, 1], [[1], 2], [{"id": 1}, 2])}
    assert len(digests) == 5
    assert digest_of_examples(examples_of([{"a": 1, "b": 2}])) == digest_of_examples(examples_of([{"b": 2, "a": 1}]))


def test_arrays_that_differ_in_the_middle_have_other_digests() -> None:
    numpy = pytest.importorskip("numpy")
    one, other = numpy.zeros(5000), numpy.zeros(5000)
    other[2500] = 7
    assert digest_of_examples(examples_of([{"a": one}])) != digest_of_examples(examples_of([{"a": other}]))


def test_the_digest_is_the_same_in_every_process() -> None:
    code = (
        "from steepest.agents.optimizers.examples import digest_of_examples, examples_of; "
        "print(digest_of_examples(examples_of([{'s': {'aa', 'bb', 'cc', 'dd'}}])))"
    )
    environments = [{**os.environ, "PYTHONHASHSEED": seed} for seed in "12"]
    runs = {
        subprocess.run([sys.executable, "-c", code], env=each, stdout=-1, check=True).stdout for each in environments
    }
    assert len(runs) == 1


@pytest.mark.parametrize("data", [[{1: 2, "a": 3}], [{(1, 2): 3}], [(1, {2.5})]])
def test_keys_that_are_no_texts_have_a_digest(data: Any) -> None:
    assert len(digest_of_examples(examples_of(data))) == 16


def test_an_example_that_can_not_be_told_exactly_is_named() -> None:
    holding_itself: list[Any] = []
    holding_itself.append(holding_itself)
    for strange in (object(), holding_itself):
        with pytest.raises(InputError, match=r"validation: the example 1 can't be told.*leave out out="):
            digest_of_examples(examples_of(["x", strange]), "validation")
