"""Optimizers on traces: whoever proposes new parameters, prompts and code, and the searches that decide what is kept.

`Optimizer` (with `OptoPrime`, `OPRO` and `TextGrad`) works in the manner of PyTorch: the caller runs, gives feedback,
steps. Searches with a budget are strategies on the core in `search`; `steepest.optimize` puts one together. What writes
a strategy or a proposer of its own finds the seams here, too; everything is loaded on first use.
"""

from typing import TYPE_CHECKING

from steepest.lazy import lazy_names

if TYPE_CHECKING:
    from steepest.agents.optimizers.accounts import account_of
    from steepest.agents.optimizers.asking import Asked, ask, ask_changes
    from steepest.agents.optimizers.catalogue import STRATEGIES
    from steepest.agents.optimizers.code_choice import CodeChoice, choose_code
    from steepest.agents.optimizers.components import component_of
    from steepest.agents.optimizers.memory import Try
    from steepest.agents.optimizers.opro import OproProposer
    from steepest.agents.optimizers.optimizer import OPRO, Optimizer, OptoPrime, Stepped, TextGrad
    from steepest.agents.optimizers.optoprime import OptoPrimeProposer
    from steepest.agents.optimizers.reflection import Reflection
    from steepest.agents.optimizers.replies import UnusableReply
    from steepest.agents.optimizers.search.candidates import Candidate
    from steepest.agents.optimizers.search.pool import Pool
    from steepest.agents.optimizers.search.protocols import Proposal, Proposer, Situation, Strategy
    from steepest.agents.optimizers.search.rollouts import Example, Judgement, Rollout
    from steepest.agents.optimizers.search.values import Component, Rejection
    from steepest.agents.optimizers.textgrad import TextGradProposer

__all__ = [
    "OPRO",
    "STRATEGIES",
    "Asked",
    "Candidate",
    "CodeChoice",
    "Component",
    "Example",
    "Judgement",
    "OproProposer",
    "Optimizer",
    "OptoPrime",
    "OptoPrimeProposer",
    "Pool",
    "Proposal",
    "Proposer",
    "Reflection",
    "Rejection",
    "Rollout",
    "Situation",
    "Stepped",
    "Strategy",
    "TextGrad",
    "TextGradProposer",
    "Try",
    "UnusableReply",
    "account_of",
    "ask",
    "ask_changes",
    "choose_code",
    "component_of",
]

_HOMES = {
    "STRATEGIES": "catalogue",
    "OPRO": "optimizer",
    "Asked": "asking",
    "Candidate": "search.candidates",
    "CodeChoice": "code_choice",
    "Component": "search.values",
    "Example": "search.rollouts",
    "Judgement": "search.rollouts",
    "OproProposer": "opro",
    "Optimizer": "optimizer",
    "OptoPrime": "optimizer",
    "OptoPrimeProposer": "optoprime",
    "Pool": "search.pool",
    "Proposal": "search.protocols",
    "Proposer": "search.protocols",
    "Reflection": "reflection",
    "Rejection": "search.values",
    "Rollout": "search.rollouts",
    "Situation": "search.protocols",
    "Stepped": "optimizer",
    "Strategy": "search.protocols",
    "TextGrad": "optimizer",
    "TextGradProposer": "textgrad",
    "Try": "memory",
    "UnusableReply": "replies",
    "account_of": "accounts",
    "ask": "asking",
    "ask_changes": "asking",
    "choose_code": "code_choice",
    "component_of": "components",
}


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
