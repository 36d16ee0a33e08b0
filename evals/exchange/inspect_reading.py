"""A log of inspect_ai as a run: what another program measured, for comparison with a run of ours."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError
from steepest.evals.attempts import Attempt, Spent
from steepest.evals.exchange.inspect_extra import require_inspect
from steepest.evals.exchange.inspect_log import ATTEMPT, METHOD, PROBLEM, RUN, SAMPLE
from steepest.evals.problems import Problem
from steepest.evals.samples import Grade, Sample, Verdict
from steepest.evals.specification import DatasetReference, RunSpecification, Selection
from steepest.evals.stores.protocol import RunReader

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample
    from inspect_ai.scorer import Score

__all__ = ["InspectRun", "read_inspect_log"]

_UNREAD = {"messages", "events", "events_data", "attachments", "output"}


def read_inspect_log(path: str | Path, *, like: RunReader | None = None) -> "InspectRun":
    """A log as a run, whoever wrote it.

    A log that `write_inspect_log` wrote is the run that it was, without transcripts. Of another program's log, a
    sample is right if the first of its scores is 1 or C, whatever the tolerance of that scorer. A sample with an error
    or without a score is a failure of the infrastructure.

    Args:
        path: An `.eval` file.
        like: A run of the same problems. A problem that has the same text there, or the same id and that text among
            other words, is taken to be that problem, with its data set, group and named values, if the labels agree.

    Raises:
        InputError: inspect_ai is not installed, or the log can't be read or has no samples.
    """
    require_inspect()
    return InspectRun(Path(path), like)


class InspectRun:
    """A run in a log of inspect_ai; see `read_inspect_log`."""

    def __init__(self, path: Path, like: RunReader | None = None) -> None:
        self.path = path
        self._header = _read_log(path, header_only=True)
        self._known = _Known(like)

    def __repr__(self) -> str:
        return f"InspectRun({str(self.path)!r})"

    @property
    def place(self) -> str:
        """The file."""
        return str(self.path)

    def specification(self) -> RunSpecification:
        """What the log says of the run; a data set's hash is known of our own logs alone."""
        spec = self._header.eval
        if ours := (spec.metadata or {}).get(RUN):
            return RunSpecification.model_validate(ours)
        steps = [step.solver for step in self._header.plan.steps]
        count = len({problem.id for problem, _ in self._content})
        reference = DatasetReference(
            name=spec.dataset.name or spec.task, path=str(self.path), sha256="", problems=count, format="inspect"
        )
        return RunSpecification(
            datasets=(reference,),
            method=(spec.metadata or {}).get(METHOD) or ", ".join(steps) or spec.task,
            method_settings=spec.solver_args or {},
            model=spec.model,
            selection=Selection(epochs=spec.config.epochs or 1),
            created=datetime.fromisoformat(spec.created),
            versions=dict(spec.packages),
        )

    def problems(self) -> Iterator[Problem]:
        """The problems of all samples, each once."""
        seen = set[str]()
        for problem, _ in self._content:
            if problem.id not in seen:
                seen.add(problem.id)
                yield problem

    def samples(self) -> Iterator[Sample]:
        """The samples in the order of problems, then epochs."""
        return (sample for _, sample in self._content)

    @cached_property
    def _content(self) -> list[tuple[Problem, Sample]]:
        found = []
        for each in _read_log(self.path, exclude_fields=_UNREAD).samples or []:
            problem = self._known.problem(_problem(each, self._header))
            found.append((problem, _sample(each, problem)))
        if not found:
            raise InputError(f"{self.path} holds no samples (status: {self._header.status}).")
        order: dict[str, int] = {}
        for problem, _ in found:
            order.setdefault(problem.id, len(order))
        return sorted(found, key=lambda pair: (order[pair[0].id], pair[1].epoch))


def _read_log(path: Path, **options: Any) -> "EvalLog":
    from inspect_ai.log import read_eval_log

    try:
        log: EvalLog = read_eval_log(path, **options)
    except Exception as error:  # of the zip, of JSON, of pydantic
        raise InputError(f"{path} can't be read as a log of inspect_ai: {error}") from error
    return log


class _Known:
    """The problems of a run, to be found by their text."""

    def __init__(self, run: RunReader | None) -> None:
        self._by_text: dict[str, Problem | None] = {}
        self._by_id: dict[str, Problem] = {}
        for problem in run.problems() if run else ():
            text = _plain(problem.question)
            self._by_text[text] = None if text in self._by_text else problem  # told twice, a text tells nothing
            self._by_id[problem.id] = problem

    def problem(self, read: Problem) -> Problem:
        """The known problem that this is, or itself."""
        text = _plain(read.question)
        found, named = self._by_text.get(text), self._by_id.get(read.id)
        if named is not None and _plain(named.question) in text:
            found = named
        return found if found is not None and _same_label(found, read) else read


