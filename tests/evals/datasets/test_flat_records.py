"""Problems from the record shapes of benchmarks."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from steepest.evals.datasets.entries import Entry
from steepest.evals.datasets.findings import BadRecord
from steepest.evals.datasets.flat_records import (
    read_alphaopt,
    read_mamo,
    read_nlp4lp,
    read_optibench,
    read_orlm,
    read_orthought,
    read_plain,
    read_unified,
)
from steepest.evals.datasets.json_rows import decode_json
from steepest.evals.problems import Problem

TEXT = "A potter makes cups and bowls out of 20 kg of clay. How many of each bring the most?"


def entry(**fields: Any) -> Entry:
    return Entry(decode_json(json.dumps(fields)), "7", "clay")


def test_a_unified_record_gives_all_its_fields() -> None:
    problem = read_unified(
        entry(
            id="clay/1",
            dataset="pots",
            question=f" {TEXT}\n",
            answer=12.0,
            status="optimal",
            variables={"cups": 4, "profit": "12.0"},
            type="LP",
            category="easy",
            source="own",
            license="CC0",
            group="clay",
            notes="checked",
        )
    )
    assert problem == Problem(
        id="clay/1",
        dataset="pots",
        question=TEXT,
        answer=12.0,
        label_text="12.0",
        variables={"cups": 4.0, "profit": 12.0},
        type="LP",
        category="easy",
        source="own",
        license="CC0",
        group="clay",
        notes="checked",
    )


def test_a_unified_record_may_have_a_status_or_variables_in_place_of_an_answer() -> None:
    assert read_unified(entry(id="a", question=TEXT, answer=None, status="unbounded")).status == "unbounded"
    only_variables = read_unified(entry(id="a", question=TEXT, variables={"cups": 4}))
    assert (only_variables.answer, only_variables.status) == (None, "optimal")


@pytest.mark.parametrize(
    ("changed", "trouble"),
    [
        ({"id": None}, 'has no "id"'),
        ({"id": "a\nb"}, "can't be printed"),
        ({"id": ["a"]}, '"id" is no text'),
        ({"question": None}, 'has no text "question"'),
        ({"question": 3}, '"question" is no text'),
        ({"question": " \n"}, '"question" is empty'),
        ({"question": "half \ud83d"}, "lone surrogate"),
        ({"answer": None}, "has no answer"),
        ({"answer": "many"}, 'the answer is no number: "many"'),
        ({"status": "solved"}, 'the status "solved" is none of optimal'),
        ({"status": "infeasible"}, 'the answer is 12 but the status is "infeasible"'),
        ({"variables": [1]}, "no object of named numbers"),
        ({"variables": {"cups": [4]}}, 'the value of "cups" is no number'),
        ({"type": {"a": 1}}, '"type" is no text'),
    ],
)
def test_a_bad_field_is_named(changed: dict[str, Any], trouble: str) -> None:
    with pytest.raises(BadRecord) as caught:
        read_unified(entry(**{"id": "clay/1", "question": TEXT, "answer": 12, **changed}))
    assert trouble in str(caught.value)


@pytest.mark.parametrize(
    ("results", "answer"),
    [
        ({"Number of cups": "4.0", "Maximized profit": "12.0"}, 12.0),
        ({"Minimum cost": "9", "Share of the budget": "4"}, 9.0),
        ({"Total clay": "20", "Is the kiln used": "1"}, 20.0),
        ({"Number of cups": "4", "The profit": "12", "Total tax": "1"}, 1.0),
        ({"The area of the shelf": "6"}, 6.0),
    ],
)
def test_the_objective_of_optibench_is_told_by_its_words(results: dict[str, str], answer: float) -> None:
    problem = read_optibench(entry(index=3, question=TEXT, results=results, type="linear-notable"))
    assert (problem.id, problem.answer, problem.type, problem.notes) == ("clay/3", answer, "linear-notable", None)
    assert problem.variables == {name: float(value) for name, value in results.items()}


def test_an_objective_taken_by_its_place_is_noted() -> None:
    problem = read_optibench(entry(question=TEXT, results={"Cups": "4", "Bowls": "2.50"}))
    assert (problem.answer, problem.label_text) == (2.5, "2.50")
    assert problem.notes == 'answer is the last named value, "Bowls": none is called an objective'


def test_a_query_that_stands_twice_is_refused() -> None:
    twice = Entry(decode_json('{"question": "q", "results": {"cups": "1", "cups": "2"}}'), "0", "clay")
    with pytest.raises(BadRecord, match='the name "cups" more than once'):
        read_optibench(twice)


@pytest.mark.parametrize(
    ("read", "record", "expected"),
    [
        (read_plain, {"id": 5, "question": TEXT, "answer": 55.67}, {"id": "clay/5"}),
        (
            read_orlm,
            {"en_question": TEXT, "en_answer": "55.67", "difficulty": "Hard", "question_type": "IP"},
            {"id": "clay/7", "category": "Hard", "type": "IP"},
        ),
        (
            read_mamo,
            {"id": 625, "Question": TEXT, "Answer": "55.67", "Category": "optimization", "Type": "easy_lp"},
            {"id": "clay/625", "category": "easy_lp"},
        ),
        (
            read_alphaopt,
            {
                "task_id": "D073",
                "description": TEXT,
                "ground_truth": 55.67,
                "correct_program": "print(55.67)",
                "tag": [{"problem_domain": "Clay", "modeling_type": "LP"}],
            },
            {"id": "clay/D073", "type": "LP", "category": "Clay"},
        ),
        (
            read_orthought,
            {"description": TEXT, "ground_truth": 55.67, "difficulty": "Easy", "problem_type": "MIP"},
            {"id": "clay/7", "type": "MIP", "category": "Easy"},
        ),
        (
            read_nlp4lp,
            {"id": "9", "description": TEXT, "solution": '{"variables": {"cups": 4, "at": [1]}, "objective": 55.67}'},
            {"id": "clay/9", "variables": {"cups": 4.0}},
        ),
    ],
)
def test_a_native_record_gives_its_question_answer_and_number(
    read: Callable[[Entry], Problem], record: dict[str, Any], expected: dict[str, Any]
) -> None:
    problem = read(entry(**record))
    assert (problem.question, problem.answer, problem.label_text) == (TEXT, 55.67, "55.67")
    assert problem.dataset == "clay"
    assert {key: getattr(problem, key) for key in expected} == expected


@pytest.mark.parametrize("tag", [None, [], "LP", [3]])
def test_an_alphaopt_task_needs_no_tag(tag: object) -> None:
    assert read_alphaopt(entry(task_id=0, description=TEXT, ground_truth=1, tag=tag)).type is None


def test_the_labels_of_orlm_that_name_no_optimum_say_so() -> None:
    for answer in ("No Best Solution", "-99999.0"):
        problem = read_orlm(entry(en_question=TEXT, en_answer=answer))
        assert (problem.status, problem.answer, problem.label_text) == ("infeasible", None, answer)


def test_a_solution_without_objective_is_no_label() -> None:
    for solution in (None, {}, "{}", {"objective": None}, [1]):
        with pytest.raises(BadRecord, match="no answer"):
            read_nlp4lp(entry(description=TEXT, solution=solution))
