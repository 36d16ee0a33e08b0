"""Batch evaluation: data sets, methods, grading, statistics and runs that can be continued, over everything below.

`run` asks a model the problems of a data set and keeps everything, `open_run` reads what was kept; both give a `Run`,
which tells its figures and draws its plots. `compare` is paired. docs/evaluation.md shows them at work. Each name below
is loaded when it is first used.
"""

from typing import TYPE_CHECKING

from steepest.lazy import lazy_names

if TYPE_CHECKING:
    from steepest.evals.attempts import Attempt, AttemptOutcome, NamedValue, Spent
    from steepest.evals.batch import Batch, carry_out
    from steepest.evals.datasets.dataset import Dataset, load_dataset, load_datasets
    from steepest.evals.datasets.given import dataset_of
    from steepest.evals.datasets.overlap import OverlapReport, overlap
    from steepest.evals.exchange.inspect_log import write_inspect_log
    from steepest.evals.exchange.inspect_reading import read_inspect_log
    from steepest.evals.exchange.inspect_task import as_task
    from steepest.evals.grading import PROFILES, grade
    from steepest.evals.methods import METHODS, agent_method, open_method
    from steepest.evals.methods.protocol import Method, Workbench
    from steepest.evals.problems import Problem, Question
    from steepest.evals.runner import RunEnd
    from steepest.evals.runs import Run, arun, open_run, run
    from steepest.evals.samples import Grade, Sample, Verdict
    from steepest.evals.specification import RunSpecification, Selection
    from steepest.evals.statistics import Comparison, Summary, compare, summarize
    from steepest.evals.stores.protocol import RunReader

_MODULES = {
    "attempts": ("Attempt", "AttemptOutcome", "NamedValue", "Spent"),
    "batch": ("Batch", "carry_out"),
    "datasets.dataset": ("Dataset", "load_dataset", "load_datasets"),
    "datasets.given": ("dataset_of",),
    "datasets.overlap": ("OverlapReport", "overlap"),
    "exchange.inspect_log": ("write_inspect_log",),
    "exchange.inspect_reading": ("read_inspect_log",),
    "exchange.inspect_task": ("as_task",),
    "grading": ("PROFILES", "grade"),
    "methods": ("METHODS", "agent_method", "open_method"),
    "methods.protocol": ("Method", "Workbench"),
    "problems": ("Problem", "Question"),
    "runner": ("RunEnd",),
    "runs": ("Run", "arun", "open_run", "run"),
    "samples": ("Grade", "Sample", "Verdict"),
    "specification": ("RunSpecification", "Selection"),
    "statistics": ("Comparison", "Summary", "compare", "summarize"),
    "stores.protocol": ("RunReader",),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "METHODS",
    "PROFILES",
    "Attempt",
    "AttemptOutcome",
    "Batch",
    "Comparison",
    "Dataset",
    "Grade",
    "Method",
    "NamedValue",
    "OverlapReport",
    "Problem",
    "Question",
    "Run",
    "RunEnd",
    "RunReader",
    "RunSpecification",
    "Sample",
    "Selection",
    "Spent",
    "Summary",
    "Verdict",
    "Workbench",
    "agent_method",
    "arun",
    "as_task",
    "carry_out",
    "compare",
    "dataset_of",
    "grade",
    "load_dataset",
    "load_datasets",
    "open_method",
    "open_run",
    "overlap",
    "read_inspect_log",
    "run",
    "summarize",
    "write_inspect_log",
]


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
