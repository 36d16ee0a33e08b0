import io
import json
import sys
from pathlib import Path

import pytest

from steepest.agents.optimizers.reports import read_run
from steepest.cli import main
from steepest.cli.console import Console
from steepest.cli.optimize import with_action
from steepest.cli.optimize.apply import apply

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def run(numbers: list[str], capsys: Captured) -> str:
    assert main([*numbers, "--quiet"]) == 0
    capsys.readouterr()
    return "run"


def test_show_tells_figures_and_what_changed(run: str, capsys: Captured) -> None:
    assert main(["optimize", "show", run]) == 0
    out = capsys.readouterr().out
    assert "best score" in out
    assert "--- a/size\n+++ b/size\n@@ -1 +1 @@\n-1.0\n+" in out


def test_show_prints_one_document(run: str, capsys: Captured) -> None:
    assert main(["optimize", "show", run, "--candidate", "0", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["fate"] == "seed"
    assert document["values"] == {"size": 1.0, "kind": "slow"}
    assert document["result"]["spent"]["metric_calls"] == 120


def test_a_candidate_that_is_none_is_refused(run: str, capsys: Captured) -> None:
    assert main(["optimize", "show", run, "--candidate", "999"]) == 1
    assert "its numbers go from 0 to" in capsys.readouterr().err


def test_the_page_stands_beside_the_folder(run: str, folder: Path, capsys: Captured) -> None:
    assert main(["optimize", "report", run]) == 0
    captured = capsys.readouterr()
    assert f"wrote {folder / 'run.html'}" in captured.err
    page = (folder / "run.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "best score" in captured.out


def test_markdown_is_printed_or_written(run: str, capsys: Captured) -> None:
    assert main(["optimize", "report", run, "--format", "md"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("## Optimization of Plan")
    assert main(["optimize", "report", run, "--out", "notes/run.md"]) == 0
    assert Path("notes/run.md").read_text() == printed


def test_a_folder_that_holds_no_run_is_refused(folder: Path, capsys: Captured) -> None:
    for action in ("show", "report"):
        assert main(["optimize", action, "nowhere"]) == 1
        assert "there is no search in nowhere" in capsys.readouterr().err


def test_apply_shows_the_change_and_writes_only_when_told(run: str, capsys: Captured) -> None:
    before = Path("flow.py").read_text()
    assert main(["optimize", "apply", run, "flow.py"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("--- a/flow.py\n+++ b/flow.py\n")
    assert "nothing is written: --yes writes the change" in err
    assert Path("flow.py").read_text() == before
    Path("flow.py").chmod(0o640)
    assert main(["optimize", "apply", run, "flow.py:plan", "--yes"]) == 0
    after = Path("flow.py").read_text()
    assert after != before
    assert Path("flow.py").stat().st_mode & 0o777 == 0o640
    assert [each for each in after.splitlines() if each not in before.splitlines()] != []
    assert "# tons" in after


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("answer", "is_written"), [("y\n", True), ("Yes\n", True), ("\n", False), ("no\n", False), ("", False)]
)
def test_at_a_terminal_it_asks(run: str, answer: str, is_written: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Path("flow.py").read_text()
    told = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert apply(read_run(run), [Path("flow.py")], Console(io.StringIO(), told)) == 0
    assert (Path("flow.py").read_text() != before) == is_written
    assert "Write it? [y/N]" in told.getvalue()


def test_a_link_stays_one(run: str, folder: Path) -> None:
    Path("real").mkdir()
    Path("flow.py").rename("real/flow.py")
    Path("flow.py").symlink_to("real/flow.py")
    assert main(["optimize", "apply", run, "flow.py", "--yes"]) == 0
    assert Path("flow.py").is_symlink()
    assert "node(1.0," not in Path("real/flow.py").read_text()


def test_a_run_goes_on_after_its_best_was_applied(run: str, numbers: list[str], capsys: Captured) -> None:
    assert main(["optimize", "apply", run, "flow.py", "--yes"]) == 0
    del sys.modules["flow"]
    numbers[numbers.index("120")] = "160"
    assert main([*numbers, "--quiet"]) == 0


def test_what_has_no_place_is_told_with_its_value_and_the_exit_code_says_so(run: str, capsys: Captured) -> None:
    text = Path("flow.py").read_text()
    Path("flow.py").write_text(text.replace("node(1.0,", "node(float('1.0'),"))
    assert main(["optimize", "apply", run, "flow.py", "--yes"]) == 1
    err = capsys.readouterr().err
    assert "size has to be put in by hand (line 12 computes its value). Its value: " in err


def test_a_second_file_takes_what_the_first_lacks(run: str, capsys: Captured) -> None:
    Path("other.py").write_text("x = 1\n")
    assert main(["optimize", "apply", run, "other.py", "flow.py", "--yes"]) == 0
    captured = capsys.readouterr()
    assert "by hand" not in captured.err
    assert Path("other.py").read_text() == "x = 1\n"


def test_apply_refuses_what_is_no_file(run: str, capsys: Captured) -> None:
    assert main(["optimize", "apply", run, "gone.py"]) == 1
    assert "can't read gone.py" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["optimize", "flow.py:plan"], ["optimize", "run", "flow.py:plan"]),
        (["optimize", "--out", "run", "flow.py:plan"], ["optimize", "run", "--out", "run", "flow.py:plan"]),
        (["optimize", "report", "run"], ["optimize", "report", "run"]),
        (["optimize", "--help"], ["optimize", "--help"]),
        (["optimize"], ["optimize"]),
        (["solve", "optimize"], ["solve", "optimize"]),
    ],
)
def test_the_short_form_is_a_run(given: list[str], meant: list[str]) -> None:
    assert with_action(given) == meant
