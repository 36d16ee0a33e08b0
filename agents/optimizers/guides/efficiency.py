"""Speed as a guide: how fast code is beside a reference, on inputs that get harder, as the sandbox's clock has it.

The score is ENAMEL's (arXiv 2406.06647): of each level the slowest call counts, from 0 at the time limit to 1 at the
reference's time; what is faster than the reference has more. A wrong value anywhere makes it 0.
"""

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from steepest.agents.optimizers.guides.cases import Case, difference
from steepest.agents.optimizers.guides.guide import GuideError
from steepest.agents.optimizers.guides.unit_tests import last_function
from steepest.agents.optimizers.search.rollouts import Judgement
from steepest.traces.bundle import Bundle
from steepest.traces.code.sandboxed import shared_sandbox
from steepest.traces.previews import preview

if TYPE_CHECKING:
    from steepest.solvers.sandbox import Limits, Sandbox

__all__ = ["Efficiency", "Level", "efficiency"]

_LEAST_SECONDS = 0.002
"""Below, a call of the reference can't be told from what the measuring itself takes, some 0.1 ms."""
_LONGEST = 600
"""Characters of what is told of a failed call."""
_measuring = threading.Lock()  # a reference is timed once, whichever thread needs it first


@dataclass(frozen=True, slots=True)
class Level:
    """Calls that are about equally hard."""

    calls: Sequence[Sequence[Any]]
    """The arguments of each call; JSON."""
    weight: float = 1.0
    """0 where calls shall be right and need not be fast."""


@dataclass(frozen=True, slots=True)
class _Measured:
    """What the reference gives, and how long it takes."""

    cases: tuple[tuple[Case, ...], ...]
    """For each level."""
    seconds: tuple[float, ...]
    """Of the slowest call of each level."""
    limit: float


@dataclass(frozen=True, slots=True)
class _Timed:
    """A call: its value and time, infinite if it took far too long, or what went wrong."""

    value: Any = None
    seconds: float = math.inf
    failure: str = ""


def efficiency(seconds: Sequence[float], references: Sequence[float], weights: Sequence[float], limit: float) -> float:
    """The weighted mean over levels of a share: of the time from the reference's to the limit, what was not used.

    Args:
        seconds: Of each level; infinite where the limit was passed.
        references: Of each level, less than the limit.
        weights: Of each level, at least one of them above 0.
        limit: In seconds.
    """
    shares = [max(0.0, limit - each) / (limit - reference) for each, reference in zip(seconds, references, strict=True)]
    return math.fsum(map(math.prod, zip(weights, shares, strict=True))) / math.fsum(weights)


