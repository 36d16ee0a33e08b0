"""What the search core itself takes for a candidate, with a model and a metric that answer at once, beside gepa.

    python benchmarks/search_core.py                   # installs gepa into .venv/rivals on the first run (1 MB)
    python benchmarks/search_core.py --rivals PYTHON   # the interpreter of an environment that has it
    python benchmarks/search_core.py --rivals none     # steepest alone
    python benchmarks/search_core.py --quick           # 1,000 candidates, steepest alone

A candidate is a text of 500 characters. Ten examples teach and ten rank; scores are random, and rise slowly with the
candidate's number, so that some half of the children are admitted and the pool grows all the time. Everybody runs a
Pareto search with batches of three and the bare rule that a higher sum is better. Every cell is a process of its own;
figures are CPU milliseconds for a candidate, over the whole search and over its last tenth, and how much the process
has grown, in KiB for a candidate: since the first hundredth, and in the second half. A search is given up after
`--seconds`, with as many candidates as are shown. Steepest keeps evaluations and candidates in temporary files, and
with "folder" everything that a resume needs; gepa keeps nothing. The targets are 2 ms, and a second half without growth
from 5,000 candidates on (half a KiB for a candidate: some 70 bytes are parents, means and digests, and the memory of a
process grows in steps).
"""

import argparse
import asyncio
import contextlib
import io
import json
import math
import random
import resource
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import process_time
from typing import Any

RIVAL = "gepa==0.1.4"
HOME = Path(__file__).parents[1] / ".venv" / "rivals"
TARGET = 2.0
FLAT = 0.5
"""KiB for a candidate in the second half of a long search."""
LONG = 5_000
EXAMPLES = 10
FILLING = "word " * 98


class Enough(BaseException):
    """Ends a search; nothing catches it."""


class Meter:
    """Counts candidates, and measures at some of them."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count, self.seconds = count, seconds
        self.made = 0
        self.times = array("d")
        self.before = 0
        self.halfway = 0

    def text(self) -> str:
        """The next candidate."""
        self.made += 1
        self.times.append(process_time())
        if self.made == max(1, self.count // 100):
            self.before = grown()
        if self.made == self.count // 2:
            self.halfway = grown()
        if self.made > self.count or self.times[-1] - self.times[0] > self.seconds:
            raise Enough
        return f"{FILLING}{self.made:8d}"

    def figures(self) -> dict[str, float]:
        """Of the search as a whole."""
        made = self.made - 1
        last = max(1, made // 10)
        return {
            "made": made,
            "whole": (self.times[-1] - self.times[0]) / made * 1e3,
            "last": (self.times[-1] - self.times[-1 - last]) / last * 1e3,
            "memory": (grown() - self.before) / made if self.before else math.nan,
            "second half": (grown() - self.halfway) / (made - self.count // 2) if self.halfway else math.nan,
        }


def grown() -> int:
    """The most memory that the process has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def score(text: str, key: int) -> float:
    """At random, a little higher for later candidates."""
    number = int(text[-8:])
    return random.Random(number * 100 + key).random() + number * 1e-3


def steepest(meter: Meter, folder: Path | None) -> None:
    from steepest.agents.optimizers.acceptance import Better
    from steepest.agents.optimizers.search.evaluations import Evaluations
    from steepest.agents.optimizers.search.executors import Inline
    from steepest.agents.optimizers.search.journal import Journal
    from steepest.agents.optimizers.search.limits import SearchLimits, Spending
    from steepest.agents.optimizers.search.loop import carry_out
    from steepest.agents.optimizers.search.protocols import Proposal, Situation
    from steepest.agents.optimizers.search.rollouts import Example, Rollout
    from steepest.agents.optimizers.search.search import Search
    from steepest.agents.optimizers.search.values import Component, Values
    from steepest.agents.optimizers.strategies.pareto import Pareto

    class Program:
        components = (Component("prompt", "text"),)

        def seed(self) -> Values:
            return {"prompt": f"{FILLING}{0:8d}"}

        def run(self, values: Values, example: Example, *, traced: bool) -> Rollout:
            return Rollout(example.key, score(values["prompt"], example.data))

    class Proposer:
        async def propose(self, situation: Situation) -> list[Proposal]:
            return [Proposal({"prompt": meter.text()})]

    examples = [Example(str(key), key) for key in range(2 * EXAMPLES)]
    search = Search(
        Program(),
        {"train": examples[:EXAMPLES], "validation": examples[EXAMPLES:]},
        Spending(SearchLimits()),
        evaluations=Evaluations(folder and folder / "evaluations.sqlite"),
        executor=Inline(),
    )
    journal = Journal(folder and folder / "steps.jsonl")
    asyncio.run(carry_out(search, Pareto(Proposer(), acceptance=Better()), journal=journal))


