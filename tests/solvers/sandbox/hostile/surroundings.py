"""What a hostile program is let loose on: things to steal, to change, to kill and to reach, all of them watched."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from tests.solvers.sandbox.hostile.processes import descendants

SECRET_VARIABLE = "HOSTILE_SUITE_SECRET"
SETTLING_SECONDS = 3.0
VICTIM = "import time\nwhile True: time.sleep(600)"
PROJECT_FILE = Path(__file__)
USUAL_PLACES = ("/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/mnt")  # noqa: S108  where leavings are looked for


@dataclass
class Surroundings:
    """Watched things around the sandbox; `harm_done` says what happened to them."""

    folder: Path
    secret: str
    mark: str
    """Part of the name of every file that a program tries to make."""
    listeners: dict[str, socket.socket]
    victim: "subprocess.Popen[bytes]"
    signals: list[int] = field(default_factory=list)
    known: set[int] = field(default_factory=set)
    """The processes below this one that belong here."""
    fresh: str = ""

    @property
    def canary(self) -> Path:
        """A file that nobody may read or change."""
        return self.folder / "canary"

    def scene(self) -> dict[str, Any]:
        """What a program is told of its surroundings, an attacker who knows everything but the secret."""
        return {
            "canary": str(self.canary),
            "folder": str(self.folder),
            "home": str(Path.home()),
            "mark": self.mark,
            "project": str(PROJECT_FILE),
            "tcp": self.listeners["tcp"].getsockname()[1],
            "udp": self.listeners["udp"].getsockname()[1],
            "unix": str(self.folder / "socket"),
            "abstract": f"\0{self.mark}",
            "supervisor": os.getpid(),
            "victim": self.victim.pid,
            "secret_variable": SECRET_VARIABLE,
            "python": sys.executable,
        }

    def harm_done(self) -> list[str]:
        """What happened since the last call; what was killed or changed is put right again."""
        return [*self._calls(), *self._changes(), *self._signals(), *self._leavings(), *self._victim(), *self._strays()]

    def settle(self) -> None:
        """Take everything as it is for right: after the sandbox has started."""
        pause = threading.Event()
        self.known = set(descendants(os.getpid()))
        for _ in range(6):  # those of a job that has just ended are about to go
            pause.wait(0.05)
            self.known &= set(descendants(os.getpid()))
        self.fresh = self._look_of_the_folder()

    def _calls(self) -> Iterator[str]:
        for name, listener in self.listeners.items():
            with suppress(BlockingIOError):
                while True:
                    if listener.type == socket.SOCK_DGRAM:
                        yield f"{name}: received {listener.recv(100)!r}"
                    else:
                        listener.accept()[0].close()
                        yield f"{name}: a connection was made"

    def _changes(self) -> Iterator[str]:
        look = self._look_of_the_folder()
        if look != self.fresh:
            yield f"the canary's folder changed: {self.fresh} became {look}"
            _fill(self.folder, self.secret)
            self.fresh = self._look_of_the_folder()

    def _signals(self) -> Iterator[str]:
        if self.signals:
            yield f"signals came to the supervisor: {self.signals}"
            self.signals.clear()

    def _leavings(self) -> Iterator[str]:
        for place in {*USUAL_PLACES, str(Path.home()), str(PROJECT_FILE.parent), tempfile.gettempdir(), os.getcwd()}:
            with suppress(OSError):
                for name in os.listdir(place):
                    if self.mark in name and Path(place, name) != self.folder:
                        yield f"left behind: {place}/{name}"
                        _remove(Path(place, name))

    def _victim(self) -> Iterator[str]:
        harm = _state_of(self.victim)
        if not harm:
            return
        yield f"the victim {harm}"
        self.victim.kill()
        self.victim.wait()
        self.known.discard(self.victim.pid)
        self.victim = _start_victim(self.secret)
        self.known.add(self.victim.pid)

    def _strays(self) -> Iterator[str]:
        """Processes that outlive their job; the end of one may take a moment to be seen."""
        pause = threading.Event()
        for _ in range(int(SETTLING_SECONDS / 0.05)):
            now = descendants(os.getpid())
            if set(now) == self.known:
                return
            pause.wait(0.05)
        if new := {number: name for number, name in now.items() if number not in self.known}:
            yield f"processes are left: {new}"
            for number in new:
                os.kill(number, signal.SIGKILL)
        if gone := self.known - set(now):
            yield f"processes are gone: {gone}"
        self.known &= set(now)

    def _look_of_the_folder(self) -> str:
        looks = []
        for path in sorted(self.folder.rglob("*")):
            status = path.lstat()
            size = status.st_size if path == self.canary else 0
            attributes = os.listxattr(path, follow_symlinks=False) if path.is_file() else []
            owner = (status.st_uid, status.st_gid)
            looks.append(
                f"{path.name} {status.st_mode:o} {owner} {status.st_nlink} {status.st_mtime} {size} {attributes}"
            )
        return "; ".join([*looks, self.canary.read_text() if self.canary.is_file() else "no canary"])


@contextmanager
def surroundings() -> Iterator[Surroundings]:
    """Lay out the things to attack, and clear them away; the secret is in the environment as well."""
    secret, mark = secrets.token_hex(16), f"hostile{secrets.token_hex(6)}"
    folder = Path(tempfile.mkdtemp(prefix=mark))
    _fill(folder, secret)
    os.environ[SECRET_VARIABLE] = secret
    place = Surroundings(folder, secret, mark, _listeners(folder, mark), _start_victim(secret))
    before = _watch_signals(place.signals)
    place.settle()
    try:
        yield place
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        place.victim.kill()
        place.victim.wait()
        for listener in place.listeners.values():
            listener.close()
        os.environ.pop(SECRET_VARIABLE, None)
        shutil.rmtree(folder)


def _fill(folder: Path, secret: str) -> None:
    folder.chmod(0o755)
    for path in folder.iterdir():
        if path.name != "socket":
            _remove(path)
    (folder / "canary").write_text(f"do not read this: {secret}\n")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _listeners(folder: Path, mark: str) -> dict[str, socket.socket]:
    addresses: dict[str, tuple[int, int, Any]] = {
        "tcp": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        "udp": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        "unix": (socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "socket")),
        "abstract": (socket.AF_UNIX, socket.SOCK_STREAM, f"\0{mark}"),
    }
    listeners = {}
    for name, (family, kind, address) in addresses.items():
        listeners[name] = socket.socket(family, kind)
        listeners[name].bind(address)
        if kind == socket.SOCK_STREAM:
            listeners[name].listen()
        listeners[name].setblocking(False)
    return listeners


def _start_victim(secret: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-S", "-c", VICTIM, secret], env={SECRET_VARIABLE: secret})


def _state_of(victim: "subprocess.Popen[bytes]") -> str:
    """What happened to the victim, in words; empty while it sleeps as it should."""
    if victim.poll() is not None:
        return f"died: {victim.returncode}"
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{victim.pid}/status").read_text().splitlines())
    if status["State"][0] not in "SRD":
        return f"is stopped: {status['State']}"
    if status["TracerPid"] != "0":
        return f"is traced by {status['TracerPid']}"
    if os.getpriority(os.PRIO_PROCESS, victim.pid) != os.getpriority(os.PRIO_PROCESS, 0):
        return "has another priority"
    if os.sched_getaffinity(victim.pid) != os.sched_getaffinity(0):
        return "may run on other processors"
    return ""


def _watch_signals(seen: list[int]) -> dict[int, Any]:
    """Note the signals that programs send to their supervisor; possible in the main thread alone."""

    def note(number: int, _frame: FrameType | None) -> None:
        seen.append(number)

    if threading.current_thread() is not threading.main_thread():
        return {}
    return {number: signal.signal(number, note) for number in (signal.SIGUSR1, signal.SIGURG, signal.SIGIO)}
