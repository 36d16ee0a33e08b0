import asyncio
import io
from collections.abc import Iterator

import pytest

from steepest.agents.optimizers.search.executors import Inline
from steepest.agents.optimizers.search.limits import SearchLimits, Spending
from steepest.agents.optimizers.search.records import Refused, StepRecord
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Component, Values
from steepest.cli.console import Console
from steepest.cli.optimize.live import Reporter, drawn, shown
from steepest.cli.optimize.progress import Progress, line


class Constant:
    components = (Component("x", "float"),)

    def seed(self) -> Values:
        return {"x": 1.0}

    def run(self, values: Values, example: Example, *, traced: bool) -> Rollout:
        return Rollout(example.key, values["x"], tokens=50, money=0.01)


@pytest.fixture
def search() -> Iterator[Search]:
    made = Search(
        Constant(),
        {"train": [Example(str(each), each) for each in range(5)]},
        Spending(SearchLimits(metric_calls=20)),
        executor=Inline(),
    )
    made.sow()
    yield made
    made.close()


def evaluate_and_admit(search: Search, value: float) -> None:
    search.begin(search.step + 1)
    child = search.child(search.pool[0], {"x": value}, origin="test")
    assert child is not None
    asyncio.run(search.admit(child, "better by +1 on 5 examples"))
    search.learn(search.record())


def test_before_the_first_run_there_is_nothing_to_tell(search: Search) -> None:
    progress = Progress()
    assert line(progress) == "no run of the workflow has ended yet"
    progress.receive(search)
    assert line(progress).startswith("evaluating the seed")


def test_all_that_matters_is_in_a_line(search: Search) -> None:
    seconds = [0.0]
    progress = Progress(clock=lambda: seconds[0])
    asyncio.run(search.evaluate([search.pool[0]], search.keys()))
    progress.receive(search)
    seconds[0] = 10.0
    evaluate_and_admit(search, 2.0)
    search.learn(StepRecord(step=2, refused=(Refused(reason="at most 3", component="x"),)))
    progress.receive(search)
    assert line(progress) == (
        "best 2 (seed 1), step 1: 1 admitted, 0 not, 1 proposal refused, 10 metric calls, 500 tokens, 0.1000 $, "
        "about 20 s left"
    )
    assert progress.standing is not None
    assert progress.standing.decision == "rejected: at most 3"


def test_the_time_left_is_of_the_limit_that_is_nearest(search: Search) -> None:
    seconds = [0.0]
    progress = Progress(steps=2, clock=lambda: seconds[0])
    progress.receive(search)
    seconds[0] = 8.0
    evaluate_and_admit(search, 2.0)  # half of the steps, a quarter of the metric calls
    progress.receive(search)
    assert progress.seconds_left == pytest.approx(8.0)


def test_the_table_shows_the_last_decision_and_nothing_moves_the_cursor(search: Search) -> None:
    from rich.console import Console as Terminal

    progress = Progress()
    terminal = Terminal(file=io.StringIO(), width=100)
    terminal.print(drawn(progress, "flow.py:plan"))
    evaluate_and_admit(search, 2.0)
    search.past[-1] = search.past[-1].__class__({}, 2.0, "accepted", "better \x1b[31m by 1")
    progress.receive(search)
    terminal.print(drawn(progress, "flow.py:plan"))
    assert isinstance(terminal.file, io.StringIO)
    told = terminal.file.getvalue()
    assert "flow.py:plan" in told
    assert "25 % of the budget" in told
    assert "accepted: better" in told
    assert "\x1b[31m" not in told


def test_without_a_terminal_it_is_told_in_lines_and_the_last_state_even_if_it_fails(search: Search) -> None:
    stream = io.StringIO()
    progress = Progress()
    progress.receive(search)
    with pytest.raises(RuntimeError), shown(progress, Console(stderr=stream), "the title"):
        raise RuntimeError
    lines = stream.getvalue().splitlines()
    assert "the title" in lines[0]
    assert "evaluating the seed" in lines[1]


def test_a_quiet_console_is_told_nothing() -> None:
    stream = io.StringIO()
    with shown(Progress(), Console(stderr=stream, quiet=True), "the title"):
        pass
    assert stream.getvalue() == ""


def test_a_line_is_written_when_something_changed_or_a_minute_is_over(search: Search) -> None:
    stream, seconds = io.StringIO(), [0.0]
    progress = Progress()
    reporter = Reporter(progress, Console(stderr=stream, clock=lambda: seconds[0]))
    progress.receive(search)
    for at in (1.0, 2.0, 70.0):
        seconds[0] = at
        reporter.tell()
    assert len(stream.getvalue().splitlines()) == 2
