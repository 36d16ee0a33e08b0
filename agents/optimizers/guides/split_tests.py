"""Tests as source: taken apart into single ones, and put after the code that they test."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from steepest.agents.optimizers.guides.guide import GuideError
from steepest.traces.previews import preview

__all__ = ["CHECK", "SourceTest", "own_frames", "split_tests", "with_checks"]

CHECK = "steepest_check"
"""The function of a checked source that runs the test of a number."""
_CHECKS = "steepest_checks"
_LONGEST_NAME = 200

_EQUALITY = """
steepest_left = LEFT
steepest_right = RIGHT
assert steepest_left == steepest_right, f"{SAID} is {repr(steepest_left)[:200]}, not {repr(steepest_right)[:200]}"
"""
_FRAME = re.compile(r"^(?=line \d+)", re.MULTILINE)
_FRAME_LINE = re.compile(r"line (\d+)")


@dataclass(frozen=True, slots=True)
class SourceTest:
    """One test: what it is called, what it needs, and its statements."""

    name: str
    setup: str
    body: str


def split_tests(source: str) -> list[SourceTest]:
    """The tests of a source: its functions `test_...`, or else its statements `assert ...`; the rest is their setup.

    Raises:
        GuideError: It is not Python, or has neither.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise GuideError(f"these tests are not Python ({error}): {preview(source, 200)}") from error
    functions = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test")]
    chosen: Sequence[ast.stmt] = functions or [each for each in tree.body if isinstance(each, ast.Assert)]
    if not chosen:
        raise GuideError(f"there is no `assert` and no function `test_...` in these tests: {preview(source, 200)}")
    setup = ast.unparse(ast.Module([each for each in tree.body if each not in chosen], []))
    return [_test(each, setup) for each in chosen]


def with_checks(code: str, tests: Sequence[SourceTest]) -> str:
    """The code with a function `CHECK` that runs the test of a number.

    Setups that several tests share stand there once.
    """
    setups = list(dict.fromkeys(each.setup for each in tests if each.setup))
    functions = [f"def {_CHECKS}_{number}():\n{_indented(each.body)}" for number, each in enumerate(tests)]
    names = ", ".join(f"{_CHECKS}_{number}" for number in range(len(tests)))
    check = f"def {CHECK}(number):\n    [{names}][number]()"
    return "\n\n".join([code, *setups, *functions, check]) + "\n"


def own_frames(traceback: str, message: str, lines: int) -> str:
    """The frames of a traceback that are in the tested code, which has so many lines, and the message."""
    frames = _FRAME.split(traceback.removesuffix(message))
    own = [each.strip("\n") for each in frames if (found := _FRAME_LINE.match(each)) and int(found[1]) <= lines]
    return "\n".join([*own, message])


def _test(statement: ast.stmt, setup: str) -> SourceTest:
    told = _Telling().visit(ast.parse(ast.unparse(statement)))
    if isinstance(statement, ast.FunctionDef):
        function = told.body[0]
        if function.args.args or function.args.kwonlyargs:
            raise GuideError(f"the test {function.name} takes arguments, and there are no fixtures here")
        function.decorator_list = []
        return SourceTest(function.name, setup, f"{ast.unparse(function)}\n{function.name}()")
    return SourceTest(ast.unparse(statement)[:_LONGEST_NAME], setup, ast.unparse(told))


class _Telling(ast.NodeTransformer):
    """Has assertions without a message say what does not hold, and `assert a == b` what a and b were."""

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt] | ast.Assert:
        if node.msg is not None:
            return node
        match node.test:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                parts = {"LEFT": left, "RIGHT": right, "SAID": ast.Constant(_shortened(left))}
                return [_Filling(parts).visit(each) for each in ast.parse(_EQUALITY).body]
        return ast.Assert(node.test, ast.Constant(f"{_shortened(node.test)} does not hold"))


class _Filling(ast.NodeTransformer):
    def __init__(self, parts: dict[str, ast.expr]) -> None:
        self._parts = parts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._parts.get(node.id, node)


def _indented(body: str) -> str:
    """As the body of a function; through the parser, so that texts over several lines stay what they are."""
    function = ast.parse("def body():\n    pass").body[0]
    if isinstance(function, ast.FunctionDef):
        function.body = ast.parse(body).body
    return ast.unparse(function).partition("\n")[2]


def _shortened(expression: ast.expr) -> str:
    written = ast.unparse(expression)
    return written if len(written) <= _LONGEST_NAME else written[:_LONGEST_NAME] + "..."
