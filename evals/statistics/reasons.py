"""Why attempts came to nothing: the messages that occur most, with how often."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from pydantic import BaseModel, ConfigDict

from steepest.evals.samples import Sample, Verdict

__all__ = ["Reason", "Reasons"]

_LONGEST = 300
_MOST_SHOWN = 8
_MOST_KEPT = 2000
"""Different messages; those that come after so many are told apart no longer, so that memory has a bound."""
_NUMBER = re.compile(r"\d+(?:\.\d+)*")


class Reason(BaseModel):
    """A message that tells why there is no answer, or no optimum, and how many attempts have it."""

    model_config = ConfigDict(frozen=True)

    verdict: Verdict
    message: str
    """Of the first such attempt, on one line; the others may differ from it in numbers."""
    count: int


@dataclass(slots=True)
class Reasons:
    """Messages of attempts, counted; those that differ in numbers alone (a line, a delay) count as one."""

    _first: dict[tuple[Verdict, str], str] = field(default_factory=dict)
    _counts: dict[tuple[Verdict, str], int] = field(default_factory=dict)

    def add(self, sample: Sample) -> None:
        """Count an attempt's message in, unless it is right or has an answer."""
        message = " ".join(sample.attempt.message.split())[:_LONGEST]
        if not message or sample.verdict in ("correct", "wrong_value"):
            return
        key = sample.verdict, _NUMBER.sub("0", message)
        if key in self._counts or len(self._counts) < _MOST_KEPT:
            self._first.setdefault(key, message)
            self._counts[key] = self._counts.get(key, 0) + 1

    def most_frequent(self) -> tuple[Reason, ...]:
        """The most frequent ones first, those that were met earlier before others as frequent."""
        return tuple(islice(self._ordered(), _MOST_SHOWN))

    def _ordered(self) -> Iterator[Reason]:
        for key, count in sorted(self._counts.items(), key=lambda each: -each[1]):
            yield Reason(verdict=key[0], message=self._first[key], count=count)
