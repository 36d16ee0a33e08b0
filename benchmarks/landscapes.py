"""What strategies find on landscapes whose best values are known, beside GEPA (gepa) and random search.

    python benchmarks/landscapes.py                  # installs gepa into .venv/rivals on the first run (1 MB)
    python benchmarks/landscapes.py --rivals PYTHON  # the interpreter of an environment that has it
    python benchmarks/landscapes.py --rivals none    # steepest alone
    python benchmarks/landscapes.py --quick          # few seeds

No language model: on texts and code everybody's proposals are made by the same script, which does what the words about
a bad rollout ask for and slips in three of ten cases; on numbers, LLAMBO's model is a function. "bare >" is GEPA's rule
of acceptance, a higher sum on the batch, in place of the paired test, which costs more where there is no noise to be
wrong about. Everybody has the same metric calls; gepa finishes the iteration in which they end, so what it took on
average is shown. Figures are the mean true score of what each calls its best (the best there is has 1 on texts and 0
elsewhere) with a 95 % interval over seeds; then seeds won and lost against gepa, and against random search, with the
two-sided sign test's p.
"""

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean, stdev
from time import monotonic

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from steepest.agents.optimizers.acceptance import Better  # noqa: E402
from steepest.agents.optimizers.search.protocols import Proposer, Strategy  # noqa: E402
from steepest.agents.optimizers.strategies.beam import Beam  # noqa: E402
from steepest.agents.optimizers.strategies.best_of_n import BestOfN  # noqa: E402
from steepest.agents.optimizers.strategies.islands import Islands  # noqa: E402
from steepest.agents.optimizers.strategies.llambo import Llambo  # noqa: E402
from steepest.agents.optimizers.strategies.minibatch import Minibatch  # noqa: E402
from steepest.agents.optimizers.strategies.pareto import Pareto  # noqa: E402
from steepest.agents.optimizers.strategies.restarts import Restarting  # noqa: E402
from steepest.agents.optimizers.strategies.tpe import Tpe  # noqa: E402
from steepest.agents.optimizers.strategies.ucb import PrioritySearch  # noqa: E402
from tests.agents.optimizers.landscapes import ALL, Landscape  # noqa: E402
from tests.agents.optimizers.scripted import Following, random_search_result, searched, sign_test  # noqa: E402
from tests.agents.optimizers.scripted_tuner import tuner  # noqa: E402

RIVAL = "gepa==0.1.4"
HOME = ROOT / ".venv" / "rivals"
CELLS = Path(__file__).with_name("landscape_cells.py")
TEXTS = ("words", "noisy words", "deceptive", "pair", "code")
NUMBERS = ("sphere", "valley", "lattice", "mixture")
BY_WORDS: Mapping[str, Callable[[Proposer], Strategy]] = {
    "minibatch": lambda proposer: Minibatch(proposer),
    "best-of-n": lambda proposer: BestOfN(proposer=proposer),
    "beam": lambda proposer: Beam(proposer=proposer),
    "ucb": lambda proposer: PrioritySearch(proposer=proposer),
    "pareto": lambda proposer: Pareto(proposer),
    "pareto, bare >": lambda proposer: Pareto(proposer, acceptance=Better()),
    "pareto, restarts": lambda proposer: Restarting(Pareto(proposer)),
    "islands": lambda proposer: Islands(proposer=proposer),
}


@dataclass(frozen=True)
class Row:
    """What one way of searching came to."""

    name: str
    truths: Sequence[float]
    calls: float


def rows_of_words(name: str, seeds: int, calls: int, python: str | None) -> list[Row]:
    """Every strategy on one landscape of texts or code."""
    rows = []
    for strategy, make in BY_WORDS.items():
        tell(f"{name}: {strategy}")
        found = [searched(land, make(Following(land)), calls, seed) for seed, land in landscapes(name, seeds)]
        rows.append(Row(strategy, [each.truth for each in found], fmean(each.metric_calls for each in found)))
    if python is not None:
        tell(f"{name}: gepa")
        rows.append(Row("gepa 0.1.4", *gepa_s(name, seeds, calls, python)))
    return [*rows, random_row(name, seeds, calls)]


def rows_of_numbers(name: str, seeds: int, calls: int) -> list[Row]:
    """Every strategy for numbers on one landscape."""
    tell(name)
    runs = {
        "tpe": [searched(land, Tpe(), calls, seed) for seed, land in landscapes(name, seeds)],
        "llambo": [searched(land, Llambo(), calls, seed, model=tuner(seed)) for seed, land in landscapes(name, seeds)],
    }
    rows = [
        Row(strategy, [each.truth for each in found], fmean(each.metric_calls for each in found))
        for strategy, found in runs.items()
    ]
    return [*rows, random_row(name, seeds, calls)]


