"""Sources and names that are attacks as text, before anything of them runs: on the parser, and on their readers."""

from collections.abc import Iterator

import pytest

from steepest.solvers.sandbox import Call, Completed, Failed, FunctionCalls, Limits, PyomoScript, Raised, Sandbox

SOURCES = {
    "nothing": "",
    "a zero byte": "def f():\n    return 1\n\0",
    "a lone surrogate": "def f():\n    return '\ud800'\n",
    "parentheses without end": "x = " + "(" * 200_000,
    "brackets within brackets": "x = " + "[" * 5_000 + "]" * 5_000,
    "signs without end": "x = " + "-" * 1_000_000 + "1",
    "a sum of a million terms": "x = " + "+".join(["1"] * 1_000_000),
    "attributes without end": "x = a" + ".b" * 1_000_000,
    "a constant that takes for ever": "x = 9**9**9**9",
    "a constant that takes all memory": "x = 'a' * 10**11",
    "five megabytes": "x = 1\n" * 900_000,
    "one long line": "x = '" + "y" * 5_000_000 + "'",
    "another encoding": "# -*- coding: rot13 -*-\nqrs s():\n    erghea 1\n",
    "an unknown encoding": "# -*- coding: no-such-thing -*-\nx = 1\n",
    "a mark of byte order": "\ufeff\ufeffx = 1\n",
    "terminal escapes in a mistake": "x = \x1b]0;owned\x07 \x1b[2J\n",
    "text direction in a mistake": "x = 'a\u202e' y\u2066\n",
    "line ends of all kinds": "x = 1\r\ny = (\r\x0b\x0c\u2028\u2029\n",
    "a number of many digits": "x = " + "9" * 100_000,
    "indentation without end": "".join(" " * depth + "if 1:\n" for depth in range(150)),
    "an f-string within f-strings": "x = " + "f'{" * 1_000 + "1" + "}'" * 1_000,
    "a name of a million characters": "raise " + "n" * 1_000_000,
}
NAMES = ["", "__import__", "f.__globals__", "os.system", "__builtins__", "lambda: 0", "\x1b[2J", "f\n", "f" * 1_000_000]
BIDI_AND_CONTROL = {chr(code) for code in [*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F)]}


@pytest.fixture(scope="module", params=[True, False], ids=["screened", "not screened"])
def reader(request: pytest.FixtureRequest, isolated: None) -> Iterator[Sandbox]:
    with Sandbox(Limits(wall_seconds=2, memory_mib=256), screening=request.param) as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_that_is_an_attack_on_its_reader_fails_like_any_other(reader: Sandbox, name: str) -> None:
    for job in (FunctionCalls(SOURCES[name], "f", [Call()]), PyomoScript(SOURCES[name])):
        outcome = reader.run(job)
        assert isinstance(outcome, Failed) or isinstance(outcome.value[0], Raised)  # type: ignore[index]
        if isinstance(outcome, Failed):
            assert not BIDI_AND_CONTROL & set(str(outcome.failure) + outcome.failure.message)
            assert len(str(outcome.failure)) < 50_000
    assert isinstance(reader.run(FunctionCalls("def f(): return 1", "f")), Completed)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:20]))
def test_the_name_of_a_function_is_only_a_name(reader: Sandbox, name: str) -> None:
    outcome = reader.run(FunctionCalls("import os\ndef f():\n    return 1\n", name, [Call(("true",))]))
    assert isinstance(outcome, Failed)
    assert not BIDI_AND_CONTROL & set(outcome.failure.message)
