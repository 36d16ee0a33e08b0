"""What a search came to as one JSON document, and its report written to a file."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from steepest.agents.optimizers.outcome import Optimized
from steepest.agents.optimizers.reports.history import History, history_of
from steepest.agents.optimizers.reports.page import report_page
from steepest.agents.optimizers.run_folder import read_entry
from steepest.agents.optimizers.search.journal import Journal
from steepest.agents.optimizers.search.records import StepRecord
from steepest.errors import InputError

__all__ = ["RESULT", "KeptRun", "keep_result", "read_run", "result_of", "write_report", "write_text"]

RESULT = "result.json"
"""The file in a run's folder that says what it came to."""


def result_of(found: Optimized) -> dict[str, Any]:
    """The best, its scores, what the search took and why it ended; the content of `result.json`."""
    test = None if found.test is None else {**asdict(found.test), "gain": found.test.gain}
    return {
        "reason": found.reason,
        "best": found.best.number,
        "score": found.score,
        "seed_score": found.seed_score,
        "test": test,
        "objectives": {name: list(pair) for name, pair in found.objectives.items()},
        "candidates": found.tried,
        "admitted": len(found.pool) - 1,
        "refused": found.refused,
        "spent": asdict(found.spent),
        "values": dict(found.values),
        "folder": None if found.folder is None else str(found.folder),
    }


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What a run's folder holds."""

    run: Mapping[str, Any]
    """The document of `run.json`."""
    result: Mapping[str, Any] | None
    """That of `result.json`; None of a search that has not ended."""
    records: Sequence[StepRecord]

    @property
    def history(self) -> History:
        """All candidates, as the records tell of them."""
        return history_of(self.records, self.run["seed_values"])

    @property
    def code(self) -> list[str]:
        """The names of the components that are functions' source."""
        return [each["name"] for each in self.run["components"] if each["kind"] == "code"]


def read_run(folder: str | Path) -> KeptRun:
    """Read a run's folder; one that is worked in is read as it stands.

    Raises:
        InputError: It holds none, or what it holds can't be read.
    """
    place = Path(folder)
    entry = read_entry(place)
    records = Journal(place / "steps.jsonl").read()
    return KeptRun(entry.model_dump(mode="json"), _result(place / RESULT), records)


def _result(path: Path) -> Mapping[str, Any] | None:
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path} can't be read: {error}; delete it, and run the search again to have it anew"
        ) from error
    return document if isinstance(document, Mapping) else None


def keep_result(found: Optimized, folder: Path) -> None:
    """Write `result.json` into a run's folder.

    Raises:
        InputError: It can't be written.
    """
    write_text(folder / RESULT, json.dumps(result_of(found), indent=2, ensure_ascii=False) + "\n")


def write_report(found: Optimized, path: str | Path) -> Path:
    """Write the page of a search that has ended; without a folder the page lacks what only that keeps.

    Raises:
        InputError: It can't be written.
    """
    seed = dict(found.pool[0].values)
    run = {"seed_values": seed} if found.folder is None else read_entry(found.folder).model_dump(mode="json")
    return write_text(Path(path), report_page(found.records, run, result_of(found)))


def write_text(path: Path, text: str) -> Path:
    """Write a file, whole or not at all.

    Raises:
        InputError: It can't be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            draft.write_text(text, encoding="utf-8", newline="\n")
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"can't write {path} ({error.strerror or error}); name another file") from error
    return path
