"""Insights that would have solved a task and were not found for it."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice, product

from steepest.agents.library.evolution.diagnoses import Issue
from steepest.agents.library.fingerprints import fingerprint
from steepest.agents.library.insights import Insight
from steepest.agents.library.retrieval.candidates import candidates
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.shelf import Shelf
from steepest.solvers.formulation import Formulation

__all__ = ["sets_to_try"]


def sets_to_try(
    issues: Sequence[Issue],
    right: Formulation | str,
    shelf: Shelf,
    *,
    used: Sequence[str],
    each: int,
    most: int,
) -> list[tuple[Insight, ...]]:
    """Sets of insights that may make up for the issues, the most promising first.

    Single ones come first, since one that solves the task alone needs no other; then one for each issue.

    Args:
        issues: What went wrong.
        right: A right formulation or program, whose structure tells candidates too.
        shelf: Where they are looked for, up to date.
        used: Ids of insights that were in the prompt already.
        each: Candidates for an issue.
        most: Sets in all.
    """
    structure = fingerprint(right) if isinstance(right, Formulation) else ()
    found = [_candidates(issue, structure, shelf, used, each) for issue in issues]
    singles = chain.from_iterable(_by_rank(found))
    wholes = product(*(listed for listed in found if listed)) if len(issues) > 1 else ()
    distinct: dict[frozenset[str], tuple[Insight, ...]] = {}
    for some in chain(((single,) for single in singles), wholes):
        distinct.setdefault(frozenset(one.id for one in some), tuple({one.id: one for one in some}.values()))
        if len(distinct) == most:
            break
    return list(distinct.values())


def _candidates(
    issue: Issue, structure: tuple[str, ...], shelf: Shelf, used: Sequence[str], most: int
) -> list[Insight]:
    query = Query(f"{issue.issue}\n{issue.evidence}", fingerprint=structure)
    listed = (one.entry.insight for one in candidates(shelf, query, most + len(used)))
    return list(islice((one for one in listed if one.id not in used), most))


def _by_rank(found: Sequence[Sequence[Insight]]) -> Iterator[list[Insight]]:
    """The best of each issue, then the second of each."""
    for rank in range(max(map(len, found), default=0)):
        yield [listed[rank] for listed in found if rank < len(listed)]
