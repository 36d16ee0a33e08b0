"""`steepest learn` with a function as the model."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from steepest.agents.library.learning.journal import Journal
from steepest.agents.library.library import Library
from steepest.agents.llm import ChatReply, ChatRequest, FunctionModel
from steepest.agents.llm.chat import Usage
from steepest.cli import main
from tests.agents.library.evolution.world import Teacher, share
from tests.agents.library.evolution.world import answers as world_answers
from tests.agents.library.learning.kiosks import RIGHT, TAUGHT, forgetful, free_kiosk, kiosk

Captured = pytest.CaptureFixture[str]
LESSON = TAUGHT.replace("General Formulation", "Formulation")


def record(task, **fields) -> dict:
    return {"id": task.id, "question": task.text, "answer": task.answer, "status": "optimal", **fields}


PROBLEMS = [
    record(free_kiosk("Free")),
    record(kiosk("Anna"), solution=RIGHT.format(minutes=60)),
    record(kiosk("Ben", 90), solution=RIGHT.format(minutes=90)),
    {"id": "none", "question": "Maximize x + y with x below 1 and above 2.", "status": "infeasible"},
]


def answered(request: ChatRequest) -> str:
    asked = request.messages[-1].content
    if "<verdict>" in asked:
        return LESSON
    if "<labels>" in asked:
        return "none"
    if "Which of it applies" in asked:
        return "\n".join(f"{name}: it fits" for name in re.findall(r"^- ([0-9a-f]{12}):", asked, re.MULTILINE))
    return forgetful(request)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[ChatRequest]:
    """What the model is asked, at a thousandth of a dollar and 100 tokens each."""
    requests: list[ChatRequest] = []

    def answer(request: ChatRequest) -> ChatReply:
        requests.append(request)
        usage = Usage(input_tokens=60, output_tokens=40)
        return ChatReply(text=answered(request), usage=usage, model="student", provider="function")

    monkeypatch.setattr("steepest.agents.llm.specs.open_model", lambda spec: FunctionModel(answer, name=spec))
    return requests


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    write(PROBLEMS)
    return ["learn", "problems.jsonl", "--library", "lib.db", "--out", "run", "--model", "small", "--repairs", "0"]


def write(problems: list[dict]) -> None:
    Path("problems.jsonl").write_text("".join(json.dumps(each) + "\n" for each in problems))


def test_it_learns_tells_its_progress_and_writes_a_report(command, asked, capsys: Captured):
    assert main([*command, "--gold", "solution", "--limit", "3"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("1 insight learned with small")
    assert "left out: 1 of 4 problems" in err
    assert "3 of 3 problems" in err
    assert "1 insight learned, 0 refused" in err
    assert "steepest library list lib.db" in err
    page = Path("run/report.html").read_text()
    assert "a share is of what is made" in page
    assert page.count("<svg") == 2
    with Library.open("lib.db") as library:
        [entry] = library.entries("active")
        assert entry.insight.labels[0].level2 == "Share of a Total"
        assert entry.insight.provenance.source == "problems"


def test_the_same_command_again_asks_nothing_and_says_the_same(command, asked, capsys: Captured):
    command += ["--gold", "solution", "--format", "json", "--quiet"]
    assert main(command) == 0
    first, count = json.loads(capsys.readouterr().out), len(asked)
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert len(asked) == count
    assert first["spent"]["tokens"] == 100 * count
    assert [each["solved"] for each in first["iterations"]] == [2]


def test_another_iteration_goes_on_in_the_same_folder(command, asked, capsys: Captured):
    command += ["--gold", "solution", "--format", "json", "--quiet"]
    assert main(command) == 0
    capsys.readouterr()
    assert main([*command, "--iterations", "2"]) == 0
    figures = json.loads(capsys.readouterr().out)["iterations"]
    assert [each["solved"] for each in figures] == [2, 3]
    assert figures[1]["learned"] == 0


def test_another_iteration_refines_an_insight_that_was_missed_and_tells_it(
    command, monkeypatch: pytest.MonkeyPatch, capsys: Captured
):
    teacher = Teacher(conditions=['Applies when the text says "percent" or "At least".'])

    def said(request: ChatRequest) -> str:
        if "<labels>" in request.messages[-1].content and "You teach how" not in (request.system or ""):
            return "none"
        return teacher(request) if teacher.knows(request) else world_answers(request)

    monkeypatch.setattr("steepest.agents.llm.specs.open_model", lambda spec: FunctionModel(said, name=spec))
    with Library.open("lib.db", author="ann") as library:
        library.add([share(title="shares")])
    command += ["--gold", "solution", "--limit", "3"]
    assert main([*command, "--iterations", "3"]) == 0
    out, err = capsys.readouterr()
    assert "iteration 2: 1 refined" in out
    assert "1 refined" in err
    with Library.open("lib.db") as library:
        assert "At least" in library.entry("share").insight.condition
        assert library.entry("share").usage.helped == 2
    page = Path("run/report.html").read_text()
    assert "Why tasks failed" in page
    assert "found rightly for 1 of 1 (before: 0) held-out problems" in page


def test_a_library_is_kept_to_a_size(command, asked, capsys: Captured):
    with Library.open("lib.db", author="ann") as library:
        library.add([share(id="a" * 12), share(id="b" * 12, title="a long title, which makes it worth less a token")])
    assert main([*command, "--limit", "1", "--most", "1"]) == 0
    assert "iteration 1: 1 retired" in capsys.readouterr().out
    with Library.open("lib.db") as library:
        assert [each.insight.id for each in library.entries("active")] == ["a" * 12]


def test_a_budget_of_tokens_stops_with_all_that_was_done_and_a_larger_one_goes_on(command, asked, capsys: Captured):
    command += ["--gold", "solution", "--quiet"]
    assert main([*command, "--max-tokens", "4900"]) == 7
    assert "to go on with a larger limit: steepest learn" in capsys.readouterr().err
    assert Path("run/report.html").exists()
    assert main(command) == 0
    keys = [json.dumps(each.model_dump(mode="json"), sort_keys=True) for each in asked]
    assert len(set(keys)) == len(keys)


def test_other_settings_or_another_text_in_the_same_folder_are_refused(command, asked, capsys: Captured):
    assert main([*command, "--limit", "1", "--quiet"]) == 0
    assert main([*command, "--limit", "1", "--proofs", "3"]) == 1
    assert "holds another run" in capsys.readouterr().err
    write([{**each, "question": each["question"] + " Hurry."} for each in PROBLEMS])
    assert main([*command, "--limit", "1"]) == 1
    assert "has another text or answer now" in capsys.readouterr().err


@pytest.mark.parametrize("licence", ["CC-BY-NC-4.0", "CC BY-NC-SA 3.0", "for non-commercial use"])
def test_what_may_not_be_used_commercially_is_learned_from_only_when_that_is_meant(
    command, asked, capsys: Captured, licence
):
    write([{**each, "license": licence} for each in PROBLEMS])
    assert main(command) == 1
    assert "--non-commercial" in capsys.readouterr().err
    assert asked == []
    assert main([*command, "--non-commercial", "--limit", "1", "--quiet"]) == 0


def test_a_library_that_was_thrown_away_is_told_when_its_run_goes_on(command, asked, capsys: Captured):
    command += ["--limit", "1", "--quiet"]
    assert main(command) == 0
    Path("lib.db").unlink()
    assert main(command) == 1
    assert "lib.db is empty, but the run in run has learned" in capsys.readouterr().err


def test_a_gold_field_that_is_not_there_is_told(command, asked, capsys: Captured):
    assert main([*command, "--gold", "program"]) == 1
    assert "no problem has a text in such a field" in capsys.readouterr().err


def test_a_folder_of_something_else_is_refused(command, asked, capsys: Captured):
    Path("run").mkdir()
    Path("run/diary.txt").write_text("mine")
    assert main(command) == 1
    assert "holds other things (diary.txt" in capsys.readouterr().err


def test_problems_without_a_best_value_alone_are_nothing_to_learn_from(command, asked, capsys: Captured):
    write(PROBLEMS[3:])
    assert main(command) == 1
    assert "no problem is left to learn from" in capsys.readouterr().err


SLOW = """
import asyncio, sys
sys.path.insert(0, {root!r})
from steepest.agents.llm import FunctionModel, specs
from tests.steepest.cli.learn.test_learn import answered

