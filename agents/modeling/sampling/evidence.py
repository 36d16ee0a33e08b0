"""What speaks for and against an elected answer, as numbers between 0 and 1 that a calibration can weigh."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.sampling.election import Election

__all__ = ["Evidence", "evidence_for"]

_MOST_LEFT_OUT, _MOST_FINDINGS = 4, 3
"""Beyond that it makes no difference."""


@dataclass(frozen=True)
class Evidence:
    """Of an answer and the vote that elected it."""

    share: float
    """How many came to it, of all that were drawn and one more: three of three say less than five of five."""
    margin: float
    """By how many it leads, as a share of the same."""
    alike: float
    """How many came to it by the same structure, as a share of the same."""
    left_out: float
    """Numbers and demands of the text that its formulation does not use."""
    findings: float
    """What tests of the answer found worth a look; a contradiction is as much as can be found."""

    def features(self) -> Mapping[str, float]:
        """By name."""
        return asdict(self)


def evidence_for(answer: Answer, election: Election, drawn: int) -> Evidence:
    """The evidence for the winner of an election among so many answers."""
    agreeing = len(election.groups[0].samples) if election.groups else 0
    reading, battery = answer.reading, answer.battery
    contradictions = len(battery.contradictions) if battery is not None else 0
    findings = len(battery.findings) if battery is not None else 0
    return Evidence(
        share=agreeing / (drawn + 1),
        margin=max(election.lead, 0) / (drawn + 1),
        alike=election.alike / (drawn + 1),
        left_out=_part(len(reading.unused) + len(reading.unread), _MOST_LEFT_OUT),
        findings=_part(_MOST_FINDINGS if contradictions else findings, _MOST_FINDINGS),
    )


def _part(count: int, most: int) -> float:
    return min(count, most) / most
