"""The examples on numbers run offline, briefly, and come to what they promise."""

from itertools import pairwise
from pathlib import Path

import pytest

from examples.highs_options.__main__ import main as tune
from examples.highs_options.mips import instance, solve
from examples.numerical.__main__ import compared
from examples.numerical.__main__ import main as compare
from examples.numerical.functions import Dual, function, with_slopes


def test_derivatives_are_those_of_differences() -> None:
    for seed in range(20):
        made = function(seed)
        found = with_slopes(made, 0.3, -0.7)
        assert isinstance(found, Dual)
        step = 1e-6
        for place, (first, second) in enumerate([(step, 0.0), (0.0, step)]):
            rise = made(0.3 + first, -0.7 + second) - made(0.3 - first, -0.7 - second)
            assert found.slopes[place] == pytest.approx(rise / (2 * step), rel=1e-4, abs=1e-4)


def test_words_that_are_followed_through_the_code_come_nearer_than_scores_alone() -> None:
    found = compared(6, 12)
    nearest = {name: sorted(run[-1] for run in runs)[3] for name, runs in found.items()}
    assert nearest["OptoPrime"] < 0.01
    assert nearest["OptoPrime"] < nearest["TPE"]
    assert nearest["OptoPrime"] < nearest["OPRO"]
    assert all(later <= earlier for runs in found.values() for run in runs for earlier, later in pairwise(run))


def test_the_comparison_prints_a_table_and_draws_a_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "picture.svg"
    compare(["--functions", "2", "--evaluations", "4", "--picture", str(picture)])
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("OptoPrime", "Adam", "OPRO", "TPE", "random"))
    assert picture.read_text().startswith("<?xml")


def test_the_work_of_a_solve_is_the_same_again_and_its_optimum_that_of_any_options() -> None:
    example = instance(5, periods=6)
    first = solve(example, {})
    assert first.is_finished
    assert solve(example, {}) == first
    other = solve(example, {"presolve": "off", "mip_heuristic_effort": 0.5})
    assert other.objective == pytest.approx(first.objective, rel=1e-6)


def test_an_option_that_highs_does_not_have_is_named() -> None:
    with pytest.raises(ValueError, match="no option mip_magic"):
        solve(instance(5, periods=4), {"mip_magic": 1})


def test_options_are_tuned_and_tested_on_sealed_instances(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "picture.svg"
    tune(["--trials", "3", "--size", "2", "--periods", "4", "--picture", str(picture)])
    printed = capsys.readouterr().out
    assert "sealed test" in printed
    assert "work on test instances" in printed
    assert "presolve" in printed
    assert picture.read_text().startswith("<?xml")
