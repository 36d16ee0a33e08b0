import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.llm import FunctionModel
from steepest.errors import InputError
from steepest.evals import runs
from steepest.evals.methods import agent_method
from steepest.evals.problems import Problem
from steepest.evals.progress import RunStarted
from steepest.evals.runner import RunEnd
from steepest.evals.runs import Run, arun, open_run, run
from tests.evals.runs_for_tests import RememberedRun, large_run, problem, sample

NOBODY = FunctionModel(lambda request: "status: optimal\nobjective: 12.5", name="nobody")


@pytest.fixture
def kiosks() -> list[Problem]:
    return [problem(f"kiosks/{number}", answer=12.5 if number % 2 else 13.0) for number in range(6)]


def test_a_run_is_made_and_tells_its_figures(kiosks: list[Problem], tmp_path: Path) -> None:
    made = run(kiosks, "direct", model=NOBODY, out=tmp_path / "run", profiles=["orlm"], limit=4, seed=3)
    assert made.end is not None
    assert made.end.reason == "done"
    assert made.place == str(tmp_path / "run")
    assert made.specification().profiles == ("strict", "orlm")
    assert made.summary.overall.accuracy.n == len(list(made.samples())) == len(list(made.problems())) == 4


def test_a_function_is_a_method(kiosks: list[Problem], tmp_path: Path) -> None:
    made = run(kiosks, agent_method(lambda text: 13.0), model=NOBODY, out=tmp_path / "run")
    assert made.summary.overall.verdicts["correct"] == 3


def test_an_agent_needs_no_model_and_none_is_recorded(kiosks: list[Problem], tmp_path: Path) -> None:
    made = run(kiosks, lambda text: 13.0, out=tmp_path / "run")
    assert made.specification().model == ""
    assert str(made).startswith("## agent:")
    assert " with " not in str(made).splitlines()[0]
    assert made.summary.overall.verdicts["correct"] == 3


def test_a_method_that_asks_a_model_has_to_have_one(kiosks: list[Problem], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="direct asks a model; name one"):
        run(kiosks, "direct", out=tmp_path / "run")


def test_another_agent_is_another_run(kiosks: list[Problem], tmp_path: Path) -> None:
    run(kiosks, lambda text: 13.0, out=tmp_path / "run")
    with pytest.raises(InputError, match="method settings: program"):
        run(kiosks, lambda text: 12.5, out=tmp_path / "run")


def test_the_same_call_again_goes_on(kiosks: list[Problem], tmp_path: Path) -> None:
    run(kiosks, "direct", model=NOBODY, out=tmp_path / "run", limit=2)
    events: list[Any] = []
    made = run(kiosks, "direct", model=NOBODY, out=tmp_path / "run", on_event=events.append)
    assert made.end is not None
    assert made.end.made == 4
    assert isinstance(events[0], RunStarted)


def test_a_run_is_made_inside_a_running_loop_as_in_a_notebook(kiosks: list[Problem], tmp_path: Path) -> None:
    async def cell() -> Run:
        return run(kiosks, "direct", model=NOBODY, out=tmp_path / "run")

    assert asyncio.run(cell()).summary.overall.attempts == 6


def test_a_run_can_be_awaited(kiosks: list[Problem], tmp_path: Path) -> None:
    made = asyncio.run(arun(kiosks, "direct", model=NOBODY, out=tmp_path / "run", epochs=2))
    assert made.summary.overall.attempts == 12


def test_an_interrupted_run_is_an_interruption_of_the_program(
    kiosks: list[Problem], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupted(*given: Any, **other: Any) -> Run:
        return Run(RememberedRun([], []), RunEnd("interrupted", "Interrupted. Again.", 6, 1, 1, 0))

    monkeypatch.setattr(runs, "arun", interrupted)
    with pytest.raises(KeyboardInterrupt, match="Again"):
        run(kiosks, "direct", model=NOBODY, out=tmp_path / "run")


def test_an_unknown_option_is_named_with_those_there_are(kiosks: list[Problem], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no option epoch; there are .*epochs"):
        run(kiosks, "direct", model=NOBODY, out=tmp_path / "run", epoch=2)  # type: ignore[call-arg]


def test_one_text_in_place_of_a_list_is_refused(kiosks: list[Problem], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ids is a list, not one text: write \['kiosks/1'\]"):
        run(kiosks, "direct", model=NOBODY, out=tmp_path / "run", ids="kiosks/1")


def test_a_wrong_selection_is_told_as_bad_input(kiosks: list[Problem], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="limit"):
        run(kiosks, "direct", model=NOBODY, out=tmp_path / "run", limit=0)


def test_a_limit_in_dollars_may_be_a_number(kiosks: list[Problem], tmp_path: Path) -> None:
    made = run(kiosks, "direct", model=NOBODY, out=tmp_path / "run", max_cost=0.1)
    assert str(made.specification().max_cost) == "0.1"


def test_runs_are_compared_by_place_or_as_objects(kiosks: list[Problem], tmp_path: Path) -> None:
    first = run(kiosks, "direct", model=NOBODY, out=tmp_path / "first")
    second = run(kiosks, agent_method(lambda text: 13.0), model=NOBODY, out=tmp_path / "second")
    comparison = first.compare(second)
    assert (comparison.overall.only_first, comparison.overall.only_second) == (3, 3)
    assert first.compare(tmp_path / "second") == comparison


def test_a_place_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no run"):
        open_run(tmp_path)


def test_a_run_reads_as_markdown_and_shows_itself_in_a_notebook() -> None:
    shown = Run(large_run(60))
    assert str(shown).startswith("## five+repair with function")
    assert repr(shown) == "Run('runs/one')"
    assert "<table" in shown._repr_html_()


def test_a_run_is_written_as_a_page(tmp_path: Path) -> None:
    Run(large_run(5)).write_html(tmp_path / "run.html")
    assert (tmp_path / "run.html").read_text().startswith("<!doctype html>")


def test_a_data_frame_has_typed_columns_even_where_nothing_is_known() -> None:
    pandas = pytest.importorskip("pandas")
    unknown = RememberedRun([problem("kiosks/1")], [sample("kiosks/1", spent={"calls": 1, "cost": None})])
    frame = Run(unknown).to_dataframe()
    types = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert (types["rounds"], types["cost"], types["correct_orlm"]) == ("Int64", "Float64", "boolean")
    assert types["finished"].startswith("datetime64")
    assert frame["cost"].isna().all()
    assert isinstance(frame, pandas.DataFrame)


def test_a_data_frame_has_a_row_for_each_sample() -> None:
    pytest.importorskip("pandas")
    shown = Run(large_run(30))
    frame = shown.to_dataframe()
    assert len(frame) == 30
    assert frame["correct_strict"].sum() == shown.summary.overall.verdicts["correct"]


@pytest.mark.parametrize("plot", [Run.plot_accuracy, Run.plot_calibration, Run.plot_risk_coverage, Run.plot_cost])
def test_plots_are_drawn_on_axes(plot: Callable[..., Any]) -> None:
    pytest.importorskip("matplotlib").use("Agg")
    from matplotlib import pyplot
    from matplotlib.figure import Figure

    given = Figure().subplots()
    assert plot(Run(large_run(60)), given) is given
    made = plot(Run(large_run(60)))
    made.figure.canvas.draw()
    pyplot.close(made.figure)
