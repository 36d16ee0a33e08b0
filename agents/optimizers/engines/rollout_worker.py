"""What runs in the workers: one rollout after another of a program that came once."""

import contextlib
import os
import signal
import threading
import traceback
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Literal

from steepest.agents.llm.errors import LLMError
from steepest.agents.optimizers.search.executors import Job
from steepest.agents.optimizers.search.protocols import Program
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.spread.shipping import arrived
from steepest.errors import InputError, SteepestError

__all__ = ["Broken", "lost", "made", "make", "prepare", "result_of", "unpacked"]

_programs: dict[str, Program] = {}
"""The program of this worker, by its place: one."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What a program raised, as words: exceptions don't all survive the way to another process."""

    kind: Literal["input", "llm", "steepest", "other"]
    message: str


def prepare() -> None:
    """Begin a worker that ends at once when it is told to, and with the process that began it."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # not at the end of a call that Python does not interrupt
    threading.Thread(target=_end_with_parent, name="steepest-parent", daemon=True).start()


def make(place: str, job: Job) -> Rollout | Broken:
    """Make a rollout of the program that is in a file."""
    if place not in _programs:
        _programs.clear()
        try:
            program = unpacked(Path(place).read_bytes())
        except InputError as error:
            return Broken("input", str(error))
        _programs[place] = program
    return made(_programs[place], job)


def unpacked(data: bytes) -> Program:
    """A program that was sent here.

    Raises:
        InputError: It can't be loaded here.
    """
    try:
        program: Program = arrived(data)
    except Exception as error:  # whatever the program's modules raise when they are imported
        raise InputError(
            f"the program can't be loaded in a worker process ({type(error).__name__}: {error}): its functions and "
            "classes have to be in a module that can be imported there, and not in a notebook, or run in threads"
        ) from error
    return program


def made(program: Program, job: Job) -> Rollout | Broken:
    """Make a rollout; an error travels as a value."""
    try:
        return program.run(job.values, job.example, traced=job.traced)
    except InputError as error:
        return Broken("input", str(error))
    except LLMError as error:
        return Broken("llm", str(error))
    except SteepestError as error:
        return Broken("steepest", str(error))
    except Exception as error:  # raised again, as words, where the rollout was wanted
        told = "".join(traceback.format_exception(error)).strip()
        return Broken("other", f"the program raised {type(error).__name__} in a worker: {error}\n{told}")


def result_of(result: Rollout | Broken) -> Rollout:
    """The rollout, or the error, where it was wanted.

    Raises:
        SteepestError: The program raised it: `InputError` and `LLMError` as such.
    """
    if isinstance(result, Rollout):
        return result
    kinds: dict[str, type[SteepestError]] = {"input": InputError, "llm": LLMError}
    raise kinds.get(result.kind, SteepestError)(result.message)


def lost(job: Job, reason: str) -> Rollout:
    """The rollout of a job that no worker survives."""
    return Rollout(job.example.key, 0.0, error=reason)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is None:
        return
    with contextlib.suppress(OSError):
        wait([parent.sentinel])
    os._exit(1)
