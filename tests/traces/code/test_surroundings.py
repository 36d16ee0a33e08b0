"""What stands around a function, and what of it proposed source can take along."""

import ast
import heapq
import math
import os.path as paths
from collections import Counter as Tally  # noqa: F401 (stands around)
from types import FunctionType

import pytest

from steepest.traces.code.surroundings import modules_around, with_imports
from steepest.traces.parameters import RejectedValueError

LIMIT = 3


def around(x: float) -> float:
    return math.floor(x) + LIMIT + len(paths.sep) + heapq.heappop([1])


def completed(source: str, function: FunctionType = around) -> str:
    return with_imports(source, ast.parse(source), function)


def test_source_that_defines_all_it_uses_stays_as_it_is() -> None:
    source = "import math\n\ndef around(x):\n    return math.pi"
    assert completed(source) == source


def test_imports_of_the_module_are_written_into_the_source() -> None:
    source = "# How.\ndef around(x: Tally) -> float:\n    return math.ceil(x) + len(paths.sep) + heappop([1])"
    globals()["heappop"] = heapq.heappop
    try:
        whole = completed(source)
    finally:
        del globals()["heappop"]
    path = paths.__name__
    assert whole == (
        "from collections import Counter as Tally\nfrom heapq import heappop\nimport math\n"
        f"import {path} as paths\n\n{source}"
    )


def test_imports_of_a_closure_count_too() -> None:
    import statistics

    def spread(x: list[float]) -> float:
        return statistics.stdev(x)

    source = "def spread(x):\n    return statistics.variance(x)"
    assert completed(source, spread) == f"import statistics\n\n{source}"
    assert "statistics" in modules_around(spread)


def test_they_come_after_what_has_to_be_first() -> None:
    source = '"""Text."""\nfrom __future__ import annotations\nimport re\ndef around(x):\n    return math.pi, re.A'
    head = '"""Text."""\nfrom __future__ import annotations\nimport math\nimport re\n'
    assert completed(source).startswith(head)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def around(x):\n    return LIMIT", "line 2: `LIMIT` only exists in the program around it"),
        ("def around(x):\n    return completed(x)", "line 2: `completed` only exists in the program"),
        ("def around(x):\n    y = 1\n    return nothing", "line 3: `nothing` is not defined"),
    ],
)
def test_other_names_are_refused_and_the_way_out_is_told(source: str, words: str) -> None:
    with pytest.raises(RejectedValueError) as caught:
        completed(source)
    assert words in str(caught.value)
    assert "define it in the code" in str(caught.value)
    assert "trust=True" in str(caught.value)


def test_the_modules_around_a_function_are_known() -> None:
    assert {"math", "heapq", "ast"} <= modules_around(around)
