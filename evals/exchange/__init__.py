"""Runs for other programs, each form in a module of its own, which is loaded when the form is asked for."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from steepest.evals.stores.protocol import RunReader

__all__ = ["EXPORTS", "export"]

EXPORTS: Mapping[str, str] = MappingProxyType(
    {
        "csv": "tables:write_csv",
        "parquet": "tables:write_parquet",
        "inspect": "inspect_log:write_inspect_log",
    }
)
"""Form, and the function here that writes a run to a path in it."""


def export(run: RunReader, form: str, path: Path) -> None:
    """Write a run in another program's form.

    Args:
        run: The run.
        form: One of `EXPORTS`.
        path: The file to write.

    Raises:
        InputError: The form needs an extra that is not installed.
        OSError: The file can't be written.
    """
    module, _, function = EXPORTS[form].partition(":")
    getattr(importlib.import_module(f"{__name__}.{module}"), function)(run, path)
