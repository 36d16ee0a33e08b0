"""What stands in for a language model when there is none: a function that writes rules by chance.

It reads the prompt as a model would: the code between `<current>` tags, the names that a rule may use, and whether
edits, a whole program, or one program out of two are wanted. Then it changes a weighted sum of these names: a weight, a
term more, a term less, other terms. It knows nothing of the task and of the scores, so whatever gets better is the
search's doing.
"""

import random
import re

from steepest.agents.llm.chat import ChatRequest
from steepest.agents.llm.function import FunctionModel
from steepest.agents.optimizers.code.edits import edits_between, write_edits

__all__ = ["rule_writer"]

_CURRENT = re.compile(r"<current>\n(.*?)\n</current>", re.DOTALL)
_OTHER = re.compile(r"A second program.*?<solutions>\n(.*?)\n</solutions>", re.DOTALL)
_BLOCK = re.compile(r"(?<=# EVOLVE-BLOCK-START\n)(.*?)(?=^[ \t]*# EVOLVE-BLOCK-END)", re.DOTALL | re.MULTILINE)
_TERM = re.compile(r"^\s*score \+= (-?[\d.]+) \* (.+)$", re.MULTILINE)
_NAME = re.compile(r'"(\w+)":')
_MOST_TERMS = 5

Terms = list[tuple[float, str]]
"""Weights and what they weigh."""


def rule_writer(seed: int = 0) -> FunctionModel:
    """A chat model that proposes rules by chance; the same seed gives the same answers to the same questions."""
    return FunctionModel(lambda request: _reply(request, seed), name="rule-writer")


def _reply(request: ChatRequest, seed: int) -> str:
    rng = random.Random(f"{seed}/{request.sample}/{len(request.messages)}")
    prompt = request.messages[0].content
    shown = _CURRENT.search(prompt)
    if shown is None:
        return "There is no code in the question."
    code = shown[1]
    names, terms = sorted(set(_NAME.findall(code))), _terms_of(code)
    other = _OTHER.search(prompt)
    if other is not None:
        made, words = _joined(terms, _terms_of(other[1]), rng), "Terms of both."
    elif "<<<<<<< SEARCH" in prompt:
        made, words = _changed(terms, names, rng)
    else:
        made, words = [_term(names, rng) for _ in range(rng.randint(1, 3))], "Another rule altogether."
    new = _BLOCK.sub(lambda block: _written(made, block[0]), code, count=1)
    answer = write_edits(edits_between(code, new)) if "<<<<<<< SEARCH" in prompt else f"```python\n{new}\n```"
    return f"<reasoning>\n{words}\n</reasoning>\n{answer or '<no_change/>'}"


def _terms_of(code: str) -> Terms:
    block = _BLOCK.search(code)
    return [(float(weight), term) for weight, term in _TERM.findall(block[0] if block else "")]


def _written(terms: Terms, block: str) -> str:
    indent = re.match(r"[ \t]*", block)
    lines = ["score = 0.0", *(f"score += {weight:g} * {term}" for weight, term in terms)]
    return "".join(f"{indent[0] if indent else ''}{line}\n" for line in lines)


def _changed(terms: Terms, names: list[str], rng: random.Random) -> tuple[Terms, str]:
    """The terms with one small change, and words for it."""
    kinds = ["weight", "weight", "sign", "more", "less", "other"] if len(terms) > 1 else ["weight", "more", "other"]
    kind = rng.choice(kinds) if terms else "more"
    at = rng.randrange(len(terms)) if terms else 0
    rest = terms[:at] + terms[at + 1 :]
    if kind == "more" and len(terms) < _MOST_TERMS:
        added = _term(names, rng)
        return [*terms, added], f"{added[1]} should count, too."
    if kind == "less":
        return rest, f"{terms[at][1]} should not count."
    if kind == "other":
        return [*rest, _term(names, rng)], f"Something else in place of {terms[at][1]}."
    weight, term = terms[at]
    factor = -1.0 if kind == "sign" else rng.choice([0.25, 0.5, 2.0, 4.0])
    return [*terms[:at], (round(weight * factor, 4), term), *terms[at + 1 :]], f"{term} should count otherwise."


def _joined(first: Terms, second: Terms, rng: random.Random) -> Terms:
    both = list(dict.fromkeys([*first, *second]))
    return rng.sample(both, min(len(both), rng.randint(1, _MOST_TERMS)))


def _term(names: list[str], rng: random.Random) -> tuple[float, str]:
    """A weight and a name, a product, a quotient, or the larger or smaller of two."""
    one, two = (f'of["{rng.choice(names)}"]' for _ in range(2))
    forms = [one, one, f"{one} * {two}", f"{one} / (1 + {two})", f"min({one}, {two})", f"max({one}, {two})"]
    return rng.choice([-4.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 4.0]), rng.choice(forms)