class Efficiency:
    """Scores code by its speed: 0 if it is wrong or too slow, 1 if it is as fast as the reference, more if faster.

    An output is Python source, or a bundle whose code is trainable. Every call is timed in processes of its own, by the
    processor time that the kernel has of them, one process after the other; in each the function is called twice and
    the slower time counts, so that nothing is gained by remembering results. Where a level passes the limit, harder
    ones are not tried and count as 0.

    Args:
        reference: Source of a function that is right and as fast as can be hoped for; what it returns is right.
        levels: From the easiest to the hardest.
        function: Its name; the last one of the reference unless given. The output's has the same name.
        factor: The limit is so many times the reference's slowest call.
        repeats: Processes for each call, whose Hodges-Lehmann estimate counts; one where a level's weight is 0.
        sandbox: Where it runs; one that the process shares unless given.

    Raises:
        GuideError: There is no level, no call or no weight, or the reference defines no function.
    """

    def __init__(
        self,
        reference: str,
        levels: Sequence[Level],
        *,
        function: str | None = None,
        factor: float = 2.0,
        repeats: int = 6,
        sandbox: "Sandbox | None" = None,
    ) -> None:
        name = function or last_function(reference)
        if name is None:
            raise GuideError("the reference of an Efficiency guide is Python source that defines a function")
        if not levels or not all(each.calls for each in levels):
            raise GuideError("speed is measured on levels, each of one call at least: levels=[Level([[10]])]")
        if any(not 0 <= each.weight < math.inf for each in levels) or not any(each.weight for each in levels):
            raise GuideError("the weights of levels are 0 or more, and one of them above 0")
        if not factor > 1 or repeats < 1:
            raise GuideError("the factor of the limit is more than 1, and every call is timed at least once")
        self._reference = reference
        self._levels = tuple(levels)
        self._function = name
        self._factor = factor
        self._repeats = repeats
        self._sandbox = sandbox
        self._measured: _Measured | None = None

    def __repr__(self) -> str:
        return f"Efficiency({self._function}, {len(self._levels)} levels)"

    def __call__(self, example: Any, output: Any) -> Judgement:
        """Time the output.

        Raises:
            GuideError: The reference fails, or is too fast to be timed.
            SandboxError: There is no sandbox here, or it has no clock.
        """
        source = _source_of(output)
        if source is None:
            return Judgement(0.0, f"The output is no code: {preview(output, 200)}.")
        with _measuring:
            if self._measured is None:
                self._measured = self._of_reference()
        return self._judged(source, self._measured)

    def _judged(self, source: str, reference: _Measured) -> Judgement:
        slowest = [math.inf] * len(self._levels)
        for number, (level, cases) in enumerate(zip(self._levels, reference.cases, strict=True)):
            timed = []
            for case in cases:
                timed.append(each := self._timed(source, case.args, level, reference.limit))
                if wrong := each.failure or (difference(case, each.value) if each.seconds < math.inf else ""):
                    return Judgement(0.0, f"Wrong, so that its speed counts for nothing. {case.name}: {wrong}")
            slowest[number] = max(each.seconds for each in timed)
            if slowest[number] >= reference.limit:
                break
        weights = [each.weight for each in self._levels]
        score = efficiency(slowest, reference.seconds, weights, reference.limit)
        return Judgement(score, _words(score, slowest, reference))

    def _of_reference(self) -> _Measured:
        cases, seconds = [], []
        for level in self._levels:
            timed = [self._timed(self._reference, call, level) for call in level.calls]
            for call, each in zip(level.calls, timed, strict=True):
                if each.failure or each.seconds == math.inf:
                    why = each.failure or "it takes longer than the sandbox's limits allow"
                    raise GuideError(f"the reference fails for {preview(list(call), 200)}: {why}")
            cases.append(tuple(Case(call, each.value) for call, each in zip(level.calls, timed, strict=True)))
            seconds.append(max(each.seconds for each in timed))
        slowest = max(each for each, level in zip(seconds, self._levels, strict=True) if level.weight)
        if slowest < _LEAST_SECONDS:
            raise GuideError(
                f"the reference takes {_told(slowest)} for its slowest call, which can't be told from what the "
                f"measuring takes: pass calls that take it {_told(_LEAST_SECONDS)} or more"
            )
        return _Measured(tuple(cases), tuple(seconds), self._factor * max(seconds))

    def _timed(self, source: str, arguments: Sequence[Any], level: Level, limit: float = math.inf) -> _Timed:
        """A call's value and time; a process that takes twice the limit is the last one."""
        from steepest.solvers.sandbox import Call, Failed, FunctionTiming
        from steepest.solvers.sandbox.statistics import hodges_lehmann

        sandbox = self._sandbox if self._sandbox is not None else shared_sandbox()
        job = FunctionTiming(source, self._function, Call(tuple(arguments)), repeats=1)
        limits = _limits_for(limit) if limit < math.inf else None
        value, samples = None, []
        for _ in range(self._repeats if level.weight else 1):
            outcome = sandbox.run(job, limits=limits)
            if isinstance(outcome, Failed):
                is_slow = outcome.failure.kind == "timeout"
                return _Timed(failure="" if is_slow else str(outcome.failure)[:_LONGEST])
            value = outcome.value.value
            samples.append(max(outcome.value.first_seconds, *outcome.value.cpu_seconds))
            if samples[-1] >= 2 * limit:
                return _Timed()
        return _Timed(value, hodges_lehmann(samples))


def _source_of(output: Any) -> str | None:
    if isinstance(output, Bundle) and output.code is not None:
        return output.code.node.value
    return output if isinstance(output, str) else None


def _limits_for(seconds: float) -> "Limits":
    """Of a process that calls a function twice, each time for twice as long as counts; wall clocks run on while other
    processes have the processor.
    """
    from steepest.solvers.sandbox import Limits

    return Limits(cpu_seconds=2 + 4 * seconds, wall_seconds=10 + 20 * seconds)


def _words(score: float, slowest: Sequence[float], reference: _Measured) -> str:
    lines = [f"Right, with an efficiency of {score:.2f} (1 is the reference's). The slowest call of each level:"]
    for number, (seconds, theirs) in enumerate(zip(slowest, reference.seconds, strict=True), 1):
        mine = _told(seconds) if seconds < reference.limit else f"over the limit of {_told(reference.limit)}"
        lines.append(f"- level {number}: {mine}; the reference takes {_told(theirs)}")
    return "\n".join(lines)


def _told(seconds: float) -> str:
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