def _plain(text: str) -> str:
    return " ".join(text.split())


def _same_label(one: Problem, other: Problem) -> bool:
    if one.status != other.status:
        return False
    if one.answer is None or other.answer is None:
        return one.answer is other.answer
    return math.isclose(one.answer, other.answer, rel_tol=1e-9)


def _problem(sample: "EvalSample", log: "EvalLog") -> Problem:
    text = _text(sample)
    if ours := sample.metadata.get(PROBLEM):
        return Problem.model_validate({**ours, "question": text})
    if not text.strip():
        raise InputError(f"{log.location}: the sample {sample.id} has no text as its input.")
    target = sample.target if isinstance(sample.target, str) else (sample.target or [""])[0]
    label = target.strip()
    return Problem(
        id=str(sample.id),
        question=text,
        answer=_number(label),
        status="infeasible" if label == "infeasible" else "unbounded" if label == "unbounded" else "optimal",
        dataset=log.eval.dataset.name or log.eval.task,
        label_text=label or None,
    )


def _text(sample: "EvalSample") -> str:
    if isinstance(sample.input, str):
        return sample.input
    return "\n\n".join(message.text for message in sample.input if message.role == "user")


def _sample(read: "EvalSample", problem: Problem) -> Sample:
    if ours := read.metadata.get(SAMPLE):
        return Sample.model_validate(ours)
    scorer, score = next(iter((read.scores or {}).items()), ("", None))
    attempt = _attempt(read, score)
    is_right = score is not None and _is_right(score)
    return Sample(
        id=problem.id,
        epoch=read.epoch,
        dataset=problem.dataset,
        verdict=_verdict(attempt, is_right),
        grades=_grades(read, scorer),
        attempt=attempt,
        finished=datetime.fromisoformat(read.completed_at) if read.completed_at else datetime.now(UTC),
        worker="inspect_ai",
    )


def _attempt(read: "EvalSample", score: "Score | None") -> Attempt:
    if read.error is not None or score is None or (isinstance(score.value, float) and math.isnan(score.value)):
        why = read.error.message if read.error else "the log has no score of it"
        return Attempt(outcome="infrastructure_error", message=why, seconds=read.total_time or 0.0)
    if ours := read.metadata.get(ATTEMPT):
        return Attempt.model_validate(ours)
    return Attempt(
        outcome="answered",
        objective=_number(score.answer or ""),
        message=score.explanation or "",
        seconds=read.total_time or 0.0,
        spent=_spent(read),
    )


def _spent(read: "EvalSample") -> Spent:
    usages = list(read.model_usage.values())
    if not usages:  # a program that counts nothing
        return Spent(input_tokens=None, output_tokens=None, cost=None)
    costs = [Decimal(str(usage.total_cost)) for usage in usages if usage.total_cost is not None]
    return Spent(
        input_tokens=sum(_read(usage) for usage in usages),
        output_tokens=sum(usage.output_tokens for usage in usages),
        cost=sum(costs, Decimal(0)) if len(costs) == len(usages) else None,
    )


def _read(usage: Any) -> int:
    return int(usage.input_tokens + (usage.input_tokens_cache_read or 0) + (usage.input_tokens_cache_write or 0))


def _verdict(attempt: Attempt, is_right: bool) -> Verdict:
    if is_right:
        return "correct"
    return "wrong_value" if attempt.outcome == "answered" else attempt.outcome


def _grades(read: "EvalSample", first: str) -> tuple[Grade, ...]:
    """The scores as grades; the first one stands for the strict profile, by which runs are compared."""
    grades = [
        Grade(profile=name, correct=_is_right(score), reason=f"score {score.value!r} in the log")
        for name, score in (read.scores or {}).items()
    ]
    if grades and first != "strict":
        told = f"as the scorer {first} of the log says"
        grades.insert(0, Grade(profile="strict", correct=grades[0].correct, reason=told))
    return tuple(grades)


def _is_right(score: "Score") -> bool:
    from inspect_ai.scorer import value_to_float

    is_plain = isinstance(score.value, (str, int, float, bool))
    return is_plain and value_to_float()(score.value) >= 1.0


def _number(text: str) -> float | None:
    """The finite number that a text is."""
    try:
        found = float(text.strip().replace(",", ""))
    except ValueError:
        return None
    return found if math.isfinite(found) else None
