"""Runs that are killed after their first step, then after their second, and so on; run as a script, which forks them.

Arguments: the place of the checkpoints, and a folder, where each process adds its calls of the model to `calls`.
Every process goes on with what the one before it left.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from functools import partial
from pathlib import Path

from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.agents.modeling import Answer, answer_problem
from steepest.agents.modeling.checkpoints import Checkpoints
from steepest.agents.modeling.graph import modeling_graph
from tests.agents.modeling.test_problems import INFEASIBLE, TOO_MANY_ORDERS

MOST_STEPS = 30
MISREAD = INFEASIBLE.format(capacity=40)
ANSWERS = [
    MISREAD.replace("bake <= capacity", "bake <= capacty"),  # repaired
    MISREAD,  # examined
    MISREAD.replace("  orders: bake >= ordered\n", ""),  # rolled back, and examined again
    MISREAD.replace("bake <= capacity", "bake <= capacity + ordered"),  # solved, tested
    "QUESTION: For each?\nASSUMED: yes\nREADING: no\nCHANGES: price = 4",
]
ENOUGH = "enough"


def answer_of(calls: Path, request: ChatRequest) -> str:
    """The next answer; each is paid for by a line in `calls`."""
    paid = calls.read_text().splitlines() if calls.exists() else []
    with calls.open("a") as file:
        file.write(f"{len(request.messages)}\n")
        os.fsync(file.fileno())
    return ANSWERS[len(paid)]


def answered(place: str, calls: Path, kill_after: int | None = None) -> Answer:
    """The answer; the process is killed when this many steps were kept."""
    kept = []

    def step_ended(step: object) -> None:
        kept.append(step)
        if len(kept) == kill_after:
            os.kill(os.getpid(), signal.SIGKILL)

    return asyncio.run(
        answer_problem(
            TOO_MANY_ORDERS,
            FunctionModel(partial(answer_of, calls)),
            readings="always",
            checkpoints=Checkpoints(place) if place else None,
            on_step=step_ended,
        )
    )


def told(answer: Answer) -> str:
    """What has to be the same however often the run was killed."""
    return json.dumps(
        {
            "text": answer.explanation,
            "formulation": answer.formulation.to_text() if answer.formulation else "",
            "steps": [step.name for step in answer.steps],
            "calls": [record.request.model_dump(mode="json") for record in answer.transcript.records],
            "codes": [each.code for each in answer.diagnostics],
        }
    )


def child(place: str, folder: Path, kill_after: int | None) -> None:
    """A process of its own; what it answers is written to `answer`."""
    try:
        answer = answered(place, folder / "calls", kill_after)
        (folder / "answer").write_text(told(answer))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main(place: str, folder: Path) -> None:
    """Kill a process after its first step until one comes to its end; the last line says how many were killed."""
    for killed in range(MOST_STEPS):
        number = os.fork()
        if not number:
            child(place, folder, 1)
        _, status = os.waitpid(number, 0)
        if not os.WIFSIGNALED(status):
            print(f"{ENOUGH} {killed} {status}")
            return


if __name__ == "__main__":
    modeling_graph()  # imported once, before the forks
    main(sys.argv[1], Path(sys.argv[2]))
