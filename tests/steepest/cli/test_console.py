import io
import json
import os
import subprocess
import sys

import pytest

from steepest.cli.console import Console
from steepest.errors import InputError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def ticking() -> float:
    return 0.0


def test_results_and_progress_have_a_stream_each() -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console(out, err, clock=ticking)

    console.step("solving")
    console.result("solved")
    console.say("something else")

    assert out.getvalue() == "solved\n"
    assert err.getvalue() == "    0.0 s  solving\nsteepest: something else\n"


def test_quiet_leaves_out_the_progress_and_no_message() -> None:
    out, err = io.StringIO(), Terminal()
    console = Console(out, err, quiet=True)

    console.step("solving")
    console.ticker("12 tokens")
    console.say("no such file")

    assert err.getvalue() == "steepest: no such file\n"


def test_a_terminal_gets_one_line_that_is_replaced() -> None:
    err = Terminal()
    console = Console(io.StringIO(), err, clock=ticking)

    console.ticker("1 token")
    console.ticker("2 tokens")
    console.step("checking")

    assert err.getvalue() == ("\r\x1b[K    0.0 s  1 token\r\x1b[K    0.0 s  2 tokens\r\x1b[K    0.0 s  checking\n")


def test_what_is_no_terminal_gets_no_line_that_is_replaced() -> None:
    err = io.StringIO()

    Console(io.StringIO(), err).ticker("1 token")

    assert err.getvalue() == ""


def test_a_text_can_not_control_the_terminal() -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console(out, err)

    console.result("\x1b]0;title\x07 red\x1b[31m\n  second line\ttab")
    console.say("\x1b[2J")

    assert out.getvalue() == "�]0;title� red�[31m\n  second line\ttab\n"
    assert err.getvalue() == "steepest: �[2J\n"


def test_a_document_is_json_on_a_stream_that_lacks_the_characters() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")

    Console(out, io.StringIO()).document({"unit": "€"})

    assert json.loads(raw.getvalue()) == {"unit": "€"}


def test_a_text_is_written_on_a_stream_that_lacks_the_characters() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")

    Console(out, io.StringIO()).result("3 €")

    assert raw.getvalue() == b"3 \\u20ac\n"


def test_a_closed_pipe_ends_the_output_and_nothing_else() -> None:
    program = (
        "import os, sys; from steepest.cli.console import Console; console = Console();"
        "console.result('x'); console.result('y'); console.say('still here'); sys.exit(7)"
    )
    reading, writing = os.pipe()
    os.close(reading)

    finished = subprocess.run([sys.executable, "-c", program], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)

    assert finished.returncode == 7
    assert finished.stderr == b"steepest: still here\n"


def test_control_characters_are_escaped_in_json() -> None:
    out = io.StringIO()
    Console(out, io.StringIO()).document({"title": "a\x9b31m\u202eb"})
    assert json.loads(out.getvalue()) == {"title": "a\x9b31m\u202eb"}
    assert "\x9b" not in out.getvalue()
    assert "\u202e" not in out.getvalue()


def test_a_result_that_can_not_be_written_is_told() -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

        def fileno(self) -> int:
            return os.open(os.devnull, os.O_WRONLY)

    with pytest.raises(InputError, match="No space left"):
        Console(Full(), io.StringIO()).result("answer")


def test_a_result_counts_though_nobody_hears_the_progress() -> None:
    class Deaf(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    out = io.StringIO()
    console = Console(out, Deaf())
    console.say("warning")
    console.result("answer")
    assert out.getvalue() == "answer\n"
