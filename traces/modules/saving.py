"""Parameters on disk: their values, and what they have been, as JSON that a person can read and nothing can run.

    {"format": "steepest.parameters", "version": 1,
     "parameters": {"planner.steps[0].prompt": {"value": "Think first."},
                    "planner.split.code": {"value": "def split(self, text): ..."}}}

Reading is one transaction for all of them: each value goes through the checks that an optimizer's proposal goes
through, and unless every one fits nothing changes.
"""

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steepest.errors import InputError
from steepest.traces.graph import Node
from steepest.traces.modules.encoding import decoded, encoded, types_within
from steepest.traces.modules.files import write_text
from steepest.traces.modules.members import named_parameters
from steepest.traces.parameters import RejectedValueError, Update, accepted, commit, state_of
from steepest.traces.previews import preview

FORMAT = "steepest.parameters"
VERSION = 1
LARGEST = 256 * 2**20
"""Bytes of a file that is read."""
_MOST_COMPLAINTS = 20
_MOST_COMPARED = 10_000
"""Pairs of names that are compared to tell which one was meant."""
_OUTCOMES = ("committed", "rejected", "rolled back")


def save_parameters(root: object, path: str | Path, *, history: bool = False) -> None:
    """Write the parameters that can be reached from a value to a JSON file.

    Args:
        root: A module, a parameter, or lists, dicts and dataclasses of them.
        path: The file; it is replaced as a whole.
        history: Whether what the parameters have been is written, too.

    Raises:
        InputError: A value has no form in JSON, there is no parameter, or the file can't be written.
    """
    parameters = _required(root)
    entries = {name: _entry(name, parameter, history) for name, parameter in parameters.items()}
    document = {"format": FORMAT, "version": VERSION, "parameters": entries}
    write_text(path, _json(document))


def load_parameters(root: object, path: str | Path) -> None:
    """Give the parameters that can be reached from a value what a file of `save_parameters` says.

    Args:
        root: As for `save_parameters`.
        path: The file. Its values are kept in the parameters' histories, or its histories take the place of these.

    Raises:
        InputError: The file can't be read, is of another kind, has not exactly these parameters, or has values that
            they can't have; the message names all of them, and nothing is changed.
    """
    parameters = _required(root)
    entries = _entries(path)
    complaints = _complaints_about_names(parameters, entries)
    fitting = []
    for name in parameters.keys() & entries.keys():
        try:
            fitting.append((parameters[name], *_fitting(parameters[name], entries[name])))
        except InputError as error:
            complaints.append(f"{name}: {error}")
    if complaints:
        raise InputError(_words(path, sorted(complaints)))
    for parameter, value, history in fitting:
        commit(parameter, value)
        if history is not None:
            state_of(parameter).history[:] = history


def _required(root: object) -> dict[str, Node[Any]]:
    parameters = named_parameters(root)
    if not parameters:
        raise InputError(
            f"there is no parameter in this {type(root).__name__}: make one with node(..., trainable=True) in an "
            "attribute of a Module or of a class under @model"
        )
    return parameters


def _entry(name: str, parameter: Node[Any], with_history: bool) -> dict[str, Any]:
    updates = state_of(parameter).history if with_history else []
    try:
        entry = {"value": encoded(parameter.value)}
        if with_history:
            entry["history"] = [
                {"value": encoded(each.value), "outcome": each.outcome, "reason": each.reason} for each in updates
            ]
        _json(entry)
    except InputError as error:
        raise InputError(f"the parameter {name} can't be saved: {error}") from error
    except (ValueError, RecursionError) as error:  # a whole number of more digits than Python writes; a cycle
        reason = "it is nested too deeply or holds itself" if isinstance(error, RecursionError) else str(error)
        raise InputError(f"the parameter {name} can't be saved: {reason}") from error
    return entry


def _json(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can stand for
        text = json.dumps(document, ensure_ascii=True, allow_nan=False, indent=2)
    return text + "\n"


def _entries(path: str | Path) -> dict[str, Any]:
    """What a file says of each parameter."""
    document = _document(path)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError(f'{path} is no file of save_parameters: it does not say "format": "{FORMAT}"')
    version = document.get("version")
    if version != VERSION:
        raise InputError(
            f"{path} is of version {preview(version, 40)} of its format, and this steepest reads {VERSION}: "
            "save it again with the version that you read it with, or update steepest"
        )
    entries = document.get("parameters")
    if not isinstance(entries, dict):
        raise InputError(f'{path} has no "parameters": it has to be an object with an entry for each')
    return entries


def _document(path: str | Path) -> Any:
    try:
        size = Path(path).stat().st_size
        if size > LARGEST:
            raise InputError(f"{path} has {size:,} bytes, and at most {LARGEST:,} are read")
        return json.loads(
            Path(path).read_text("utf-8"), object_pairs_hook=_without_doubles, parse_constant=_no_constant
        )
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}") from error
    except RecursionError as error:
        raise InputError(f"{path} is nested too deeply to be read") from error
    except ValueError as error:  # no UTF-8, no JSON
        raise InputError(f"{path} is no JSON, or not all of it: {error}") from error


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _complaints_about_names(parameters: Mapping[str, Any], entries: Mapping[str, Any]) -> list[str]:
    missing = parameters.keys() - entries.keys()
    complaints = [f"{name}: missing in the file" for name in missing]
    unknown = entries.keys() - parameters.keys()
    may_be_meant = missing if len(missing) * len(unknown) <= _MOST_COMPARED else []
    for name in unknown:
        likely = difflib.get_close_matches(name[:200], may_be_meant, 1)
        complaints.append(f"{name[:200]}: no such parameter" + (f"; is it {likely[0]}?" if likely else ""))
    return complaints


def _fitting(parameter: Node[Any], entry: Any) -> tuple[Any, list[Update] | None]:
    """Value and history that the parameter can have."""
    if not isinstance(entry, dict) or "value" not in entry:
        raise InputError('its entry has no "value"')
    types = types_within(parameter.value)
    try:
        history = _history(entry["history"], types) if "history" in entry else None
        return accepted(parameter, decoded(entry["value"], types)), history
    except RejectedValueError as error:
        raise InputError(str(error)) from error
    except RecursionError as error:
        raise InputError("it is nested too deeply") from error


def _history(entries: Any, types: Mapping[str, type]) -> list[Update]:
    if not isinstance(entries, list) or not all(_is_update(entry) for entry in entries):
        raise InputError("its history holds what is no update of a parameter")
    return [Update(decoded(entry["value"], types), entry["outcome"], entry["reason"]) for entry in entries]


def _is_update(entry: Any) -> bool:
    is_complete = isinstance(entry, dict) and {"value", "outcome", "reason"} <= entry.keys()
    return is_complete and entry["outcome"] in _OUTCOMES and isinstance(entry["reason"], str)


def _words(path: str | Path, complaints: list[str]) -> str:
    shown = complaints[:_MOST_COMPLAINTS]
    if len(shown) < len(complaints):
        shown.append(f"... and {len(complaints) - len(shown):,} more")
    lines = "\n".join(f"  {each}" for each in shown)
    return f"{path} does not fit the parameters, and none of them was changed:\n{lines}"
