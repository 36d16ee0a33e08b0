"""Runs a script as the author's process does, without a jail: in a fork of a clean process, which it may spoil."""

import json
import multiprocessing
import os
from multiprocessing.connection import Connection
from typing import Any

from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox.answers import parse_answer
from steepest.solvers.sandbox.handover import Model, unpack
from steepest.solvers.sandbox.inside.channel import Channel
from steepest.solvers.sandbox.inside.solve import solved
from steepest.solvers.sandbox.outcomes import ScriptAnswer

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["pyomo.environ", "steepest.solvers.sandbox.inside.script", "highspy"])
_SECONDS = 60


def _author(end: Connection, source: str, header: dict[str, Any]) -> None:
    from steepest.solvers.sandbox.inside import script

    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silence, descriptor)
    script.run(header, source.encode(), Channel(-1, end.fileno()))


def authored(source: str, **header: Any) -> Model | dict[str, Any]:
    """The model that a script hands over, or its failure."""
    end, far = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_author, args=(far, source, {"screening": False} | header))
    process.start()
    far.close()
    sent = b"".join(iter(lambda: os.read(end.fileno(), 1 << 16), b""))
    process.join(_SECONDS)
    end.close()
    if sent[:1] == b"M":
        return unpack(sent[1:])
    assert sent[:1] == b"F", sent
    failure: dict[str, Any] = json.loads(sent[1:])
    return failure


def handed_over(source: str, **header: Any) -> Model:
    """The model that a script hands over."""
    model = authored(source, **header)
    assert not isinstance(model, dict), model
    return model


def refused(source: str, **header: Any) -> str:
    """The failure's words."""
    failure = authored(source, **header)
    assert isinstance(failure, dict), failure
    return str(failure["traceback"] or failure["message"])


def answered(source: str, **header: Any) -> ScriptAnswer:
    """What a script's model comes to."""
    options = SolveOptions(time_limit=20)
    answer = parse_answer(solved(handed_over(source, **header), options), options)
    assert isinstance(answer, ScriptAnswer), answer
    return answer
