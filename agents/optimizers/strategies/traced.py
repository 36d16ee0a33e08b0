"""The optimizers on traces as searches: one proposal at a time for the best candidate, read from its traced runs."""

from steepest.agents.optimizers.optoprime import OptoPrimeProposer
from steepest.agents.optimizers.strategies.minibatch import Minibatch
from steepest.agents.optimizers.textgrad import TextGradProposer

__all__ = ["optoprime_search", "textgrad_search"]


def optoprime_search() -> Minibatch:
    """Shows the traced graph of a minibatch as one prompt (OptoPrime, arXiv 2406.16218)."""
    return Minibatch(proposer=OptoPrimeProposer())


def textgrad_search() -> Minibatch:
    """Carries feedback back node by node (TextGrad, arXiv 2406.07496)."""
    return Minibatch(proposer=TextGradProposer())
