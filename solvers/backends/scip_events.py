"""What SCIP tells while it solves. Imports SCIP: for the process that runs it."""

from time import perf_counter
from typing import Any

import numpy as np
from pyscipopt import Eventhdlr
from pyscipopt.scip import PY_SCIP_EVENTTYPE as EventType

from steepest.solvers.control import SolveControl, SolveProgress

_NEXT_TO_INFINITE = 0.1
"""Of SCIP's infinity: an infinite bound has been shifted and scaled by the time that it is handed out."""
_REPORT_SECONDS = 0.2
_SHARE = 0.25
"""Of the time since the last better answer was handed over, what handing over the next one may take."""
_TOLD_OF = (
    EventType.BESTSOLFOUND,
    EventType.NODESOLVED,
    EventType.LPEVENT,
    EventType.PRESOLVEROUND,
)


class Watch(Eventhdlr):
    """Hands better answers and progress to the control, as SCIP comes by in the thread that solves.

    Args:
        variables: SCIP's variables of the model's columns.
        control: Told of progress and given the better answers.
        name: SCIP with its version.
    """

    def __init__(self, variables: list[Any], control: SolveControl, name: str) -> None:
        self._variables = variables
        self._control = control
        self._name = name
        self._begin = perf_counter()
        self._reported = 0.0
        self._is_better = False
        self._kept, self._cost = 0.0, 0.0
        control.report(SolveProgress(0.0, None, None, None, None, name))

    def eventinit(self) -> None:
        """Ask SCIP to be told."""
        for kind in _TOLD_OF:
            self.model.catchEvent(kind, self)

    def eventexec(self, event: Any) -> None:
        """Tell what is new, if it is time to."""
        seconds = perf_counter() - self._begin
        self._is_better |= event.getType() == EventType.BESTSOLFOUND
        if self._is_better and self._control.wants_incumbents and seconds - self._kept >= self._cost / _SHARE:
            self._keep()
        if seconds - self._reported >= _REPORT_SECONDS:
            self._reported = seconds
            self._control.report(self._progress(seconds))

    def _keep(self) -> None:
        begin = perf_counter()
        best = self.model.getBestSol()
        self._control.keep(np.array([self.model.getSolVal(best, variable) for variable in self._variables]))
        self._is_better = False
        self._kept, self._cost = perf_counter() - self._begin, perf_counter() - begin

    def _progress(self, seconds: float) -> SolveProgress:
        model = self.model
        numbers = (model.getPrimalbound(), model.getDualbound(), model.getGap())
        objective, bound, gap = (finite(model, number) for number in numbers)
        return SolveProgress(seconds, objective, bound, gap, int(model.getNTotalNodes()), self._name)


def finite(model: Any, number: float) -> float | None:
    """A number of SCIP's, or None where it means that there is none."""
    return float(number) if abs(number) < _NEXT_TO_INFINITE * model.infinity() else None
