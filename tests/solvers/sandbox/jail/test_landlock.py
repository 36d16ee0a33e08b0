from collections.abc import Callable
from pathlib import Path

import pytest

from steepest.solvers.sandbox.jail import landlock

RunProgram = Callable[[str], str]


@pytest.mark.usefixtures("needs_landlock")
def test_paths_are_read_and_all_else_is_refused(run_program: RunProgram, tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "file").write_text("inside")
    (tmp_path / "alone").write_text("alone")
    (tmp_path / "out").write_text("outside")
    said = run_program(
        f"""
os.chdir({str(tmp_path)!r})
privileges.forbid_new_privileges()
landlock.restrict_to([os.path.abspath("in"), os.path.abspath("alone"), os.path.abspath("missing"), "/dev/null"])
print(open("in/file").read(), open("alone").read(), os.listdir("in"), open("/dev/null", "w").write("x"))
for path, mode in (("out", "r"), ("in/file", "w"), ("in/new", "w"), ("alone", "a"), ("/dev/zero", "r")):
    try:
        open(path, mode)
    except PermissionError:
        continue
    print(path)
"""
    )
    assert said == "inside alone ['file'] 1\n"


@pytest.mark.usefixtures("needs_landlock")
def test_it_asks_for_given_up_privileges(run_program: RunProgram):
    said = run_program(
        """
if os.geteuid() == 0:
    privileges.drop_capabilities()
try:
    landlock.restrict_to([])
except PermissionError as error:
    print(error.filename)
"""
    )
    assert said == "landlock_restrict_self\n"


@pytest.mark.parametrize(
    ("version", "rights", "network", "scopes", "size"),
    [
        (1, 13, 0, 0, 8),
        (2, 14, 0, 0, 8),
        (3, 15, 0, 0, 8),
        (4, 15, 3, 0, 16),
        (5, 16, 3, 0, 16),
        (6, 16, 3, 3, 24),
        (9, 16, 3, 3, 24),
    ],
)
def test_each_version_is_asked_for_what_it_knows(version: int, rights: int, network: int, scopes: int, size: int):
    assert landlock._handled(version) == ((1 << rights) - 1, network, scopes)
    assert landlock._attribute_size(version) == size