async def slow(request):
    if "Ben sells" in request.messages[-1].content and {hangs}:
        print("asked", flush=True, file=sys.stderr)
        await asyncio.sleep(60)
    return answered(request)

specs.open_model = lambda spec: FunctionModel(slow, name=spec)
from steepest.cli import main
from tests.agents.library.evolution.world import Teacher, share
from tests.agents.library.evolution.world import answers as world_answers
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_whatever_stops_it_keeps_what_was_done(command, tmp_path: Path, sent, code):
    root = str(Path(__file__).parents[4])
    Path("slow.py").write_text(SLOW.format(root=root, hangs=True))
    arguments = [sys.executable, "slow.py", *command, "--gold", "solution"]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        next(line for line in running.stderr if line.startswith("asked"))
        running.send_signal(sent)
        err = running.communicate(timeout=60)[1]
    assert running.returncode == code
    if code > 0:
        assert "to go on: steepest learn problems.jsonl" in err
    assert len(Journal(Path("run/journal.jsonl")).tasks) == 2
    Path("slow.py").write_text(SLOW.format(root=root, hangs=False))
    again = subprocess.run([*arguments, "--quiet"], capture_output=True, text=True, timeout=120)
    assert again.returncode == 0, again.stderr
    assert len(Journal(Path("run/journal.jsonl")).tasks) == 3
