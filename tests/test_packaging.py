"""What is installed: every folder, prompts, the type marker; and what `import steepest` leaves unloaded."""

import json
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
NOT_LOADED_BY_IMPORT = (
    "anthropic",
    "highspy",
    "langgraph",
    "numpy",
    "openai",
    "pandas",
    "pydantic",
    "pyomo",
    "xllamacpp",
)


@pytest.fixture(scope="module")
def setuptools_settings() -> dict[str, Any]:
    settings: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    return settings


def packages_in_the_checkout() -> dict[str, Path]:
    """Every folder with an `__init__.py`, by the name under which it is imported."""
    packages = {}
    for init in ROOT.glob("[!.]*/**/__init__.py"):
        folder = init.parent.relative_to(ROOT)
        if folder.parts[0] in {"build", "tests"}:
            continue
        name = ".".join(folder.parts)
        packages[name if folder.parts[0] == "steepest" else f"steepest.{name}"] = folder
    return packages


def test_pyproject_lists_every_package_of_the_checkout(setuptools_settings: dict[str, Any]) -> None:
    assert setuptools_settings["packages"] == sorted(packages_in_the_checkout())


def test_every_top_folder_is_mapped_into_steepest(setuptools_settings: dict[str, Any]) -> None:
    packages = packages_in_the_checkout()

    assert setuptools_settings["package-dir"] == {
        name: folder.name for name, folder in packages.items() if len(folder.parts) == 1
    }


def test_every_package_is_importable_under_its_name(setuptools_settings: dict[str, Any]) -> None:
    assert [name for name in setuptools_settings["packages"] if find_spec(name) is None] == []


def test_import_steepest_loads_no_heavy_library() -> None:
    program = "import json, sys, steepest; print(json.dumps(sorted(sys.modules)))"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert set(json.loads(finished.stdout)).isdisjoint(NOT_LOADED_BY_IMPORT)


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_every_package(tmp_path: Path) -> None:
    source = tmp_path / "source"
    not_source = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")
    shutil.copytree(ROOT, source, ignore=not_source)  # a copy, because a build leaves files beside what it builds
    pip_wheel = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip_wheel, "--wheel-dir", tmp_path, source], capture_output=True, check=True)

    [wheel] = tmp_path.glob("steepest-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())

    expected = {"steepest/py.typed"}
    for package, folder in packages_in_the_checkout().items():
        files = [path for path in (ROOT / folder).glob("[!.]*") if path.is_file()]
        expected |= {f"{package.replace('.', '/')}/{path.name}" for path in files}
    assert expected <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"steepest"}
