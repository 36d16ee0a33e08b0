"""Which run a call goes on with: the one that was asked the very same thing in the very same way."""

import hashlib
import json
from importlib.metadata import version

from steepest.agents.modeling.checkpoints.sources import content_digest
from steepest.agents.modeling.task import Task
from steepest.prompts import shipped_prompts
from steepest.solvers.options import SolveOptions

__all__ = ["identity_of"]

_FORM = 1
"""Of states; another one is another run."""
_PROMPTS = ("applies", "examine", "formulate", "insights", "labels", "readings", "repair")


def identity_of(task: Task, name: str, options: SolveOptions | None = None) -> str:
    """A digest of what decides what a run asks and how it solves, and of the name that tells apart runs of the same.

    Of data in a catalogue and in files that a formulation names it holds what a model is told (`sources` has the rest).

    Args:
        task: What the run works on.
        name: Of the run, as its caller calls it.
        options: Limits of the solver.
    """
    prompts = [name for name in shipped_prompts() if name.rsplit("_", 1)[0] in _PROMPTS]
    content = {
        "form": _FORM,
        "steepest": version("steepest"),
        "name": name,
        "problem": task.problem,
        "model": [task.model.name, task.model.structured],
        "tables": [*task.table_lines, *(f"{each}: {content_digest(value)}" for each, value in task.tables.items())],
        "settings": [
            task.max_repairs, task.examines, task.max_examinations, task.readings, task.sample, task.temperature,
        ],
        "solver": (options or SolveOptions()).model_dump(),
        "preface": task.preface,
        "library": task.recaller is not None,
        "tested": task.test is not None,
        "prompts": [task.prompt(each).identity for each in prompts],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
