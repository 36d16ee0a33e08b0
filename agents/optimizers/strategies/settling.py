"""What becomes of a child."""

from collections.abc import Sequence

from steepest.agents.optimizers.acceptance import acceptance_for
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.protocols import Acceptance
from steepest.agents.optimizers.search.search import Search

__all__ = ["settle"]


async def settle(
    search: Search,
    parent: Candidate,
    child: Candidate,
    keys: Sequence[str],
    acceptance: Acceptance | None = None,
    *,
    apart: Sequence[str] = (),
) -> bool:
    """Admit a child that is better than its parent and reject one that is not; says which.

    Args:
        search: The search that they belong to.
        parent: A member of the pool.
        child: Made from it.
        keys: Training examples to begin with.
        acceptance: The test; `acceptance_for` the sizes of the splits unless given.
        apart: Examples that may not be drawn: those by which this child was chosen from several.
    """
    test = acceptance or acceptance_for(len(search.keys()), len(search.keys(search.ranking)))
    decision = await search.decide(test, parent, child, keys, apart=apart)
    if decision.accepted:
        await search.admit(child, decision.reason, gain=decision.gain)
    else:
        search.reject(child, decision.reason, gain=decision.gain)
    return decision.accepted
