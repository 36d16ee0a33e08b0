"""A run in Python: begun or continued by `run`, read by `open_run`, looked at as a `Run`."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from pydantic import ValidationError

from steepest.agents.llm.chat import ChatModel, run_sync
from steepest.errors import InputError
from steepest.evals.batch import Batch, carry_out
from steepest.evals.datasets.given import Data, datasets_of
from steepest.evals.engines.choice import EngineName
from steepest.evals.grading import regraded
from steepest.evals.methods.agent_function import agent_method
from steepest.evals.methods.protocol import Method
from steepest.evals.problems import Problem
from steepest.evals.progress import Listener
from steepest.evals.runner import RunEnd
from steepest.evals.samples import Sample
from steepest.evals.specification import RunSpecification, Selection
from steepest.evals.statistics import Comparison, Summary, compare, summarize
from steepest.evals.stores import places
from steepest.evals.stores.protocol import RunReader

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

    from steepest.evals.plots import Grouping

__all__ = ["Run", "RunOptions", "arun", "open_pair", "open_run", "run"]

_LISTS = {"ids", "types", "profiles"}


class RunOptions(TypedDict, total=False):
    """What may be said of a run besides data, method, model and place; each as the field of this name in `Batch`."""

    limit: int | None
    """So many problems, drawn by `seed`."""
    ids: Iterable[str]
    types: Iterable[str]
    without_notes: bool
    shard: tuple[int, int] | None
    epochs: int
    method_settings: dict[str, Any]
    library: str
    """Of insights, for methods with `+library`."""
    profiles: Iterable[str]
    seed: int
    solver_seconds: float
    max_cost: Decimal | float | str | None
    max_tokens: int | None
    max_errors: int | None
    concurrency: int
    engine: EngineName
    workers: int | None
    on_event: Listener
    """Told what goes on (`steepest.evals.progress`); must be quick."""


class Run:
    """A run to look at: its samples, figures, tables and plots.

    It may be going on: `summary` is that of the first time it was asked for, everything else is read anew.

    Attributes:
        end: How far the start that made this object came; None for a run that was opened.
    """

    def __init__(self, reader: RunReader, end: RunEnd | None = None) -> None:
        self._reader = reader
        self.end = end

    @property
    def place(self) -> str:
        """Where it is kept."""
        return self._reader.place

    def specification(self) -> RunSpecification:
        """What the run is: data, method, model, settings, versions."""
        return self._reader.specification()

    def problems(self) -> Iterator[Problem]:
        """The problems that were selected, labels included."""
        return self._reader.problems()

    def samples(self) -> Iterator[Sample]:
        """The attempts with their grades, one at a time, in the order of problems, then epochs."""
        return self._reader.samples()

    @cached_property
    def summary(self) -> Summary:
        """Its figures, each with its n."""
        return summarize(self.problems(), self.samples())

    def compare(
        self, other: "RunReader | str | Path", *, profile: str = "strict", on_common: bool = False
    ) -> Comparison:
        """Compare another run with this one, paired by problem; differences are the other's less this one's.

        Args:
            other: A run, or its place.
            profile: By which both are graded, now if they were not.
            on_common: Allow other data sets; take the problems that are the same in both.

        Raises:
            InputError: The runs can't be compared; the message says why.
        """
        second = open_run(other, like=self) if isinstance(other, (str, Path)) else other
        return compare(regraded(self, [profile]), regraded(second, [profile]), profile=profile, on_common=on_common)

    def graded_by(self, *profiles: str) -> "Run":
        """This run as if it had been graded by these profiles too; nothing of what is kept changes.

        Args:
            *profiles: Names of profiles (`PROFILES`).

        Raises:
            InputError: A profile is unknown.
        """
        return Run(regraded(self._reader, profiles), self.end)

    def to_dataframe(self) -> "pandas.DataFrame":
        """A row for each sample, with the columns of the CSV report.

        Raises:
            InputError: pandas is not installed.
        """
        from steepest.evals.exchange.tables import dataframe_of

        return dataframe_of(self)

    def write_html(self, path: str | Path, *, transcripts: bool = True) -> None:
        """Write the report as one page that needs nothing else.

        Raises:
            OSError: The file can't be written.
        """
        from steepest.evals.reports import html_report

        with Path(path).open("w", encoding="utf-8", newline="\n") as stream:
            html_report(self, stream, transcripts=transcripts)

    def plot_accuracy(self, ax: "Axes | None" = None, *, by: "Grouping" = "dataset") -> "Axes":
        """Accuracy with its interval, overall and by data set, type or profile.

        Raises:
            InputError: matplotlib is not installed.
        """
        from steepest.evals.plots import plot_accuracy

        return plot_accuracy(self.summary, ax, by=by)

    def plot_calibration(self, ax: "Axes | None" = None) -> "Axes":
        """How often answers of some confidence are right.

        Raises:
            InputError: matplotlib is not installed, or the method tells no confidence.
        """
        from steepest.evals.plots import plot_calibration

        return plot_calibration(self.summary, ax)

    def plot_risk_coverage(self, ax: "Axes | None" = None) -> "Axes":
        """The share of wrong answers when only the most confident ones are given.

        Raises:
            InputError: matplotlib is not installed, or the method tells no confidence.
        """
        from steepest.evals.plots import plot_risk_coverage

        return plot_risk_coverage(self.summary, ax)

    def plot_cost(self, ax: "Axes | None" = None) -> "Axes":
        """What attempts cost, right and wrong ones apart.

        Raises:
            InputError: matplotlib is not installed, or no price is known.
        """
        from steepest.evals.plots import plot_cost

        return plot_cost(self.samples(), ax)

    def __repr__(self) -> str:
        return f"Run({self.place!r})"

    def __str__(self) -> str:
        from steepest.evals.reports import run_markdown

        return run_markdown(self.specification(), self.summary)

    def _repr_html_(self) -> str:
        from steepest.evals.reports.notebook import notebook_html

        return notebook_html(self.specification(), self.summary)


def open_run(place: str | Path, *, like: RunReader | None = None) -> Run:
    """The run at this place, for reading; somebody may be at work on it.

    Args:
        place: A folder, `postgresql://USER@HOST/DATABASE#RUN`, or a log of inspect_ai (`.eval`).
        like: A run of the same problems, by which those of another program's log are known again.

    Raises:
        InputError: There is none.
    """
    if _is_log(place):
        from steepest.evals.exchange.inspect_reading import read_inspect_log

        return Run(read_inspect_log(Path(place), like=like))
    return Run(places.open_run(place))


def open_pair(first: str | Path, second: str | Path) -> tuple[Run, Run]:
    """Two runs to compare; if one is another program's log, its problems are known again by those of the other.

    Raises:
        InputError: One of them can't be opened.
    """
    if _is_log(first) and not _is_log(second):
        known = open_run(second)
        return open_run(first, like=known), known
    known = open_run(first)
    return known, open_run(second, like=known)


def _is_log(place: str | Path) -> bool:
    return str(place).endswith(".eval")


def run(
    dataset: Data,
    method: str | Method | Callable[[str], Any] = "five+repair",
    *,
    model: str | ChatModel | None = None,
    out: str | Path,
    **options: Unpack[RunOptions],
) -> Run:
    """Ask a model the problems of a data set, grade the answers, and keep everything.

    A run that is there already is continued: what it has is not asked again. Runs in a notebook too. Solvers run in
    processes that import the main module, so a script calls this under `if __name__ == "__main__":`.

    Args:
        dataset: Files, data sets, or problems.
        method: How the model is asked, by name or as an object; or an agent of your own, as `agent_method` takes it.
        model: Which model is asked, by name or as an object; an agent needs none.
        out: Where the run is kept: a folder, or `postgresql://USER@HOST/DATABASE#RUN`.
        **options: See `RunOptions`.

    Returns:
        The run, whose `end` says how far it came: a limit or failures of the infrastructure may have stopped it.

    Raises:
        InputError: Something that is asked for is not there, the place holds another run, or the run can't be kept.
        KeyboardInterrupt: It was interrupted; what it has is kept, and the same call goes on.
    """
    made = run_sync(arun(dataset, method, model=model, out=out, **options))
    if made.end is not None and made.end.reason == "interrupted":
        raise KeyboardInterrupt(made.end.message)
    return made


async def arun(
    dataset: Data,
    method: str | Method | Callable[[str], Any] = "five+repair",
    *,
    model: str | ChatModel | None = None,
    out: str | Path,
    **options: Unpack[RunOptions],
) -> Run:
    """`run`, to be awaited; an interruption (Ctrl-C) shows in the run's `end`.

    Raises:
        InputError: As `run` does.
    """
    on_event = options.pop("on_event", lambda event: None)
    batch = Batch(datasets=datasets_of(dataset), method=_method(method), model=model, **_limits(options))
    end = await carry_out(batch, out, on_event)
    return Run(places.open_run(out), end)


def _method(given: str | Method | Callable[[str], Any]) -> str | Method:
    """The method that is meant by its name, by itself, or by an agent's function."""
    if isinstance(given, (str, Method)):
        return given
    return agent_method(given)


def _limits(options: RunOptions) -> dict[str, Any]:
    """The options as the fields of a batch.

    Raises:
        InputError: One of them is none.
    """
    given: dict[str, Any] = dict(options)
    if unknown := sorted(given.keys() - RunOptions.__annotations__.keys()):
        known = ", ".join(sorted(RunOptions.__annotations__))
        raise InputError(f"A run has no option {', '.join(unknown)}; there are {known}.")
    for name in _LISTS & given.keys():
        if isinstance(given[name], str):
            raise InputError(f"{name} is a list, not one text: write [{given[name]!r}].")
        given[name] = tuple(given[name])
    if given.get("max_cost") is not None:
        given["max_cost"] = Decimal(str(given["max_cost"]))
    chosen = {name: given.pop(name) for name in Selection.model_fields if name in given}
    return {**given, "selection": _selection(chosen)}


def _selection(chosen: dict[str, Any]) -> Selection:
    try:
        return Selection(**chosen)
    except ValidationError as error:
        told = error.errors()[0]
        raise InputError(f"{'.'.join(map(str, told['loc']))}: {told['msg']}, not {told['input']!r}.") from error
