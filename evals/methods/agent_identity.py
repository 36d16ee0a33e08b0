"""What an agent of the user's own is known by: a digest of its program, so that an edited one is another method."""

import dis
import hashlib
import inspect
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, MethodType
from typing import Any

__all__ = ["digest_of_command", "digest_of_function"]

_LENGTH = 16
_SCRIPT_MARK = b"#!"


def digest_of_function(function: Callable[..., Any]) -> str:
    """A short digest of the program behind a callable.

    That is the file of its module. For what has no file of its own (a lambda, a function in a function, one of the
    script that runs or of a notebook) it is the code, with the functions of the same module and the simple values
    that it refers to. Modules that these import take no part.
    """
    parts = sorted(set(_parts_of(function, set())))
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()[:_LENGTH]


def digest_of_command(words: Sequence[str]) -> str:
    """A short digest of the files that a command runs: its program, and the script that an interpreter is given."""
    program = Path(shutil.which(words[0]) or words[0])
    digest = hashlib.sha256(_content(program))
    if not _content(program).startswith(_SCRIPT_MARK):
        script = next((Path(word) for word in words[1:] if Path(word).is_file()), None)
        digest.update(_content(script) if script is not None else b"")
    return digest.hexdigest()[:_LENGTH]


def _parts_of(value: object, seen: set[int]) -> Iterator[str]:
    """What a callable is made of, a text each; nothing of anything else."""
    if id(value) in seen:
        return
    seen.add(id(value))
    match value:
        case partial():
            yield from _parts_of(value.func, seen)
            yield from _values("argument", enumerate(value.args), seen)
            yield from _values("argument", value.keywords.items(), seen)
        case MethodType():
            yield from _parts_of(value.__func__, seen)
            yield from _attributes(value.__self__, value.__func__, seen)
        case FunctionType():
            yield from _function(value, seen)
        case type():
            yield f"{value.__module__}.{value.__qualname__}"
        case _ if callable(value):
            call = type(value).__call__
            yield f"{type(value).__module__}.{type(value).__qualname__}"
            yield from _parts_of(call, seen)
            yield from _attributes(value, call, seen)


def _function(function: FunctionType, seen: set[int]) -> Iterator[str]:
    yield function.__qualname__
    if (file := _file_of(function)) is not None:
        yield f"file {hashlib.sha256(_content(file)).hexdigest()}"
        return
    code, changed = function.__code__, _changed_by(function.__code__)
    yield from _code(code)
    yield from _values("default", enumerate(function.__defaults__ or ()), seen)
    yield from _values("default", (function.__kwdefaults__ or {}).items(), seen)
    cells = inspect.getclosurevars(function)
    for found in (cells.nonlocals, cells.globals):
        yield from _values("name", ((name, value) for name, value in found.items() if name not in changed), seen)


def _file_of(function: FunctionType) -> Path | None:
    """The file of a function that an import finds again; None for one of the script that runs, or without a name."""
    module = sys.modules.get(function.__module__)
    file = getattr(module, "__file__", None)
    if function.__module__ == "__main__" or "<" in function.__qualname__ or file is None:
        return None
    return Path(file)


def _code(code: CodeType) -> Iterator[str]:
    """A function's instructions and constants, not where its lines stand."""
    yield f"code {code.co_code.hex()} {code.co_names} {code.co_varnames}"
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code(constant)
        elif (told := _simple(constant)) is not None:
            yield f"constant {told}"


def _changed_by(code: CodeType) -> set[str]:
    """Names that the code gives values to: a counter is no part of the program."""
    return {step.argval for step in dis.get_instructions(code) if step.opname.startswith("STORE_")}


def _attributes(value: object, function: object, seen: set[int]) -> Iterator[str]:
    """The simple attributes of an object, such as a temperature, but for those that its function changes."""
    changed = _changed_by(function.__code__) if isinstance(function, FunctionType) else set()
    held = getattr(value, "__dict__", {})
    yield from _values("attribute", ((name, held[name]) for name in held if name not in changed), seen)


def _values(kind: str, named: Any, seen: set[int]) -> Iterator[str]:
    for name, value in named:
        if (told := _simple(value)) is not None:
            yield f"{kind} {name} = {told}"
        elif isinstance(value, FunctionType | MethodType | partial):
            yield from _parts_of(value, seen)


def _simple(value: object) -> str | None:
    """A value that can't change, as text; None for any other."""
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return repr(value)
    if isinstance(value, tuple | frozenset):
        told = [_simple(each) for each in value]
        if None not in told:
            kept = [each for each in told if each is not None]
            return f"({', '.join(kept if isinstance(value, tuple) else sorted(kept))})"
    return None


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it can't be read, and may still be run
        return b""
