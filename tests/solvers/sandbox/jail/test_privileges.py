from collections.abc import Callable
from pathlib import Path

from steepest.solvers.sandbox.jail.privileges import reachable_by_nobody, readable_by_nobody

RunProgram = Callable[[str], str]

CAPABILITIES = """
def capabilities():
    lines = open("/proc/self/status").read().splitlines()
    return {line.split()[1] for line in lines if line.startswith(("CapInh", "CapPrm", "CapEff", "CapAmb"))}
"""


def test_no_capability_is_left(run_program: RunProgram):
    said = run_program(CAPABILITIES + "privileges.drop_capabilities(); print(capabilities())")
    assert said == "{'0000000000000000'}\n"


def test_root_becomes_nobody_where_python_stays_readable(run_program: RunProgram):
    said = run_program(
        CAPABILITIES
        + """
was_root = os.geteuid() == 0
print(become_nobody(("/usr", "/dev/null")) == was_root, os.getuid() == 65534 or not was_root, capabilities())
"""
    )
    assert said == "True True {'0000000000000000'}\n"


def test_root_stays_where_nobody_could_not_read_python(run_program: RunProgram, tmp_path: Path):
    tmp_path.chmod(0o700)
    said = run_program(
        CAPABILITIES
        + f"user = os.getuid(); print(become_nobody(({str(tmp_path)!r},)), os.getuid() == user, capabilities())"
    )
    assert said == "False True {'0000000000000000'}\n"


def test_a_folder_above_counts_as_well(tmp_path: Path):
    file = tmp_path / "closed" / "file"
    file.parent.mkdir()
    file.touch(0o644)
    file.parent.chmod(0o755)
    link = Path("/usr/lib")
    assert readable_by_nobody(str(file))
    assert reachable_by_nobody(str(link))
    file.parent.chmod(0o700)
    assert readable_by_nobody(str(file))
    assert not reachable_by_nobody(str(file))


def test_a_hidden_process_is_closed_to_its_peers(run_program: RunProgram):
    said = run_program(
        """
hide_from_peers()
def peek():
    if os.geteuid() == 0:
        privileges.drop_capabilities()
    try:
        open(f"/proc/{os.getppid()}/environ").read()
        return "seen"
    except PermissionError:
        return "closed"
print(trials.report_of_child(peek))
"""
    )
    assert said == "closed\n"


def test_a_child_dies_with_its_parent(run_program: RunProgram):
    said = run_program(
        """
import time
living, life = os.pipe()  # at its end when nobody holds `life` any more
armed, arm = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        die_with_parent()
        os.write(arm, b"x")
        time.sleep(50)
    os.read(armed, 1)
    os._exit(0)
os.close(life)
print(os.read(living, 1) or "both gone")
"""
    )
    assert said == "both gone\n"
