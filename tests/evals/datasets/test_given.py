from pathlib import Path

import pytest

from steepest.errors import InputError
from steepest.evals.datasets.given import dataset_of, datasets_of
from tests.evals.runs_for_tests import problem


def test_problems_become_a_data_set_whose_hash_follows_its_content() -> None:
    one, other = dataset_of([problem("a")], "mine"), dataset_of([problem("a", answer=13.0)], "mine")
    assert one.reference.name == "mine"
    assert one.reference.sha256 == dataset_of([problem("a")], "mine").reference.sha256
    assert one.reference.sha256 != other.reference.sha256


def test_problems_without_a_data_set_take_its_name() -> None:
    dataset = dataset_of([problem("a", dataset=""), problem("b")], "mine")
    assert [each.dataset for each in dataset.problems] == ["mine", "kiosks"]


def test_files_data_sets_and_problems_are_all_understood(tmp_path: Path) -> None:
    path = tmp_path / "tea.jsonl"
    path.write_text(problem("a").model_dump_json() + "\n")
    (read,) = datasets_of(path)
    assert datasets_of(str(path)) == datasets_of([path]) == datasets_of(read) == datasets_of([read]) == (read,)
    assert [each.id for each in datasets_of([problem("a")])[0].problems] == [each.id for each in read.problems]


def test_a_mixture_is_refused() -> None:
    with pytest.raises(InputError, match="all of one kind, not Problem, str"):
        datasets_of(["a.jsonl", problem("a")])  # type: ignore[list-item]


def test_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="at least one problem"):
        datasets_of([])


def test_two_problems_of_one_id_are_refused() -> None:
    with pytest.raises(InputError, match="Two problems are called 'a'"):
        dataset_of([problem("a"), problem("a")])
