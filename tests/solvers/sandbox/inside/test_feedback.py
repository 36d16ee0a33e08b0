"""An exception as words that the author of the source can act on."""

import errno
import os
import sys
from typing import Any

import pytest

from steepest.solvers.sandbox.inside.feedback import SCRIPT, describe


def failure_of(source: str) -> dict[str, Any]:
    try:
        exec(compile(source, SCRIPT, "exec"), {"__name__": "script"})  # noqa: S102 - our own texts
    except BaseException as error:
        return describe(error, source)
    raise AssertionError("the source did not fail")


def test_each_call_is_a_line_and_the_message_comes_last() -> None:
    source = "def total(x):\n    n = 0\n    return sum(x) / n\n\nprint(total([1, 2]))\n"
    assert failure_of(source) == {
        "kind": "exception",
        "message": "ZeroDivisionError: division by zero",
        "line": 3,
        "traceback": (
            "line 5:\n    print(total([1, 2]))\n          ^^^^^^^^^^^^^\n"
            "line 3, in total:\n    return sum(x) / n\n           ~~~~~~~^~~\n"
            "ZeroDivisionError: division by zero"
        ),
    }


def test_frames_of_libraries_are_left_out() -> None:
    found = failure_of("import json\ndef read(text):\n    return json.loads(text)\nread('{')")
    assert found["line"] == 3
    assert found["traceback"].count("line ") == 3  # two calls, and the message's own
    assert "json.decoder.JSONDecodeError: Expecting property name" in found["message"]


def test_a_recursion_is_folded() -> None:
    found = failure_of("def f(n):\n    return f(n + 1)\nf(0)\n")
    assert found["message"].startswith("RecursionError")
    assert "more times ..." in found["traceback"]
    assert len(found["traceback"].splitlines()) < 10


def test_a_recursion_of_two_is_cut_in_the_middle() -> None:
    found = failure_of("def a(n):\n    return b(n)\ndef b(n):\n    return a(n)\na(0)\n")
    assert "more calls ..." in found["traceback"]
    assert len(found["traceback"].splitlines()) < 50


def test_a_cause_is_told_shortly() -> None:
    found = failure_of("try:\n    {}['k']\nexcept KeyError as error:\n    raise ValueError('no key') from error\n")
    assert "(caused by KeyError: 'k', line 2)" in found["traceback"]
    assert (found["message"], found["line"]) == ("ValueError: no key", 4)


def test_an_exception_while_handling_another_is_told_too() -> None:
    found = failure_of("try:\n    {}['k']\nexcept KeyError:\n    1 / 0\n")
    assert "(while handling KeyError: 'k', line 2)" in found["traceback"]


def test_causes_in_a_circle_end() -> None:
    source = "a, b = ValueError('a'), ValueError('b')\na.__cause__ = b\nb.__cause__ = a\nraise a\n"
    assert failure_of(source)["message"] == "ValueError: a"


def test_the_members_of_a_group_are_listed() -> None:
    members = ", ".join(f"ValueError({n})" for n in range(8))
    found = failure_of(f"raise ExceptionGroup('many', [{members}])")
    assert "  1. ValueError: 0\n" in found["traceback"]
    assert "... and 3 more" in found["traceback"]


def test_an_exception_that_cannot_say_itself_is_still_told() -> None:
    found = failure_of("class Odd(Exception):\n    def __str__(self):\n        raise RuntimeError('x')\nraise Odd()\n")
    assert found["message"] == "Odd: its message can't be shown, that raised RuntimeError"


def test_a_huge_message_is_cut_with_the_count() -> None:
    found = failure_of("raise ValueError('x' * 1_000_000)")
    assert len(found["message"]) < 2200
    assert "characters cut" in found["message"]


def test_a_long_line_is_cut() -> None:
    found = failure_of(f"x = [{'1, ' * 5000}]; y = 1 / 0")
    assert max(map(len, found["traceback"].splitlines())) < 250


def test_a_bare_assert_says_what_it_claimed() -> None:
    found = failure_of("x = 3\nassert x > 5 and (\n    x < 7)\n")
    assert found["message"] == "AssertionError: assert x > 5 and x < 7"
    assert failure_of("assert 1 > 2, 'too small'")["message"] == "AssertionError: too small"


def test_an_exit_tells_its_code() -> None:
    found = failure_of("import sys\nsys.exit(3)")
    assert (found["kind"], found["line"]) == ("exception", 2)
    assert found["message"] == "SystemExit: the code ended itself with exit(3)"


def test_what_the_compiler_finds_has_its_line() -> None:
    found = failure_of("x = 1\nreturn x\n")
    assert found["line"] == 2
    assert found["traceback"] == "line 2:\n    return x\nSyntaxError: 'return' outside function"


def test_a_syntax_error_of_another_text_points_at_the_call() -> None:
    found = failure_of("import ast\n\nast.literal_eval('1 +')\n")
    assert found["line"] == 3
    assert "ast.literal_eval" in found["traceback"]


@pytest.mark.parametrize("code", [errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOSYS])
def test_a_refusal_of_the_system_is_forbidden_with_words(code: int) -> None:
    found = failure_of(f"raise OSError({code}, 'no')")
    assert found["kind"] == "forbidden"
    assert "the sandbox has no network, no files and no other processes" in found["message"]


def test_a_refusal_under_a_librarys_error_is_one_too() -> None:
    source = (
        "try:\n    raise PermissionError(1, 'no')\nexcept OSError as e:\n    raise ConnectionError('failed') from e"
    )
    assert failure_of(source)["kind"] == "forbidden"


def test_a_name_that_no_network_looks_up_is_forbidden() -> None:
    assert failure_of("import socket\nraise socket.gaierror(-3, 'Temporary failure')")["kind"] == "forbidden"


def test_a_permission_that_the_code_itself_denies_is_an_exception() -> None:
    assert failure_of("raise PermissionError('not your turn')")["kind"] == "exception"


def test_a_missing_file_says_that_there_are_none() -> None:
    found = failure_of("open('/no/such/file')")
    assert found["kind"] == "exception"
    assert "the sandbox has no files" in found["message"]


def test_too_little_memory_is_a_failure_of_memory() -> None:
    found = failure_of("x = 1\nraise MemoryError\n")
    assert (found["kind"], found["line"]) == ("memory", 2)


def test_notes_are_part_of_the_message() -> None:
    found = failure_of("e = ValueError('bad')\ne.add_note('in row 7')\nraise e")
    assert found["message"] == "ValueError: bad\nin row 7"


def test_no_path_of_the_host_and_no_escape_gets_out() -> None:
    found = failure_of(f"raise ValueError({os.__file__ + chr(27) + '[31m'!r} + {sys.prefix!r})")
    assert sys.prefix not in str(found)
    assert sys.base_prefix not in found["message"]
    assert "\x1b" not in found["message"]


def test_without_a_line_of_the_source_there_is_only_the_message() -> None:
    assert describe(TypeError("f() missing 1 argument"), "") == {
        "kind": "exception",
        "message": "TypeError: f() missing 1 argument",
        "traceback": "",
        "line": None,
    }
