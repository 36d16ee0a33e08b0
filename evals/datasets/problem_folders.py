"""Problems that are a folder each: Chain-of-Experts' ComplexOR and LPWP, NLP4LP, ORThought's LogiOR."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steepest.errors import InputError
from steepest.evals.datasets.entries import Entry, problem_of, whole
from steepest.evals.datasets.findings import BadRecord, Finding
from steepest.evals.datasets.flat_records import solution_label
from steepest.evals.datasets.json_rows import Digest, NumberText, decode_json, decoded, open_file
from steepest.evals.datasets.labels import Label, read_label
from steepest.evals.problems import Problem

__all__ = ["FOLDER_READERS", "ProblemFolder", "folder_format", "problem_folders"]

_LIMIT = 32 * 2**20
"""Bytes in one file of a problem."""
_OBJECTIVE_LINE = re.compile(r"(?:OBJ\w*\s*[:=]\s*)?(\S+)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\\(?:param|var)\{")


@dataclass(frozen=True, slots=True)
class ProblemFolder:
    """One problem's folder; all that is read from it goes into the data set's hash."""

    path: Path
    digest: Digest

    def has(self, name: str) -> bool:
        """Whether it holds this file."""
        return (self.path / name).is_file()

    def text(self, name: str) -> str:
        """The text of a file.

        Raises:
            BadRecord: It is not there, is too long or no text.
        """
        try:
            with open_file(self.path / name) as stream:
                content = stream.read(_LIMIT + 1)
        except InputError as error:
            raise BadRecord(f"has no readable {name}") from error
        if len(content) > _LIMIT:
            raise BadRecord(f"{name} is longer than {_LIMIT // 2**20} MiB")
        self.digest.update(f"{self.path.name}/{name} {len(content)}\n".encode(errors="surrogateescape"))
        self.digest.update(content)
        try:
            return decoded(content.removeprefix(b"\xef\xbb\xbf"))
        except BadRecord as error:
            raise BadRecord(f"{name} is {error}") from error

    def json(self, name: str) -> Any:
        """The content of a JSON file.

        Raises:
            BadRecord: It is not there or no JSON.
        """
        text = self.text(name)
        try:
            return decode_json(text)
        except BadRecord as error:
            raise BadRecord(f"{name} is {error}") from error


def problem_folders(path: Path, digest: Digest) -> Iterator[ProblemFolder]:
    """The folders inside a folder, in the order of their names with numbers by value.

    Raises:
        InputError: The folder can't be read.
    """
    try:
        children = [child for child in path.iterdir() if child.is_dir() and not child.name.startswith(".")]
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}") from error
    for child in sorted(children, key=lambda child: _by_number(child.name)):
        yield ProblemFolder(child, digest)


def _by_number(name: str) -> list[tuple[int, int, str]]:
    parts = re.split(r"([0-9]{1,18})", name)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def folder_format(folders: list[ProblemFolder]) -> str | None:
    """Which format a folder of problem folders has; None if it is none of them."""
    for folder in folders:
        for name, needed in _MARKS.items():
            if all(any(folder.has(file) for file in one_of) for one_of in needed):
                return _which_samples(folders) if name == "complexor" else name
    return None


def _which_samples(folders: list[ProblemFolder]) -> str:
    """ComplexOR or LPWP, which look alike: the input of the one is data, that of the other an answer's values."""
    inputs = [value for folder in folders if folder.has("sample.json") for value in _inputs(folder)]
    with_data = sum(any(isinstance(item, list | dict) for item in value.values()) for value in inputs)
    return "complexor" if 2 * with_data > len(inputs) else "lpwp"


def _inputs(folder: ProblemFolder) -> list[dict[str, Any]]:
    try:
        samples = ProblemFolder(folder.path, _Unheard()).json("sample.json")
    except BadRecord:
        return []  # told when the problem is read
    found = [sample.get("input") for sample in samples if isinstance(sample, dict)] if isinstance(samples, list) else []
    return [value for value in found if isinstance(value, dict)]


class _Unheard:
    """A digest for what is only looked at."""

    def update(self, data: bytes, /) -> None:
        """Take nothing."""


def read_complexor(folder: ProblemFolder, dataset: str) -> Iterator[Problem]:
    """ComplexOR: a description without numbers, and samples whose input is the data.

    Yields:
        A problem for each sample, the data of which is made part of the question.

    Raises:
        BadRecord: A file is missing, or an output is not one number.
    """
    description = _description(folder, "description.txt")
    for id, sample in _samples(folder, dataset):
        data = _data_text(sample.get("input"))
        question = f"{description}\n\nThe data:\n{data}" if data else description
        yield _problem(folder, dataset, id, question, read_label(sample.get("output")))


def read_lpwp(folder: ProblemFolder, dataset: str) -> Iterator[Problem]:
    """The Chain-of-Experts edition of NL4OPT.

    Its samples look like those of ComplexOR, but what they call input are values of the answer: they are left aside.

    Raises:
        BadRecord: A file is missing, or an output is not one number.
    """
    description = _description(folder, "description.txt")
    for id, sample in _samples(folder, dataset):
        yield _problem(folder, dataset, id, description, read_label(sample.get("output")))