def landscapes(name: str, seeds: int) -> list[tuple[int, Landscape]]:
    """A landscape for each seed."""
    return [(seed, ALL[name](seed)) for seed in range(seeds)]


def random_row(name: str, seeds: int, calls: int) -> Row:
    """Random search."""
    found = [random_search_result(land, calls, seed) for seed, land in landscapes(name, seeds)]
    return Row("random search", [each.truth for each in found], fmean(each.metric_calls for each in found))


def gepa_s(name: str, seeds: int, calls: int, python: str) -> tuple[list[float], float]:
    """GEPA's true scores over seeds, and the metric calls it took on average."""
    order = json.dumps([name, seeds, calls, str(site_packages(python))])
    done = subprocess.run(
        [sys.executable, str(CELLS), order], capture_output=True, text=True, check=False, cwd=ROOT, timeout=1800
    )
    if done.returncode:
        raise SystemExit(f"gepa on {name} failed: {done.stderr.strip()[-400:]}")
    truths, mean_calls = json.loads(done.stdout.splitlines()[-1])
    return truths, mean_calls


def site_packages(python: str) -> Path:
    """Where an environment has gepa. It is pure Python, so it runs on this interpreter, beside the landscapes."""
    program = "import gepa, pathlib; print(pathlib.Path(gepa.__file__).parents[1])"
    found = subprocess.run([python, "-c", program], capture_output=True, text=True, check=False)
    if found.returncode:
        raise SystemExit(f"{python} has no gepa: install it there with: {python} -m pip install {RIVAL}")
    return Path(found.stdout.strip())


def rival_s_python() -> str:
    """The interpreter of the rivals' environment, with gepa in it."""
    python = HOME / "bin" / "python"
    if not python.exists():
        tell(f"making {HOME}")
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
    has_it = subprocess.run([str(python), "-c", "import gepa"], capture_output=True, check=False).returncode == 0
    if not has_it:
        tell(f"installing {RIVAL} into {HOME}")
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", RIVAL], check=True)
    return str(python)


def table(name: str, rows: Sequence[Row], calls: int, seeds: int) -> list[str]:
    """A landscape's part of the report."""
    by_name = {each.name: each for each in rows}
    rivals = [by_name[each] for each in ("gepa 0.1.4", "random search") if each in by_name]
    heads = "".join(f"{'against ' + each.name:>28}" for each in rivals)
    lines = ["", f"{name}: {calls} metric calls, {seeds} seeds", f"{'':18}{'true score':>18}{'calls':>8}{heads}"]
    for row in rows:
        score = f"{fmean(row.truths):.3f} ± {interval(row.truths):.3f}"
        duels = "".join(f"{duel(row, each):>28}" for each in rivals)
        lines.append(f"{row.name:18}{score:>18}{row.calls:>8.0f}{duels}")
    return lines


def interval(values: Sequence[float]) -> float:
    """Half of a 95 % interval of the mean."""
    return 1.96 * stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan


def duel(row: Row, rival: Row) -> str:
    """Seeds won and lost, and the two-sided sign test."""
    if row is rival:
        return ""
    wins = sum(first > second for first, second in zip(row.truths, rival.truths, strict=True))
    losses = sum(first < second for first, second in zip(row.truths, rival.truths, strict=True))
    p = min(1.0, 2 * min(sign_test(row.truths, rival.truths), sign_test(rival.truths, row.truths)))
    return f"{wins} : {losses}, p = {p:.2g}"


def tell(words: str) -> None:
    """What is being done, on standard error."""
    print(f"[{monotonic() - BEGIN:4.0f} s] {words}", file=sys.stderr, flush=True)


BEGIN = monotonic()


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rivals", help="interpreter of an environment with gepa, or `none`")
    parser.add_argument("--seeds", type=int, default=20, help="searches a cell (default 20)")
    parser.add_argument("--calls", type=int, default=600, help="metric calls on texts and code (default 600)")
    parser.add_argument("--quick", action="store_true", help="three seeds and a third of the calls")
    parser.add_argument("--only", choices=(*TEXTS, *NUMBERS), help="one landscape alone")
    arguments = parser.parse_args()
    seeds, calls = (3, arguments.calls // 3) if arguments.quick else (arguments.seeds, arguments.calls)
    python = None if arguments.rivals == "none" else arguments.rivals or rival_s_python()
    cells: dict[str, tuple[int, Callable[[str], list[Row]]]] = {
        **{each: (calls, partial(rows_of_words, seeds=seeds, calls=calls, python=python)) for each in TEXTS},
        **{each: (calls // 10, partial(rows_of_numbers, seeds=seeds, calls=calls // 10)) for each in NUMBERS},
    }
    for name, (limit, measure) in cells.items():
        if arguments.only in (None, name):
            print("\n".join(table(name, measure(name), limit, seeds)), flush=True)


if __name__ == "__main__":
    main()
