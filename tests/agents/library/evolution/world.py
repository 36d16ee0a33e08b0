"""A world in which conditions decide what is found: kiosks, a student that looks for words, a teacher that knows.

An insight applies to a problem that has one of the words that its condition quotes, unless it quotes another one after
"Does not apply", which the problem has too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steepest.agents.library.evolution.evolving import Evolution, EvolutionSettings
from steepest.agents.library.insights import Insight
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.recall import Recalling
from steepest.agents.llm import ChatRequest, FunctionModel
from tests.agents.library.learning.kiosks import (
    RIGHT,
    WRONG,
    learning,
    minutes_of,
    share_insight,
    student,
)

TRAP = "leave one minute for cleaning"
"""What an insight teaches that misleads where no share is asked for."""
_BLOCKS = ("<problem>", "<condition>", "The problem below")
"""What questions begin with, unlike words about a reply that could not be used."""
_LISTED = re.compile(r"^- ([\w.-]+): (.*)$", re.MULTILINE)
_QUOTED = re.compile(r'"([^"]+)"')


def answers(request: ChatRequest) -> str:
    """What the student says: which insights apply, or a formulation."""
    asked = request.messages[-1].content
    if "Which of it applies" in asked:
        return _applies(asked)
    is_trapped = TRAP in asked and "At least 25%" not in asked
    is_right = "sum of the decisions" in asked and "At least 25%" in asked
    form = RIGHT if is_right else WRONG.replace("<= minutes", "<= minutes - 1") if is_trapped else WRONG
    return form.format(minutes=minutes_of(request))


def _applies(asked: str) -> str:
    problem = asked.split("<problem>")[-1].split("</problem>")[0]
    listed = asked.split("<insights>")[-1].split("</insights>")[0]
    found = [name for name, condition in _LISTED.findall(listed) if fits(condition, problem)]
    return "\n".join(f"{name}: it fits" for name in found) or "none"


def fits(condition: str, problem: str) -> bool:
    """Whether a condition applies in this world."""
    with_, _, without = condition.partition("Does not apply")
    return any(word in problem for word in _QUOTED.findall(with_)) and not any(
        word in problem for word in _QUOTED.findall(without)
    )


@dataclass
class Teacher:
    """Says these things, and keeps what it was asked for."""

    issues: str = "issue: The share of lemonade is left out.\nevidence: At least 25% of the drinks must be lemonade."
    verdicts: Mapping[str, str] = field(default_factory=dict)
    """By insight; others are positive."""
    clause: str = "Also applies when a part must be at least some percent."
    conditions: Sequence[str] = ()
    trap_conditions: Sequence[str] = ()
    """For the insight that misleads."""
    taught: str = "none"
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: ChatRequest) -> str:
        system = request.system or ""
        asked = [each.content for each in request.messages if each.content.startswith(_BLOCKS)][-1]
        for words, kind in _KINDS.items():
            if words in system or words in asked:
                self.asked.append(kind)
                return self._said(kind, asked)
        raise AssertionError(f"nobody knows what to say to {system!r}")

    def knows(self, request: ChatRequest) -> bool:
        """Whether it is asked rather than the student."""
        asked = f"{request.system or ''}\n{request.messages[-1].content}"
        return any(words in asked for words in _KINDS)

    def _said(self, kind: str, asked: str) -> str:
        if kind == "judge":
            return "\n".join(f"{name}: {self.verdicts.get(name, 'positive')} - so" for name in _bracketed(asked))
        if kind == "conditions":
            chosen = self.trap_conditions if TRAP in asked else self.conditions
            return "\n".join(f"{place}: {each}" for place, each in enumerate(chosen, start=1)) or "none"
        return {"issues": self.issues, "clause": self.clause, "extract": self.taught, "explore": "no idea"}[kind]


_KINDS = {
    "You find out why": "issues",
    "You judge what each insight did": "judge",
    "what the condition of one insight lacks": "clause",
    "You rewrite the condition": "conditions",
    "was modelled before": "explore",
    "You teach how": "extract",
}


def _bracketed(asked: str) -> list[str]:
    return re.findall(r"^\[([\w.-]+)\]", asked, re.MULTILINE)


def evolution(library: Library, told: Teacher, folder: Path | None = None, **given: Any) -> Evolution:
    """Learning in this world."""
    settings = {key: given.pop(key) for key in EvolutionSettings.__dataclass_fields__ if key in given}
    chosen: dict[str, Any] = {
        "student": student(answers),
        "teacher": FunctionModel(told, name="teacher"),
        "recalling": Recalling(asks_labels=False),
        **given,
    }
    return Evolution(learning(library, folder, **chosen), EvolutionSettings(**settings))


def share(condition: str = 'Applies when the text says "percent".', **fields: Any) -> Insight:
    """What solves a kiosk with a share; nobody who reads "25%" finds it."""
    return share_insight(**{"condition": condition, "explanation": "a share is of the sum of the decisions", **fields})


def trap(condition: str = 'Applies when there are "minutes".', **fields: Any) -> Insight:
    """What misleads where no share is asked for."""
    return share_insight(**{"id": "trap", "condition": condition, "explanation": TRAP, **fields})
