"""A person at the terminal as a guide."""

import math
import sys
import threading
from typing import Any, TextIO

from steepest.agents.optimizers.guides.guide import GuideError
from steepest.agents.optimizers.search.rollouts import Judgement
from steepest.errors import InputError, SteepestError
from steepest.traces.previews import cut, preview

__all__ = ["Person", "PersonLeft"]

_SHOWN = 4_000
_TRIES = 5


class PersonLeft(SteepestError):
    """The person does not want to judge any further; what was judged so far is kept."""


class Person:
    """Shows the example and the output, and asks for a score and words.

    One question at a time, also where rollouts run at once. `q` or the end of the input (Ctrl-D) at the score ends the
    search; at the words it means that there are none.

    Args:
        question: What is asked for, shown with every output.
        low: The worst score.
        high: The best score.
        input: Where answers are read; standard input unless given, which has to be a terminal.
        output: Where questions are shown; standard error unless given.

    Raises:
        InputError: The range of scores is none.
    """

    def __init__(
        self,
        question: str = "How good is it?",
        *,
        low: float = 0.0,
        high: float = 10.0,
        input: TextIO | None = None,
        output: TextIO | None = None,
    ) -> None:
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise InputError(f"scores from {low} to {high} are no range: low has to be less than high")
        self.question = question
        self.low = low
        self.high = high
        self._input = input
        self._output = output
        self._turn = threading.Lock()

    def __repr__(self) -> str:
        return f"Person({self.low:g} to {self.high:g})"

    def __call__(self, example: Any, output: Any) -> Judgement:
        """What the person says.

        Raises:
            PersonLeft: They have had enough.
            GuideError: There is no terminal to ask at, or no answer is a score.
        """
        with self._turn:
            self._require_terminal()
            self._say(f"\nExample:\n{_shown(example)}\n\nOutput:\n{_shown(output)}\n\n{self.question}\n")
            score = self._score()
            self._say("Why, and what would be better? (one line, or nothing) ")
            return Judgement(score, self._line().strip())

    def _score(self) -> float:
        for _ in range(_TRIES):
            self._say(f"Score from {self.low:g} to {self.high:g} (q ends the search): ")
            line = self._line()
            said = line.strip()
            if not line or said.lower() in ("q", "quit"):
                raise PersonLeft("you ended the search; the same call with the same `out` goes on with it")
            try:
                score = float(said.replace(",", "."))
            except ValueError:
                score = math.nan
            if self.low <= score <= self.high:
                return score
            self._say(f"{said!r} is no score. " if said else "A score is needed. ")
        raise GuideError(f"{_TRIES} answers in a row were no score from {self.low:g} to {self.high:g}")

    def _line(self) -> str:
        """What is typed, with its line break; empty at the end of the input."""
        return (self._input or sys.stdin).readline()

    def _say(self, text: str) -> None:
        stream = self._output or sys.stderr
        stream.write(text)
        stream.flush()

    def _require_terminal(self) -> None:
        if self._input is None and not (sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()):
            raise GuideError(
                "a person is to judge, and standard input is no terminal: run in a terminal with engine='threads', "
                "or pass input="
            )


def _shown(value: Any) -> str:
    return cut(value if isinstance(value, str) else preview(value, _SHOWN), _SHOWN)
