"""Formats, told from the content or named."""

import json
from pathlib import Path
from typing import Any

import pytest

from steepest.errors import InputError
from steepest.evals.datasets.dataset import load_dataset
from steepest.evals.datasets.formats import ALIASES, FORMATS, format_named

TEXT = "A potter makes cups and bowls out of 20 kg of clay. How many of each bring the most?"


def lines(tmp_path: Path, *records: dict[str, Any] | str, name: str = "pots.jsonl") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(record if isinstance(record, str) else json.dumps(record) for record in records))
    return path


@pytest.mark.parametrize(
    ("native", "format"),
    [
        ({"id": "a", "question": TEXT, "answer": 1, "status": "optimal"}, "unified"),
        ({"id": "a", "question": TEXT, "answer": 1}, "unified"),
        ({"id": 1, "question": TEXT, "answer": 1}, "plain"),
        ({"question": TEXT, "answer": 1}, "plain"),
        ({"index": 0, "question": TEXT, "results": {"profit": "1"}, "type": "linear-table"}, "optibench"),
        ({"en_question": TEXT, "en_answer": "1", "id": 3}, "orlm"),
        ({"id": 1, "Question": TEXT, "Answer": "1", "Type": "easy_lp"}, "mamo"),
        ({"task_id": 0, "description": TEXT, "ground_truth": 1}, "alphaopt"),
        ({"description": TEXT, "ground_truth": 1, "problem_type": "LP"}, "orthought"),
        ({"id": "1", "description": TEXT, "solution": {"objective": 1}}, "nlp4lp"),
    ],
)
def test_the_format_is_told_from_the_records(tmp_path: Path, native: dict[str, Any], format: str) -> None:
    for content in (json.dumps(native), json.dumps([native], indent=2)):
        dataset = load_dataset(lines(tmp_path, content))
        assert dataset.reference.format == format
        assert (dataset.problems[0].question, dataset.problems[0].answer) == (TEXT, 1.0)


def test_a_format_may_be_named_by_itself_or_by_its_set(tmp_path: Path) -> None:
    path = lines(tmp_path, {"question": TEXT, "answer": 4, "en_question": "Else?", "en_answer": 5})
    assert load_dataset(path, format="plain").problems[0].answer == 4
    assert load_dataset(path, format="IndustryOR").problems[0].answer == 5
    assert set(ALIASES.values()) <= set(FORMATS)
    with pytest.raises(InputError, match="is a file, but the format logior is a folder"):
        load_dataset(path, format="logior")


def test_an_unknown_format_lists_what_was_found_and_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_dataset(lines(tmp_path, {"prompt": TEXT, "target": 1}))
    for word in ('"prompt", "target"', *FORMATS, "--dataset-format"):
        assert word in str(caught.value)
    with pytest.raises(InputError, match="unified"):
        format_named("xml")
