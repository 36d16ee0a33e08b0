"""`steepest eval watch`: the live table of a run that another process is working on."""

import argparse
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.evals.options import add_run
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, argument
from steepest.quantities import read_seconds

if TYPE_CHECKING:
    from steepest.evals.progress import Progress
    from steepest.evals.samples import Sample, SampleKey, Verdict
    from steepest.evals.stores.protocol import RunReader

LOOK_SECONDS = 2.0
SHARE_OF_TIME = 10
"""A look may take at most such a part of the time: a large run is looked at less often."""
EPILOG = """\
It reads what the run has kept and disturbs nobody; it ends when every sample is there, those of other shards included.
Ctrl-C leaves the run alone."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "watch", "show the progress of a run that is going on elsewhere", EPILOG)
    add_run(parser)
    parser.add_argument(
        "--every", metavar="S", type=argument(read_seconds), default=LOOK_SECONDS, help="seconds between looks (2)"
    )
    parser.add_argument("--once", action="store_true", help="tell how it stands now, and end")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Look again and again until every sample is there."""
    from steepest.cli.evals.live import shown
    from steepest.cli.evals.progress_text import line
    from steepest.evals.progress import Progress
    from steepest.evals.stores.places import open_run

    run = open_run(arguments.run)
    progress = Progress()
    look = _Look(run, progress)
    if arguments.once:
        look.again()
        console.result(line(progress))
        return ExitCode.SOLVED
    specification = run.specification()
    with shown(progress, console, f"{specification.title} · {run.place}"):
        while True:
            took = look.again()
            if progress.done - progress.tally.infrastructure_errors >= progress.total:
                return ExitCode.SOLVED
            time.sleep(max(arguments.every, SHARE_OF_TIME * took))


class _Look:
    """Tells a progress what a run has gained since the last look."""

    def __init__(self, run: "RunReader", progress: "Progress") -> None:
        self._run = run
        self._progress = progress
        self._known: dict[SampleKey, tuple[datetime, Verdict]] = {}
        self._is_first = True

    def again(self) -> float:
        """Look, and return the seconds that it took."""
        began = time.monotonic()
        if self._is_first:
            self._begin()
        for sample in self._run.samples():
            before = self._known.get(sample.key)
            if before is None or before[0] != sample.finished:
                self._take_in(sample, before and before[1])
        self._is_first = False
        return time.monotonic() - began

    def _begin(self) -> None:
        from steepest.evals.progress import RunStarted

        epochs = self._run.specification().selection.epochs
        self._progress.receive(RunStarted(epochs * sum(1 for _ in self._run.problems())))

    def _take_in(self, sample: "Sample", before: "Verdict | None") -> None:
        from steepest.evals.progress import SampleFinished

        if before is not None:  # a failure of the infrastructure that was tried again
            self._progress.tally.verdicts[before] -= 1
        if self._is_first:
            self._progress.tally.add(sample)
        else:
            self._progress.receive(SampleFinished(sample))
        self._known[sample.key] = (sample.finished, sample.verdict)
