"""OptoPrime: what was computed between parameters and outputs as one prompt, one call a proposal (arXiv 2406.16218).

The prompt keeps to a budget of tokens whatever the graph: what is repeated is folded where accounts are made, and then
everything is told with less and less detail until it fits. What is left out is said in the prompt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from steepest.agents.llm.budget import largest_usage
from steepest.agents.optimizers.asking import ask_changes, prompt_for, request_of
from steepest.agents.optimizers.evidence import aim, extremes, tries
from steepest.agents.optimizers.optoprime_sections import (
    Detail,
    code_of,
    code_of_runs,
    constraints_of,
    documentation_of,
    run_of,
    shown_lines,
    variables_of,
)
from steepest.agents.optimizers.search.protocols import Past, Proposal, Situation
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.together import together
from steepest.errors import InputError
from steepest.prompts import load_prompt

__all__ = ["OptoPrimeProposer", "remembered"]

TOKENS = 4800
"""Of a prompt, unless said otherwise: with the reply it fits into a context of 8,192."""
_SHRINKING = 0.75
_STEPS = 12
_SHORTEST_VARIABLE = 60


@dataclass(frozen=True, slots=True)
class OptoPrimeProposer:
    """Shows what was computed from the parameters, and what was said about it; one call a proposal.

    Proposals of one step differ by what they are asked to go by (prompts/ways_text.md).
    """

    tokens: int = TOKENS
    """The most that a prompt has, by the cautious estimate of `agents.llm` (three bytes a token)."""
    horizon: int | None = None
    """How many operations before the outputs are told, the credit horizon; None for all."""
    memory: int = 8
    """Past tries to tell of: the best ones and the latest ones."""

    def __post_init__(self) -> None:
        for name, least in (("tokens", 1), ("horizon", 1), ("memory", 0)):
            value: Any = getattr(self, name)
            if value is None and name == "horizon":
                continue
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InputError(f"OptoPrime: {name} is {value!r}, and it has to be a whole number of {least} or more")

    async def propose(self, situation: Situation) -> Sequence[Proposal]:
        """As many as are wanted."""
        return await together(self._ask(situation, index) for index in range(situation.count))

    async def _ask(self, situation: Situation, index: int) -> Proposal:
        return await ask_changes(situation, "optoprime", self.told(situation, index), index=index, origin="optoprime")

    def told(self, situation: Situation, index: int = 0) -> dict[str, object]:
        """The variables of the prompt, in all the detail that there are tokens for.

        Raises:
            InputError: There are too few for the shortest prompt.
        """
        size = 0
        for detail in _details(self.memory, len(situation.rollouts)):
            variables = self._variables(situation, index, detail)
            size = tokens_of(situation, variables)
            if size <= self.tokens:
                return variables
        raise InputError(
            f"OptoPrime: the shortest prompt for {len(situation.components):,} variables has {size:,} tokens, and it "
            f"may have {self.tokens:,}: raise `tokens`, or optimize fewer parameters at a time"
        )

    def _variables(self, situation: Situation, index: int, detail: Detail) -> dict[str, object]:
        kept = {id(each) for each in extremes(situation.rollouts, detail.runs)}
        rollouts = [each for each in situation.rollouts if id(each) in kept]
        accounts = [each.account for each in rollouts if each.account is not None]
        names = frozenset(each.name for each in situation.components)
        past = remembered(situation, detail.tries)
        ways = load_prompt("ways_text").turns[0].content.splitlines()
        return {
            "goal": aim(situation),
            "code": self._code(rollouts, detail),
            "documentation": documentation_of(accounts, detail),
            "variables": variables_of(situation.components, situation.parent.values, _unused(accounts), detail),
            "constraints": constraints_of(situation.components),
            "runs": "\n\n".join(
                run_of(number, each, names, detail, self.horizon) for number, each in enumerate(rollouts, 1)
            ),
            "tries": tries(past, list(names), len(past), detail.values),
            "left_out": self._left_out(situation, detail, len(rollouts), len(past)),
            "way": ways[index % len(ways)],
            "number": index + 1,
            "count": situation.count,
        }

    def _code(self, rollouts: Sequence[Rollout], detail: Detail) -> str:
        lines = [each.account["lines"] if each.account is not None else () for each in rollouts]
        return code_of_runs([code_of(shown_lines(each, detail, self.horizon)) for each in lines])

    def _left_out(self, situation: Situation, detail: Detail, runs: int, told: int) -> list[str]:
        words = []
        if self.horizon is not None:
            words.append(f"operations further back than the last {self.horizon:,} before the outputs")
        if detail != Detail(tries=self.memory):
            words.append(f"what is longer than {detail.values:,} characters of a value, {detail.lines:,} lines of code")
        if runs < len(situation.rollouts):
            words.append(f"{len(situation.rollouts) - runs:,} of {len(situation.rollouts):,} runs")
        tried = len(_touching(situation))
        if told < tried:
            words.append(f"{tried - told:,} of {tried:,} earlier tries")
        return words


def tokens_of(situation: Situation, variables: Mapping[str, object]) -> int:
    """The estimate of the tokens of OptoPrime's prompt, the form of the reply included."""
    prompt = prompt_for(situation, "optoprime", variables)
    return largest_usage(request_of(situation, prompt)).input_tokens or 0


def remembered(situation: Situation, most: int) -> list[Past]:
    """Past tries of the situation's components: half of them the best, the others the latest; the oldest first."""
    past = _touching(situation)
    if len(past) <= most:
        return past
    latest = set(range(len(past) - (most + 1) // 2, len(past)))
    scored = [(each.score, place) for place, each in enumerate(past) if each.score is not None and place not in latest]
    best = {place for _, place in sorted(scored, reverse=True)[: most - len(latest)]}
    return [past[place] for place in sorted(latest | best)]


def _touching(situation: Situation) -> list[Past]:
    names = {each.name for each in situation.components}
    return [each for each in situation.past if names & each.changes.keys()]


def _unused(accounts: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The parameters that took part in no run, as far as runs were traced."""
    parameters = [each for account in accounts for each in account["parameters"]]
    used = {each["name"] for each in parameters if each["is_used"]}
    return frozenset(each["name"] for each in parameters) - used


def _details(memory: int, runs: int) -> list[Detail]:
    """From all that there is to tell down to the least; in the end variables are cut, too."""
    full = Detail(tries=memory)
    scaled = [full.scaled(_SHRINKING**step, runs) for step in range(1, _STEPS)]
    least = scaled[-1]
    rooms = [4000 // 2**halving for halving in range(7)]
    return [full, *scaled, *(replace(least, variables=max(room, _SHORTEST_VARIABLE)) for room in rooms)]
