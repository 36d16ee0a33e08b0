"""Student and proposer for a machine without a language model.

The student knows good models of the twelve problems (examples/evaluation/replies.toml) and has three bad habits, each
of which it drops when its rules speak of it. The proposer draws rules from a list, most of which do nothing. So the
search has something to find, and finds it by the solver's verdicts alone.
"""

import hashlib
import random
import tomllib
from pathlib import Path

from steepest.agents.llm import ChatRequest, FunctionModel

REPLIES = Path(__file__).parent.parent / "evaluation" / "replies.toml"

RULES = [
    "Use integer for things that are counted, real for amounts that can be split.",
    "Write one constraint for every limit that the problem states, down to the last one.",
    "Copy every number as the problem writes it.",
    "Be concise.",
    "Think step by step before you write.",
    "Give every constraint a speaking name.",
    "Use short names for sets.",
    "Write the objective after the variables.",
    "Round all numbers to integers.",
]


class Student(FunctionModel):
    """Answers with a good model of the problem, spoiled by its habits."""

    def __init__(self) -> None:
        super().__init__(self.answer, name="student with habits")
        self.replies = tomllib.loads(REPLIES.read_text("utf-8"))

    def answer(self, request: ChatRequest) -> str:
        """The model of the problem that the last turn tells."""
        question, rules = request.messages[-1].content, request.system
        text = max((each["five"][-1] for each in self.replies.values()), key=lambda five: _quoted(five, question))
        if "integer for things that are counted" not in rules:
            text = text.replace(": integer", ": real").replace(": binary", ": real in 0..1")
        if "every limit" not in rules:
            text = text.rstrip().rpartition("\n")[0] + "\n"
        if "every number" not in rules:
            text = text.replace("0 ", "1 ")
        return text


def _quoted(five: str, question: str) -> int:
    """How many of a model's quotes are words of the problem."""
    return sum(quote in question for quote in five.split('"')[1::2] if len(quote) > 4)


def propose(request: ChatRequest) -> str:
    """New rules: the present ones with a rule of the list more, or with one less."""
    asked = request.messages[-1].content
    rng = random.Random(hashlib.sha256(f"{asked}{request.sample}".encode()).hexdigest())
    current = asked.partition("<current>")[2].partition("</current>")[0]
    present = [rule for rule in RULES if rule in current]
    missing = [rule for rule in RULES if rule not in present]
    if not missing or (present and rng.random() < 0.2):
        present.remove(rng.choice(present))
    else:
        present.append(rng.choice(missing))
    head = "You turn an optimization problem told in words into a model. Write the model only."
    rules = "\n".join([head, *(f"- {rule}" for rule in present)])
    return f'<reasoning>another rule</reasoning>\n<change name="rules">\n{rules}\n</change>'
