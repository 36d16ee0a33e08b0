"""Data sets with a folder for each problem."""

import json
from pathlib import Path
from typing import Any

import pytest

from steepest.errors import InputError
from steepest.evals.datasets.dataset import load_dataset

FLOUR = "A mill grinds a set of grains. Each grain has a price and a demand. Which of them are ground?"
LOAVES = "A baker has 40 kg of flour for loaves of 2 kg. How many loaves are there at most?"


def folder(root: Path, name: str, **files: Any) -> None:
    (root / name).mkdir(parents=True)
    for file, content in files.items():
        stem, _, ending = file.rpartition("_")
        text = content if isinstance(content, str) else json.dumps(content)
        (root / name / f"{stem}.{ending}").write_text(text)


def test_the_input_of_complexor_is_data_and_becomes_part_of_the_question(tmp_path: Path) -> None:
    sample = [
        {"input": {"price": [3, 4.50], "capacity": 9}, "output": [215]},
        {"input": {"price": [1, 2], "capacity": 5}, "output": [20.0]},
    ]
    folder(tmp_path, "mill", description_txt=FLOUR, sample_json=sample, code_example_py="def mill(price): ...")
    dataset = load_dataset(tmp_path, name="or")
    assert dataset.reference.format == "complexor"
    assert [problem.id for problem in dataset.problems] == ["or/mill", "or/mill/2"]
    assert dataset.problems[0].question == f"{FLOUR}\n\nThe data:\nprice = [3, 4.5]\ncapacity = 9"
    assert [problem.answer for problem in dataset.problems] == [215.0, 20.0]


def test_the_input_of_lpwp_is_an_answer_and_is_never_shown(tmp_path: Path) -> None:
    for number in (1, 2, 10):
        sample = [{"input": {"loaves": 20}, "output": [20 + number]}]
        folder(tmp_path, f"prob_{number}", description_txt=LOAVES, sample_json=sample)
    dataset = load_dataset(tmp_path, name="lp")
    assert dataset.reference.format == "lpwp"
    assert [problem.id for problem in dataset.problems] == ["lp/prob_1", "lp/prob_2", "lp/prob_10"]
    assert {problem.question for problem in dataset.problems} == {LOAVES}
    assert all(problem.variables is None for problem in dataset.problems)


def test_logior_says_its_status_or_its_objective(tmp_path: Path) -> None:
    folder(tmp_path, "prob_001", question_txt=LOAVES, answer_json={"status": "optimal", "obj": 30.0}, model_txt="x")
    folder(tmp_path, "prob_002", question_txt=LOAVES, answer_json={"status": "infeasible", "obj": None})
    folder(tmp_path, "prob_003", question_txt=LOAVES, answer_json={"status": "optimal", "obj": None})
    dataset = load_dataset(tmp_path, skip_bad=True)
    assert [(problem.status, problem.answer) for problem in dataset.problems] == [("optimal", 30), ("infeasible", None)]
    assert [finding.message for finding in dataset.findings] == ["has no answer"]
    assert dataset.findings[0].place.endswith("prob_003")


def test_nlp4lp_has_a_text_or_a_text_with_parameters(tmp_path: Path) -> None:
    solution = {"variables": {"Loaves": 20, "Days": [1, 2]}, "objective": 63.33}
    folder(tmp_path, "1", description_txt=LOAVES, parameters_json={"Flour": 40}, solution_json=solution)
    info = {"parametrized_description": "A baker has Flour kg of flour."}
    folder(tmp_path, "2", problem_info_json=info, parameters_json={"Flour": 40}, solution_json=solution)
    folder(tmp_path, "3", description_txt="Flour is \\var{F}.", data_json={"F": [1, {"a": 2}]}, obj_txt="OBJ: 62666.67")
    problems = load_dataset(tmp_path, name="nlp").problems
    assert [problem.question for problem in problems] == [
        LOAVES,
        "A baker has Flour kg of flour.\n\nThe data:\nFlour = 40",
        'Flour is \\var{F}.\n\nThe data:\nF = [1, {"a": 2}]',
    ]
    assert [problem.answer for problem in problems] == [63.33, 63.33, 62666.67]
    assert problems[0].variables == {"Loaves": 20.0}


def test_other_folders_and_files_are_passed_over(tmp_path: Path) -> None:
    folder(tmp_path, "prob_1", question_txt=LOAVES, answer_json={"obj": 1})
    folder(tmp_path, "images", map_png="")
    folder(tmp_path, ".git", question_txt="")
    (tmp_path / "README.md").write_text("about")
    assert len(load_dataset(tmp_path).problems) == 1


@pytest.mark.parametrize(
    ("files", "trouble"),
    [
        ({"description_txt": LOAVES}, "has no readable sample.json"),
        ({"description_txt": " ", "sample_json": [{"output": [1]}]}, "description.txt is empty"),
        ({"description_txt": LOAVES, "sample_json": "[{"}, "sample.json is no JSON"),
        ({"description_txt": LOAVES, "sample_json": []}, "no list of objects"),
        ({"description_txt": LOAVES, "sample_json": [{"output": [1, 2]}]}, "neither a number nor a word"),
        ({"description_txt": LOAVES, "sample_json": [{"input": {}}]}, "has no answer"),
    ],
)
def test_a_problem_that_is_not_whole_is_told_by_its_folder(tmp_path: Path, files: dict[str, Any], trouble: str) -> None:
    folder(tmp_path, "prob_1", description_txt=LOAVES, sample_json=[{"input": {"a": 1}, "output": [5]}])
    folder(tmp_path, "prob_2", **files)
    with pytest.raises(InputError) as caught:
        load_dataset(tmp_path)
    assert f"{tmp_path / 'prob_2'}: " in str(caught.value)
    assert trouble in str(caught.value)


def test_a_text_in_another_encoding_is_told(tmp_path: Path) -> None:
    folder(tmp_path, "prob_1", answer_json={"obj": 5})
    (tmp_path / "prob_1" / "question.txt").write_bytes("Bäcker".encode("latin-1"))
    with pytest.raises(InputError, match=r"question\.txt is not UTF-8"):
        load_dataset(tmp_path)


def test_a_folder_without_problems_says_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "again").symlink_to(tmp_path)
    with pytest.raises(InputError, match="none of the 2 folders in it holds a problem"):
        load_dataset(tmp_path)
    (tmp_path / "a.jsonl").write_text("{}")
    with pytest.raises(InputError, match=r"give the files in it that you mean \(a\.jsonl\)"):
        load_dataset(tmp_path)


def test_the_hash_is_of_what_was_read(tmp_path: Path) -> None:
    def hashed(root: Path, question: str, extra: str = "") -> str:
        folder(root, "prob_1", question_txt=question, answer_json={"obj": 5}, code_py=extra)
        return load_dataset(root).reference.sha256

    first = hashed(tmp_path / "a", LOAVES)
    assert first == hashed(tmp_path / "b", LOAVES, extra="print()")
    assert first != hashed(tmp_path / "c", LOAVES + "?")


@pytest.mark.parametrize(("format", "trouble"), [("orlm", "is a folder, but"), ("pots", 'no format "pots"')])
def test_a_format_of_files_does_not_fit_a_folder(tmp_path: Path, format: str, trouble: str) -> None:
    folder(tmp_path, "prob_1", question_txt=LOAVES, answer_json={"obj": 5})
    with pytest.raises(InputError, match=trouble):
        load_dataset(tmp_path, format=format)
