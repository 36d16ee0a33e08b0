"""The answer battery on right models and on mutants of them: what it catches, and that it accuses no right one.

    python benchmarks/battery.py
    python benchmarks/battery.py --seeds 25 --mutated 10 --each 1
    python benchmarks/battery.py --files 'models/*.five'

Right models of fourteen classes are drawn by seed (`battery_problems.py`); each mistake (`battery_mutations.py`) is
made at up to `--each` places of each. A mutant that has no answer any more (infeasible, unbounded, refused) needs no
battery, and one whose optimal value is still the right one can't be caught by any test of the value: both are counted
apart. Intervals are Wilson's, at 95 %. `--files` runs the battery on formulations of your own and says what it found.
"""

import argparse
import glob
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median

from battery_mutations import MUTATIONS, mutants
from battery_problems import CLASSES, Draw

from steepest.errors import SteepestError
from steepest.evals.statistics.proportions import wilson_interval
from steepest.solvers.battery.battery import run_battery
from steepest.solvers.battery.report import BatteryBudget, BatteryReport
from steepest.solvers.formulation import Formulation

_SAME = 1e-6
_BUDGET = BatteryBudget(solves=200, seconds=60)


@dataclass
class Row:
    """What came of the mutants of one kind."""

    unanswered: int = 0
    changed: int = 0
    changed_caught: int = 0
    kept: int = 0
    kept_caught: int = 0
    by_test: Counter[str] = field(default_factory=Counter)

    def add(self, report: BatteryReport | None, right: float) -> None:
        """Count one mutant; `right` is the optimum of the model that it was made of."""
        if report is None or report.status != "optimal" or report.objective is None:
            self.unanswered += 1
            return
        caught = not report.is_clean
        self.by_test.update({each.test for each in report.findings})
        if abs(report.objective - right) > _SAME * max(1.0, abs(right)):
            self.changed += 1
            self.changed_caught += caught
        else:
            self.kept += 1
            self.kept_caught += caught

    def __add__(self, other: "Row") -> "Row":
        names = ("unanswered", "changed", "changed_caught", "kept", "kept_caught")
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        return Row(**sums, by_test=self.by_test + other.by_test)


@dataclass(frozen=True)
class Right:
    """A right model and what the battery says of it."""

    kind: str
    seed: int
    formulation: Formulation
    report: BatteryReport


def right_models(seeds: int) -> Iterator[Right]:
    """The drawn models that have an answer."""
    for kind, write in CLASSES.items():
        for seed in range(seeds):
            formulation = Formulation.from_text(write(Draw(f"{kind}/{seed}")))
            report = run_battery(formulation, budget=_BUDGET)
            if report.status == "optimal":
                yield Right(kind, seed, formulation, report)


def tested(formulation: Formulation) -> BatteryReport | None:
    """What the battery says of a mutant; None where the model is refused before it is solved."""
    try:
        return run_battery(formulation, budget=_BUDGET)
    except SteepestError:
        return None


def study(seeds: int, mutated: int, each: int) -> None:
    """Print both tables."""
    models = list(right_models(seeds))
    print_right(models)
    rows: dict[str, Row] = {name: Row() for name in MUTATIONS}
    for number, model in enumerate(models):
        if model.seed >= mutated:
            continue
        for name in MUTATIONS:
            for mutant in mutants(model.formulation, name, each, random.Random(f"{number}/{name}")):
                assert model.report.objective is not None
                rows[name].add(tested(mutant), model.report.objective)
    print_mutants(rows)


def print_right(models: list[Right]) -> None:
    accused = [each for each in models if not each.report.is_clean]
    low, high = wilson_interval(len(accused), len(models))
    seconds = [each.report.seconds for each in models]
    solves = [each.report.solves for each in models]
    by_kind: dict[str, int] = defaultdict(int)
    for each in models:
        by_kind[each.kind] += 1
    print(f"{len(models)} right models: {', '.join(f'{kind} {count}' for kind, count in by_kind.items())}")
    print(f"false alarms: {len(accused)} of {len(models)} ({100 * low:.1f} to {100 * high:.1f} %)")
    for each in accused:
        print(f"  {each.kind}: {each.report.findings[0]}")
    print(f"seconds a model: median {median(seconds):.2f}, mean {fmean(seconds):.2f}, most {max(seconds):.2f}")
    print(f"solves a model: median {median(solves):.0f}, most {max(solves)}\n")


def print_mutants(rows: dict[str, Row]) -> None:
    print("| mutation | mutants | no answer | value changed | caught of these | value kept | caught of these | by |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for name, row in [*rows.items(), ("all", sum(rows.values(), Row()))]:
        count = row.unanswered + row.changed + row.kept
        tests = ", ".join(f"{test} {found}" for test, found in row.by_test.most_common(3))
        kept = _share(row.kept_caught, row.kept)
        print(
            f"| {name} | {count} | {row.unanswered} | {row.changed} | {_share(row.changed_caught, row.changed)} "
            f"| {row.kept} | {kept} | {tests} |"
        )


def _share(part: int, whole: int) -> str:
    if not whole:
        return "-"
    low, high = wilson_interval(part, whole)
    return f"{part} = {100 * part / whole:.0f} % ({100 * low:.0f} to {100 * high:.0f})"


def on_files(pattern: str) -> None:
    """Print what the battery finds in formulations of the caller's own."""
    solved = found = 0
    for path in sorted(glob.glob(pattern)):
        try:
            formulation = Formulation.from_text(Path(path).read_text(encoding="utf-8"))
            report = run_battery(formulation, budget=_BUDGET, folder=Path(path).parent)
        except SteepestError as error:
            print(f"{path}: {str(error).splitlines()[0]}")
            continue
        solved += report.status == "optimal"
        found += not report.is_clean
        print(f"{path}: {report.status}, {report.solves} solves, {report.seconds:.2f} s")
        for finding in report.findings:
            print(f"  - {finding.test}: {finding}")
    print(f"{found} of {solved} with findings")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="models drawn of each class")
    parser.add_argument("--mutated", type=int, help="of these the first so many are mutated (default: all)")
    parser.add_argument("--each", type=int, default=2, help="mutants of one kind of each model, at most")
    parser.add_argument("--files", help="a pattern of files with formulations to test instead")
    arguments = parser.parse_args()
    if arguments.files:
        on_files(arguments.files)
    else:
        study(arguments.seeds, arguments.mutated or arguments.seeds, arguments.each)


if __name__ == "__main__":
    main()