def gepa(meter: Meter) -> None:
    import gepa as rival
    from gepa.core.adapter import EvaluationBatch

    class Adapter:
        propose_new_texts = None

        def evaluate(self, batch: Sequence[int], candidate: dict[str, str], capture_traces: bool = False) -> Any:
            scores = [score(candidate["prompt"], key) for key in batch]
            return EvaluationBatch(outputs=scores, scores=scores, trajectories=scores if capture_traces else None)

        def make_reflective_dataset(self, candidate: Any, batch: Any, components: Sequence[str]) -> Any:
            return {name: [{"Feedback": ""}] for name in components}

    def propose(candidate: Mapping[str, str], dataset: Any, components: Sequence[str]) -> dict[str, str]:
        return {"prompt": meter.text()}

    with contextlib.redirect_stdout(io.StringIO()):
        rival.optimize(
            seed_candidate={"prompt": f"{FILLING}{0:8d}"},
            trainset=list(range(EXAMPLES)),
            valset=list(range(EXAMPLES, 2 * EXAMPLES)),
            adapter=Adapter(),
            custom_candidate_proposer=propose,
            reflection_minibatch_size=3,
            skip_perfect_score=False,
            max_metric_calls=10**9,
            cache_evaluation=True,
        )


def measure(name: str, count: int, seconds: float) -> dict[str, float]:
    """A search in this process, until it has made so many candidates."""
    meter = Meter(count, seconds)
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Enough):
        searches: Mapping[str, Callable[[], None]] = {
            "steepest": lambda: steepest(meter, None),
            "steepest, folder": lambda: steepest(meter, Path(folder)),
            "gepa 0.1.4": lambda: gepa(meter),
        }
        searches[name]()
    return meter.figures()


def measure_apart(python: str, name: str, count: int, seconds: float) -> dict[str, float]:
    """The same in a process of its own."""
    order = json.dumps([name, count, seconds])
    done = subprocess.run([python, __file__, "--cell", order], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def rival_s_python() -> str:
    """The interpreter of the rivals' environment, with gepa in it."""
    python = HOME / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
    if subprocess.run([str(python), "-c", "import gepa"], capture_output=True, check=False).returncode:
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", RIVAL], check=True)
    return str(python)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rivals", help="interpreter of an environment with gepa, or `none`")
    parser.add_argument("--seconds", type=float, default=90.0, help="CPU seconds of a search, at most")
    parser.add_argument("--quick", action="store_true", help="1,000 candidates, steepest alone")
    parser.add_argument("--cell", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.cell:
        print(json.dumps(measure(*json.loads(arguments.cell))))
        return
    pythons = {"steepest": sys.executable, "steepest, folder": sys.executable}
    if not arguments.quick and arguments.rivals != "none":
        pythons["gepa 0.1.4"] = arguments.rivals or rival_s_python()
    print(f"{'':<18}{'candidates':>11}{'made':>8}{'ms each':>9}{'last tenth':>12}{'KiB each':>10}{'2nd half':>10}")
    missed = []
    for count in (1_000,) if arguments.quick else (1_000, 5_000, 10_000):
        for name, python in pythons.items():
            found = measure_apart(python, name, count, arguments.seconds)
            print(
                f"{name:<18}{count:>11,}{found['made']:>8,}{found['whole']:>9.2f}{found['last']:>12.2f}"
                f"{found['memory']:>10.2f}{found['second half']:>10.2f}",
                flush=True,
            )
            if not name.startswith("steepest"):
                continue
            if found["whole"] > TARGET:
                missed.append(f"{name}, {count:,} candidates: {found['whole']:.2f} ms each, not {TARGET:g}")
            if count >= LONG and not found["second half"] <= FLAT:
                missed.append(f"{name}, {count:,} candidates: {found['second half']:.2f} KiB each in the second half")
    if missed:
        sys.exit("targets missed: " + "; ".join(missed))


if __name__ == "__main__":
    main()
