"""A library learns from three small problems, offline: functions take the place of the models.

The student leaves shares out ("at least 25% of the drinks") until an insight tells it of them. The teacher says what
went wrong. The second kiosk is then solved at once, and the insight is counted as one that helped; the third kiosk has
no share and stays solved.

    python examples/learning.py            in a folder for the time being
    python examples/learning.py lib.db     then: steepest library list lib.db; steepest library why lib.db lemonade
"""

import re
import sys
import tempfile
from pathlib import Path

from steepest.agents.library.embeddings.hashed import HashedNgrams
from steepest.agents.library.learning.attempts import Student
from steepest.agents.library.learning.figures import figures_of
from steepest.agents.library.learning.journal import Journal
from steepest.agents.library.learning.online import OnlineLearning
from steepest.agents.library.learning.starting import begin_labels
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.recall import Recalling
from steepest.agents.library.tasks import LibraryTask
from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.agents.llm.chat import run_sync
from steepest.agents.modeling.answer import Answer
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation

DRINKS = """A kiosk sells lemonade and tea, drinks that it makes. A lemonade brings $3 and takes 2 minutes, a tea brings
$2 and takes 1 minute. There are {minutes} minutes. {share} What earns the most?"""
SHARE = "At least 25% of the drinks must be lemonade."
WITHOUT = """# Drinks
sets:
  Drink = {{lemonade, tea}}
parameters:
  profit[Drink] = {{lemonade: 3, tea: 2}}
  takes[Drink] = {{lemonade: 2, tea: 1}}
  share = 25%
  minutes = {minutes}
variables:
  make[Drink]: integer >= 0
maximize: sum(profit[d] * make[d] for d in Drink)
constraints:
  time: sum(takes[d] * make[d] for d in Drink) <= minutes
"""
WITH = WITHOUT + "  enough: make[lemonade] >= share * sum(make[d] for d in Drink)\n"
LESSON = """title: a share is of what is made
label: Formulation > Constraints > Share of a Total
when: Applies when some percent of the drinks or goods that are made must be of one kind.
what: The percentage is of the sum of the decisions. The usual mistake is to leave the share out.
example: right: x[a] >= share * sum(x[i] for i in Item)"""

TASKS = [
    LibraryTask(id="lemonade", text=DRINKS.format(minutes=60, share=SHARE), answer=108, gold=WITH.format(minutes=60)),
    LibraryTask(id="busy", text=DRINKS.format(minutes=90, share=SHARE), answer=162),
    LibraryTask(id="free", text=DRINKS.format(minutes=50, share=""), answer=100),
]


def student(request: ChatRequest) -> str:
    """Formulates, and forgets the share unless it is told of shares."""
    asked = request.messages[-1].content
    minutes = re.findall(r"There are (\d+) minutes", asked)[-1]
    knows = "sum of the decisions" in asked and "25%" in asked
    return (WITH if knows else WITHOUT).format(minutes=minutes)


def solve(formulation: Formulation) -> Solution:
    """In this process; `steepest learn` solves in another one, which it can end."""
    return solve_formulation(formulation)


def grade(task: LibraryTask, answer: Answer) -> bool:
    """By the known value."""
    return answer.is_solved and answer.solution is not None and answer.solution.objective == task.answer


def main(place: Path) -> None:
    """Learn, and tell what came of each task."""
    with Library.open(place, author="learn", run="example") as library:
        begin_labels(library)
        learning = OnlineLearning(
            library,
            Student(FunctionModel(student, name="student"), solve, grade, repairs=0),
            FunctionModel(lambda request: LESSON, name="teacher"),
            HashedNgrams(),
            Journal(),
            Recalling(asks_labels=False, asks_applicability=False),
        )
        records = run_sync(learning.learn(TASKS))
        for record in records:
            verdict = "solved" if record.solved else f"wrong ({record.value:g})"
            learned = [f"learned: {each.insight.title}; {each.reason}" for each in record.effects.accepted]
            helped = ["the insight helped"] if record.helped else []
            print(": ".join([record.task, ", ".join([verdict, *helped, *learned])]))
        [figures] = figures_of(records)
        print(f"{figures.solved} of {figures.tasks} solved, {figures.size} insight in the library")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(Path(folder) / "lib.db")
