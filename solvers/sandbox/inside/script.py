"""The author's process: runs a Pyomo script and hands its model over as data. Nothing that it sends is believed."""

import contextlib
import gc
import json
import sys
import types
from typing import Any

from steepest.errors import SteepestError
from steepest.solvers.extraction.pyomo_extraction import extract
from steepest.solvers.sandbox.handover import pack
from steepest.solvers.sandbox.inside.channel import Channel
from steepest.solvers.sandbox.inside.choice import chosen_model
from steepest.solvers.sandbox.inside.feedback import SCRIPT, describe, failure, register_source
from steepest.solvers.sandbox.inside.screening import screen
from steepest.solvers.sandbox.inside.stand_in import Solves, install

MODEL, FAILURE = b"M", b"F"

PRELOAD = (
    "highspy",
    "numpy.ma",
    "pyomo.common.timing",
    "pyomo.contrib.appsi.solvers",
    "pyomo.contrib.cp.transform.logical_to_disjunctive_program",
    "pyomo.contrib.solver.solvers.highs",
    "pyomo.core.base.component_order",
    "pyomo.core.base.piecewise",
    "pyomo.core.expr.calculus.derivatives",
    "pyomo.core.expr.compare",
    "pyomo.core.expr.ndarray",
    "pyomo.core.util",
    "pyomo.dae",
    "pyomo.environ",
    "pyomo.gdp",
    "pyomo.gdp.plugins.bigm",
    "pyomo.kernel",
    "pyomo.network",
    "pyomo.opt",
    "pyomo.repn.linear",
    "pyomo.repn.quadratic",
    "pyomo.repn.standard_repn",
    "pyomo.util.calc_var_value",
    "pyomo.util.check_units",
    "pyomo.util.infeasible",
    "pyomo.util.model_size",
    "pyscipopt",
)
"""What scripts and their models need, imported before the fork where it is installed.

Not pandas: the Arrow that it imports starts a thread.
"""

_WALL_SECONDS = 10.0
_SHARE = 0.4
"""Of the wall clock, for what the script itself has solved."""
_MOST_TRACEBACK = 10_000
"""Characters of a failure's traceback, whose end says most."""


def run(header: dict[str, Any], body: bytes, channel: Channel) -> None:
    """Run the script and send `M` with its model, or `F` with a failure.

    Args:
        header: `screening`: whether to refuse by its text what the kernel refuses anyway; `wall_seconds`: of the job.
        body: The script.
        channel: Where to send.
    """
    source = body.decode(errors="replace")
    solves = Solves(seconds=_SHARE * float(header.get("wall_seconds", _WALL_SECONDS)))
    try:
        refused = screen(source) if header.get("screening") else None
        answer = _failed(refused) if refused is not None else MODEL + _handed_over(source, solves)
    except SteepestError as error:
        answer = _failed(failure("exception", str(error)))
    except BaseException as error:  # whatever a script raises is its answer
        answer = _failed(describe(error, source))
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # a script may have replaced or closed it
            stream.flush()
    channel.write(answer)


def _failed(document: dict[str, Any]) -> bytes:
    """A packet of less than 100 KiB whatever the script is written in."""
    short = document | {"traceback": document["traceback"][-_MOST_TRACEBACK:]}
    return FAILURE + json.dumps(short, ensure_ascii=False).encode(errors="replace")


def _handed_over(source: str, solves: Solves) -> bytes:
    names = _executed(source, solves)
    gc.disable()  # all of the model stays until the end: each collection would walk it for nothing
    return pack(extract(chosen_model(names, solves.model)).model)


def _executed(source: str, solves: Solves) -> dict[str, Any]:
    """The script's globals after its end.

    A script that trips over a solve which gave it no answer (it prints values that are not there) has still said what
    its model is.
    """
    install(solves)
    register_source(source)
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    try:
        exec(compile(source, SCRIPT, "exec"), main.__dict__)  # noqa: S102 - what this process is jailed for
    except SystemExit:
        pass
    except Exception:
        if solves.model is None or solves.is_solved:
            raise
    return main.__dict__


def warm_up() -> None:
    """Have what Pyomo makes on first use made before the fork; no solve, which would start threads."""
    from pyomo import environ as pyo

    _keep_output_lock_inside()

    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(2), within=pyo.NonNegativeReals)
    model.y = pyo.Var(within=pyo.Binary)
    model.row = pyo.Constraint(expr=pyo.exp(model.x[0]) + model.x[1] <= 2 * model.y)
    model.goal = pyo.Objective(expr=model.x[0] ** 2 + model.x[1] - model.y, sense=pyo.maximize)
    extract(model)
    model.row.deactivate()
    pack(extract(model).model)


def _keep_output_lock_inside() -> None:
    """Have Pyomo guard its output by a lock of the process.

    When multiprocessing is imported Pyomo takes one of its locks instead. That is shared memory: a job can't make it,
    and jobs that share one made before the fork could hold it against each other.
    """
    import multiprocessing
    import threading

    from pyomo.common import dependencies

    between_processes = multiprocessing.Lock
    multiprocessing.Lock = threading.Lock  # type: ignore[assignment]
    try:
        dependencies.multiprocessing.Lock  # noqa: B018 - the first look at the module makes the lock
    finally:
        multiprocessing.Lock = between_processes
    dependencies.capture_output_lock = threading.Lock()
