import json
import signal
from pathlib import Path

import pytest

from steepest.agents.llm import ChatReply, ChatRequest, FunctionModel, ProviderError
from steepest.cli import main
from steepest.cli.exit_codes import ExitCode

PROBLEM = (
    "A bakery makes bread and cakes. A loaf of bread brings $3 and a cake brings $8. Bread takes 0.5 kg of flour, a "
    "cake takes 0.8 kg. There are 40 kg of flour and at most 30 cakes can be sold. What should it bake?"
)
REPLY = """\
# How much to bake
variables:
  bread: integer >= 0   # [loaf] loaves of bread
  cake: integer >= 0   # [cake] cakes
maximize: 3 * bread + 8 * cake   # [$] "A loaf of bread brings $3 and a cake brings $8"
constraints:
  flour: 0.5 * bread + 0.8 * cake <= 40   # "There are 40 kg of flour"
  sold: cake <= 30   # "at most 30 cakes can be sold"
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class Replies:
    """Stands in for a language model: gives its replies one after another, raises those that are errors."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.requests: list[ChatRequest] = []
        self.replies: list[str | BaseException] = [REPLY]
        monkeypatch.setattr("steepest.agents.llm.open_model", lambda spec, **options: FunctionModel(self.answer))

    def answer(self, request: ChatRequest) -> str | ChatReply:
        self.requests.append(request)
        reply = self.replies[min(len(self.requests), len(self.replies)) - 1]
        if isinstance(reply, BaseException):
            raise reply
        return reply


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Replies:
    return Replies(monkeypatch)


