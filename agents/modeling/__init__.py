"""The agent that turns a problem told in words into a checked formulation, solves it, and answers in words.

`answer_problem` (async) and `solve_problem` are the ways in; `graph` says which step follows on which, and each step
has its own module. Prompts are in `steepest.prompts`; what needs no model (checks, compilers) is in `steepest.solvers`.
"""

from steepest.agents.llm.transcripts import Transcript
from steepest.agents.modeling.answer import Answer, Outcome
from steepest.agents.modeling.problems import answer_problem, solve_problem
from steepest.agents.modeling.steps import Step

__all__ = ["Answer", "Outcome", "Step", "Transcript", "answer_problem", "solve_problem"]
