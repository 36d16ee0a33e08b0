"""What every analysis of a formulation takes beside it: sensitivity, scenarios, alternatives, tests."""

from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

from steepest.solvers.control import SolveControl
from steepest.solvers.options import SolveOptions

__all__ = ["AnalysisLimits"]


class AnalysisLimits(TypedDict):
    """Where tables are, how long each solve may take, who is told of it and who may end it."""

    folder: Path
    options: SolveOptions
    on_progress: Callable[[str], None]
    control: SolveControl
