"""`steepest library merge`, `labels` and `skills`, with a function as the model."""

import json
import re
from pathlib import Path

import pytest

from steepest.agents.library.events import Outcome
from steepest.agents.library.labels import Definition, Label
from steepest.agents.library.library import Library
from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.cli import main
from steepest.cli.exit_codes import ExitCode
from tests.agents.library.insights import BOUNDS, FLOW, ids, insight
from tests.agents.library.learning.kiosks import WRONG, forgetful, kiosk, minutes_of

Captured = pytest.CaptureFixture[str]
WHEN = "Applies when some percent of the drinks or goods must be of one kind."
WHAT = "The percentage is of the sum of the decisions. Often it is left out."
SKILL = """name: shares-of-totals
when: Use when a percentage limits a part of what is made.
workflow:
- Find out what the percentage is of.
pitfalls:
- The capacity is not the sum."""


def answered(request: ChatRequest) -> str:
    asked = request.messages[-1].content
    if "say the same?" in asked:
        names = re.findall(r"^\[(\w+)\]", asked, re.MULTILINE)
        return f"ids: {', '.join(names)}\ntitle: shares\nwhen: {WHEN}\nwhat: {WHAT}\nexample: x"
    return SKILL if "Write one guide" in asked else forgetful(request)


@pytest.fixture(autouse=True)
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[ChatRequest]:
    """A library with two insights that say the same, and a model that says so."""
    requests: list[ChatRequest] = []

    def answer(request: ChatRequest) -> str:
        requests.append(request)
        return answered(request)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("steepest.agents.llm.specs.open_model", lambda spec: FunctionModel(answer, name=spec))
    with Library.open("lib.db", author="ann") as library:
        parts = [insight(name, tasks=(task,), explanation=WHAT) for name, task in (("teas", "Anna"), ("pies", "Ben"))]
        library.add([*parts, insight("bounds", labels=(BOUNDS,), condition="limits", explanation="of variables")])
    return requests


def library(*arguments: str) -> int:
    return main(["library", arguments[0], "lib.db", *arguments[1:]])


def kept() -> list[str]:
    with Library.open("lib.db") as opened:
        return ids(opened)


