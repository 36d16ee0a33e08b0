import io
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.traces.parameters import node
from steepest.traces.rendering.characters import width_of
from steepest.traces.trace import Trace, trace_of
from tests.traces.rendering.programs import HOSTILE, PROGRAMS, bakery, failure, loop
from tests.work import calls_in


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("name", PROGRAMS)
def test_trees_look_as_they_did(name: str, agrees_with_golden: Callable[[str, str], None]) -> None:
    agrees_with_golden(f"{name}.txt", PROGRAMS[name]().to_text())


def test_the_output_stands_first_and_its_feedback_under_it() -> None:
    lines = bakery().to_text().splitlines()
    assert lines[1].endswith("[output]")
    assert "feedback: It is right." in lines[2]
    assert "But say nothing else than the number. (score 0.4)" in lines[3]


def test_a_failure_shows_the_marked_line_and_what_was_changed_says_so() -> None:
    text = failure().to_text()
    assert "rest = whole % parts  # <--- ZeroDivisionError" in text
    assert "[failed, output]" in text
    assert "loaves = [6, 6, 7]  [changed in place since]" in text


def test_tokens_and_money_are_always_told_and_seconds_only_when_asked_for() -> None:
    plain, timed = bakery().to_text(), bakery().to_text(times=True)
    assert "350 tokens, $0.0021" in plain
    assert " µs" not in plain
    assert " µs" in timed or " ms" in timed


def test_a_shared_node_is_shown_once_and_referred_to() -> None:
    x = node(1, "x")
    shared = x * 2
    text = trace_of((shared + 1) * (shared - 1)).to_text()
    assert text.count("mul = x * 2") == 1
    assert "└─ ↑ mul" in text


def test_nothing_reaches_the_terminal_but_visible_characters() -> None:
    class Rude:
        def __repr__(self) -> str:
            return HOSTILE

    for trace in (trace_of(node(Rude(), HOSTILE)), PROGRAMS["hostile"]()):
        text = trace.to_text(width=500)
        assert all(line.isprintable() for line in text.splitlines())
        assert "\\u202e" in text


@given(st.integers(40, 160), st.sampled_from([bakery(), failure(), loop(100), PROGRAMS["hostile"]()]))
def test_no_line_is_wider_than_the_terminal(width: int, trace: Trace) -> None:
    assert max(map(width_of, trace.to_text(width=width).splitlines())) <= width


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal, file = _Terminal(), io.StringIO()
    bakery().show(terminal)
    bakery().show(file)
    assert "\x1b[" in terminal.getvalue()
    assert "\x1b[" not in file.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    quiet = _Terminal()
    bakery().show(quiet)
    assert "\x1b[" not in quiet.getvalue()


def test_a_stream_without_our_signs_gets_plain_ones() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    trace_of(node("Brötchen", "x") + "!").show(stream)
    stream.flush()
    assert raw.getvalue().decode("ascii").splitlines()[1:] == [
        "add = x + '!' > 'Br\\xf6tchen!'  [output]",
        "`- x = 'Br\\xf6tchen'",
    ]


def test_standard_output_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    trace_of(node(1, "x")).show()
    assert capsys.readouterr().out == "trace: 0 operations, 0 parameters\nx = 1  [output]\n"


def test_a_long_chain_is_folded_in_linear_time() -> None:
    def work(count: int) -> int:
        trace = loop(count)
        assert len(trace.to_text().splitlines()) < 20
        return calls_in(lambda: trace.to_text())

    assert work(16_000) < 10 * work(2_000)


def test_all_of_a_long_chain_is_shown_without_recursion() -> None:
    lines = loop(5_000).to_text(limit=None).splitlines()
    assert len(lines) > 15_000 > sys.getrecursionlimit()
