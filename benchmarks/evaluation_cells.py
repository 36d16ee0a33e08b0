"""The cells of `evaluation.py`: runs of problems that nobody has to solve, each measured in a process of its own.

Run by `evaluation.py` with the interpreter of steepest's or inspect_ai's environment.
"""

import json
import logging
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ANSWER = 12.5
STORY = "A kiosk sells tea and scones for a week of market days, with 30 hours of work at most and 42 kg of flour. "

Figures = dict[str, Any]


def told(number: int) -> str:
    """The text of a problem, as long as many are."""
    return f"{STORY * 5}Kiosk number {number} wants the highest profit. What is it?"


def answer(text: str) -> float:
    """The agent that the engines are compared with."""
    return ANSWER


class Instant:
    """A method that knows the answer."""

    name = "instant"
    prompts: tuple[str, ...] = ()

    async def attempt(self, question: Any, bench: Any) -> Any:
        """What everybody knows."""
        from steepest.evals.attempts import Attempt

        return Attempt(outcome="answered", objective=ANSWER)


def run(folder: Path, method: str, problems: int, concurrency: int, engine: str) -> Figures:
    """A run from the first attempt to the last, and what it left in memory."""
    begin, cpu = perf_counter(), process_time()
    made = started(folder, method, problems, concurrency, engine)
    seconds, cpu = perf_counter() - begin, process_time() - cpu
    assert made.end.done == problems, made.end
    files = sum(path.stat().st_size for path in folder.joinpath("run").iterdir())
    return {"seconds": seconds, "cpu": cpu, "peak": peak_memory(), "bytes": files}


def again(folder: Path, method: str, problems: int, concurrency: int, engine: str) -> Figures:
    """The same command on a finished run."""
    begin = perf_counter()
    made = started(folder, method, problems, concurrency, engine)
    seconds = perf_counter() - begin
    assert made.end.made == 0, made.end
    return {"seconds": seconds, "peak": peak_memory()}


def started(folder: Path, method: str, problems: int, concurrency: int, engine: str) -> Any:
    from steepest.agents.llm import FunctionModel
    from steepest.evals import Problem
    from steepest.evals import run as evaluated

    asked = [Problem(id=f"kiosks/{number}", question=told(number), answer=ANSWER) for number in range(problems)]
    model: Any = FunctionModel(lambda request: f"status: optimal\nobjective: {ANSWER}", name="instant")
    if method.startswith("agent:"):  # what has to travel to another process is named
        empty = folder / "nothing.json"
        empty.write_text(json.dumps({"model": "nobody", "structured": False, "exchanges": []}))
        model = f"recorded:{empty}"
    chosen: Any = Instant() if method == "instant" else method
    options: Any = {"engine": engine, "workers": 2} if engine == "ray" else {}
    return evaluated(asked, chosen, model=model, out=folder / "run", concurrency=concurrency, **options)


def report(folder: Path) -> Figures:
    """The page of a run."""
    from steepest.evals import open_run

    begin = perf_counter()
    open_run(folder / "run").write_html(folder / "page.html")
    return {"seconds": perf_counter() - begin, "bytes": (folder / "page.html").stat().st_size, "peak": peak_memory()}


def inspect_ai(folder: Path, problems: int, concurrency: int) -> Figures:
    """The same problems and answers as an evaluation of inspect_ai."""
    from inspect_ai import Task, eval
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ModelOutput
    from inspect_ai.scorer import match
    from inspect_ai.solver import solver

    async def solve(state: Any, generate: Any) -> Any:
        state.output = ModelOutput.from_content("instant", f"{ANSWER}")
        return state

    asked = [Sample(id=f"kiosks/{number}", input=told(number), target=f"{ANSWER}") for number in range(problems)]
    task = Task(dataset=asked, solver=solver(name="instant")(lambda: solve)(), scorer=match(numeric=True))
    begin, cpu = perf_counter(), process_time()
    (log,) = eval(task, model="none/none", max_samples=concurrency, log_dir=str(folder), display="none")
    seconds, cpu = perf_counter() - begin, process_time() - cpu
    assert log.status == "success", log.error
    files = sum(path.stat().st_size for path in folder.iterdir())
    return {"seconds": seconds, "cpu": cpu, "peak": peak_memory(), "bytes": files}


def version(name: str) -> Figures:
    """Of a library that is installed here."""
    from importlib.metadata import version as installed

    return {"version": installed(name)}


def peak_memory() -> int:
    """Bytes that this process held at most."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


CELLS: dict[str, Any] = {"run": run, "again": again, "report": report, "inspect": inspect_ai, "version": version}


def main() -> None:
    """Do what the argument says and print the figures."""
    logging.disable()
    name, *arguments = json.loads(sys.argv[1])
    places = [Path(each) if str(each).startswith(tempfile.gettempdir()) else each for each in arguments]
    print(json.dumps(CELLS[name](*places)))


if __name__ == "__main__":
    main()
