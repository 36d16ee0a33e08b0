"""Guides judge what a workflow gives: a score, and words that whoever proposes can learn from.

A guide is anything that takes an example's data and an output and gives a `Judgement`. `guide_of` makes one of a
function; `UnitTests` run code against tests in the sandbox, `LLMJudge` asks a language model, `Person` asks at the
terminal. `judgement_of` reads what functions return.
"""

from steepest.agents.optimizers.guides.functions import FunctionGuide, guide_of
from steepest.agents.optimizers.guides.guide import Guide, GuideError, judgement_of
from steepest.agents.optimizers.guides.llm_judge import LLMJudge
from steepest.agents.optimizers.guides.person import Person
from steepest.agents.optimizers.guides.unit_tests import Case, UnitTests

__all__ = [
    "Case",
    "FunctionGuide",
    "Guide",
    "GuideError",
    "LLMJudge",
    "Person",
    "UnitTests",
    "guide_of",
    "judgement_of",
]
