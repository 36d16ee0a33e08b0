"""A formulation with its data, and all that is asked of its solve: what every way of solving takes."""

from collections.abc import Callable
from dataclasses import dataclass

from steepest.solvers.control import SolveControl
from steepest.solvers.data.instance_data import Data
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution


@dataclass(frozen=True, eq=False)
class BoundProblem:
    """A formulation whose data are bound."""

    formulation: Formulation
    data: Data
    options: SolveOptions
    control: SolveControl
    start: Solution | None
    """An answer to begin with, of this formulation or of a similar one."""
    say: Callable[[str], None]
    """Told what is being done, a line at a time."""
