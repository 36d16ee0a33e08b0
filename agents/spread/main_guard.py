"""Processes import the main script again: one that begins a run at its top level would begin it in each of them."""

import ast
import sys
import threading
from pathlib import Path
from types import FrameType, ModuleType

from steepest.errors import InputError

__all__ = ["require_main_guard"]


def require_main_guard() -> None:
    """Complain, before a process is begun, about a script that would run again in it.

    Raises:
        InputError: The main script is at a statement that does not stand under `if __name__ == "__main__":`.
    """
    main = sys.modules.get("__main__")
    if main is None or (file := _imported_again(main)) is None or (frame := _frame_of(main)) is None:
        return
    if not _is_guarded(file, frame.f_lineno):
        raise InputError(
            f"{file}, line {frame.f_lineno}: a run begins processes, which import this file, and would begin the run "
            'again. Write it under `if __name__ == "__main__":`.'
        )


def _imported_again(main: ModuleType) -> Path | None:
    """The file that a new process imports as its main module; None where it imports none, as in a notebook."""
    spec = main.__spec__
    if spec is not None and (spec.name == "__main__" or spec.name.endswith(".__main__")):
        return None
    file = getattr(main, "__file__", None)
    return Path(file) if file is not None else None


def _frame_of(main: ModuleType) -> FrameType | None:
    """Where the main script is; None where it is over, or not what runs."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None and not (frame.f_code.co_name == "<module>" and frame.f_globals is vars(main)):
        frame = frame.f_back
    return frame


def _is_guarded(file: Path, line: int) -> bool:
    try:
        statements = ast.parse(file.read_bytes()).body
    except (OSError, SyntaxError, ValueError):  # not the source of what runs: nothing can be said against it
        return True
    at = next((each for each in statements if each.lineno <= line <= (each.end_lineno or each.lineno)), None)
    if at is None:
        return True
    return isinstance(at, ast.If) and any(
        isinstance(each, ast.Name) and each.id == "__name__" for each in ast.walk(at.test)
    )
