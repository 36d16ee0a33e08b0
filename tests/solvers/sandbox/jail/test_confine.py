import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.jail import readable_paths

RunJailed = Callable[..., str]

WITH_FILES = (Isolation.FULL, Isolation.PORTABLE)
JAILS = (*WITH_FILES, Isolation.SECCOMP)

REFUSED = """
def refused(act):
    try:
        act()
    except (OSError, ValueError):  # the second from setrlimit
        return True
    return False
"""


def test_packages_and_the_standard_library_are_readable_and_projects_are_not():
    paths = readable_paths()
    for name in ("stdlib", "platstdlib", "purelib", "platlib"):
        folder = sysconfig.get_path(name)
        assert any(folder == path or folder.startswith(f"{path}/") for path in paths)
    assert all(Path(path).is_absolute() and Path(path).exists() for path in paths)
    assert not {"/", "/usr", "/home", "/etc", sys.prefix, str(Path(__file__).parents[4])} & set(paths)


def test_no_readable_path_lies_in_another():
    paths = readable_paths()
    assert list(paths) == sorted(paths)
    assert not [(path, other) for path in paths for other in paths if path.startswith(f"{other}/")]


PLACES = {
    "libraries": True,  # what `pip install --target` leaves
    "other/site-packages": True,
    "debian/dist-packages": True,
    "project": False,
    "home": False,
    "home/site-packages": True,
    "working/site-packages": False,
    "plain": False,
}
HOLDING = {"libraries": "numpy", "project": "numpy", "home": "pandas", "plain": "own_module"}


def test_packages_are_readable_wherever_they_were_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for place in PLACES:
        (tmp_path / place / HOLDING.get(place, "numpy")).mkdir(parents=True)
        monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / place)])
    (tmp_path / "project" / "pyproject.toml").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "working" / "site-packages")
    paths = set(readable_paths())
    assert {place: str(tmp_path / place) in paths for place in PLACES} == PLACES


def test_the_root_and_the_working_folder_are_none_that_packages_were_installed_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "numpy").mkdir()
    monkeypatch.chdir(tmp_path)
    before = readable_paths()
    monkeypatch.setattr(sys, "path", [*sys.path, "", ".", "/", str(tmp_path), "/no/such/site-packages"])
    assert readable_paths() == before


@pytest.mark.parametrize("isolation", WITH_FILES)
def test_late_imports_work_and_libraries_are_found(run_jailed: RunJailed, isolation: Isolation):
    said = run_jailed(
        """
import importlib.metadata, importlib.resources, inspect, pathlib, warnings
import numpy.polynomial, numpy.fft, pyomo.environ, pyomo.gdp, highspy
from zoneinfo import ZoneInfo, available_timezones
library = pathlib.Path(numpy.__file__)
print(library.resolve().samefile(library), len(inspect.getsource(inspect.getsource)) > 0, bool(inspect.stack()))
print(importlib.metadata.version("numpy") == numpy.__version__, (importlib.resources.files("numpy") / "fft").is_dir())
print(ZoneInfo("America/Lima").key, len(available_timezones()) > 100)
""",
        isolation,
    )
    assert said == "True True True\nTrue True\nAmerica/Lima True\n"


@pytest.mark.parametrize("isolation", WITH_FILES)
def test_a_library_below_a_link_is_found_where_it_lies(run_jailed: RunJailed, isolation: Isolation, tmp_path: Path):
    """As uv, Nix and Homebrew lay Python; `inspect.stack` resolves the file of every module."""
    link = tmp_path / "link"
    link.symlink_to(sysconfig.get_path("stdlib"))
    tmp_path.chmod(0o755)
    said = run_jailed(
        """
import json.tool, pathlib
print(pathlib.Path(json.tool.__file__).resolve() != pathlib.Path(json.tool.__file__), bool(inspect.stack()))
""",
        isolation,
        first=f"import inspect, json; readable = (*readable, {str(link)!r}); json.__path__ = [{str(link / 'json')!r}]",
    )
    assert said == "True True\n"


@pytest.mark.parametrize("isolation", WITH_FILES)
def test_python_works_inside(run_jailed: RunJailed, isolation: Isolation):
    said = run_jailed(
        """
import colorsys, email.mime.text, zoneinfo, datetime, random, secrets, threading, time
import numpy
from concurrent.futures import ThreadPoolExecutor
print(len(secrets.token_bytes(8)), len(os.urandom(8)))
print(datetime.datetime(2026, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")).utcoffset())
with ThreadPoolExecutor(4) as pool:
    print(sum(pool.map(lambda n: n * n, range(100))))
matrix = numpy.random.default_rng(1).random((300, 300))
print(numpy.allclose(numpy.linalg.solve(matrix, matrix @ numpy.ones(300)), 1))
with open(os.devnull, "w") as null: null.write("gone")
reading, writing = os.pipe(); os.write(writing, b"x"); print(os.read(reading, 1))
time.sleep(0.001)
""",
        isolation,
    )
    assert said.split("\n")[:-1] == ["8 8", "2:00:00", "328350", "True", "b'x'"]


def test_without_landlock_what_was_imported_works(run_jailed: RunJailed):
    said = run_jailed(
        """
with ThreadPoolExecutor(2) as pool: print(sum(pool.map(lambda n: n + 1, range(10))))
print(numpy.ones(3) @ numpy.ones(3))
reading, writing = os.pipe(); os.fdopen(writing, "w").close(); print(os.fdopen(reading).read() == "")
""",
        Isolation.SECCOMP,
        first="import numpy; from concurrent.futures import ThreadPoolExecutor",
    )
    assert said == "55\n3.0\nTrue\n"


