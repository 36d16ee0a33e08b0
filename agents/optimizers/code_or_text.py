"""Who is asked where nobody is named: for edits where there is code to change, else for reflection."""

from steepest.agents.optimizers.diffs import DiffProposer
from steepest.agents.optimizers.reflection import Reflection
from steepest.agents.optimizers.search.protocols import Proposer
from steepest.agents.optimizers.search.search import Search

__all__ = ["proposer_for"]


def proposer_for(search: Search) -> Proposer:
    """The proposer that suits the components of a search."""
    has_code = any(each.kind == "code" for each in search.components.values())
    return DiffProposer() if has_code else Reflection()
