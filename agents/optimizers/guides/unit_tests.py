"""Unit tests as a guide: what fraction of them an output passes, and how the others fail."""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from steepest.agents.optimizers.guides.guide import GuideError
from steepest.agents.optimizers.guides.split_tests import CHECK, SourceTest, own_frames, split_tests, with_checks
from steepest.agents.optimizers.search.rollouts import Judgement
from steepest.traces.code.sandboxed import shared_sandbox
from steepest.traces.previews import preview

if TYPE_CHECKING:
    from steepest.solvers.sandbox import Call, Failure, Limits, Sandbox

__all__ = ["Case", "Tests", "UnitTests"]

_SHOWN = 10
"""Failed tests that the words tell of."""
_LONGEST = 600
"""Characters of what is told of a failed test."""


@dataclass(frozen=True, slots=True)
class Case:
    """A call of the tested function, and what it has to give; all of it JSON."""

    args: Sequence[Any]
    expected: Any
    """Lists and tuples are the same; numbers are if they differ by at most 1e-9 of the larger."""
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The call as one would write it."""
        named = [f"{name}={value!r}" for name, value in self.kwargs.items()]
        return preview(f"f({', '.join([*map(repr, self.args), *named])})", 200).strip("'\"")


Tests: TypeAlias = str | Sequence[str | Case]
"""A source with functions `test_...` or statements `assert ...`; or several of these, or cases."""

_Failed: TypeAlias = tuple[str, str]
"""A test's name, and how it failed; empty if it passed."""


class UnitTests:
    """Scores by the fraction of tests that pass.

    An output that is Python source is tested in the sandbox. One that can be called is called here, with the cases: the
    code behind it is trusted, or knows its own sandbox. Source can't harm the machine, but can cheat the assertions
    that run beside it (with an object that is equal to everything); what a `Case` compares is compared outside.

    Args:
        tests: The tests; or a function that gives them for an example's data.
        function: The name of the tested function, for cases; the last one of the source unless given.
        limits: Of the tests of one output, in the sandbox.
        sandbox: Where they run; one that the process shares unless given.
    """

    def __init__(
        self,
        tests: Tests | Callable[[Any], Tests],
        *,
        function: str | None = None,
        limits: "Limits | None" = None,
        sandbox: "Sandbox | None" = None,
    ) -> None:
        self._tests = tests
        self._function = function
        self._limits = limits
        self._sandbox = sandbox
        self._ready = None if callable(tests) else _taken_apart(tests)

    def __repr__(self) -> str:
        return f"UnitTests({len(self._ready)})" if self._ready is not None else "UnitTests(of the example)"

    def __call__(self, example: Any, output: Any) -> Judgement:
        """Run the tests.

        Raises:
            GuideError: There are no tests, or they can't be run on such an output.
            SandboxError: There is no sandbox here.
        """
        tests = self._ready if self._ready is not None else _taken_apart(self._tests(example))  # type: ignore[operator]
        if isinstance(output, str):
            failures = self._failures_of_source(output, tests)
        elif callable(output):
            failures = _failures_of_function(output, tests)
        else:
            return Judgement(0.0, f"The output is no code: {preview(output, 200)}.")
        return _judgement(failures)

    def _failures_of_source(self, source: str, tests: Sequence[SourceTest | Case]) -> list[_Failed]:
        from steepest.solvers.sandbox import Call

        written = [each for each in tests if isinstance(each, SourceTest)]
        cases = [each for each in tests if isinstance(each, Case)]
        failures: list[_Failed] = []
        if written:
            said = self._said(with_checks(source, written), CHECK, [Call((number,)) for number in range(len(written))])
            lines = source.count("\n") + 1
            told = [own_frames(each.traceback, each.message, lines) if each is not None else "" for _, each in said]
            failures += [(each.name, failure) for each, failure in zip(written, told, strict=True)]
        if cases:
            function = self._function or _last_function(source)
            if function is None:
                return [*failures, *((each.name, "there is no code with a function in the output") for each in cases)]
            said = self._said(source, function, [Call(tuple(each.args), dict(each.kwargs)) for each in cases])
            failures += [
                (each.name, str(failure) if failure is not None else _difference(each, value))
                for each, (value, failure) in zip(cases, said, strict=True)
            ]
        return failures

    def _said(self, source: str, function: str, calls: "Sequence[Call]") -> "list[tuple[Any, Failure | None]]":
        """What each call returned, or how it failed.

        Where a call takes its process along, the others are made in another one, but for those after a second such call
        in a row.
        """
        from steepest.solvers.sandbox import Failed, FunctionCalls, Returned

        sandbox = self._sandbox if self._sandbox is not None else shared_sandbox()
        said: list[tuple[Any, Failure | None]] = []
        broke_before = False
        while len(said) < len(calls):
            outcome = sandbox.run(FunctionCalls(source, function, calls[len(said) :]), limits=self._limits)
            results = outcome.finished if isinstance(outcome, Failed) else outcome.value
            said += [(each.value, None) if isinstance(each, Returned) else (None, each.failure) for each in results]
            if not isinstance(outcome, Failed):
                break
            failure = outcome.failure
            is_hopeless = not results and (broke_before or failure.kind in ("exception", "forbidden"))
            said += [(None, failure)] * (len(calls) - len(said) if is_hopeless else 1)
            broke_before = not results
        return said


