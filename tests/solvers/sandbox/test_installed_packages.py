"""Packages are there for jobs wherever they were installed, and nothing beside them is."""

import sys
from pathlib import Path

import pytest

from steepest.solvers.sandbox import Completed, FunctionCalls, Isolation, Returned, Sandbox, SandboxUnavailableError

LATE = "def f():\n    import arrives_late\n    return arrives_late.WORDS"
BESIDE = "def f():\n    import is_private\n    return is_private.WORDS"


@pytest.mark.usefixtures("isolated")
@pytest.mark.parametrize("isolation", [Isolation.FULL, Isolation.PORTABLE])
def test_what_pip_put_into_a_folder_of_its_own_can_be_imported(
    isolation: Isolation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed, beside = tmp_path / "libraries", tmp_path / "project"
    for folder, module in ((installed, "arrives_late"), (beside, "is_private")):
        (folder / module).mkdir(parents=True)
        (folder / module / "__init__.py").write_text("WORDS = 'here'\n")
    (installed / "highspy").mkdir()  # as `pip install --target libraries steepest` does
    monkeypatch.setattr(sys, "path", [*sys.path, str(installed), str(beside)])
    try:
        with Sandbox(isolation=isolation, screening=False) as sandbox:
            found, private = sandbox.run(FunctionCalls(LATE, "f")), sandbox.run(FunctionCalls(BESIDE, "f"))
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    assert isinstance(found, Completed)
    assert found.value == (Returned("here"),)
    assert isinstance(private, Completed)
    assert "No module named 'is_private'" in str(private.value)
