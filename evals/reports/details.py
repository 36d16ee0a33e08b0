"""All there is to see of an attempt: plain data for the page, each text fit to be looked at and each number finite."""

import json
import math
from collections.abc import Mapping
from typing import Any

from steepest.evals.attempts import Attempt
from steepest.evals.problems import Problem
from steepest.evals.samples import Grade, Sample
from steepest.traces.rendering.characters import visible

__all__ = ["SystemTexts", "attempt_of", "plain", "problem_of"]

_LONGEST = 200_000
"""Characters of a text that the page shows; what is longer is cut, and says so."""
_MOST_SYSTEM_TEXTS = 200
"""Kept once for all calls; a method that writes a new one for each problem gains nothing by it."""


class SystemTexts:
    """The standing instructions of calls, which are long and the same everywhere: each is kept once."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def place(self, text: str) -> int | str:
        """The number by which a call names its instructions, or the text itself."""
        if text not in self._places and len(self._places) >= _MOST_SYSTEM_TEXTS:
            return text
        return self._places.setdefault(text, len(self._places))

    @property
    def texts(self) -> list[str]:
        """All that have a number, in its order."""
        return list(self._places)


def plain(value: Any) -> Any:
    """JSON without surprises: texts visible and cut, and in place of numbers that JSON lacks their names."""
    if isinstance(value, str):
        return _shown(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {_shown(str(key)): plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def problem_of(problem: Problem) -> dict[str, Any]:
    """The text, the label and what is known about it."""
    about = {
        "type": problem.type,
        "category": problem.category,
        "group": problem.group,
        "source": problem.source,
        "license": problem.license,
    }
    return {
        "question": problem.question,
        "status": problem.status,
        "answer": problem.answer,
        "label_text": problem.label_text,
        "variables": problem.variables,
        "notes": problem.notes,
        "about": {key: value for key, value in about.items() if value},
    }


def attempt_of(sample: Sample, systems: SystemTexts, *, transcripts: bool = True, title: str = "") -> dict[str, Any]:
    """An attempt with its grades; `title` tells it from another at the same problem."""
    attempt = sample.attempt
    return {
        "title": title,
        "verdict": sample.verdict,
        "facts": _facts(sample),
        "message": attempt.message,
        "objective": attempt.objective,
        "sense": attempt.sense,
        "values": [(each.name, each.value, each.unit or "", each.note or "") for each in attempt.values],
        "candidates": attempt.candidates,
        "formulation": attempt.formulation,
        "code": attempt.code,
        "diagnostics": attempt.diagnostics,
        "grades": [_grade(grade) for grade in sample.grades],
        "calls": _calls(attempt, systems) if transcripts else [],
    }


def _facts(sample: Sample) -> dict[str, Any]:
    attempt, spent = sample.attempt, sample.attempt.spent
    facts: dict[str, Any] = {
        "outcome": attempt.outcome.replace("_", " "),
        "class": attempt.problem_class,
        "solver": attempt.solver,
        "correction rounds": attempt.rounds,
        "insights": ", ".join(attempt.insights),
        "insights cited": ", ".join(attempt.cited),
        "confidence": attempt.confidence,
        "seconds": round(attempt.seconds, 3),
        "of solvers": round(attempt.solve_seconds, 3),
        "of model calls": round(spent.seconds, 3),
        "calls": spent.calls,
        "tokens read": "unknown" if spent.input_tokens is None else spent.input_tokens,
        "tokens written": "unknown" if spent.output_tokens is None else spent.output_tokens,
        "cost": "price unknown" if spent.cost is None else f"{spent.cost:f} $",
        "epoch": sample.epoch,
        "finished": sample.finished.isoformat(timespec="seconds"),
        "worker": sample.worker,
    }
    return {name: value for name, value in facts.items() if value not in ("", None)}


def _grade(grade: Grade) -> dict[str, Any]:
    queries = [(each.query, each.expected, each.found, each.matched or "", each.correct) for each in grade.queries]
    return {"profile": grade.profile, "correct": grade.correct, "reason": grade.reason, "queries": queries}


def _calls(attempt: Attempt, systems: SystemTexts) -> list[dict[str, Any]]:
    calls, known = [], list[Any]()
    for record in attempt.transcript:
        request: Any = record.get("request")
        reply: Any = record.get("reply")
        if not _is_call(request, reply):
            calls.append({"raw": json.dumps(record, ensure_ascii=False, default=str)})
            continue
        messages = [_message(each) for each in request.get("messages") or ()]
        again = _common(known, messages)
        calls.append(_call(record, request, reply, messages[again:], again, systems))
        known = [*messages, ["assistant", reply.get("text", "")]] if reply else messages
    return calls


def _is_call(request: Any, reply: Any) -> bool:
    """Whether a record is one of ours; an agent of the user's own may put anything in its transcript."""
    return (
        isinstance(request, dict)
        and isinstance(request.get("messages") or [], list | tuple)
        and (reply is None or (isinstance(reply, dict) and isinstance(reply.get("usage") or {}, dict)))
        and isinstance((reply or {}).get("text") or "", str)
    )


def _call(
    record: Mapping[str, Any],
    request: Mapping[str, Any],
    reply: Mapping[str, Any] | None,
    messages: list[Any],
    again: int,
    systems: SystemTexts,
) -> dict[str, Any]:
    """A call; messages that the call before has shown are counted (`again`) and not repeated."""
    answer = reply or {}
    usage = answer.get("usage") or {}
    return {
        "step": record.get("step"),
        "model": answer.get("model") or record.get("model"),
        "system": systems.place(_shown(str(request.get("system") or ""))),
        "again": again,
        "messages": messages,
        "reply": answer.get("text"),
        "stop": answer.get("stop"),
        "error": record.get("error"),
        "read": usage.get("input_tokens"),
        "written": usage.get("output_tokens"),
        "cost": answer.get("cost"),
        "seconds": answer.get("seconds"),
    }


def _message(message: Any) -> list[Any]:
    if isinstance(message, dict):
        return [message.get("role"), message.get("content")]
    return ["", str(message)]


def _common(known: list[Any], messages: list[Any]) -> int:
    count = 0
    for before, now in zip(known, messages, strict=False):
        if before != now:
            break
        count += 1
    return count


def _shown(text: str) -> str:
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}\n[cut: {len(text) - _LONGEST:,} more characters]"
    text = text.replace("\xa0", " ")
    is_plain = text.replace("\n", "").isprintable()  # most are, and looking at each character takes long
    return text if is_plain else visible(text, multiline=True)
