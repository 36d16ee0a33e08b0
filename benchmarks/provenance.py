"""How many numbers of the problems formulations of finished runs leave out, and how many of theirs have a known origin.

    python benchmarks/provenance.py RUN...

RUN is a folder that `steepest eval run` has written, of a method that formulates. The formulation of each attempt is
compared with the text of its problem (docs/reading.md), with nothing asked and nothing solved. The attempts are told
apart by whether their answer was right: if what is left out says something about an answer, the two rows differ.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from steepest.agents.modeling.reading.coverage import Reading, read_problem
from steepest.errors import InputError
from steepest.evals.runs import Run, open_run
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.traces.rendering.figures import percent

GROUPS = ("right", "wrong value", "no value", "all")
ORIGINS = ("text", "table", "derived", "assumed", "constant", "data", "missing", "unknown")


def main(places: Sequence[str]) -> None:
    """Print the two tables of each run."""
    for place in places:
        run = open_run(place)
        grouped, unread = _grouped(run)
        specification = run.specification()
        print(f"\n{place}: {specification.title}, {unread} attempts without a formulation that can be read\n")
        print("| answers | n | numbers of the texts | unused | attempts with an unused one | with an unread demand |")
        print("| --- | --- | --- | --- | --- | --- |")
        for name in GROUPS:
            print(_row([name, *_left_out(grouped[name])]))
        print(f"\n| answers | numbers in parameters | {' | '.join(ORIGINS)} | origin known |")
        print("| --- " * (len(ORIGINS) + 3) + "|")
        for name in GROUPS:
            print(_row([name, *_origins(grouped[name])]))


def _grouped(run: Run) -> tuple[Mapping[str, list[Reading]], int]:
    """The readings by what became of the answer, and of how many attempts there is none."""
    questions = {problem.id: problem.question for problem in run.problems()}
    grouped: dict[str, list[Reading]] = {name: [] for name in GROUPS}
    unread = 0
    for sample in run.samples():
        try:
            formulation = Formulation.from_text(sample.attempt.formulation)
        except FormulationError:
            unread += 1
            continue
        reading = read_problem(questions[sample.id], formulation)
        grouped[_outcome(sample.verdict)].append(reading)
        grouped["all"].append(reading)
    return grouped, unread


def _outcome(verdict: str) -> str:
    return {"correct": "right", "wrong_value": "wrong value"}.get(verdict, "no value")


def _left_out(readings: Sequence[Reading]) -> Iterator[str]:
    data = [
        number.use for reading in readings for number in reading.numbers if number.use in ("used", "idle", "unused")
    ]
    yield f"{len(readings)}"
    yield f"{len(data)}"
    yield _share(len(data) - data.count("used"), len(data))
    yield _share(sum(bool(each.unused) for each in readings), len(readings))
    yield _share(sum(bool(each.unread) for each in readings), len(readings))


def _origins(readings: Iterable[Reading]) -> Iterator[str]:
    kinds = Counter(
        origin.kind for reading in readings for origin in reading.origins if origin.element.startswith("parameter ")
    )
    yield f"{kinds.total()}"
    for kind in ORIGINS:
        yield _share(kinds[kind], kinds.total())
    yield _share(kinds.total() - kinds["unknown"], kinds.total())


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if whole else ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        sys.exit(str(error))
