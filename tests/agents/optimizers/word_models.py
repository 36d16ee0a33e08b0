"""A function in a language model's place, for landscapes whose feedback names a missing word."""

import random
import re

from steepest.agents.llm.chat import ChatRequest
from steepest.agents.llm.function import FunctionModel

__all__ = ["between", "value_in", "word_model"]


def word_model(*, slip: float = 0.2, seed: int = 0) -> FunctionModel:
    """Does what a prompt of the proposers asks for, in the text form: adds a word that some run misses.

    Args:
        slip: How often its answer is of no use: a word that nobody has asked for.
        seed: Of its slips. The same request with the same `sample` gets the same answer.
    """

    def answer(request: ChatRequest) -> str:
        asked = [each.content for each in request.messages if each.role == "user"]
        question = [each for each in asked if not each.startswith("That reply can't be used")][-1]
        source = random.Random(f"{seed}/{request.sample}/{question}")
        missing = sorted(set(re.findall(r"missing: (\w+)", question)))
        word = source.choice(missing) if missing and source.random() >= slip else f"slip{source.randrange(1000)}"
        if "<bad>" in question:
            only_bad = re.search(r"missing: (\w+)", between("bad", question))
            rule = only_bad[1] if only_bad and not word.startswith("slip") else word
            return f"<rule>\n{rule}\n</rule>"
        if "<kinds>" in question:
            runs = re.findall(r"^Feedback: (?:\w+: )?missing: (\w+)", question, re.MULTILINE)
            return "\n".join(f"{number}: lacks {each} - it is not said" for number, each in enumerate(runs, 1))
        if "different reasons" in question:
            wanted = int(question.partition("Give ")[2].split()[0])
            source.shuffle(missing)
            return "\n".join(f"{number}. missing: {each}" for number, each in enumerate(missing[:wanted] or [word], 1))
        kind = re.search(r"<kind>\s*lacks (\w+)", question)
        cause = re.search(r"<cause>\s*missing: (\w+)", question)
        told = kind or cause
        if told and not word.startswith("slip"):
            word = told[1]
        name, value = value_in(question)
        return f'<reasoning>\n{word} is missing\n</reasoning>\n<change name="{name}">\n{value} {word}\n</change>'

    return FunctionModel(answer, name="words")


def between(tag: str, text: str) -> str:
    """What stands between the tags."""
    return text.partition(f"<{tag}>\n")[2].partition(f"\n</{tag}>")[0]


def value_in(question: str) -> tuple[str, str]:
    """The name of the component that a question is about, and its value; of OPRO's, the best solution."""
    if "<solutions>" in question:
        last = between("solutions", question).rpartition("Solution:\n")[2]
        return re.findall(r"^- (\w+): ", question, re.MULTILINE)[0], last.rpartition("\nScore:")[0]
    current = between("current", question)
    named = re.search(r"^Name: (\w+)$", current, re.MULTILINE)
    assert named is not None
    return named[1], current.partition("Value:\n")[2]
