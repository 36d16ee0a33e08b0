import json
import os
import sys
from pathlib import Path

import pytest

from steepest.agents.library.events import Outcome
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.candidates import RANKINGS
from steepest.cli import main
from steepest.cli.exit_codes import ExitCode
from tests.agents.library.insights import BOUNDS, insight

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two insights, of which one helped a task."""
    monkeypatch.chdir(tmp_path)
    with Library.open("lib.db", author="ann") as library:
        balance = insight("balance", title="Balance", tasks=("depots", "canals"), example="# Wrong\nin > out")
        library.add([balance, insight("bounds", labels=(BOUNDS,), title="Bounds")], "learned")
        library.record(
            Outcome(
                task="rivers",
                retrieved=("balance", "bounds"),
                used=("balance",),
                helped=("balance",),
                tokens={"balance": 80},
            )
        )


def library(*arguments: str) -> int:
    return main(["library", *arguments])


def document(capsys: Captured, *arguments: str) -> dict[str, object]:
    assert library(*arguments, "--format", "json") == ExitCode.SOLVED
    return json.loads(capsys.readouterr().out)


def refused(capsys: Captured, *arguments: str) -> str:
    assert library(*arguments) == ExitCode.FAILED
    return capsys.readouterr().err


def test_list_has_a_line_for_each_insight(capsys: Captured) -> None:
    assert library("list", "lib.db") == ExitCode.SOLVED
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split() == ["id", "status", "helped", "hurt", "used", "label", "what"]
    assert first.split() == ["balance", "active", "1", "0", "1", "Flow", "Conservation", "Balance"]
    assert second.startswith("bounds")


def test_list_can_be_narrowed(capsys: Captured) -> None:
    listed = document(capsys, "list", "lib.db", "--label", "explicit bounds")["insights"]
    assert [each["id"] for each in listed] == ["bounds"]
    assert document(capsys, "list", "lib.db", "--status", "retired") == {"insights": []}
    assert "is one of candidate, active" in refused(capsys, "list", "lib.db", "--status", "old")


def test_show_has_all_that_is_known(capsys: Captured) -> None:
    assert library("show", "lib.db", "balance") == ExitCode.SOLVED
    out = capsys.readouterr().out
    for part in (
        "Domain Modeling > Network Flow > Flow Conservation",
        "helped 1",
        "depots, canals",
        "usefulness 0.67",
        "in > out",
        "learned",
        "rivers: helped balance",
    ):
        assert part in out
    shown = document(capsys, "show", "lib.db", "balance")
    assert [each["number"] for each in shown["history"]] == [1, 2]
    assert shown["usage"]["helped"] == 1


def test_an_id_that_is_not_there_is_told_with_those_that_are_near(capsys: Captured) -> None:
    assert "has no insight balanse; is it balance?" in refused(capsys, "show", "lib.db", "balanse")
    assert "has no insight bou; is it bounds?" in refused(capsys, "export", "lib.db", "bou", "--out", "x.md")


def test_search_finds_by_words(capsys: Captured) -> None:
    found = document(capsys, "search", "lib.db", "flowing", "through", "bounds")["insights"]
    assert found[0]["id"] in {"balance", "bounds"}
    assert set(found[0]["ranks"]) <= set(RANKINGS)
    assert library("search", "lib.db", "zzzz") == ExitCode.SOLVED


def test_stats_counts(capsys: Captured) -> None:
    figures = document(capsys, "stats", "lib.db")
    assert figures["status"] == {"active": 2}
    assert figures["track"] == {"Domain Modeling": 1, "General Formulation": 1}
    assert (figures["that_helped"], figures["that_hurt"], figures["never_used"]) == (1, 0, 1)
    assert library("stats", "lib.db") == ExitCode.SOLVED
    assert "1 helped, 0 hurt, 1 never used" in capsys.readouterr().out


def test_history_of_all_and_of_one(capsys: Captured) -> None:
    assert len(document(capsys, "history", "lib.db")["events"]) == 2
    assert len(document(capsys, "history", "lib.db", "--changes")["events"]) == 1
    assert [each["number"] for each in document(capsys, "history", "lib.db", "--last", "1")["events"]] == [2]
    assert "never had an insight bound; is it bounds?" in refused(capsys, "history", "lib.db", "--id", "bound")


def test_undo_takes_a_change_back_and_can_be_undone(capsys: Captured) -> None:
    assert library("undo", "lib.db", "1", "--reason", "too early") == ExitCode.SOLVED
    assert "undo 1" in capsys.readouterr().out
    assert document(capsys, "list", "lib.db")["insights"] == []
    assert document(capsys, "undo", "lib.db", "--back-to", "2")["number"] == 4
    assert len(document(capsys, "list", "lib.db")["insights"]) == 2
    assert "there is no event 9" in refused(capsys, "undo", "lib.db", "9")
    assert "there is nothing to undo in it" in refused(capsys, "undo", "lib.db", "2")


def test_why_tells_what_a_task_used_and_what_it_taught(capsys: Captured) -> None:
    assert library("why", "lib.db", "rivers") == ExitCode.SOLVED
    assert "helped: balance  Balance" in capsys.readouterr().out
    told = document(capsys, "why", "lib.db", "canals")
    assert told["outcomes"] == []
    assert told["taught"] == [{"event": 1, "id": "balance", "title": "Balance"}]
    assert "knows no task river; is it rivers?" in refused(capsys, "why", "lib.db", "river")


def test_markdown_goes_out_is_edited_and_comes_back(capsys: Captured) -> None:
    assert library("export", "lib.db", "balance", "--out", "lib.md") == ExitCode.SOLVED
    Path("lib.md").write_text(Path("lib.md").read_text().replace("# balance: Balance", "# balance: In is out"))
    capsys.readouterr()
    assert document(capsys, "import", "lib.db", "lib.md")["changed"] == ["balance"]
    assert document(capsys, "show", "lib.db", "balance")["title"] == "In is out"
    assert document(capsys, "import", "lib.db", "lib.md")["event"] is None
    with Library.open("lib.db") as opened:
        opened.put_status(opened.entry("balance"), "retired")
    assert "lib.md, line 6: balance was changed in the library since" in refused(capsys, "import", "lib.db", "lib.md")


def test_json_makes_the_same_library_elsewhere(capsys: Captured) -> None:
    assert library("export", "lib.db", "--out", "lib.json") == ExitCode.SOLVED
    assert library("import", "new.db", "lib.json") == ExitCode.SOLVED
    capsys.readouterr()
    here, there = (document(capsys, "list", name)["insights"] for name in ("lib.db", "new.db"))
    assert [{**each, "version": 0} for each in here] == [{**each, "version": 0} for each in there]


def test_alphaopt_files_go_out_and_come_in(capsys: Captured) -> None:
    assert library("export", "lib.db", "--to", "alphaopt", "--out", "library.json") == ExitCode.SOLVED
    assert library("export", "lib.db", "--to", "alphaopt-taxonomy", "--out", "taxonomy.json") == ExitCode.SOLVED
    capsys.readouterr()
    Path("taxonomy.json").write_text('{"T": {"L1": {"L2": {"definition": "d", "condition": "c"}}}}')
    brought = document(capsys, "import", "new.db", "library.json", "taxonomy.json", "--prefix", "theirs")
    assert brought["added"] == ["theirs-1", "theirs-2"]
    assert "T > L1 > L2" in brought["labels"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["list", "no.db"], "no.db: there is no library"),
        (["list", "."], ". is a folder"),
        (["import", "lib.db", "no.json"], "can't read no.json"),
        (["import", "lib.db", "lib.db"], "lib.db is no text in UTF-8"),
        (["import", "lib.db", "a.md", "b.json"], "a Markdown file is imported by itself"),
        (["import", "lib.db", "b.json", "--delete"], "--delete is for Markdown"),
        (["import", "lib.db", "b.md", "--replace"], "--replace is for JSON"),
        (["export", "lib.db", "--out", "lib.txt"], "its ending tells no form"),
        (["export", "lib.db", "--out", "x", "--to", "xml"], "a library is exported to json, md, alphaopt"),
        (["list", "postgresql://a@localhost:1/x#1"], "letters, digits, - and _ only"),
        (["edit", "lib.db", "balance"], "needs a terminal; without one, use `steepest library export"),
    ],
)
def test_wrong_input_is_told(arguments: list[str], told: str, capsys: Captured) -> None:
    assert told in refused(capsys, *arguments)


@pytest.mark.parametrize("arguments", [[], ["undo", "lib.db"], ["undo", "lib.db", "x"], ["no"]])
def test_wrong_usage_has_its_code(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        library(*arguments)
    assert ended.value.code == ExitCode.USAGE


class Terminal:
    """Standard input of a person."""

    def isatty(self) -> bool:
        return True


def edit(monkeypatch: pytest.MonkeyPatch, script: str) -> int:
    Path("editor.py").write_text(
        f"import pathlib, sys\nfile = pathlib.Path(sys.argv[1])\ntext = file.read_text()\n{script}"
    )
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setenv("EDITOR", f"{sys.executable} editor.py")
    monkeypatch.setenv("TMPDIR", os.getcwd())
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.delenv("VISUAL", raising=False)
    return library("edit", "lib.db", "balance", "--reason", "clearer")


def test_edit_puts_back_what_the_editor_wrote(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assert edit(monkeypatch, "file.write_text(text.replace('status: active', 'status: retired'))") == ExitCode.SOLVED
    assert not list(Path().glob("*.md"))
    capsys.readouterr()
    assert document(capsys, "show", "lib.db", "balance")["status"] == "retired"


def test_edit_without_a_change_writes_nothing(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assert edit(monkeypatch, "") == ExitCode.SOLVED
    assert "nothing was changed" in capsys.readouterr().err
    assert not list(Path().glob("*.md"))


@pytest.mark.parametrize("script", ["file.write_text(text.replace('- status', '- state'))", "sys.exit(3)"])
def test_what_was_edited_is_kept_when_it_can_not_be_put_back(
    script: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert edit(monkeypatch, script) == ExitCode.FAILED
    assert "The text is kept in" in capsys.readouterr().err
    assert len(list(Path().glob("balance-*.md"))) == 1
