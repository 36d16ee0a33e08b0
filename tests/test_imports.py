"""The table of folders (docs/decisions.md, "Who may import whom") as contracts of import-linter."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A copy laid out as an installation is: every folder inside `steepest`."""
    folders = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-dir"]
    for package, folder in folders.items():
        shutil.copytree(ROOT / folder, tmp_path.joinpath(*package.split(".")), dirs_exist_ok=True)
    return tmp_path


def lint_imports(installed: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a copy; it takes the package that it finds in the current directory."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-logo", "--no-cache", "--config", ROOT / "pyproject.toml"]
    return subprocess.run(command, cwd=installed, capture_output=True, text=True, check=False)


def test_every_folder_imports_only_what_the_table_allows(installed: Path) -> None:
    verdict = lint_imports(installed)

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("steepest.errors", "steepest.traces"),
        ("steepest.prompts", "steepest.solvers"),
        ("steepest.traces", "steepest.prompts"),
        ("steepest.solvers", "steepest.agents"),
        ("steepest.solvers", "openai"),
        ("steepest.agents", "steepest.evals"),
        ("steepest.agents", "steepest"),
        ("steepest.evals", "steepest.cli"),
    ],
)
def test_an_import_against_the_table_is_named(installed: Path, importer: str, imported: str) -> None:
    location = installed.joinpath(*importer.split("."))
    module = location / "intruder.py" if location.is_dir() else location.with_suffix(".py")
    with module.open("a") as source:
        source.write(f"\nimport {imported}\n")

    verdict = lint_imports(installed)

    assert verdict.returncode == 1
    named = f"{importer}.intruder" if location.is_dir() else importer
    assert f"{named} -> {imported} " in verdict.stdout


def test_a_new_module_of_the_front_door_has_to_be_named_in_the_contract(installed: Path) -> None:
    (installed / "steepest" / "newcomer.py").write_text('"""New."""\n')

    verdict = lint_imports(installed)

    assert verdict.returncode == 1
    assert "newcomer" in verdict.stdout
