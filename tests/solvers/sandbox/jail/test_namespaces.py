from collections.abc import Callable
from pathlib import Path

from steepest.solvers.sandbox.isolation import Isolation

RunJailed = Callable[..., str]


def look(run_jailed: RunJailed, program: str, first: str = "") -> str:
    """What a program sees in the namespaces, with nothing else in force."""
    enter = f"""
{first}
enter_namespaces(readable)
{program}
sys.stdout.flush(); os._exit(0)
"""
    return run_jailed("", Isolation.FULL, first=enter)


def test_the_root_has_only_what_is_readable_and_can_not_be_written(run_jailed: RunJailed, tmp_path: Path):
    tmp_path.chmod(0o755)
    (tmp_path / "shown").write_text("shown")
    (tmp_path / "hidden").write_text("hidden")
    said = look(
        run_jailed,
        f"""
print(sorted(os.listdir({str(tmp_path)!r})), open({str(tmp_path / "shown")!r}).read())
print([name for name in ("proc", "sys", "old", "boot") if os.path.isdir("/" + name)])
for path in ("/new", {str(tmp_path / "shown")!r}, os.__file__):
    try:
        open(path, "a")
        print(path)
    except OSError:
        pass
print(open("/dev/null", "w").write("x"))
""",
        first=f"readable = ({str(tmp_path / 'shown')!r}, *readable)",
    )
    assert said == "['shown'] shown\n[]\n1\n"


def test_root_becomes_nobody_and_no_capability_reaches_outside(run_jailed: RunJailed):
    said = look(
        run_jailed,
        """
import socket
print(os.getuid(), os.getgid(), os.uname().nodename)
for act in (lambda: os.setuid(0), lambda: libc.sethostname("x"), lambda: libc.mount("tmpfs", "/lib", "tmpfs", 0)):
    try:
        act()
        print("through")
    except OSError:
        pass
try:
    socket.create_connection(("127.0.0.1", 80), timeout=1)
except OSError as error:
    print(error.strerror)
""",
    )
    assert said == "65534 65534 jail\nNetwork is unreachable\n"


def test_a_job_is_process_1_and_takes_its_children_with_it(run_jailed: RunJailed):
    said = look(
        run_jailed,
        """
unshare_pids()
print(trials.report_of_child(lambda: f"{os.getpid()} {os.getppid()}"))
""",
    )
    assert said == "1 0\n"
