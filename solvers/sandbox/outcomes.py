"""What came of a job: a value or a failure, always with what it took and which isolation was in force."""

from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.solution import Status

T = TypeVar("T")

FailureKind = Literal["timeout", "memory", "output", "forbidden", "crash", "exception"]
"""`forbidden`: the code asked for what the sandbox refuses; `crash`: its process died without a word."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no value, in words that can be shown to a person or to a model: no path of the host in it."""

    kind: FailureKind
    message: str
    """One sentence, `ZeroDivisionError: division by zero`."""
    traceback: str = ""
    """The frames of the user's source, each with its line, the message last; empty where no line is at fault."""
    line: int | None = None
    """Line of the source, from 1."""

    def __str__(self) -> str:
        return self.traceback or self.message


@dataclass(frozen=True, slots=True)
class Usage:
    """What a job took."""

    seconds: float
    """Wall clock, from the request to the last byte."""
    cpu_seconds: float
    peak_memory_mib: float
    """Beyond what the warm server had."""
    isolation: Isolation
    """What was in force."""


@dataclass(frozen=True, slots=True)
class Completed(Generic[T]):
    """The job ended well."""

    value: T
    usage: Usage
    output: str = ""
    """What the code printed; words of the code, believed by nobody."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The job did not come to a value."""

    failure: Failure
    usage: Usage
    output: str = ""
    finished: tuple["CallResult", ...] = ()
    """The calls of a batch that had returned or raised before it was stopped."""


Outcome = Completed[T] | Failed


@dataclass(frozen=True, slots=True)
class Returned:
    """A call's result, as JSON holds it: tuples and arrays are lists."""

    value: Any


@dataclass(frozen=True, slots=True)
class Raised:
    """A call ended in an exception."""

    failure: Failure


CallResult = Returned | Raised


@dataclass(frozen=True, slots=True)
class ScriptAnswer:
    """What the separate solver process found for the model that a script handed over."""

    status: Status
    message: str
    """For an outcome other than optimal: why."""
    objective: float | None
    values: dict[str, float]
    """By the names of Pyomo's variables, `make[bread]`; empty without an answer or incumbent."""
    bound: float | None
    gap: float | None
    problem_class: str
    """LP, MIP, QP, MIQP, NLP or MINLP."""
    sense: Literal["minimize", "maximize"]
    size: tuple[int, int, int]
    """Rows, columns and nonzeros; of a nonlinear model constraints, variables and nodes of the expressions."""
    solver: str
    seconds: float
    """Of the solver alone."""
    options: SolveOptions


@dataclass(frozen=True, slots=True)
class TimingReport:
    """Repeated calls of a function, measured from outside of its process, so that the code can't forge the clock."""

    value: Any
    """The result of the last call, as JSON holds it."""
    first_seconds: float
    """Processor time of the first call, which warms caches; not among the repeats."""
    cpu_seconds: tuple[float, ...]
    """Processor time of each repeat, the cost of an empty call taken off."""
    wall_seconds: tuple[float, ...]
    instructions: tuple[int, ...] | None
    """Instructions in user space of each repeat; None where the machine has no counter for them."""
    overhead_seconds: float
    """Processor time of an empty call: times far below it mean nothing."""
    load_seconds: float
    """Processor time until the source was loaded, the process's own start included."""
    unmeasured_seconds: float
    """Processor time of the process since it was loaded that belongs to none of the calls: preparing arguments,
    collecting garbage, empty calls, the value. Far more than a few milliseconds a call means that the code worked when
    it was not asked to."""
    estimate: float
    """Hodges-Lehmann estimate of the processor time of a call, in seconds."""
    interval: tuple[float, float]
    """Its distribution-free 95 % confidence interval (inversion of the Wilcoxon signed-rank test)."""