def problems(*names: str) -> str:
    tasks = [kiosk(name) for name in names]
    rows = [{"id": each.id, "question": each.text, "answer": each.answer, "status": "optimal"} for each in tasks]
    Path("problems.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    return "problems.jsonl"


MERGE = ("merge", "--model", "small")


def test_without_problems_a_merge_is_shown_and_not_written(capsys: Captured):
    assert library(*MERGE) == ExitCode.SOLVED
    out, err = capsys.readouterr()
    assert WHEN in out
    assert "say the same; not proven" in out
    assert "1 group compared, 1 to merge" in out
    assert "nothing was written" in err
    assert "--problems FILE" in err
    assert kept() == ["bounds", "pies", "teas"]


def test_with_the_problems_it_is_proven_written_and_can_be_undone(capsys: Captured):
    assert library(*MERGE, "--problems", problems("Anna", "Ben"), "--repairs", "0") == ExitCode.SOLVED
    out, _ = capsys.readouterr()
    assert "event 2: " in out
    assert "is solved with it 2 of 2 times" in out
    assert "1 group compared, 1 merged" in out
    assert len(kept()) == 2
    assert library("undo", "2") == ExitCode.SOLVED
    assert kept() == ["bounds", "pies", "teas"]


def test_a_dry_run_proves_and_writes_nothing(capsys: Captured):
    assert library(*MERGE, "--problems", problems("Anna", "Ben"), "--repairs", "0", "--dry-run") == ExitCode.SOLVED
    assert "is solved with it" in capsys.readouterr().out
    assert len(kept()) == 3


def test_insights_whose_problems_are_not_at_hand_are_left_out_and_named(asked, capsys: Captured):
    assert library(*MERGE, "--problems", problems("Anna"), "--format", "json") == ExitCode.SOLVED
    out, err = capsys.readouterr()
    left_out = ["bounds", "pies"]
    assert json.loads(out) == {"merges": [], "refused": [], "compared": 0, "left_out": left_out, "unanswered": []}
    assert "not at hand: bounds, pies" in err
    assert asked == []
    assert len(kept()) == 3


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_model_that_answers_rubbish_is_told_of(form, monkeypatch: pytest.MonkeyPatch, capsys: Captured):
    monkeypatch.setattr("steepest.agents.llm.specs.open_model", lambda spec: FunctionModel(lambda asked: "blah"))
    assert library(*MERGE, "--unverified", "--format", form) == ExitCode.SOLVED
    out, err = capsys.readouterr()
    assert "no usable reply about pies, teas: it is not in the form that was asked for" in err
    assert "1 group compared, 0 to merge" in out if form == "text" else len(json.loads(out)["unanswered"]) == 1
    assert len(kept()) == 3


def test_a_model_that_writes_no_skill_is_told_of(monkeypatch: pytest.MonkeyPatch, capsys: Captured):
    monkeypatch.setattr("steepest.agents.llm.specs.open_model", lambda spec: FunctionModel(lambda asked: "blah"))
    assert library("skills", "--model", "small", "--to", "out") == ExitCode.SOLVED
    assert "no skill: it is not in the form that was asked for" in capsys.readouterr().err
    assert not Path("out").exists()


def test_what_a_merge_helped_before_guards_it(monkeypatch: pytest.MonkeyPatch, capsys: Captured):
    def forgets_cid(request: ChatRequest) -> str:
        asked = request.messages[-1].content
        if "Which labels fit" in asked or "Which of it applies" in asked:
            return "none"
        return WRONG.format(minutes=minutes_of(request)) if "Cid sells" in asked else answered(request)

    monkeypatch.setattr("steepest.agents.llm.specs.open_model", lambda spec: FunctionModel(forgets_cid, name=spec))
    with Library.open("lib.db") as opened:
        opened.record(Outcome(task="Cid", used=("teas",), helped=("teas",)))
    arguments = (*MERGE, "--problems", problems("Anna", "Ben", "Cid"), "--repairs", "0")
    assert library(*arguments) == ExitCode.SOLVED
    assert "Cid was solved before" in capsys.readouterr().out
    assert len(kept()) == 3


def test_a_person_may_merge_without_proof(capsys: Captured):
    assert library(*MERGE, "--unverified", "--format", "json") == ExitCode.SOLVED
    [merge] = json.loads(capsys.readouterr().out)["merges"]
    assert sorted(merge["insights"]) == ["pies", "teas"]
    assert merge["event"] == 2
    assert merge["merged"]["id"] in kept()
    assert library("merge", "--unverified", "--problems", problems("Anna")) == ExitCode.FAILED


def test_what_somebody_changes_meanwhile_is_not_merged(monkeypatch: pytest.MonkeyPatch, capsys: Captured):
    def edited_meanwhile(request: ChatRequest) -> str:
        with Library.open("lib.db", author="bea") as opened:
            entry = opened.entry("teas")
            opened.change(entry, entry.insight.model_copy(update={"title": "mine"}))
        return answered(request)

    monkeypatch.setattr("steepest.agents.llm.specs.open_model", lambda spec: FunctionModel(edited_meanwhile, name=spec))
    assert library(*MERGE, "--unverified") == ExitCode.FAILED
    assert "teas was changed by somebody else in the meantime" in capsys.readouterr().err
    assert kept() == ["bounds", "pies", "teas"]


def test_only_insights_under_a_label_are_compared(asked):
    assert library(*MERGE, "--label", "explicit bounds") == ExitCode.SOLVED
    assert asked == []


def test_labels_tell_what_they_mean_who_asked_for_them_and_their_other_names(capsys: Captured):
    with Library.open("lib.db") as opened:
        opened.define([Definition(label=BOUNDS, definition="limits of variables", is_given=True)])
    assert library("labels", "--merge", str(FLOW), str(BOUNDS)) == ExitCode.SOLVED
    assert "label" in capsys.readouterr().out
    assert library("labels", "--format", "json") == ExitCode.SOLVED
    [row] = json.loads(capsys.readouterr().out)["labels"]
    assert row["label"] == str(FLOW)
    assert row["aliases"] == [str(BOUNDS)]
    assert row["insights"] == 3
    assert library("labels") == ExitCode.SOLVED
    header, line = capsys.readouterr().out.splitlines()
    assert header.split() == ["label", "insights", "tasks", "known", "by", "what", "it", "means"]
    assert f"(also {BOUNDS})" in line
    assert library("undo", "3") == ExitCode.SOLVED
    with Library.open("lib.db") as opened:
        assert opened.taxonomy().find(BOUNDS).definition == "limits of variables"


def test_a_label_that_is_not_known_is_told(capsys: Captured):
    other = str(Label("A", "B", "C"))
    assert library("labels", "--merge", str(FLOW), other) == ExitCode.FAILED
    assert f"there is no label {other}" in capsys.readouterr().err


def test_skills_are_distilled_once_listed_and_exported(asked, capsys: Captured):
    assert library("skills", "--model", "small", "--to", "out") == ExitCode.SOLVED
    out, err = capsys.readouterr()
    assert out.startswith("shares-of-totals\n")
    assert "from pies, teas" in out
    assert "distilling 2 insights" in err
    text = Path("out/shares-of-totals/SKILL.md").read_text()
    assert text.startswith("---\nname: shares-of-totals\ndescription: ")
    assert library("skills", "--model", "small") == ExitCode.SOLVED
    assert len(asked) == 1


def test_a_skill_whose_insight_changed_is_told_as_stale_and_made_anew(asked, capsys: Captured):
    assert library("skills", "--model", "small") == ExitCode.SOLVED
    with Library.open("lib.db") as opened:
        entry = opened.entry("teas")
        opened.change(entry, entry.insight.model_copy(update={"condition": "Applies when teas are a part."}))
    capsys.readouterr()
    assert library("skills") == ExitCode.SOLVED
    assert "stale: teas was changed" in capsys.readouterr().out
    assert library("skills", "--model", "small", "--format", "json") == ExitCode.SOLVED
    [skill] = json.loads(capsys.readouterr().out)["skills"]
    assert skill["stale"] == []
    assert len(asked) == 2


def test_a_skill_is_dropped_and_comes_back_by_undo(capsys: Captured):
    assert library("skills") == ExitCode.SOLVED
    assert "has no skills" in capsys.readouterr().err
    assert library("skills", "--drop", "x") == ExitCode.FAILED
    assert library("skills", "--model", "small") == ExitCode.SOLVED
    assert library("skills", "--drop", "shares-of-totals") == ExitCode.SOLVED
    with Library.open("lib.db") as opened:
        assert opened.skills() == []
    assert library("undo", "3") == ExitCode.SOLVED
    assert library("history") == ExitCode.SOLVED
    assert "shares-of-totals" in capsys.readouterr().out
    with Library.open("lib.db") as opened:
        assert [each.name for each in opened.skills()] == ["shares-of-totals"]
