"""What a sandbox can be asked to do: solve a Pyomo script, call a function, or time one.

A job is plain data. Its source is text from a model or a file; it is read by nobody but the jailed process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from steepest.solvers.options import SolveOptions

Json = Any
"""What JSON can hold: None, bool, int, float, str, and lists and dicts with string keys of these."""


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of one call; they and the result travel as JSON."""

    args: Sequence[Json] = ()
    kwargs: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PyomoScript:
    """A Python script that builds a Pyomo model.

    The model handed over is the global `model`; without one the model that the script last gave to a solver; without
    that the only `ConcreteModel` among its globals. What the script itself solves and prints is not believed.
    """

    source: str
    options: SolveOptions = field(default_factory=SolveOptions)
    """Of the separate solve."""


@dataclass(frozen=True, slots=True)
class FunctionCalls:
    """One function of a source, called with each set of arguments in turn, in one process."""

    source: str
    function: str
    calls: Sequence[Call] = (Call(),)


@dataclass(frozen=True, slots=True)
class FunctionTiming:
    """One function of a source, called again and again with the same arguments, on one thread."""

    source: str
    function: str
    call: Call = Call()
    repeats: int = 20


Job = PyomoScript | FunctionCalls | FunctionTiming