def read_logior(folder: ProblemFolder, dataset: str) -> Iterator[Problem]:
    """LogiOR and the other processed sets of ORThought: `question.txt` and `answer.json` {status, obj}.

    Raises:
        BadRecord: A file is missing, or the answer can't be read.
    """
    answer = folder.json("answer.json")
    if not isinstance(answer, dict):
        raise BadRecord("answer.json is no object")
    status, objective = answer.get("status"), answer.get("obj")
    claims = isinstance(status, str) and status.strip().lower() not in ("", "optimal")
    label = read_label(status if claims else objective, code_for_none=True)
    yield _problem(folder, dataset, f"{dataset}/{folder.path.name}", _description(folder, "question.txt"), label)


def read_nlp4lp_folder(folder: ProblemFolder, dataset: str) -> Iterator[Problem]:
    """NLP4LP: `description.txt` or a description with parameters, and `solution.json` or `obj.txt`.

    Raises:
        BadRecord: A file is missing, or there is no objective.
    """
    if folder.has("solution.json"):
        label, variables = solution_label(folder.json("solution.json"))
    else:
        line = _OBJECTIVE_LINE.fullmatch(folder.text("obj.txt").strip())
        label, variables = read_label(line[1] if line else None), None
    yield _problem(folder, dataset, f"{dataset}/{folder.path.name}", _nlp4lp_text(folder), label, variables)


def _nlp4lp_text(folder: ProblemFolder) -> str:
    if folder.has("description.txt"):
        text = _description(folder, "description.txt")
        parametrized = bool(_PLACEHOLDER.search(text))
    else:
        text, parametrized = _parametrized_text(folder), True
    data_file = next((name for name in ("parameters.json", "data.json") if folder.has(name)), None)
    if not parametrized or data_file is None:
        return text
    return f"{text}\n\nThe data:\n{_data_text(folder.json(data_file))}"


def _parametrized_text(folder: ProblemFolder) -> str:
    for file, keys in (
        ("problem_info.json", ("parametrized_description", "description")),
        ("input_targets.json", ("description",)),
    ):
        if folder.has(file):
            content = folder.json(file)
            for key in keys:
                if isinstance(content, dict) and isinstance(content.get(key), str) and content[key].strip():
                    return whole(str(content[key]), key).strip()
    raise BadRecord("has no description")


def _problem(
    folder: ProblemFolder, dataset: str, id: str, question: str, label: Label, variables: dict[str, float] | None = None
) -> Problem:
    return problem_of(Entry({}, folder.path.name, dataset), id=id, question=question, label=label, variables=variables)


def _description(folder: ProblemFolder, name: str) -> str:
    text = folder.text(name).strip()
    if not text:
        raise BadRecord(f"{name} is empty")
    return text


def _samples(folder: ProblemFolder, dataset: str) -> Iterator[tuple[str, dict[str, Any]]]:
    samples = folder.json("sample.json")
    if not isinstance(samples, list) or not samples or not all(isinstance(sample, dict) for sample in samples):
        raise BadRecord("sample.json is no list of objects")
    for position, sample in enumerate(samples, 1):
        id = f"{dataset}/{folder.path.name}"
        yield (id if position == 1 else f"{id}/{position}"), sample


def _data_text(data: object) -> str:
    """Data as text: one line a name, values as JSON."""
    if not isinstance(data, dict):
        return "" if data is None else _json_text(data)
    return "\n".join(f"{name} = {_json_text(value)}" for name, value in data.items())


def _json_text(value: object) -> str:
    if isinstance(value, NumberText):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(_json_text(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)}: {_json_text(item)}' for key, item in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)


FolderReader = Callable[[ProblemFolder, str], Iterator[Problem]]

FOLDER_READERS: dict[str, FolderReader] = {
    "complexor": read_complexor,
    "lpwp": read_lpwp,
    "logior": read_logior,
    "nlp4lp": read_nlp4lp_folder,
}

_MARKS: dict[str, tuple[tuple[str, ...], ...]] = {
    "complexor": (("description.txt",), ("sample.json",)),
    "logior": (("question.txt",), ("answer.json",)),
    "nlp4lp": (
        ("description.txt", "problem_info.json", "input_targets.json"),
        ("solution.json", "obj.txt"),
    ),
}
_FILES = {file for needed in _MARKS.values() for one_of in needed for file in one_of}


def folder_problems(
    folders: list[ProblemFolder], format: str, dataset: str
) -> Iterator[tuple[str, list[Problem] | Finding]]:
    """Read each problem's folder; folders without any file of a problem are passed over.

    Yields:
        The place, and the problems or what is wrong with them.
    """
    for folder in folders:
        place = str(folder.path)
        if not any(folder.has(file) for file in _FILES):
            continue
        try:
            yield place, list(FOLDER_READERS[format](folder, dataset))
        except BadRecord as error:
            yield place, Finding(place, str(error))
