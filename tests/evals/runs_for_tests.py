"""A run of many problems that nobody solved: for tests of what reads runs."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from steepest.evals.attempts import Attempt, NamedValue, Spent
from steepest.evals.problems import Problem
from steepest.evals.samples import Grade, QueryGrade, Sample, Verdict
from steepest.evals.specification import DatasetReference, RunSpecification

WHEN = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OUTCOMES: dict[Verdict, int] = {
    "correct": 60,
    "wrong_value": 18,
    "infeasible": 4,
    "unbounded": 2,
    "unsupported": 2,
    "not_formulated": 4,
    "compile_error": 3,
    "solver_timeout": 2,
    "llm_error": 2,
    "infrastructure_error": 3,
}


class RememberedRun:
    """A run in memory."""

    def __init__(
        self,
        problems: list[Problem],
        samples: list[Sample],
        *,
        place: str = "runs/one",
        method: str = "five+repair",
        **other: Any,
    ) -> None:
        self.place = place
        self._problems = problems
        self._samples = samples
        sets = {problem.dataset: sum(each.dataset == problem.dataset for each in problems) for problem in problems}
        self._specification = RunSpecification(
            datasets=tuple(
                DatasetReference(name=name, path=f"{name}.jsonl", sha256="ab" * 32, problems=count)
                for name, count in sets.items()
            ),
            method=method,
            model="function",
            profiles=("strict", "orlm"),
            created=WHEN,
            versions={"steepest": "0.1.0", "python": "3.11"},
            **other,
        )

    def specification(self) -> RunSpecification:
        return self._specification

    def problems(self) -> Iterator[Problem]:
        return iter(self._problems)

    def samples(self) -> Iterator[Sample]:
        return iter(self._samples)


def problem(id: str, question: str = "A kiosk sells tea. How much?", **other: Any) -> Problem:
    return Problem.model_validate({"id": id, "question": question, "answer": 12.5, "dataset": "kiosks", **other})


def sample(id: str, verdict: Verdict = "correct", *, epoch: int = 1, dataset: str = "kiosks", **attempt: Any) -> Sample:
    is_right = verdict == "correct"
    given = {"outcome": _outcome(verdict), "objective": 12.5 if is_right else 13.0, **attempt}
    grades = tuple(Grade(profile=name, correct=is_right, reason="within tolerance") for name in ("strict", "orlm"))
    return Sample(
        id=id, epoch=epoch, dataset=dataset, verdict=verdict, grades=grades, attempt=Attempt(**given), finished=WHEN
    )


def call(system: str, *messages: str, reply: str = "maximize: x", step: str = "formulate") -> dict[str, Any]:
    roles = ("user", "assistant")
    return {
        "step": step,
        "model": "function",
        "request": {
            "system": system,
            "messages": [{"role": roles[at % 2], "content": content} for at, content in enumerate(messages)],
        },
        "reply": {
            "text": reply,
            "usage": {"input_tokens": 900, "output_tokens": 120},
            "cost": "0.0012",
            "model": "function",
            "provider": "function",
            "stop": "end",
            "seconds": 1.5,
        },
        "error": None,
        "time": WHEN.isoformat(),
    }


def large_run(problems: int, *, seed: int = 1, **other: Any) -> RememberedRun:
    """A run of so many problems of three sets, with every verdict."""
    chance = random.Random(seed)
    asked = [_asked(number, chance) for number in range(problems)]
    return RememberedRun(asked, [_made(each, chance) for each in asked], **other)


def _asked(number: int, chance: random.Random) -> Problem:
    name = ("kiosks", "ferries", "orchards")[number % 3]
    words = " ".join(chance.choice(("tea", "crates", "hours", "at most", "profit", "each", "42")) for _ in range(90))
    return problem(
        f"{name}/{number}",
        f"The {name} number {number} plan a week: {words}. What is the best total?",
        dataset=name,
        answer=round(chance.uniform(10, 5000), 2),
        type=("linear-table", "linear-notable", "nonlinear-notable")[number % 5 % 3],
        group=f"{name}-{number // 2}",
        notes="ambiguous: hours may be split" if number % 17 == 0 else None,
        variables={"tea": 3.0, "profit": 12.5} if number % 4 == 0 else None,
    )


def _made(asked: Problem, chance: random.Random) -> Sample:
    verdict: Verdict = chance.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
    is_right = verdict == "correct"
    value = (
        asked.answer if is_right else (asked.answer or 0) * chance.uniform(0.5, 2) if verdict == "wrong_value" else None
    )
    rounds = chance.choice((0, 0, 0, 1, 2))
    text = f"maximize: 3 * tea   # {asked.id}\nconstraints:\n  hours: 2 * tea <= {chance.randint(10, 99)}\n" * 6
    calls = [call("Write a formulation. " * 300, asked.question, reply=text)]
    calls += [
        call("Write a formulation. " * 300, asked.question, text, "repair it", reply=text, step="repair")
    ] * rounds
    queries = (QueryGrade(query="tea", expected=3, found=3 if is_right else None, matched="tea", correct=is_right),)
    return Sample(
        id=asked.id,
        dataset=asked.dataset,
        verdict=verdict,
        grades=(
            Grade(
                profile="strict",
                correct=is_right,
                reason="relative difference",
                queries=queries if asked.variables else (),
            ),
            Grade(profile="orlm", correct=is_right or chance.random() < 0.1, reason="within 5 %"),
        ),
        attempt=Attempt(
            outcome=_outcome(verdict),
            objective=value,
            values=(NamedValue(name="tea", value=3.0, unit="item", note="cups of tea"),),
            message="" if value is not None else "the solver says why not",
            formulation=text,
            diagnostics=("warning[magic-number] hours: 42 stands in the expression",) * rounds,
            rounds=rounds,
            confidence=round(min(max(chance.gauss(0.8 if is_right else 0.6, 0.15), 0), 1), 2),
            solver="highs",
            problem_class="LP",
            seconds=chance.lognormvariate(1, 1),
            solve_seconds=0.02,
            spent=Spent(
                calls=1 + rounds,
                input_tokens=900 * (1 + rounds),
                output_tokens=120 * (1 + rounds),
                cost=Decimal("0.0012") * (1 + rounds),
                seconds=1.5,
            ),
            transcript=tuple(calls),
        ),
        finished=WHEN,
        worker="local",
    )


def _outcome(verdict: Verdict) -> str:
    return "answered" if verdict in ("correct", "wrong_value") else verdict