@pytest.mark.parametrize("isolation", JAILS)
def test_nothing_outside_is_read_written_or_changed(run_jailed: RunJailed, isolation: Isolation, tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("42")
    said = run_jailed(
        REFUSED
        + f"""
path = {str(secret)!r}
acts = [
    lambda: open(path), lambda: open(path, "w"), lambda: open(path, "r+"), lambda: os.open(path, os.O_TRUNC),
    lambda: open(path + "2", "w"), lambda: os.listdir("/"), lambda: os.listdir({str(tmp_path)!r}),
    lambda: open("/proc/self/environ"), lambda: open("/proc/self/mem"), lambda: open("/dev/tty"),
    lambda: open(os.__file__, "r+"), lambda: open(os.__file__ + "x", "w"),
    lambda: os.open("/dev/shm", os.O_TMPFILE | os.O_RDWR),
    lambda: os.unlink(path), lambda: os.rename(path, path + "3"), lambda: os.chmod(path, 0), lambda: os.utime(path),
    lambda: os.symlink("/", "/tmp/link"), lambda: os.link(path, path + "4"), lambda: os.mkdir("/tmp/folder"),
    lambda: os.truncate(path, 0), lambda: os.mkfifo("/tmp/fifo"), lambda: os.chdir("/tmp"), lambda: os.chroot("/"),
    lambda: os.memfd_create("x"),
]
print([number for number, act in enumerate(acts) if not refused(act)])
""",
        isolation,
    )
    assert said == "[]\n"
    assert secret.read_text() == "42"


@pytest.mark.parametrize("isolation", JAILS)
def test_no_process_program_socket_or_signal_leaves_the_jail(run_jailed: RunJailed, isolation: Isolation):
    said = run_jailed(
        REFUSED
        + """
own = os.getpid()
acts = [
    os.fork, lambda: os.execv("/bin/true", ["true"]), lambda: os.posix_spawn("/bin/true", ["true"], {}),
    *(lambda family=family, kind=kind: socket.socket(family, kind)
      for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, 16, 17) for kind in (1, 2, 3)),
    socket.socketpair, lambda: socket.getaddrinfo("example.org", 80),
    *(lambda pid=pid: os.kill(pid, 0) for pid in (0, -1, 1 if own != 1 else 2, os.getppid(), -own)),
    lambda: fcntl.fcntl(1, fcntl.F_SETOWN, 1), lambda: fcntl.fcntl(1, fcntl.F_SETFD + 8, 9),
    lambda: fcntl.ioctl(0, termios.TIOCSTI, b"x"), lambda: os.setpriority(os.PRIO_PROCESS, 0, 5),
    lambda: resource.setrlimit(resource.RLIMIT_CPU, (1, 1)), lambda: os.setuid(0), lambda: os.setsid(),
    lambda: libc.unshare(0x10000000), lambda: libc.prctl(4, 1), lambda: mmap.mmap(os.open("/dev/zero", 2), 4096),
]
print([number for number, act in enumerate(acts) if not refused(act)])
os.kill(own, 0)
""",
        isolation,
        first="import encodings.idna, fcntl, mmap, resource, socket, termios",
    )
    assert said == "[]\n"


@pytest.mark.parametrize("isolation", JAILS)
def test_a_job_without_threads_starts_none(run_jailed: RunJailed, isolation: Isolation):
    program = """
try:
    threading.Thread(target=print).start()
except RuntimeError as error:
    print(error)
"""
    assert run_jailed(program, isolation, first="import threading", threads=False) == "can't start new thread\n"


@pytest.mark.parametrize("isolation", JAILS)
def test_memory_is_nobodys_but_the_jobs(run_jailed: RunJailed, isolation: Isolation):
    """Shared memory outlives the mapping's own pages, where no process is charged with it."""
    said = run_jailed(
        REFUSED
        + """
acts = [lambda flags=flags: mmap.mmap(-1, 4096, flags) for flags in (0x21, 0x23, 0x28, 0x01, 0x8021)]
acts += [lambda: mmap.mmap(-1, 4096), lambda: mmap.mmap(1, 4096)]
print([number for number, act in enumerate(acts) if not refused(act)])
print(len(mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)))
""",
        isolation,
        first="import mmap",
    )
    assert said == "[]\n4096\n"


@pytest.mark.parametrize("isolation", [*JAILS, Isolation.UNSAFE])
def test_memory_counts_from_what_was_there(run_jailed: RunJailed, isolation: Isolation):
    program = """
bytearray(64 << 20)
try:
    bytearray(1 << 30)
except MemoryError:
    print("enough")
"""
    assert run_jailed(program, isolation, memory=256 << 20) == "enough\n"


@pytest.mark.usefixtures("needs_landlock")
def test_a_step_that_fails_raises(run_program: Callable[[str], str]):
    said = run_program(
        """
privileges.forbid_new_privileges()
seccomp.install([seccomp.Rule("landlock_restrict_self", then=seccomp.EPERM)], default=seccomp.ALLOW)
try:
    confine(Confinement(Isolation.PORTABLE, ("/lib",), 1 << 30, 0, 5.0))
except PermissionError as error:
    print(error.filename)
"""
    )
    assert said == "landlock_restrict_self\n"
