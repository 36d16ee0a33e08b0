"""Guides judge what a workflow gives: a score, and words that whoever proposes can learn from.

A guide is anything that takes an example's data and an output and gives a `Judgement`. `guide_of` makes one of a
function; `UnitTests` run code against tests in the sandbox and `Efficiency` times it there, `LLMJudge` asks a language
model, `Person` asks at the terminal. `judgement_of` reads what functions return.
"""

from steepest.agents.optimizers.guides.cases import Case
from steepest.agents.optimizers.guides.efficiency import Efficiency, Level
from steepest.agents.optimizers.guides.functions import FunctionGuide, guide_of
from steepest.agents.optimizers.guides.guide import Guide, GuideError, judgement_of
from steepest.agents.optimizers.guides.llm_judge import LLMJudge
from steepest.agents.optimizers.guides.person import Person
from steepest.agents.optimizers.guides.unit_tests import UnitTests

__all__ = [
    "Case",
    "Efficiency",
    "FunctionGuide",
    "Guide",
    "GuideError",
    "LLMJudge",
    "Level",
    "Person",
    "UnitTests",
    "guide_of",
    "judgement_of",
]
