"""The solver's process: a clean fork that never saw the script checks the model it gets, solves it and says so."""

from typing import Any

import numpy as np

from steepest.solvers.answer import ending
from steepest.solvers.backends.apart.solving import killable_here
from steepest.solvers.backends.array_model import NamedModel
from steepest.solvers.model_solve import solve_model
from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox.answers import AnswerDocument, Refusal, pack_answer
from steepest.solvers.sandbox.handover import HandoverError, Model, pack, unpack
from steepest.solvers.sandbox.inside.channel import Channel

PRELOAD = ("highspy", "numpy.ma", "steepest.solvers.backends.scip_running")
"""The solvers, imported before the fork where they are installed."""


def run(header: dict[str, Any], body: bytes, channel: Channel) -> None:
    """Solve a packed model and send its answer, or the refusal of the packet.

    Args:
        header: The fields of `SolveOptions`.
        body: The packet.
        channel: Where to send.
    """
    given = {name: header[name] for name in SolveOptions.model_fields if name in header}
    try:
        model = unpack(body)
    except HandoverError as error:
        refusal = Refusal(refused=f"the model that was handed over is none: {error}")
        channel.write(refusal.model_dump_json().encode() + b"\n")
        return
    channel.write(solved(model, SolveOptions.model_validate(given)))


def solved(model: Model, options: SolveOptions) -> bytes:
    """A model's verified answer as it is sent: of its columns those that are the author's own variables."""
    with killable_here():
        answer = solve_model(model, options)
    named = model if isinstance(model, NamedModel) else model.linear
    own = np.setdiff1d(np.arange(named.columns), named.added_columns)
    values = np.empty(0) if answer.values is None else answer.values[own]
    names = [] if answer.values is None else [named.column_names[column] for column in own.tolist()]
    document = AnswerDocument(
        **ending(answer),
        values=len(values),
        problem_class=model.problem_class,
        sense=named.sense,
        size=model.size,
    )
    return pack_answer(document, values, names)


def warm_up() -> None:
    """Have what the solve imports on first use imported before the fork; no solve, which would start threads."""
    from steepest.solvers.backends.highs import handed_over

    one, none = np.ones(1), np.zeros(1, np.int32)
    starts = np.array([0, 1], np.int32)
    model = NamedModel("minimize", 0.0, one, one, one, none, starts, none, one, one, one, None, ("row",), ("x",))
    unpack(pack(model))
    handed_over(model, SolveOptions())
