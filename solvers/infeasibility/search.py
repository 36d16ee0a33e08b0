"""Smallest infeasible subsets, by tests of feasibility alone: for LPs, MIPs and whatever else can be tested.

Deletion filter: Chinneck and Dravnieks, "Locating minimal infeasible constraint sets in linear programs", ORSA Journal
on Computing 3(2), 1991. QuickXplain: Junker, "QUICKXPLAIN: preferred explanations and relaxations for over-constrained
problems", AAAI 2004. Only what is proven infeasible counts as infeasible, so a test without a verdict keeps too much
and never too little.
"""

from collections.abc import Callable, Sequence

from steepest.solvers.infeasibility.requirements import Requirement

Test = Callable[[Sequence[Requirement]], bool | None]
"""Whether requirements, and only they, can be met at once; None if that was not found out."""

_MOST_DELETIONS = 12
"""Above this many, halves are tried before single ones."""


class Search:
    """Makes an infeasible set smaller and smaller; `best` is the smallest so far, whatever stops the search.

    Args:
        test: The test of feasibility.
        whole: A set that is known to be infeasible.
    """

    def __init__(self, test: Test, whole: Sequence[Requirement]) -> None:
        self._test = test
        self.best: list[Requirement] = list(whole)
        self.is_certain = True
        """Whether every test on which the outcome rests had a verdict."""

    def shrink(self, items: Sequence[Requirement], background: Sequence[Requirement] = ()) -> list[Requirement]:
        """The items that are needed beside the background for a conflict; those at the end are given up first.

        Raises:
            BudgetSpentError: The budget ended; `best` holds what there is.
        """
        if not items:
            return []
        if len(items) <= _MOST_DELETIONS:
            return self._deleted(list(items), background)
        needed = self._explained(list(background), False, list(items))
        self._keep([*background, *needed])
        return needed

    def confirmed(self, found: list[Requirement]) -> list[Requirement]:
        """What of a conflict is needed, where a test without a verdict may have kept too much.

        Raises:
            BudgetSpentError: The budget ended; `best` holds what there is.
        """
        if self.is_certain:
            return found
        self.is_certain = True
        return self._deleted(found, ())

    def is_infeasible(self, requirements: Sequence[Requirement]) -> bool:
        """Whether requirements are proven infeasible; if so they may be the best set so far."""
        verdict = self._test(requirements)
        if verdict is None:
            self.is_certain = False
        if verdict is False:
            self._keep(requirements)
        return verdict is False

    def _keep(self, requirements: Sequence[Requirement]) -> None:
        if sum(map(len, requirements)) < sum(map(len, self.best)):
            self.best = list(requirements)

    def _deleted(self, items: list[Requirement], background: Sequence[Requirement]) -> list[Requirement]:
        for item in list(reversed(items)):
            others = [each for each in items if each is not item]
            if self.is_infeasible([*background, *others]):
                items = others
        return items

    def _explained(self, background: list[Requirement], has_news: bool, items: list[Requirement]) -> list[Requirement]:
        if has_news and self.is_infeasible(background):
            return []
        if len(items) == 1:
            return items
        half = len(items) // 2
        first, second = items[:half], items[half:]
        needed = self._explained([*background, *first], True, second)
        return [*self._explained([*background, *needed], bool(needed), first), *needed]
