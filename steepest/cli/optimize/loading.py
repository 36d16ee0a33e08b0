"""Objects of the user's own files: FILE.py:OBJECT."""

import importlib.util
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from steepest.errors import InputError

__all__ = ["Target", "load", "load_workflow", "read_target"]

_MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Target:
    """A name in a file."""

    path: Path
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.name}"


def read_target(text: str) -> Target:
    """`FILE.py:OBJECT`.

    Raises:
        InputError: It has another form.
    """
    file, colon, name = text.rpartition(":")
    if not colon or not file.endswith(".py") or not all(part.isidentifier() for part in name.split(".")):
        hint = f", such as {text}:agent" if text.endswith(".py") else ""
        raise InputError(f"{text!r} names no object of a Python file: write FILE.py:OBJECT{hint}")
    return Target(Path(file), name)


def load(target: Target) -> Any:
    """The object that a target names; its file is run once, as a module of the file's name.

    Raises:
        InputError: There is no such file, it fails, or it has no such object; the message shows the user's line.
    """
    if not target.path.is_file():
        raise InputError(f"there is no file {str(target.path)!r}{_likely_files(target.path)}")
    found: Any = _module(target.path)
    for part in target.name.split("."):
        if not hasattr(found, part):
            raise InputError(f"{target.path} has no {target.name}{_likely(part, found)}")
        found = getattr(found, part)
    return found


def load_workflow(target: Target) -> Any:
    """The workflow that a target names; of a class that needs no arguments an instance.

    Raises:
        InputError: As `load`, or the object is none that can be called.
    """
    found = load(target)
    if isinstance(found, type):
        found = _instance(target, found)
    if not callable(found):
        raise InputError(
            f"{target} is {_a(found)}, no workflow: name a function, a bundle or an instance of a class under @model"
        )
    return found


def _instance(target: Target, kind: type) -> Any:
    from steepest.traces.modules.module import Module

    if not issubclass(kind, Module):
        raise InputError(f"{target} is a class: name a function, or an instance of a class under @model")
    try:
        return kind()
    except TypeError as error:
        raise InputError(
            f"{target} is a class that can't be made without arguments ({error}): make an instance in the file, "
            f"`agent = {target.name}(...)`, and name that"
        ) from error


def _module(path: Path) -> ModuleType:
    resolved, name = path.resolve(), path.stem
    known = sys.modules.get(name)
    if known is not None:
        if getattr(known, "__file__", None) == str(resolved):
            return known
        raise InputError(f"{path} has the name of another module, {name!r}, that is loaded already: rename the file")
    if str(resolved.parent) not in sys.path:
        sys.path.insert(0, str(resolved.parent))  # what it imports from beside it; worker processes get the path, too
    specification = importlib.util.spec_from_file_location(name, resolved)
    if specification is None or specification.loader is None:
        raise InputError(f"{path} can't be loaded as a Python module")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        if isinstance(error, KeyboardInterrupt):
            raise
        raise InputError(_failure(path, error)) from error
    return module


def _failure(path: Path, error: BaseException) -> str:
    """What a file raised, and where in the user's own code."""
    told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, SyntaxError):
        line = (error.text or "").strip()
        return f"{error.filename or path}, line {error.lineno}: {error.msg}" + (f"\n    {line}" if line else "")
    if isinstance(error, SystemExit):
        told = "it ends the program; keep what is to run as a script below `if __name__ == '__main__':`"
    return f"{path} fails when it is loaded: {told}{_frame(path, error)}"


def _frame(path: Path, error: BaseException) -> str:
    """The innermost frame in the user's file."""
    own = str(path.resolve())
    frames = [each for each in traceback.extract_tb(error.__traceback__) if each.filename == own]
    if not frames:
        return ""
    last = frames[-1]
    return f"\n  {path}, line {last.lineno}, in {last.name}" + (f"\n    {last.line}" if last.line else "")


def _likely(name: str, owner: Any) -> str:
    names = [each for each in vars(owner) if not each.startswith("_")] if hasattr(owner, "__dict__") else []
    close = get_close_matches(name, names, 3)
    if close:
        return f"; is it {_or(close)}?"
    own = [each for each in names if getattr(getattr(owner, each), "__module__", None) == owner.__name__]
    listed = own[:_MOST_NAMES]
    return f"; it has {', '.join(listed)}" if listed else ""


def _likely_files(path: Path) -> str:
    try:
        names = [each.name for each in path.parent.iterdir() if each.suffix == ".py"]
    except OSError:
        return ""
    close = get_close_matches(path.name, names, 1)
    return f"; is it {path.with_name(close[0])}?" if close else ""


def _or(names: Iterable[str]) -> str:
    return " or ".join(names)


def _a(found: object) -> str:
    name = type(found).__name__
    return f"an {name}" if name[0].lower() in "aeiou" else f"a {name}"
