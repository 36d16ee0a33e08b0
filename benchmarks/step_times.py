"""What the steps of finished runs took: each call to the model, its first words where it answers in pieces, and all.

    python benchmarks/step_times.py RUN...

RUN is a folder that `steepest eval run` has written. Replies from a cache are left out: they took no time. Models that
answer in pieces, as the embedded one does, say when the first one came.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from steepest.agents.llm.transcripts import Record
from steepest.errors import InputError
from steepest.evals.runs import Run, open_run
from steepest.evals.statistics.distributions import distribution

Times = Mapping[str, list[float]]


def main(places: Sequence[str]) -> None:
    """Print the table of each run."""
    for place in places:
        run = open_run(place)
        seconds, first = _calls(run)
        print(f"\n{place}: {run.specification().title}\n")
        print("| seconds of | n | median | 90 % | longest | first words, median | 90 % |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for step in seconds:
            print(_row([f"a call: {step}", *_spread(seconds[step]), *_first(first[step])]))
        for name, values in _attempts(run).items():
            print(_row([name, *_spread(values), "", ""]))


def _calls(run: Run) -> tuple[Times, Times]:
    """Seconds of the calls by step: whole, and to the first words."""
    seconds: dict[str, list[float]] = defaultdict(list)
    first: dict[str, list[float]] = defaultdict(list)
    for sample in run.samples():
        for record in sample.attempt.transcript:
            call = Record.model_validate(record)
            if call.reply is None or call.reply.cached:
                continue
            seconds[call.step].append(call.reply.seconds)
            if call.reply.first_token_seconds is not None:
                first[call.step].append(call.reply.first_token_seconds)
    return seconds, first


def _attempts(run: Run) -> Times:
    """Seconds of the solver where it came to a verdict, and of whole attempts."""
    attempts = [sample.attempt for sample in run.samples()]
    return {
        "the solver": [each.solve_seconds for each in attempts if each.executed],
        "an attempt, end to end": [each.seconds for each in attempts],
    }


def _spread(values: Sequence[float]) -> Iterator[str]:
    measured = distribution(values)
    yield f"{measured.n}"
    for figure in (measured.median, measured.p90, measured.maximum):
        yield _seconds(figure)


def _first(values: Sequence[float]) -> Iterator[str]:
    measured = distribution(values)
    yield _seconds(measured.median)
    yield _seconds(measured.p90)


def _seconds(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.2f}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        sys.exit(str(error))
