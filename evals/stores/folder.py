"""A run in a folder: `run.json`, `problems.jsonl`, `samples.jsonl` (or one a shard) and `replies.sqlite`.

Everything but the replies is text that a person can read, and that other programs can read while the run goes on.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from steepest.errors import InputError
from steepest.evals.problems import Problem
from steepest.evals.samples import Sample, SampleKey, Verdict
from steepest.evals.specification import RunSpecification, Selection, require_same
from steepest.evals.stores.atomic import UNFINISHED, write_atomically
from steepest.evals.stores.continuation import FORMAT, joined_problems, updated
from steepest.evals.stores.locks import LockFile, is_held
from steepest.evals.stores.sample_files import SampleFile, SamplePlace, find_samples, read_sample

__all__ = ["FolderRun", "FolderWriter"]

SPECIFICATION = "run.json"
PROBLEMS = "problems.jsonl"
REPLIES = "replies.sqlite"
_SAMPLES = re.compile(r"samples(\..+)?\.jsonl")
_LOCKS = re.compile(r"\.lock(\.\d+of\d+)?")
_BEGINNING = re.compile(
    rf"{PROBLEMS}|({PROBLEMS}|{SPECIFICATION})\.\d+{re.escape(UNFINISHED)}|{REPLIES}.*|\.setup|\.lock.*"
)
"""What a kill during the first start may leave without `run.json`."""


class FolderRun:
    """A run in a folder, read while nobody or somebody works on it.

    Raises:
        InputError: There is no run in this folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not (self.path / SPECIFICATION).is_file():
            raise InputError(f"{self.path} holds no run: it has no {SPECIFICATION}.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.path)

    def specification(self) -> RunSpecification:
        """What the run is.

        Raises:
            InputError: `run.json` can't be read, or is of a later version of steepest.
        """
        path = self.path / SPECIFICATION
        try:
            known = RunSpecification.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise InputError(f"{path} can't be read as the description of a run: {error}") from error
        if known.version > FORMAT:
            raise InputError(f"{path} was written by a later version of steepest (format {known.version}): update it.")
        return known

    def problems(self) -> Iterator[Problem]:
        """The problems of all shards, in the data set's order.

        Raises:
            InputError: A line is no problem.
        """
        path = self.path / PROBLEMS
        try:
            with path.open("rb") as file:
                for number, line in enumerate(file, start=1):
                    yield _problem(path, number, line)
        except OSError as error:
            raise InputError(f"{path} can't be read ({error.strerror}): it belongs to the run.") from error

    def samples(self) -> Iterator[Sample]:
        """The standing record of each problem and epoch, one at a time, in the order of problems, then epochs.

        Raises:
            InputError: A record can't be read; the message says where.
        """
        places = self._places()
        order = {problem.id: position for position, problem in enumerate(self.problems())}
        for key in sorted(places, key=lambda key: (order.get(key.id, len(order)), key.id, key.epoch)):
            yield read_sample(places[key])

    def verdicts(self) -> dict[SampleKey, Verdict]:
        """What each sample came to so far.

        Raises:
            InputError: A record can't be read; the message says where.
        """
        return {key: place.verdict for key, place in self._places().items()}

    def _places(self) -> dict[SampleKey, SamplePlace]:
        return find_samples(sorted(path for path in self.path.iterdir() if _SAMPLES.fullmatch(path.name)))


def _problem(path: Path, number: int, line: bytes) -> Problem:
    try:
        return Problem.model_validate_json(line)
    except ValidationError as error:
        raise InputError(f"{path}, line {number}: this is no problem: {error.errors()[0]['msg']}") from error


class FolderWriter(FolderRun):
    """A run in a folder that this process begins or continues.

    Args:
        path: The folder; made if there is none.
        specification: What the run is; must agree with the run that is there.
        problems: The selected problems of all shards.

    Raises:
        InputError: The folder holds another run or something else, another process works on it, or it can't be written.
    """

    def __init__(self, path: str | Path, specification: RunSpecification, problems: Iterable[Problem]) -> None:
        self.path = Path(path)
        shard = _shard_suffix(specification.selection)
        self._lock = LockFile(self.path / f".lock{shard}")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if not (self.path / SPECIFICATION).exists():
                _require_empty(self.path)  # before there are files of ours among somebody's others
            with LockFile(self.path / ".setup"):
                self._take_lock()
                self._begin_or_continue(specification, problems)
                self._file = SampleFile(self.path / f"samples{shard}.jsonl")
        except BaseException as error:
            self._lock.release()
            if isinstance(error, OSError):
                raise InputError(f"{self.path} can't be used as a run's folder ({error.strerror or error}).") from error
            raise

    @property
    def replies(self) -> str:
        """The file of the replies that the run paid for."""
        return str(self.path / REPLIES)

    def append(self, sample: Sample) -> None:
        """Keep a sample for good; safe to call from several threads.

        Raises:
            InputError: It can't be written; what was appended before is whole.
        """
        self._file.append(sample)

    def close(self) -> None:
        """Let others continue the run."""
        self._file.close()
        self._lock.release()

    def _take_lock(self) -> None:
        if not self._lock.take():
            raise _taken(self.path, self._lock)
        for other in self.path.iterdir():
            if _LOCKS.fullmatch(other.name) and _overlap(self._lock.path.name, other.name) and is_held(other):
                raise _taken(self.path, LockFile(other))

    def _begin_or_continue(self, specification: RunSpecification, problems: Iterable[Problem]) -> None:
        for left in self.path.glob(f"*{UNFINISHED}"):  # by a kill in the middle of writing
            left.unlink()
        target = self.path / SPECIFICATION
        before: list[Problem] = []
        if target.exists():
            known = self.specification()
            require_same(known, specification, self.place)
            specification = updated(known, specification)
            before = list(self.problems())
        else:
            _require_empty(self.path)
        after = joined_problems(before, problems, self.place)
        if after != before:
            write_atomically(self.path / PROBLEMS, (f"{problem.model_dump_json()}\n" for problem in after))
        write_atomically(target, [specification.model_dump_json(indent=2) + "\n"])


def _shard_suffix(selection: Selection) -> str:
    return f".{selection.shard[0]}of{selection.shard[1]}" if selection.shard else ""


def _overlap(one: str, other: str) -> bool:
    """Whether runners with these locks would make the same attempts: all but different shards of one division."""
    divisions = {name.rpartition("of")[2] if "of" in name else "" for name in (one, other)}
    return len(divisions) > 1


def _taken(path: Path, lock: LockFile) -> InputError:
    return InputError(
        f"{path}: {lock.holder()} works on this run ({lock.path.name}). Wait for it or stop it; to share the work, "
        "give each runner a shard (--shard 1/2, --shard 2/2)."
    )


def _require_empty(path: Path) -> None:
    strangers = sorted(entry.name for entry in path.iterdir() if not _BEGINNING.fullmatch(entry.name))
    if strangers:
        raise InputError(
            f"{path} holds no run but other things ({', '.join(strangers[:3])}{', ...' if strangers[3:] else ''}): "
            "give a new or empty folder."
        )
