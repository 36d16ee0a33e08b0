"""`steepest sandbox` from the command line."""

import json
from pathlib import Path

import pytest

from steepest.cli import main
from tests.solvers.sandbox.conftest import why_no_sandbox

MODEL = """
import pyomo.environ as pyo
model = pyo.ConcreteModel()
model.x = pyo.Var(bounds=(0, {upper}))
model.profit = pyo.Objective(expr=2 * model.x, sense=pyo.maximize)
model.limit = pyo.Constraint(expr=model.x {sign} 5)
"""


@pytest.fixture(scope="module", autouse=True)
def _isolated() -> None:
    if reason := why_no_sandbox():
        pytest.skip(reason)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "model.py"
    path.write_text(MODEL.format(upper=9, sign="<="))
    return path


def test_solve_prints_the_answer_and_what_was_in_force(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "solve", str(script)]) == 0
    printed = capsys.readouterr().out
    assert "optimal" in printed
    assert "objective (maximize): 10" in printed
    assert "isolation " in printed


def test_solve_gives_a_document_for_programs(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "solve", str(script), "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["answer"]["values"] == {"x": 5.0}
    assert document["usage"]["isolation"] in ("full", "portable", "seccomp")


@pytest.mark.parametrize(("upper", "sign", "code"), [("4", ">=", 5), ("None", ">=", 6)])
def test_the_exit_code_tells_infeasible_from_unbounded(script: Path, upper: str, sign: str, code: int) -> None:
    script.write_text(MODEL.format(upper=upper, sign=sign))
    assert main(["sandbox", "solve", str(script)]) == code


def test_a_script_that_fails_is_told_with_its_line(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text("import pyomo.environ as pyo\nmodel = pyo.ConcreteModel()\nmodel.x = pyo.Vra()\n")
    assert main(["sandbox", "solve", str(script)]) == 1
    captured = capsys.readouterr()
    assert "line 3" in captured.err
    assert "Vra" in captured.err
    assert str(script.parent) not in captured.err


def test_call_prints_what_a_function_returns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tools = tmp_path / "tools.py"
    tools.write_text("def join(a, b):\n    print('joining')\n    return [a, b]\n")
    assert main(["sandbox", "call", str(tools), "join", "1", '"two"']) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == [1, "two"]
    assert "joining" in captured.err


def test_numbers_that_json_lacks_are_texts_in_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tools = tmp_path / "tools.py"
    tools.write_text("def odd():\n    return [float('nan'), float('inf'), 1.5]\n")
    assert main(["sandbox", "call", str(tools), "odd", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["returned"] == ["NaN", "Infinity", 1.5]


def test_what_a_script_prints_is_shown_apart_from_the_answer(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(script.read_text() + "print('hello')\n")
    assert main(["sandbox", "solve", str(script)]) == 0
    captured = capsys.readouterr()
    assert "hello" in captured.err
    assert "hello" not in captured.out


def test_without_isolation_nothing_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tools = tmp_path / "tools.py"
    tools.write_text(f"def read():\n    return open({str(tmp_path / 'data.txt')!r}).read()\n")
    (tmp_path / "data.txt").write_text("data")
    assert main(["sandbox", "call", str(tools), "read"]) == 1
    assert main(["sandbox", "call", "--unsafe", str(tools), "read"]) == 0
    assert json.loads(capsys.readouterr().out) == "data"


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tools = tmp_path / "tools.py"
    tools.write_text("def one():\n    return 1\n", encoding="utf-8-sig")
    assert main(["sandbox", "call", str(tools), "one"]) == 0
    assert json.loads(capsys.readouterr().out) == 1


def test_time_prints_an_estimate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tools = tmp_path / "tools.py"
    tools.write_text("def busy(n):\n    return sum(i * i for i in range(n))\n")
    assert main(["sandbox", "time", str(tools), "busy", "20000", "--repeats", "5"]) == 0
    assert "Hodges-Lehmann of 5" in capsys.readouterr().out


def test_an_argument_that_is_no_json_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["sandbox", "call", str(tmp_path / "tools.py"), "f", "text"])
    assert "needs its quotes" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "solve", str(tmp_path / "none.py")]) == 1
    assert "none.py" in capsys.readouterr().err


def test_the_doctor_names_every_isolation_and_the_one_in_force(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "doctor", "--format", "json"]) == 0
    diagnosis = json.loads(capsys.readouterr().out)
    assert [level["isolation"] for level in diagnosis["levels"]] == ["full", "portable", "seccomp"]
    assert diagnosis["in_force"] in ("full", "portable", "seccomp")
    assert main(["sandbox", "doctor"]) == 0
    assert f"runs under: {diagnosis['in_force']}" in capsys.readouterr().out


def test_the_doctor_fails_where_nothing_can_be_had(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert main(["sandbox", "doctor"]) == 1
    assert "refused here" in capsys.readouterr().out