def _taken_apart(tests: Tests) -> list[SourceTest | Case]:
    given = [tests] if isinstance(tests, str) else list(tests)
    apart: list[SourceTest | Case] = []
    for each in given:
        if not isinstance(each, (str, Case)):
            raise GuideError(f"a test is a source or a Case, not {preview(each, 100)} ({type(each).__name__})")
        apart += split_tests(each) if isinstance(each, str) else [each]
    if not apart:
        raise GuideError("there are no tests")
    return apart


def _last_function(source: str) -> str | None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # too deep for the parser, the last two
        return None
    names = [each.name for each in tree.body if isinstance(each, ast.FunctionDef)]
    return names[-1] if names else None


def _failures_of_function(function: Callable[..., Any], tests: Sequence[SourceTest | Case]) -> list[_Failed]:
    failures = []
    for each in tests:
        if not isinstance(each, Case):
            raise GuideError("tests that are source are for outputs that are source; test a function with Case(...)")
        try:
            failure = _difference(each, function(*each.args, **each.kwargs))
        except Exception as error:  # what the output does is what is judged
            failure = f"{type(error).__name__}: {error}"
        failures.append((each.name, failure))
    return failures


def _difference(case: Case, value: Any) -> str:
    return "" if _equal(value, case.expected) else f"gave {preview(value, 200)}, not {preview(case.expected, 200)}"


def _judgement(failures: Sequence[_Failed]) -> Judgement:
    names: dict[str, list[str]] = {}
    for name, failure in failures:
        if failure:
            names.setdefault(failure, []).append(name)
    passed = len(failures) - sum(map(len, names.values()))
    told = [f"- {_list_of(failed)}: {failure.strip()[:_LONGEST]}" for failure, failed in names.items()]
    more = [f"- and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
    words = [f"{passed} of {len(failures)} tests passed.", *(["Failed:"] if told else []), *told[:_SHOWN], *more]
    return Judgement(passed / len(failures), "\n".join(words))


def _list_of(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _equal(value: Any, expected: Any) -> bool:
    if isinstance(value, bool) or isinstance(expected, bool):
        return value is expected
    if isinstance(value, (int, float)) and isinstance(expected, (int, float)):
        return math.isclose(value, expected, rel_tol=1e-9, abs_tol=1e-12) or value == expected
    if isinstance(value, (list, tuple)) and isinstance(expected, (list, tuple)):
        return len(value) == len(expected) and all(map(_equal, value, expected))
    if isinstance(value, Mapping) and isinstance(expected, Mapping):
        return value.keys() == expected.keys() and all(_equal(value[key], expected[key]) for key in value)
    return bool(value == expected)
