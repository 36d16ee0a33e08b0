"""Trusted source does nothing while it is loaded."""

import ast

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.code.quiet_loading import require_quiet
from steepest.traces.parameters import RejectedValueError, update

ran: list[str] = []


@bundle(trainable=True, trust=True)
def act(x: int) -> int:
    return x


@pytest.mark.parametrize(
    "line",
    [
        "A = ran.append('value')",
        "A = [ran.append('in a list')]",
        "A = {1: [each for each in ran]}",
        "A = ran + ran",
        "A = 'a' * 10",
        "A = 10 ** 10 ** 10",
        "A = float(ran)",
        "A = f'{ran}'",
        "A: ran.append('annotation') = 1",
        "ran[0] = 1",
        "act.function = 1",
        "def helper(x=ran.append('default')): pass",
        "def helper(*, x=ran.append('default')): pass",
        "def helper(x: ran.append('annotation')): pass",
        "def helper() -> ran.append('annotation'): pass",
        "@ran.append\ndef helper(): pass",
        "def cache(f): ran.append('decorator')\n@cache\ndef helper(): pass",
        "class Helper(ran.append('base')): pass",
        "class Helper(metaclass=act): pass",
        "class Helper:\n    A = ran.append('body')",
        "class Helper:\n    if ran: pass",
        "class Helper:\n    def __init_subclass__(cls): ran.append('hook')",
        "class Helper:\n    def __class_getitem__(cls, key): ran.append('hook')",
        "A = lambda x=ran.append('default'): x",
        "A = (B := ran.append('walrus'))",
        "A = ran[0]",
        "class A:\n    def setter(f): ran.append('setter')\n@A.setter\ndef helper(): pass",
        "class A:\n    @property\n    def b(self): pass\n    b = act\n    @b.setter\n    def b(self, c): pass",
        "class A:\n    def __init__(self, f): ran.append('property')\nproperty = A\n@property\ndef helper(): pass",
        "class A:\n    def cache(f): ran.append('cache')\nfunctools = A\n@functools.cache\ndef helper(): pass",
        "def list(): ran.append('list')\nA = list()",
        "def helper(): ran.append('set')\nset = helper\nA = set()",
        "class A:\n    __init_subclass__ = lambda *a: ran.append('hook')\nclass B(A): pass",
        "class A:\n    class __init_subclass__:\n        def __init__(self): ran.append('hook')\nclass B(A): pass",
        "import enum\nclass A(enum.Enum):\n    B = 1\n    def __init__(self, b): ran.append('member')",
        "from enum import Enum as E\nclass A:\n    def __new__(c, b): ran.append('member')\nclass C(A, E):\n    B = 1",
        "import enum\nclass A(enum.Enum):\n    B = 1\n    @property\n    def c(self): ran.append('c')\nD = A.B.c",
    ],
)
def test_what_would_run_when_source_is_loaded_is_refused(line: str) -> None:
    made = update(act.parameters[0], f"{line}\n\ndef act(x):\n    return x")
    assert made.outcome == "rejected"
    assert "would run when the code is loaded" in made.reason
    assert ran == []
    assert act(1).value == 1


@pytest.mark.parametrize(
    "lines",
    [
        "import math\nfrom functools import lru_cache\nINF = math.inf\nLOW, HIGH = -1, 2 * 60 * 60",
        "'Why.'\nNAMES: list[str] = ['a', 'b']\nTABLE = {'a': (1, 2.5), **{}}\nBIG = float('inf')\nSEEN = set()",
        "import functools\n@functools.lru_cache(maxsize=None)\ndef helper(x: int | None = None) -> int:\n    return 1",
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Pair:\n    a: int\n    b: int = 2\n"
        "    @property\n    def both(self) -> int:\n        return self.a + self.b",
        "from enum import Enum\nclass Color(Enum):\n    'Two.'\n    RED = 1\n    BLUE = 2",
        "KEY = lambda pair: pair[0]",
        "class Problem(ValueError):\n    pass",
        "class A:\n    @property\n    def b(self): return 1\n    @b.setter\n    def b(self, value): pass",
        "import enum\nclass A(enum.Enum):\n    B = 1\n    def __str__(self): return 'a'\n    def c(self): pass",
    ],
)
def test_imports_definitions_and_constants_may_stand_beside_the_function(lines: str) -> None:
    made = update(act.parameters[0], f"{lines}\n\ndef act(x):\n    return x")
    assert made.outcome == "committed", made.reason


def test_the_function_itself_is_judged_too() -> None:
    source = "def act(x=ran.append('default')):\n    return x"
    with pytest.raises(RejectedValueError, match=r"line 1: `ran.append\('default'\)` would run"):
        require_quiet(ast.parse(source), source)
    require_quiet(ast.parse(source), source, original="def act(x=ran.append('default')):\n    return x + 1")


def test_what_the_signature_calls_means_what_it_does_in_the_program() -> None:
    original = "def act(x=first()):\n    return x"
    require_quiet(ast.parse(original), original, original)
    source = f"def first():\n    ran.append('default')\n\n{original}"
    with pytest.raises(RejectedValueError, match=r"`first\(\)` would run"):
        require_quiet(ast.parse(source), source, original)
