"""Kiosks told in words, a student that forgets shares unless an insight tells it, and a teacher that knows."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steepest.agents.library.embeddings.hashed import HashedNgrams
from steepest.agents.library.insights import Insight
from steepest.agents.library.learning.attempts import Student
from steepest.agents.library.learning.journal import Journal
from steepest.agents.library.learning.online import LearningSettings, OnlineLearning
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.recall import Recalling
from steepest.agents.library.tasks import LibraryTask
from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.task import solver_for
from tests.agents.library.insights import insight

PROBLEM = """{name} sells lemonade and tea, drinks that it makes. A lemonade brings $3 and takes 2 minutes, a tea brings
$2 and takes 1 minute. There are {minutes} minutes. At least 25% of the drinks must be lemonade. What earns the most?"""
FREE = PROBLEM.replace(" At least 25% of the drinks must be lemonade.", "")
WRONG = """# Drinks
sets:
  Drink = {{lemonade, tea}}
parameters:
  profit[Drink] = {{lemonade: 3, tea: 2}}
  takes[Drink] = {{lemonade: 2, tea: 1}}
  minutes = {minutes}
variables:
  make[Drink]: integer >= 0
maximize: sum(profit[d] * make[d] for d in Drink)
constraints:
  time: sum(takes[d] * make[d] for d in Drink) <= minutes"""
RIGHT = WRONG.replace("  minutes =", "  share = 25%\n  minutes =") + (
    "\n  enough_lemonade: make[lemonade] >= share * sum(make[d] for d in Drink)"
)
SHARE = "General Formulation > Constraints > Share of a Total"
TAUGHT = f"""title: a share is of what is made
label: {SHARE}
when: Applies when some percent of the drinks or goods that are made must be of one kind.
what: The percentage is of the sum of the decisions. The usual mistake is to leave the share out.
example: right: x[a] >= share * sum(x[i] for i in Item)"""


def kiosk(name: str, minutes: int = 60) -> LibraryTask:
    """A kiosk that has to make enough lemonade; best are three teas to a lemonade."""
    text = PROBLEM.format(name=name, minutes=minutes)
    return LibraryTask(id=name, text=text, answer=9 * minutes / 5, gold=RIGHT.format(minutes=minutes))


def free_kiosk(name: str, minutes: int = 60) -> LibraryTask:
    """A kiosk without a share, which the student solves by itself."""
    return LibraryTask(id=name, text=FREE.format(name=name, minutes=minutes), answer=2 * minutes)


def minutes_of(request: ChatRequest) -> int:
    """Of the kiosk that is asked about."""
    return int(re.findall(r"There are (\d+) minutes", request.messages[-1].content)[-1])


def forgetful(request: ChatRequest) -> str:
    """Leaves the share out unless an insight tells of it; leaves other things out where there is none."""
    asked = request.messages[-1].content
    form = RIGHT if "sum of the decisions" in asked and "25%" in asked else WRONG
    return form.format(minutes=minutes_of(request))


def grade(task: LibraryTask, answer: Answer) -> bool:
    """By the value."""
    found = answer.solution.objective if answer.is_solved and answer.solution is not None else None
    return found is not None and (task.answer is None or abs(found - task.answer) < 1e-6)


def student(answers: Callable[[ChatRequest], Any] = forgetful, **settings: Any) -> Student:
    """One that answers with a function."""
    model = FunctionModel(answers, name="student")
    return Student(model, solver_for({}, None, None, lambda line: None), grade, repairs=0, **settings)


@dataclass
class Said:
    """A model that gives its answers in turn, the last one again and again, and keeps the requests."""

    answers: list[Any]
    requests: list[ChatRequest] = field(default_factory=list)

    def __call__(self, request: ChatRequest) -> Any:
        self.requests.append(request)
        return self.answers[min(len(self.requests), len(self.answers)) - 1]


def teacher(*answers: Any, structured: bool = False) -> FunctionModel:
    """One that says these things."""
    return FunctionModel(Said(list(answers or [TAUGHT])), name="teacher", structured=structured)


def seeking_teacher(looks: Callable[[ChatRequest], Any]) -> FunctionModel:
    """One that looks for a right formulation with a function, and else says what it teaches."""
    return FunctionModel(
        lambda request: looks(request) if "was modelled before" in request.messages[-1].content else TAUGHT,
        name="teacher",
    )


def learning(library: Library, folder: Path | None = None, **given: Any) -> OnlineLearning:
    """Learning that chooses insights without asking a model."""
    names = ("attempts", "rounds", "proofs", "guards", "compares", "batch")
    settings = {key: given.pop(key) for key in names if key in given}
    chosen: dict[str, Any] = {
        "student": student(),
        "teacher": teacher(),
        "journal": Journal(folder / "journal.jsonl" if folder is not None else None),
        "recalling": Recalling(asks_labels=False, asks_applicability=False),
        **given,
    }
    return OnlineLearning(library, embedder=HashedNgrams(), settings=LearningSettings(**settings), **chosen)


def share_insight(**fields: Any) -> Insight:
    """What the teacher teaches, as somebody else's."""
    given = {
        "condition": "when some percent of the drinks must be lemonade",
        "explanation": "of the sum of the decisions",
    }
    return insight(fields.pop("id", "share"), **{**given, **fields})
