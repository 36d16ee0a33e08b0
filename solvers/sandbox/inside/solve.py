"""The solver's process: a clean fork that never saw the script checks the model it gets, solves it and says so."""

import json
from typing import Any

from steepest.solvers.backends.array_model import NamedModel
from steepest.solvers.model_solve import solve_model
from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox.answers import AnswerDocument
from steepest.solvers.sandbox.handover import HandoverError, Model, pack, unpack
from steepest.solvers.sandbox.inside.channel import Channel

PRELOAD = ("highspy", "numpy.ma", "pyscipopt")
"""The solvers, imported before the fork where they are installed."""


def run(header: dict[str, Any], body: bytes, channel: Channel) -> None:
    """Solve a packed model and send one JSON document, an `AnswerDocument` or the refusal of the packet.

    Args:
        header: The fields of `SolveOptions`.
        body: The packet.
        channel: Where to send.
    """
    given = {name: header[name] for name in SolveOptions.model_fields if name in header}
    try:
        document = solved(unpack(body), SolveOptions.model_validate(given)).model_dump_json()
    except HandoverError as error:
        document = json.dumps({"refused": f"the model that was handed over is none: {error}"})
    channel.write(document.encode())


def solved(model: Model, options: SolveOptions) -> AnswerDocument:
    """A model's verified answer as it is sent."""
    answer = solve_model(model, options)
    named = model if isinstance(model, NamedModel) else model.linear
    values = {} if answer.values is None else dict(zip(named.column_names, answer.values.tolist(), strict=True))
    return AnswerDocument(
        status=answer.status,
        message=answer.message,
        objective=answer.objective,
        values=values,
        bound=answer.bound,
        gap=answer.gap,
        problem_class=model.problem_class,
        sense=named.sense,
        size=model.size,
        solver=answer.solver,
        seconds=answer.seconds,
    )


def warm_up() -> None:
    """Have what the solve imports on first use imported before the fork; no solve, which would start threads."""
    import numpy as np

    from steepest.solvers.backends.highs import handed_over

    one, none = np.ones(1), np.zeros(1, np.int32)
    starts = np.array([0, 1], np.int32)
    model = NamedModel("minimize", 0.0, one, one, one, none, starts, none, one, one, one, None, ("row",), ("x",))
    unpack(pack(model))
    handed_over(model, SolveOptions())
