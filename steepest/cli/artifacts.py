"""What `--out DIR` keeps: files that are complete or not there at all, in a folder that steepest may write to."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from steepest.errors import InputError

FILES = (
    "formulation.five",
    "formulation.json",
    "model.py",
    "model.lp",
    "solution.json",
    "transcript.json",
    "answer.txt",
    "front.svg",
    "front.csv",
)
"""Every name that steepest writes; a folder with any other name in it belongs to somebody else."""

STAGING = ".steepest-"
"""Prefix of the folder in which files are completed before they take their names."""


class OutputFolder:
    """Collects the files of a run and writes them all at once, when the run ends in whatever way."""

    def __init__(self, path: Path) -> None:
        """Make the folder, and find out now rather than after an hour whether it can be written.

        Raises:
            InputError: It can't be made or written, or holds files that steepest did not write.
        """
        self.path = path
        self._contents: dict[str, str] = {}
        try:
            self._is_new = not path.exists()
            path.mkdir(parents=True, exist_ok=True)
            strangers = sorted(name for name in os.listdir(path) if not _is_ours(name))
            Path(tempfile.mkdtemp(prefix=STAGING, dir=path)).rmdir()
            strangers += [name for name in FILES if (path / name).is_dir()]
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"--out {path}: can't write there ({reason}); name another folder.") from error
        if strangers:
            raise InputError(
                f"--out {path}: the folder holds {strangers[0]!r}, which steepest did not write; "
                "name a new or empty folder."
            )

    def keep(self, name: str, content: str) -> None:
        """Have `content` written as `name`, one of `FILES`; a later content takes the place of an earlier one."""
        if name not in FILES:
            raise ValueError(f"{name!r} is none of the files of an output folder")
        self._contents[name] = content

    @property
    def kept(self) -> list[str]:
        """Names of the files that will be written, in the order of `FILES`."""
        return [name for name in FILES if name in self._contents]

    def write(self) -> None:
        """Write what was kept; files of an earlier run that this run has not made are removed.

        Raises:
            InputError: The disk is full, or the folder is no longer writable.
        """
        if not self._contents:
            if self._is_new:
                self.path.rmdir()
            return
        try:
            self._replace_files()
        except OSError as error:
            raise InputError(f"--out {self.path}: can't write there ({error.strerror or error}).") from error

    def _replace_files(self) -> None:
        staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=self.path))
        try:
            for name, content in self._contents.items():
                (staging / name).write_text(content, encoding="utf-8")
            for name in FILES:
                if name in self._contents:
                    os.replace(staging / name, self.path / name)
                else:
                    (self.path / name).unlink(missing_ok=True)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def output_folder(path: Path | None) -> Iterator[OutputFolder | None]:
    """The folder at `path`, if there is to be one; what it kept is written however the block ends.

    Raises:
        InputError: The folder can't be made or written, or holds files that steepest did not write.
    """
    if path is None:
        yield None
        return
    folder = OutputFolder(path)
    try:
        yield folder
    finally:
        folder.write()


def _is_ours(name: str) -> bool:
    return name in FILES or name.startswith(STAGING)