def test_words_become_an_answer(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", PROBLEM]) == ExitCode.SOLVED

    said = capsys.readouterr()
    assert said.out.startswith("How much to bake\nsolved\nmaximized objective: 336 $\n")
    assert "  bread  32  loaf  loaves of bread" in said.out
    assert 'flour 40 <= 40 "There are 40 kg of flour"' in " ".join(said.out.split())
    assert "formulation\n  # How much to bake\n" in said.out
    assert "1 call of " in said.out.splitlines()[-1]
    assert " s  " in said.err


def test_what_the_model_leaves_out_of_the_text_is_told(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    model.replies = [REPLY.replace('  sold: cake <= 30   # "at most 30 cakes can be sold"\n', "")]

    main(["solve", PROBLEM])
    said = capsys.readouterr().out
    assert "in the text, but not in the model\n  - 30 in " in said
    assert "numbers: 5 from the text" in said

    main(["solve", PROBLEM, "--format", "json"])
    reading = json.loads(capsys.readouterr().out)["reading"]
    [number] = [each for each in reading["numbers"] if each["use"] == "unused"]
    assert reading["problem"][number["span"]["start"] : number["span"]["end"]] == "30"
    assert len(reading["left_out"]) == 1
    assert (reading["number_coverage"], reading["provenance_coverage"]) == (5 / 6, 1)


def test_the_document_holds_formulation_explanation_and_cost(
    model: Replies, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["solve", PROBLEM, "--format", "json"])

    document = json.loads(capsys.readouterr().out)
    assert document["outcome"] == "solved"
    assert "336" in document["explanation"]
    assert document["cost"]["calls"] == 1
    assert [variable["name"] for variable in document["formulation"]["variables"]] == ["bread", "cake"]


def test_everything_is_kept_with_the_transcript(model: Replies) -> None:
    main(["solve", PROBLEM, "--out", "result"])

    kept = {path.name for path in Path("result").iterdir()}
    assert {"formulation.five", "solution.json", "transcript.json", "answer.txt"} <= kept
    assert json.loads(Path("result/transcript.json").read_text())["totals"]["calls"] == 1


def test_what_is_no_problem_is_said_to_be_none(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    model.replies = ["NOT AN OPTIMIZATION PROBLEM: it asks for a poem."]

    assert main(["solve", "Write a poem about bread and its 3 seeds.", "--out", "result"]) == ExitCode.NOT_A_PROBLEM
    assert "it asks for a poem" in capsys.readouterr().out
    assert {path.name for path in Path("result").iterdir()} == {"transcript.json", "answer.txt"}


def test_nonsense_to_the_end_is_told_and_kept(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    model.replies = ["I like trains."]

    assert main(["solve", PROBLEM, "--repairs", "2", "--out", "result"]) == ExitCode.NOT_FORMULATED
    assert len(model.requests) == 3
    assert "not formulated" in capsys.readouterr().out
    assert Path("result/transcript.json").exists()


def test_a_model_that_can_not_be_asked_is_a_message(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    model.replies = [ProviderError("openai refused the key sk-12345678abcd (401).", kind="key")]

    assert main(["solve", PROBLEM, "--out", "result"]) == ExitCode.FAILED

    said = capsys.readouterr()
    assert said.out == ""
    assert "steepest: openai refused the key [redacted] (401)." in said.err
    assert {path.name for path in Path("result").iterdir()} == {"transcript.json"}


def test_an_interrupt_keeps_what_was_made(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    model.replies = [REPLY.replace("cake <= 30", "cakes <= 30"), KeyboardInterrupt()]

    assert main(["solve", PROBLEM, "--out", "result"]) == ExitCode.INTERRUPTED
    assert "interrupted" in capsys.readouterr().err
    assert {"formulation.five", "transcript.json"} <= {path.name for path in Path("result").iterdir()}


def test_a_folder_that_can_not_be_written_is_told_before_any_call(
    model: Replies, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("thesis").mkdir()
    Path("thesis/chapter.tex").write_text("")

    assert main(["solve", PROBLEM, "--out", "thesis"]) == ExitCode.FAILED
    assert model.requests == []
    assert "which steepest did not write" in capsys.readouterr().err


@pytest.mark.parametrize("argument", ["problem.txt", "thesis/problem"])
def test_the_name_of_a_file_that_is_not_there_is_sent_to_nobody(
    argument: str, model: Replies, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", argument]) == ExitCode.FAILED
    assert model.requests == []
    assert argument in capsys.readouterr().err


def test_a_limit_on_cost_stops_before_a_call_that_could_pass_it(
    model: Replies, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", PROBLEM, "--max-tokens", "10"]) == ExitCode.FAILED
    assert model.requests == []
    assert "10 tokens" in capsys.readouterr().err


def test_progress_can_be_left_out(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    main(["solve", PROBLEM, "--quiet"])

    assert capsys.readouterr().err == ""


# With an experience library


@pytest.fixture
def library(model: Replies) -> Path:
    from steepest.agents.library.library import Library
    from tests.agents.library.insights import insight

    model.replies = ["whole: loaves", f"{REPLY}# insights: whole\n"]
    with Library.open("lib.db") as opened:
        opened.add([insight("whole", title="Count whole items", condition="when loaves and cakes are baked")])
    return Path("lib.db")


def test_insights_are_in_the_document_with_what_was_cited(
    model: Replies, library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", PROBLEM, "--library", str(library), "--format", "json"]) == ExitCode.SOLVED

    said = {"id": "whole", "title": "Count whole items", "reason": "loaves", "cited": True}
    assert json.loads(capsys.readouterr().out)["insights"] == [said]
    assert "[whole] Count whole items" in model.requests[-1].messages[-1].content


def test_cited_insights_are_told_in_words(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["solve", PROBLEM, "--library", str(library), "--insights", "2"])

    assert "Count whole items (whole)" in capsys.readouterr().out


def test_a_library_that_is_not_there_is_told_before_any_call(
    model: Replies, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", PROBLEM, "--library", "missing.db"]) == ExitCode.FAILED
    assert "missing.db" in capsys.readouterr().err
    assert model.requests == []
    assert not Path("missing.db").exists()


def test_a_file_that_is_no_library_is_told(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    Path("words.txt").write_text("no library, but words enough to be taken for one" * 40)

    assert main(["solve", PROBLEM, "--library", "words.txt"]) == ExitCode.FAILED
    assert "no library" in capsys.readouterr().err
    assert model.requests == []


def test_a_solver_that_was_asked_for_is_named_where_it_does_not_take_the_problem(
    model: Replies, capsys: pytest.CaptureFixture[str]
) -> None:
    model.replies = [REPLY.replace("3 * bread + 8 * cake", "3 * sin(bread) + 8 * cake")]
    assert main(["solve", PROBLEM, "--solver", "highs", "--show", "none"]) == ExitCode.UNSUPPORTED
    assert "unsupported: highs does not take this problem; another solver may" in capsys.readouterr().out


def test_ctrl_c_while_the_reason_is_sought_asks_the_model_nothing_more(
    model: Replies, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from steepest.solvers.infeasibility import conflicts

    class Pressing(conflicts.RowProbe):
        def __init__(self, *given: object) -> None:
            super().__init__(*given)  # type: ignore[arg-type]
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(conflicts, "RowProbe", Pressing)
    infeasible = REPLY.replace("sold: cake <= 30", "sold: cake >= 40").replace("0.8 * cake <= 40", "0.8 * cake <= 30")
    model.replies = [infeasible]
    assert main(["solve", PROBLEM, "--format", "json"]) == ExitCode.INTERRUPTED
    assert len(model.requests) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["outcome"], document["status"]) == ("interrupted", "infeasible")


OTHERWISE = """\
QUESTION: Is the flour for one day or for two?
ASSUMED: one day
READING: two days
CHANGES: drop flour; add half: 0.5 * bread + 0.8 * cake <= 20
"""


def test_another_reading_is_told_and_in_the_document(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    model.replies = [REPLY, OTHERWISE]

    assert main(["solve", PROBLEM, "--readings", "always"]) == ExitCode.SOLVED
    said = capsys.readouterr().out
    assert "then the answer changes. Is the flour for one day or for two?" in said
    assert "- two days: the best value is 200 $" in said

    model.requests.clear()
    main(["solve", PROBLEM, "--readings", "always", "--format", "json"])
    readings = json.loads(capsys.readouterr().out)["readings"]
    assert readings["assumed"] == "one day"
    assert readings["others"][0]["is_different"] is True


def test_the_answer_is_tested_unless_told_otherwise(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    main(["solve", PROBLEM])
    assert "kinds of tests passed" in capsys.readouterr().out

    main(["solve", PROBLEM, "--no-tests"])
    assert "kinds of tests passed" not in capsys.readouterr().out


def test_a_run_that_is_kept_is_not_paid_twice(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["solve", PROBLEM, "--checkpoints", "runs.db"]) == ExitCode.SOLVED

    assert len(model.requests) == 1


def test_a_place_for_runs_that_is_none_is_told_before_any_call(
    model: Replies, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", PROBLEM, "--checkpoints", "no/runs.db"]) == ExitCode.FAILED

    assert "there is no folder" in capsys.readouterr().err
    assert not model.requests


def test_several_formulations_vote(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", PROBLEM, "--samples", "5", "--sure-at", "0.5"]) == ExitCode.SOLVED

    assert "3 of 3 formulations (of at most 5) came to this answer: confidence" in capsys.readouterr().out
    assert [request.sample for request in model.requests] == [0, 1, 2]


def test_a_vote_that_is_not_clear_says_so_and_why(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    model.replies = [REPLY, REPLY.replace("<= 40", "<= 41"), REPLY.replace("<= 40", "<= 42")]
    main(["solve", PROBLEM, "--samples", "3", "--repairs", "0"])
    said = capsys.readouterr().out

    assert "Not sure: confidence" in said
    assert "- 1 of 3 came to this answer, and 1 to 342; 1 to 348" in said


def test_a_vote_is_in_the_document(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    main(["solve", PROBLEM, "--samples", "3", "--format", "json"])
    agreement = json.loads(capsys.readouterr().out)["agreement"]

    assert (agreement["drawn"], agreement["groups"][0]["objective"]) == (3, 336)
    assert isinstance(agreement["is_sure"], bool)


@pytest.mark.parametrize("option", [["--samples", "0"], ["--sure-at", "2"]])
def test_a_vote_out_of_range_is_refused(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["solve", PROBLEM, *option])

    assert f"argument {option[0]}: '{option[1]}' is not" in capsys.readouterr().err


def test_a_folder_of_tables_is_told_to_the_model(
    model: Replies, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "goods.csv").write_text("product,profit\nbread,3\ncake,8\n")
    model.replies = [
        REPLY.replace("variables:", 'sets:\n  table Product from "goods" (product)\nvariables:').replace(
            "constraints:", "constraints:\n  each[p in Product]: bread >= 0"
        )
    ]

    assert main(["solve", PROBLEM, "--data", "tables", "--show", "lp"]) == ExitCode.SOLVED
    assert "goods: columns product (text), profit (number, 3 to 8)" in model.requests[0].messages[-1].content


def test_two_folders_are_one_too_many(model: Replies, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()

    assert main(["solve", PROBLEM, "--data", "a", "--data", "b"]) != ExitCode.SOLVED
    assert "give one folder or database" in capsys.readouterr().err


def test_a_script_of_the_models_own_is_compared(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    script = """```python
import pyomo.environ as pyo

model = pyo.ConcreteModel()
model.bread = pyo.Var(domain=pyo.NonNegativeIntegers)
model.cake = pyo.Var(domain=pyo.NonNegativeIntegers, bounds=(0, 30))
model.earned = pyo.Objective(expr=3 * model.bread + 8 * model.cake, sense=pyo.maximize)
model.flour = pyo.Constraint(expr=0.5 * model.bread + 0.8 * model.cake <= 40)
```"""
    model.replies = [REPLY, script]
    code = main(["solve", PROBLEM, "--script"])
    said = capsys.readouterr()
    if "sandbox" in said.err:
        pytest.skip(said.err)

    assert code == ExitCode.SOLVED
    assert "the classic path: a script that the model wrote itself, run in the sandbox, comes to the same" in said.out


def test_an_answer_stands_without_the_script_that_failed(model: Replies, capsys: pytest.CaptureFixture[str]) -> None:
    model.replies = [REPLY, ProviderError("the endpoint is down", kind="connection")]

    assert main(["solve", PROBLEM, "--script"]) == ExitCode.SOLVED
    assert "no script by the model could be written and run: the endpoint is down" in capsys.readouterr().out
