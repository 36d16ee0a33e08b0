"""Unit tests as a guide: what fraction of them an output passes, and how the others fail."""

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from steepest.agents.optimizers.guides.cases import Case, difference
from steepest.agents.optimizers.guides.guide import GuideError
from steepest.agents.optimizers.guides.split_tests import CHECK, SourceTest, own_frames, split_tests, with_checks
from steepest.agents.optimizers.search.rollouts import Judgement
from steepest.traces.code.sandboxed import shared_sandbox
from steepest.traces.previews import preview

if TYPE_CHECKING:
    from steepest.solvers.sandbox import Call, Failure, Limits, Sandbox

__all__ = ["Tests", "UnitTests", "last_function"]

_SHOWN = 10
"""Failed tests that the words tell of."""
_LONGEST = 600
"""Characters of what is told of a failed test."""


Tests: TypeAlias = str | Sequence[str | Case | SourceTest]
"""A source with functions `test_...` or statements `assert ...`; or several of these, single ones, or cases."""


class UnitTests:
    """Scores by the fraction of tests that pass.

    An output that is Python source is tested in the sandbox. One that can be called is called here, with the cases: the
    code behind it is trusted, or knows its own sandbox. Source can't harm the machine, but can cheat the assertions
    that run beside it (with an object that is equal to everything); what a `Case` compares is compared outside. Tests
    that a model wrote may be wrong: then choose among candidates by `code_choice.choose_code`, not by this score.

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
            return _judgement(self.failures_of(output, tests))
        if callable(output):
            return _judgement(_failures_of_function(output, tests))
        return Judgement(0.0, f"The output is no code: {preview(output, 200)}.")

    def failures_of(self, source: str, tests: Sequence[SourceTest | Case]) -> list[tuple[str, str]]:
        """Each test's name and how the source fails it, empty if it passes: tests that are source first, then cases.

        Raises:
            SandboxError: There is no sandbox here.
        """
        from steepest.solvers.sandbox import Call

        written = [each for each in tests if isinstance(each, SourceTest)]
        cases = [each for each in tests if isinstance(each, Case)]
        failures: list[tuple[str, str]] = []
        if written:
            said = self._said(with_checks(source, written), CHECK, [Call((number,)) for number in range(len(written))])
            lines = source.count("\n") + 1
            told = [own_frames(each.traceback, each.message, lines) if each is not None else "" for _, each in said]
            failures += [(each.name, failure) for each, failure in zip(written, told, strict=True)]
        if cases:
            function = self._function or last_function(source)
            if function is None:
                return [*failures, *((each.name, "there is no code with a function in the output") for each in cases)]
            said = self._said(source, function, [Call(tuple(each.args), dict(each.kwargs)) for each in cases])
            failures += [
                (each.name, str(failure) if failure is not None else difference(each, value))
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
        if not isinstance(each, (str, Case, SourceTest)):
            raise GuideError(f"a test is a source or a Case, not {preview(each, 100)} ({type(each).__name__})")
        apart += split_tests(each) if isinstance(each, str) else [each]
    if not apart:
        raise GuideError("there are no tests")
    return apart


def last_function(source: str) -> str | None:
    """The name of the last function that a source defines; None if it defines none or is not Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # too deep for the parser, the last two
        return None
    names = [each.name for each in tree.body if isinstance(each, ast.FunctionDef)]
    return names[-1] if names else None


def _failures_of_function(function: Callable[..., Any], tests: Sequence[SourceTest | Case]) -> list[tuple[str, str]]:
    failures = []
    for each in tests:
        if not isinstance(each, Case):
            raise GuideError("tests that are source are for outputs that are source; test a function with Case(...)")
        try:
            failure = difference(each, function(*each.args, **each.kwargs))
        except Exception as error:  # what the output does is what is judged
            failure = f"{type(error).__name__}: {error}"
        failures.append((each.name, failure))
    return failures


def _judgement(failures: Sequence[tuple[str, str]]) -> Judgement:
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
