import json
from pathlib import Path

import pytest

import steepest
from steepest.agents.optimizers.reports import read_run, result_of, write_report
from steepest.agents.optimizers.reports.result import write_text
from steepest.errors import InputError
from steepest.traces import Between, node


def optimized(out: Path | None) -> steepest.Optimized:
    size = node(1.0, "size", trainable=True, constraint=Between(0, 10))
    return steepest.optimize(
        lambda x: size * x, [1.0, 2.0], guide=lambda x, y: -abs(y - 3 * x), budget=40, test=[3.0], out=out
    )


def test_a_run_is_read_back_as_it_was_found(tmp_path: Path) -> None:
    found = optimized(tmp_path / "run")
    run = read_run(tmp_path / "run")
    assert run.history.best == found.best.number
    assert run.history.values(found.best.number) == found.values
    assert run.history.entries[found.best.number].score == pytest.approx(found.score)
    assert len(run.history.entries) == found.tried
    assert run.result == json.loads(json.dumps(result_of(found)))
    assert run.code == []


def test_a_report_can_be_had_without_a_folder(tmp_path: Path) -> None:
    found = optimized(None)
    path = write_report(found, tmp_path / "new" / "page.html")
    page = path.read_text()
    assert "on the sealed test split" in page
    assert "split, by which the best was chosen, so that it is too high" in page
    assert found.reason in page.replace("&#x27;", "'")
    assert found.report(tmp_path / "page.html").read_text() == page


def test_a_result_that_is_broken_is_named(tmp_path: Path) -> None:
    optimized(tmp_path / "run")
    (tmp_path / "run" / "result.json").write_text("{")
    with pytest.raises(InputError, match=r"result\.json can't be read"):
        read_run(tmp_path / "run")


def test_what_can_not_be_written_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="name another file"):
        write_text(tmp_path / "file" / "page.html", "text")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
