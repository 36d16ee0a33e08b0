"""What came of the questions whether an infeasible or unbounded formulation misreads its problem, in finished runs.

    python benchmarks/examinations.py RUN...

RUN is a folder that `steepest eval run` has written, of a method with repairs. A formulation that the model proposes is
taken if it has an answer and holds what held before; else the verdict stands, which the model may also confirm.
"""

import sys
from collections.abc import Iterator, Sequence

from steepest.errors import InputError
from steepest.evals.runs import Run, open_run
from steepest.evals.samples import Sample

HEADS = (
    "run",
    "attempts",
    "examined",
    "asked twice",
    "another answer",
    "of these right",
    "verdict stands",
    "of these right",
)


def main(places: Sequence[str]) -> None:
    """Print a row for each run."""
    print(f"| {' | '.join(HEADS)} |")
    print("| --- " * len(HEADS) + "|")
    for place in places:
        print(f"| {' | '.join([place, *_figures(open_run(place))])} |")


def _figures(run: Run) -> Iterator[str]:
    attempts = [(sample, _asked(sample)) for sample in run.samples()]
    examined = [sample for sample, asked in attempts if asked]
    yield f"{len(attempts)}"
    yield f"{len(examined)}"
    yield f"{sum(asked > 1 for _, asked in attempts)}"
    for another in (True, False):
        part = [sample for sample in examined if (sample.attempt.outcome == "answered") is another]
        yield f"{len(part)}"
        yield f"{sum(sample.verdict == 'correct' for sample in part)}"


def _asked(sample: Sample) -> int:
    """How often the model was asked about a verdict."""
    return sum(record["step"] == "examine" for record in sample.attempt.transcript)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        sys.exit(str(error))
