import subprocess
import sys
import typing

import pytest

import steepest.evals


def test_every_public_name_is_there() -> None:
    assert set(steepest.evals.__all__) == set(steepest.evals._HOMES)
    assert all(getattr(steepest.evals, name) is not None for name in steepest.evals.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'evaluate'"):
        _ = typing.cast(typing.Any, steepest.evals).evaluate


def test_the_package_loads_nothing_heavy() -> None:
    program = "import sys, steepest.evals; print(sorted({'numpy', 'pydantic', 'pandas', 'highspy'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
