"""What a run is identified by, gathered from the method, the data sets and this machine."""

import importlib.metadata
import platform
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from steepest.agents.llm.redaction import redact, redact_json
from steepest.evals.methods.protocol import Identified, Method
from steepest.evals.specification import DatasetReference, LibraryReference, RunSpecification, Selection

__all__ = ["build_specification"]

PACKAGES = ("anthropic", "highspy", "langgraph", "numpy", "openai", "pydantic", "pyomo", "pyscipopt", "xllamacpp")
"""Those that an answer can depend on, as far as they are installed."""

_GIT_SECONDS = 10


def build_specification(
    *,
    datasets: Iterable[DatasetReference],
    method: Method,
    model: str,
    method_settings: Mapping[str, Any] | None = None,
    selection: Selection | None = None,
    profiles: tuple[str, ...] = ("strict",),
    seed: int = 0,
    solver_seconds: float = 60.0,
    library: LibraryReference | None = None,
    max_cost: Decimal | None = None,
    folder: Path | None = None,
) -> RunSpecification:
    """Describe a run.

    Args:
        datasets: The files that problems are taken from.
        method: How problems are answered.
        model: The model's name, as it was given; secrets in it are masked. Empty where the method asks none.
        method_settings: All of the method's settings, defaults written out.
        selection: Which problems are asked, and how often.
        profiles: By what rules answers are graded.
        seed: Of the sample of problems, and of solvers.
        solver_seconds: Limit of one solve.
        library: The experience library that the method asks.
        max_cost: Most US dollars.
        folder: The folder whose git commit is recorded; the working directory, unless given.
    """
    identity = method.identity if isinstance(method, Identified) else {}
    return RunSpecification(
        datasets=tuple(datasets),
        method=redact(method.name),
        method_settings=redact_json({**(method_settings or {}), **identity}),
        model=redact(model),
        prompts=method.prompts,
        profiles=profiles,
        seed=seed,
        solver_seconds=solver_seconds,
        library=library,
        selection=selection or Selection(),
        created=datetime.now(UTC),
        versions=_versions(),
        commit=_commit(folder or Path.cwd()),
        max_cost=max_cost,
    )


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "system": platform.platform()}
    for package in ("steepest", *PACKAGES):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue  # an extra that is not installed decides nothing
    return found


def _commit(folder: Path) -> str | None:
    """The commit of a folder under git, with `+dirty` when files differ from it; None outside of git."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}+dirty" if changes else commit


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
