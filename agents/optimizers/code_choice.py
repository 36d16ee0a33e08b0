"""Choosing among solutions by tests that may be wrong themselves, such as those that a model wrote.

A right solution fails a wrong test, so the share of passed tests chooses badly. What counts here is who agrees with
whom on which tests (`code.consensus`).
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from steepest.agents.optimizers.code.consensus import RULES, ConsensusSet, Rule
from steepest.agents.optimizers.guides.cases import Case
from steepest.agents.optimizers.guides.guide import GuideError
from steepest.agents.optimizers.guides.split_tests import SourceTest, split_tests
from steepest.agents.optimizers.guides.unit_tests import UnitTests
from steepest.errors import InputError
from steepest.traces.code.sandboxed import shared_sandbox

if TYPE_CHECKING:
    from steepest.solvers.sandbox import Limits, Sandbox

__all__ = ["CodeChoice", "choose_code"]


@dataclass(frozen=True, slots=True)
class CodeChoice:
    """The chosen solution, and what it was chosen by."""

    source: str
    """The first of the best set."""
    solutions: tuple[str, ...]
    """All that were given."""
    tests: tuple[str, ...]
    """The names of the tests that were run; equal tests are one."""
    passes: tuple[tuple[bool, ...], ...]
    """For each solution, which tests it passes."""
    sets: tuple[ConsensusSet, ...]
    """Solutions that pass the same tests, the best set first."""
    left_out: tuple[str, ...]
    """What is no test, with the reason."""

    @property
    def doubtful(self) -> tuple[str, ...]:
        """The tests that the chosen solution fails: wrong ones, if it is right."""
        passed = set(self.sets[0].tests)
        return tuple(name for place, name in enumerate(self.tests) if place not in passed)

    def __str__(self) -> str:
        best = self.sets[0]
        agree = f"{len(best.solutions)} of {len(self.solutions)} solutions pass the same {len(best.tests)}"
        rest = f"; {len(self.left_out)} that are no tests were left out" if self.left_out else ""
        return f"{agree} of {len(self.tests)} tests{rest}"


def choose_code(
    solutions: Iterable[str],
    tests: str | Iterable[str | Case],
    *,
    rule: str | Rule = "b4",
    function: str | None = None,
    limits: "Limits | None" = None,
    sandbox: "Sandbox | None" = None,
) -> CodeChoice:
    """The solution that is most probably right, where the tests may be wrong, too; all of them run in the sandbox.

    Args:
        solutions: Python sources, drawn independently of each other: equal ones count as often as they were drawn. What
            was made to pass the tests, a step after the other, agrees with them whether they are right or not.
        tests: Sources with functions `test_...` or statements `assert ...`, or cases. What is no Python, or no test, is
            left out.
        rule: "b4", "codet", or a function that ranks the sets of a matrix.
        function: The name of the tested function, for cases; the last one of a solution unless given.
        limits: Of the tests of one solution.
        sandbox: Where they run; one that the process shares unless given.

    Raises:
        InputError: There is no solution, no test, or no such rule.
        SandboxError: There is no sandbox here.
    """
    sources = tuple(solutions)
    if not sources:
        raise InputError("there are no solutions to choose from")
    ranked = _rule(rule)
    kept, left_out = _kept([tests] if isinstance(tests, str) else tests)
    if not kept:
        said = f": {left_out[0]}" if left_out else ""
        raise InputError(f"there is no test to choose by{said}")
    used = sandbox if sandbox is not None else shared_sandbox()
    groups = _grouped(kept)
    guide = UnitTests(kept, function=function, limits=limits, sandbox=used)

    def row(source: str) -> tuple[bool, ...]:
        return tuple(not failure for group in groups for _, failure in guide.failures_of(source, group))

    distinct = list(dict.fromkeys(sources))
    with ThreadPoolExecutor(used.workers, thread_name_prefix="steepest-choice") as threads:
        rows = dict(zip(distinct, threads.map(row, distinct), strict=True))
    passes = tuple(rows[source] for source in sources)
    sets = tuple(ranked(passes))
    names = tuple(each.name for group in groups for each in group)
    return CodeChoice(sources[sets[0].solutions[0]], sources, names, passes, sets, left_out)


def _rule(rule: str | Rule) -> Rule:
    if not isinstance(rule, str):
        return rule
    if rule not in RULES:
        raise InputError(f"there is no rule {rule!r} to choose by: there are {', '.join(RULES)}")
    return RULES[rule]


def _kept(tests: Iterable[str | Case]) -> tuple[list[SourceTest | Case], tuple[str, ...]]:
    """The single tests, each once, and what is none with the reason."""
    found: list[SourceTest | Case] = []
    left_out = []
    for each in tests:
        if isinstance(each, Case):
            found.append(each)
            continue
        try:
            found += split_tests(each)
        except GuideError as error:
            left_out.append(str(error))
    distinct = {repr(each): each for each in found}  # cases hold lists
    return list(distinct.values()), tuple(left_out)


def _grouped(tests: Sequence[SourceTest | Case]) -> list[list[SourceTest | Case]]:
    """Tests that may run beside each other: a setup that fails shall take no others along."""
    groups: dict[str | None, list[SourceTest | Case]] = {}
    for each in tests:
        groups.setdefault(each.setup if isinstance(each, SourceTest) else None, []).append(each)
    return list(groups.values())
