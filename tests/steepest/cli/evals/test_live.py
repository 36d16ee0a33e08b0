import io

from steepest.cli.console import Console
from steepest.cli.evals.live import Reporter, drawn, shown
from steepest.cli.evals.progress_text import line
from steepest.evals.engines.protocol import Job
from steepest.evals.problems import Question
from steepest.evals.progress import AttemptStarted, Progress, RunStarted, SampleFinished, Stopping
from tests.evals.runs_for_tests import sample


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def under_way() -> Progress:
    now = iter(range(1000))
    progress = Progress(lambda: float(next(now)))
    progress.receive(RunStarted(9, {"correct": 1}))
    progress.receive(AttemptStarted(Job(Question(id="kiosks/\x1b[31m7", text="?"), epoch=2)))
    spent = {"calls": 1, "input_tokens": 100, "output_tokens": 20, "cost": None}
    progress.receive(SampleFinished(sample("kiosks/1", spent=spent)))
    progress.receive(SampleFinished(sample("kiosks/2", "infrastructure_error", spent=spent)))
    return progress


def text_of(progress: Progress) -> str:
    from rich.console import Console as Rich

    rich = Rich(file=io.StringIO(), width=110)
    rich.print(drawn(progress, "five · local"))
    return rich.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_the_table_tells_right_wrong_and_failures_apart() -> None:
    text = text_of(under_way())
    assert "3 of 9" in text
    assert "2 right (100.0 % of 2), 0 wrong, 1 infrastructure error" in text
    assert "price unknown" in text
    assert "240 tokens" in text


def test_a_name_in_the_table_moves_no_cursor() -> None:
    text = text_of(under_way())
    assert "\x1b" not in text
    assert "kiosks/�[31m7 epoch 2" in text


def test_why_it_stops_is_in_the_table() -> None:
    progress = under_way()
    progress.receive(Stopping("budget", "The budget is spent."))
    assert "stopping: The budget is spent." in text_of(progress)


def test_a_line_tells_the_same_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    with shown(under_way(), Console(stderr=stream), "five · local"):
        pass
    first, last = stream.getvalue().splitlines()
    assert first.endswith("five · local")
    assert "3 of 9, 2 right (100.0 % of 2), 0 wrong, 1 infrastructure error, price unknown, 240 tokens" in last
    assert "\x1b" not in stream.getvalue()


def test_lines_are_written_when_something_has_changed_and_once_a_minute_else() -> None:
    stream, now = io.StringIO(), [0.0]
    progress = under_way()
    reporter = Reporter(progress, Console(stderr=stream, clock=lambda: now[0]))
    for seconds in (5, 10, 15, 64, 66, 70):
        now[0] = seconds
        reporter.tell()
    progress.receive(SampleFinished(sample("kiosks/3")))
    now[0] = 75
    reporter.tell()
    lines = [each.split("s  ", 1) for each in stream.getvalue().splitlines()]
    assert [float(when) for when, _ in lines] == [5, 66, 75]
    assert lines[1][1].startswith("3 of 9, under way: kiosks/")
    assert lines[2][1].startswith("4 of 9, 3 right")


def test_a_terminal_gets_a_table_and_its_cursor_back() -> None:
    stream = Terminal()
    with shown(under_way(), Console(stderr=stream), "five · local"):
        pass
    assert "under way" in stream.getvalue()
    assert stream.getvalue().count("\x1b[?25l") == stream.getvalue().count("\x1b[?25h")


def test_quiet_shows_nothing() -> None:
    stream = Terminal()
    with shown(under_way(), Console(stderr=stream, quiet=True), "five · local"):
        pass
    assert stream.getvalue() == ""


def test_nothing_is_told_that_was_not_measured() -> None:
    progress = Progress()
    progress.receive(RunStarted(5))
    assert line(progress) == "0 of 5, 0 right, 0 wrong"
