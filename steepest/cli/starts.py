"""`--start`: an answer that was kept, as the point where a solver begins."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.solvers.solution import Solution

_REPAIR = "name what `steepest run --format json` printed, or the solution.json of --out."


def read_start(path: Path | None) -> "Solution | None":
    """The values of an answer that was printed as JSON or kept by `--out`; None where no file is named.

    Raises:
        InputError: The file can't be read, or holds no answer.
    """
    if path is None:
        return None
    from pydantic import TypeAdapter, ValidationError

    from steepest.solvers.solution import Solution, VariableValue

    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"--start: can't read {path}: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"--start: {path} is no JSON; {_REPAIR}") from error
    given = document.get("variables") if isinstance(document, dict) else None
    if not given:
        raise InputError(f"--start: {path} holds no values of variables; {_REPAIR}")
    try:
        values = TypeAdapter(list[VariableValue]).validate_python(given)
    except ValidationError as error:
        raise InputError(f"--start: {path} holds no values of variables that can be read; {_REPAIR}") from error
    return Solution(status="interrupted", variables=values)
