"""Logs as other programs write them, with the real inspect_ai, where it is installed (extra `inspect`)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steepest.errors import InputError
from steepest.evals.exchange.inspect_reading import read_inspect_log
from steepest.evals.runs import Run, open_pair
from tests.evals.runs_for_tests import RememberedRun, problem, sample

pytest.importorskip("inspect_ai", reason="needs the extra inspect")
pytestmark = pytest.mark.slow

TEXT = "A kiosk sells tea. How much?"


@pytest.fixture
def foreign(tmp_path: Path) -> Callable[..., Path]:
    """Writes the log of a program that we know nothing of."""

    def written(*samples: dict[str, Any]) -> Path:
        from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalSample, EvalSpec, write_eval_log

        spec = EvalSpec(
            created="2026-11-22T09:30:00+00:00",
            task="theirs",
            dataset=EvalDataset(name="teas"),
            model="a/model",
            config=EvalConfig(),
        )
        listed = [EvalSample(**{"epoch": 1, "input": TEXT, "target": "12.5", **each}) for each in samples]
        write_eval_log(EvalLog(status="success", eval=spec, samples=listed), tmp_path / "theirs.eval")
        return tmp_path / "theirs.eval"

    return written


def scored(value: Any, answer: str = "12.5") -> dict[str, Any]:
    from inspect_ai.scorer import Score

    return {"match": Score(value=value, answer=answer)}


@pytest.mark.parametrize(("value", "is_right"), [("C", True), ("I", False), (1, True), (0.5, False), (True, True)])
def test_a_sample_is_right_as_its_scorer_says(foreign: Callable[..., Path], value: Any, is_right: bool) -> None:
    run = read_inspect_log(foreign({"id": 1, "scores": scored(value)}))
    (read,) = run.samples()
    assert read.is_correct is is_right
    assert (read.correct_by("strict"), read.correct_by("match")) == (is_right, is_right)
    assert (read.id, read.attempt.objective, run.specification().model) == ("1", 12.5, "a/model")


def test_samples_without_a_score_say_nothing_about_the_method(foreign: Callable[..., Path]) -> None:
    from inspect_ai.log import EvalError

    error = EvalError(message="timed out", traceback="", traceback_ansi="")
    not_scored = {"id": "c", "scores": scored(float("nan"))}
    read = list(read_inspect_log(foreign({"id": "a", "error": error}, {"id": "b"}, not_scored)).samples())
    assert [each.verdict for each in read] == ["infrastructure_error"] * 3
    assert read[0].attempt.message == "timed out"


def test_tokens_count_those_from_caches_and_an_unknown_price_stays_unknown(foreign: Callable[..., Path]) -> None:
    from inspect_ai.model import ModelUsage

    usage = {"a/model": ModelUsage(input_tokens=5, output_tokens=2, total_tokens=17, input_tokens_cache_read=10)}
    (read,) = read_inspect_log(foreign({"id": 1, "scores": scored("C"), "model_usage": usage})).samples()
    assert (read.attempt.spent.input_tokens, read.attempt.spent.output_tokens, read.attempt.spent.cost) == (15, 2, None)


def test_money_is_added_up_over_models_and_what_was_not_counted_is_unknown(foreign: Callable[..., Path]) -> None:
    from inspect_ai.model import ModelUsage

    usage = {name: ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2, total_cost=0.1) for name in ("a", "b")}
    run = read_inspect_log(
        foreign({"id": 1, "scores": scored("C"), "model_usage": usage}, {"id": 2, "scores": scored("C")})
    )
    counted, uncounted = (read.attempt.spent for read in run.samples())
    assert str(counted.cost) == "0.2"
    assert (uncounted.cost, uncounted.input_tokens) == (None, None)


def test_a_problem_is_known_again_by_its_text(foreign: Callable[..., Path]) -> None:
    known = problem("kiosks/7", TEXT, variables={"tea": 3.0}, group="tea")
    ours = RememberedRun([known], [sample("kiosks/7", "wrong_value")])
    theirs = read_inspect_log(foreign({"id": 1, "input": f"  {TEXT}\n", "scores": scored("C")}), like=ours)
    assert list(theirs.problems()) == [known]
    comparison = Run(ours).compare(theirs, on_common=True)
    assert (comparison.overall.n, comparison.overall.only_second) == (1, 1)


def test_among_other_words_it_is_known_again_by_its_id_too(foreign: Callable[..., Path]) -> None:
    ours = RememberedRun([problem("kiosks/7", TEXT, group="tea")], [])
    asked = {"input": f"{TEXT} Answer with a number.", "scores": scored("C")}
    for id, group in (("kiosks/7", "tea"), ("other", None)):
        (found,) = read_inspect_log(foreign({"id": id, **asked}), like=ours).problems()
        assert found.group == group


def test_another_label_makes_it_another_problem(foreign: Callable[..., Path]) -> None:
    ours = RememberedRun([problem("kiosks/7", TEXT)], [sample("kiosks/7")])
    path = foreign({"id": "kiosks/7", "target": "13", "scores": scored("C")})
    with pytest.raises(InputError, match="no problem in common"):
        Run(ours).compare(path, on_common=True)


def test_two_places_are_opened_to_be_compared(foreign: Callable[..., Path]) -> None:
    path = foreign({"id": 1, "scores": scored("C")})
    first, second = open_pair(path, path)
    assert first.compare(second, on_common=True).overall.n == 1


def test_epochs_are_put_together(foreign: Callable[..., Path]) -> None:
    path = foreign(*({"id": name, "epoch": k, "scores": scored("C")} for k in (2, 1) for name in ("b", "a")))
    keys = [read.key for read in read_inspect_log(path).samples()]
    assert [epoch for _, epoch in keys] == [1, 2, 1, 2]


def test_a_conversation_as_input_is_asked_by_its_user(foreign: Callable[..., Path]) -> None:
    from inspect_ai.model import ChatMessageSystem, ChatMessageUser

    said = [ChatMessageSystem(content="Be brief."), ChatMessageUser(content=TEXT)]
    assert [each.question for each in read_inspect_log(foreign({"id": 1, "input": said})).problems()] == [TEXT]


def test_what_is_no_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.eval").write_text("no zip")
    with pytest.raises(InputError, match=r"no\.eval can't be read as a log of inspect_ai"):
        read_inspect_log(tmp_path / "no.eval")
    with pytest.raises(InputError, match="can't be read"):
        read_inspect_log(tmp_path / "none.eval")


def test_a_log_without_samples_is_refused(foreign: Callable[..., Path]) -> None:
    run = read_inspect_log(foreign())
    with pytest.raises(InputError, match="holds no samples"):
        list(run.problems())
