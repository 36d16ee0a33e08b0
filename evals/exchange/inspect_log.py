"""A run as a log of inspect_ai (`.eval`), for its viewer and its data frames."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.evals.exchange.inspect_calls import calls_of, conversation_of, event_of, output_of, usage_of
from steepest.evals.exchange.inspect_extra import require_inspect
from steepest.evals.problems import Problem
from steepest.evals.samples import Grade, Sample
from steepest.evals.specification import RunSpecification
from steepest.evals.statistics import Proportion, Summary, summarize
from steepest.evals.stores.protocol import RunReader

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalResults, EvalSample, EvalSpec, EvalStats
    from inspect_ai.scorer import Score

__all__ = ["ATTEMPT", "METHOD", "PROBLEM", "RUN", "SAMPLE", "label_of", "write_inspect_log"]

RUN, METHOD = "steepest_run", "steepest_method"
"""Under which a log's metadata hold what we know of the run, for `read_inspect_log`."""
PROBLEM, SAMPLE, ATTEMPT = "steepest_problem", "steepest_sample", "steepest_attempt"
"""Under which a sample's metadata hold our own records."""


def write_inspect_log(run: RunReader, path: Path) -> None:
    """Write a run as a log that `inspect view` opens.

    A sample has a score for each profile, the conversation, and each call to the model as an event. A failure of the
    infrastructure is a sample with an error and without scores.

    Raises:
        InputError: inspect_ai is not installed.
        OSError: The file can't be written.
    """
    require_inspect()
    from inspect_ai.log import write_eval_log

    write_eval_log(_log(run), path, format="eval")


def label_of(problem: Problem) -> str:
    """The label as inspect's target."""
    if problem.status != "optimal":
        return problem.status
    return problem.label_text or ("" if problem.answer is None else f"{problem.answer:.12g}")


def _log(run: RunReader) -> "EvalLog":
    from inspect_ai.log import EvalLog, EvalPlan, EvalPlanStep

    specification = run.specification()
    problems = {problem.id: problem for problem in run.problems()}
    samples = list(_samples(run, problems))
    summary = summarize(problems.values(), run.samples())
    return EvalLog(
        status="success",
        eval=_spec(specification, list(problems)),
        plan=EvalPlan(steps=[EvalPlanStep(solver=specification.method, params=specification.method_settings)]),
        results=_results(summary, samples, run),
        stats=_stats(specification, samples),
        samples=samples,
    )


def _spec(specification: RunSpecification, ids: list[str]) -> "EvalSpec":
    from inspect_ai.log import EvalConfig, EvalDataset, EvalSpec

    name = ", ".join(each.name for each in specification.datasets)
    return EvalSpec(
        created=specification.created.isoformat(),
        task=name,
        task_args={"method": specification.method, "seed": specification.seed},
        solver=specification.method,
        solver_args=specification.method_settings,
        dataset=EvalDataset(
            name=name,
            location=", ".join(each.path for each in specification.datasets),
            samples=len(ids),
            sample_ids=ids,
        ),
        model=specification.model or "none/none",  # as inspect_ai writes it
        config=EvalConfig(epochs=specification.selection.epochs, limit=specification.selection.limit),
        packages=specification.versions,
        metadata={RUN: specification.model_dump(mode="json")},
    )


def _samples(run: RunReader, problems: dict[str, Problem]) -> "Iterator[EvalSample]":
    for sample in run.samples():
        yield _sample(problems[sample.id], sample)


def _sample(problem: Problem, sample: Sample) -> "EvalSample":
    from inspect_ai.log import EvalError, EvalSample

    attempt, spent = sample.attempt, sample.attempt.spent
    calls, others = calls_of(attempt.transcript)
    usage = usage_of(spent.input_tokens, spent.output_tokens, spent.cost)
    failure = EvalError(message=attempt.message, traceback="", traceback_ansi="") if not sample.is_graded else None
    last = calls[-1] if calls else None
    return EvalSample(
        id=sample.id,
        epoch=sample.epoch,
        input=problem.question,
        target=label_of(problem),
        messages=conversation_of(calls),
        output=output_of(last.reply, last.model) if last else _without_calls(attempt.objective),
        scores=None if failure else {grade.profile: _score(grade, sample) for grade in sample.grades},
        metadata={
            "verdict": sample.verdict,
            **({"calls of another form": others} if others else {}),
            PROBLEM: problem.model_dump(mode="json", exclude={"question"}, exclude_none=True),
            SAMPLE: sample.model_dump(mode="json", exclude={"attempt": {"transcript"}}),
        },
        events=[event_of(call) for call in calls],
        model_usage={last.model: usage} if usage and last else {},
        started_at=(sample.finished - timedelta(seconds=attempt.seconds)).isoformat(),
        completed_at=sample.finished.isoformat(),
        total_time=attempt.seconds,
        working_time=attempt.seconds,
        error=failure,
    )


def _without_calls(objective: float | None) -> Any:
    from inspect_ai.model import ModelOutput

    return ModelOutput() if objective is None else ModelOutput.from_content("", f"{objective:.12g}")


def _score(grade: Grade, sample: Sample) -> "Score":
    from inspect_ai.scorer import CORRECT, INCORRECT, Score

    objective = sample.attempt.objective
    told = [grade.reason, sample.attempt.message, *sample.attempt.diagnostics]
    return Score(
        value=CORRECT if grade.correct else INCORRECT,
        answer=sample.attempt.outcome if objective is None else f"{objective:.12g}",
        explanation="\n\n".join(each for each in told if each),
        metadata={"queries": [each.model_dump(mode="json") for each in grade.queries]} if grade.queries else None,
    )


def _results(summary: Summary, samples: "list[EvalSample]", run: RunReader) -> "EvalResults":
    from inspect_ai.log import EvalResults, EvalScore

    scored = sum(sample.scores is not None for sample in samples)
    return EvalResults(
        total_samples=(summary.overall.problems + summary.overall.pending) * run.specification().selection.epochs,
        completed_samples=scored,
        scores=[
            EvalScore(
                name=each.profile,
                scorer=each.profile,
                scored_samples=scored,
                unscored_samples=len(samples) - scored,
                metrics=_metrics(each.graded),
            )
            for each in summary.overall.profiles
        ],
    )


def _metrics(share: Proportion) -> dict[str, Any]:
    """Accuracy and the ends of its Wilson interval; nothing where nothing was graded."""
    from inspect_ai.log import EvalMetric

    found = {"accuracy": share.rate, "wilson_low": share.low, "wilson_high": share.high}
    return {name: EvalMetric(name=name, value=value) for name, value in found.items() if value is not None}


def _stats(specification: RunSpecification, samples: "list[EvalSample]") -> "EvalStats":
    from inspect_ai.log import EvalStats
    from inspect_ai.model import ModelUsage

    total: dict[str, ModelUsage] = {}
    for sample in samples:
        for model, usage in sample.model_usage.items():
            total[model] = total[model] + usage if model in total else usage
    ended = max((sample.completed_at for sample in samples if sample.completed_at), default="")
    return EvalStats(started_at=specification.created.isoformat(), completed_at=ended, model_usage=total)
