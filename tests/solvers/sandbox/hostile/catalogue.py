"""The hostile programs as data: each is a file with a line on what it tries, and a line on how it has to end.

    # Dials out by TCP in several ways: whoever can dial out can carry away whatever he reads.
    # job: function, script | ends: completed | unconfined: breach

`job` names the kinds of job that it is run as: a program with `attack` is called as a function, timed as one, or run
as a script that calls it and then hands over an honest model; one without is a script of its own. `ends` names the
outcomes that are right: completed, or kinds of failure. `unconfined: breach` says that the program is seen to get
through where nothing holds it, so that its silence in the sandbox means something. A program that gets through says
so by the word BREACH in its result or output. `reaches: out` is for those that reach out of their process as well, to
what can't be laid out where nothing holds them.
"""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from steepest.solvers.sandbox import Call, FunctionCalls, FunctionTiming, Job, PyomoScript

HERE = Path(__file__).parent
BREACH = "BREACH"
HONEST_OPTIMUM = 10.0
"""Of every model that a hostile script hands over, unless it says `believes: nothing`."""

HONEST_MODEL = f"""
import pyomo.environ as pyo
model = pyo.ConcreteModel()
model.x = pyo.Var(bounds=(0, {HONEST_OPTIMUM}))
model.profit = pyo.Objective(expr=model.x, sense=pyo.maximize)
"""
AS_SCRIPT = f"\nfor breach in attack():\n    print(breach)\n{HONEST_MODEL}"


@dataclass(frozen=True)
class HostileProgram:
    """A program, what it tries, and what has to come of it."""

    name: str
    purpose: str
    text: str
    jobs: tuple[str, ...]
    ends: tuple[str, ...]
    wall_seconds: float = 2.0
    cpu_seconds: float = 10.0
    breaks_out_unconfined: bool = False
    reaches_out: bool = False
    """Whether it is after something outside of its process: then much depends on who runs it, and where."""
    checks_answer: bool = True
    """Whether a completed script has to come to the honest optimum."""
    slow_seconds: float | None = None
    """Processor time that each call really takes; timing alone."""
    model_mib: int = 4
    seeds: int = 1
    machine: str | None = None

    @property
    def fits_here(self) -> bool:
        """Whether this machine is of the kind that the program is written for."""
        return self.machine in (None, platform.machine())

    def job(self, kind: str, scene: dict[str, Any]) -> Job:
        """The program as a job of one of its kinds, told of its surroundings."""
        source = self.source(scene)
        if kind == "function":
            return FunctionCalls(source, "attack", [Call()])
        if kind == "timing":
            return FunctionTiming(source, "attack", repeats=5)
        return PyomoScript(source + AS_SCRIPT if "def attack(" in self.text else source)

    def source(self, scene: dict[str, Any]) -> str:
        """What runs: the surroundings, the common words, the program."""
        return f"SURROUNDINGS = {scene!r}\n{(HERE / 'preamble.py').read_text()}\n{self.text}"


@cache
def hostile_programs() -> tuple[HostileProgram, ...]:
    """All of them, by name."""
    return tuple(_read(path) for path in sorted((HERE / "programs").glob("*.py")))


def shots() -> Iterator[tuple[HostileProgram, str]]:
    """Every program of this machine with every kind of job that it is run as."""
    for program in hostile_programs():
        if program.fits_here:
            yield from ((program, kind) for kind in program.jobs)


def shots_out() -> Iterator[tuple[HostileProgram, str]]:
    """Those that reach out of their process, as functions: what is tried again by others and with less isolation."""
    return ((program, kind) for program, kind in shots() if program.reaches_out and kind == "function")


def _read(path: Path) -> HostileProgram:
    text = path.read_text()
    purpose, facts, *_ = (line.removeprefix("#").strip() for line in text.splitlines())
    fields = dict(fact.strip().split(": ", 1) for fact in facts.split("|"))
    return HostileProgram(
        path.stem,
        purpose,
        text,
        jobs=tuple(fields.pop("job").split(", ")),
        ends=tuple(fields.pop("ends").split(", ")),
        wall_seconds=float(fields.pop("wall", 2.0)),
        cpu_seconds=float(fields.pop("cpu", 10.0)),
        breaks_out_unconfined=(breaks_out := fields.pop("unconfined", "") == "breach"),
        reaches_out=fields.pop("reaches", "") == "out" or breaks_out,
        checks_answer=fields.pop("believes", "") != "nothing",
        slow_seconds=float(fields.pop("slow")) if "slow" in fields else None,
        model_mib=int(fields.pop("model", 4)),
        seeds=int(fields.pop("seeds", 1)),
        machine=fields.pop("machine", None),
        **fields,  # a misspelled fact is an unexpected argument
    )
