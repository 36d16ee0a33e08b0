"""Which run a call goes on with: the one that was asked the very same thing in the very same way."""

import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from steepest.agents.modeling.task import Task
from steepest.prompts import shipped_prompts
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.options import SolveOptions

__all__ = ["identity_of"]

_FORM = 1
"""Of states; another one is another run."""
_PROMPTS = ("applies", "examine", "formulate", "insights", "labels", "readings", "repair")


def identity_of(task: Task, name: str, options: SolveOptions | None = None) -> str:
    """A digest of all that decides what a run asks and solves, and of the name that tells apart runs of the same.

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
        "tables": [*task.table_lines, *_table_digests(task.tables)],
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


def _table_digests(tables: Tables) -> Iterator[str]:
    for name, value in tables.items():
        yield f"{name}: {hashlib.sha256(_content(value)).hexdigest()}"


def _content(value: Any) -> bytes:
    if isinstance(value, Path) or (isinstance(value, str) and Path(value).is_file()):
        return Path(value).read_bytes()
    if hasattr(value, "to_csv"):
        return str(value.to_csv()).encode()
    return repr(value).encode()
