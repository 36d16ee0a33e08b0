"""The sections of OptoPrime's prompt: accounts of runs in words, as detailed as there is room for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steepest.agents.optimizers.evidence import as_text
from steepest.agents.optimizers.fitting import wanted
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.values import Component, Values
from steepest.prompts import load_prompt
from steepest.traces.previews import cut

__all__ = [
    "Detail",
    "Line",
    "code_of",
    "code_of_runs",
    "constraints_of",
    "documentation_of",
    "run_of",
    "shown_lines",
    "variables_of",
]

Line = Mapping[str, Any]
"""Of an account."""

_CLOSING = re.compile(
    r"</(?=(?:code|documentation|variables?|constraints|inputs|others|outputs|feedback|tries)\s*>)", re.IGNORECASE
)
_CLOSING_VARIABLE = re.compile(r"</(?=variables?\s*>)", re.IGNORECASE)
_FEWEST_CHARACTERS = 40
"""Of documentation or code that is worth showing."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is told; characters of one text, or a number of things."""

    values: int = 400
    lines: int = 60
    """Of code, a run."""
    words: int = 4000
    """Of a feedback."""
    documentation: int = 1000
    """Of an operation; likewise its code."""
    variables: int = 1_000_000
    """Of the present value of a variable."""
    tries: int = 8
    runs: int = 1_000_000

    def scaled(self, factor: float, runs: int) -> "Detail":
        """Less of everything but of the variables.

        Args:
            factor: Between 0 and 1.
            runs: How many there are.
        """
        return Detail(
            values=max(round(self.values * factor), 24),
            lines=max(round(self.lines * factor), 3),
            words=max(round(self.words * factor), 80),
            documentation=round(self.documentation * factor),
            variables=self.variables,
            tries=round(self.tries * factor),
            runs=max(round(min(self.runs, runs) * factor), 1),
        )


def shown_lines(lines: Sequence[Line], detail: Detail, horizon: int | None) -> list[Line]:
    """The lines of an account that are told: the last operations within the horizon, and of these the ends."""
    shown = list(lines) if horizon is None else _within(lines, horizon)
    if len(shown) <= detail.lines:
        return shown
    head, tail = detail.lines // 3, detail.lines - detail.lines // 3
    middle = shown[head:-tail]
    hidden = sum(each["hidden"] or 1 for each in middle)
    return [*shown[:head], _fold(f"{hidden:,} more", hidden), *shown[-tail:]]


def _within(lines: Sequence[Line], horizon: int) -> list[Line]:
    """The last operations, a number of them, and the leaves that they were made from."""
    left, kept = horizon, list[Line]()
    needed: set[str] = set()
    operations = [each for each in lines if each["kind"] not in ("parameter", "input")]
    for each in reversed(operations):
        if left == 0:
            break
        size = each["hidden"] or 1
        if size > left:
            kept.append(_fold(f"the last {left:,} of: {each['expression']}", left))
        else:
            kept.append(each)
            needed.update(each["inputs"])
        left -= min(size, left)
    dropped = sum(each["hidden"] or 1 for each in operations) - (horizon - left)
    leaves = [each for each in lines if each["kind"] in ("parameter", "input") and each["name"] in needed]
    beyond = [_fold(f"{dropped:,} operations before these are beyond the horizon", dropped)] if dropped else []
    return [*leaves, *beyond, *reversed(kept)]


def _fold(words: str, hidden: int) -> Line:
    return {"kind": "fold", "name": "", "expression": words, "hidden": hidden, "inputs": [], "is_output": False}


def code_of(lines: Sequence[Line]) -> str:
    """How the values were computed, a line each."""
    told = []
    for each in lines:
        if each["kind"] == "fold":
            told.append(f"# {each['expression']}")
        elif each["expression"]:
            told.append(f"{each['name']} = {each['expression']}")
    return _inert("\n".join(told)) or "# nothing between the variables and the outputs was traced"


def code_of_runs(codes: Sequence[str]) -> str:
    """The code of all runs: once for those that did the same, and of one that is much like the first what differs."""
    runs: dict[str, list[str]] = {}
    for number, code in enumerate(codes, 1):
        runs.setdefault(code, []).append(str(number))
    first, *others = runs or {"# no run": ["1"]}
    if not others:
        return first
    told = [f"# Run {', '.join(runs[first])}:\n{first}"]
    for code in others:
        differing = _differing(first.split("\n"), code.split("\n"))
        likeness = ":" if differing is None else f", as run {runs[first][0]} except for:"
        told.append(f"# Run {', '.join(runs[code])}{likeness}\n{code if differing is None else differing}")
    return "\n\n".join(told)


def _differing(first: Sequence[str], second: Sequence[str]) -> str | None:
    """The lines of the second text that differ; None if these are more than a half, or there are more or fewer."""
    if len(first) != len(second):
        return None
    lines = [after for before, after in zip(first, second, strict=True) if before != after]
    return "\n".join(lines) if 2 * len(lines) <= len(second) else None


def documentation_of(accounts: Sequence[Mapping[str, Any]], detail: Detail) -> list[str]:
    """What the operations of all runs do, each told once."""
    found: dict[str, None] = {}
    for account in accounts:
        for each in account["operations"]:
            parts = [each["documentation"], each["code"]]
            told = [cut(part, detail.documentation) for part in parts if part]
            if told and detail.documentation >= _FEWEST_CHARACTERS:
                found[_inert(_indented(f"{each['name']}: " + "\n".join(told)))] = None
    return list(found)


def variables_of(components: Sequence[Component], values: Values, unused: frozenset[str], detail: Detail) -> str:
    """What can be changed, with the present values."""
    return "\n".join(_variable(each, values[each.name], each.name in unused, detail) for each in components)


def _variable(component: Component, value: Any, is_unused: bool, detail: Detail) -> str:
    text = _CLOSING_VARIABLE.sub("‹/", cut(as_text(value), detail.variables))
    about = _inert(" ".join(component.description.split()))
    words = [about] * bool(about) + ["took no part in these runs"] * is_unused
    heading = f'<variable name="{component.name}">' + (f" ({'; '.join(words)})" if words else "")
    return f"{heading}\n{text}\n</variable>"


def constraints_of(components: Sequence[Component]) -> list[str]:
    """What the variables have to meet, beyond what their present values show."""
    told = []
    for each in components:
        is_bounded = each.low is not None or each.high is not None or bool(each.choices)
        words = [wanted(each)] * is_bounded + [" ".join(each.constraint.split())] * bool(each.constraint)
        if words:
            told.append(_inert(f"{each.name}: {'; '.join(words)}"))
    return told


def run_of(number: int, rollout: Rollout, names: frozenset[str], detail: Detail, horizon: int | None) -> str:
    """One run: what it got, computed and gave, and what was said about it.

    If it is of an example, it has one score; otherwise each feedback has its own, if any.

    Args:
        number: Of the run, from 1 on.
        rollout: The run.
        names: Of the variables, which are told elsewhere.
        detail: How much is told.
        horizon: Operations before the outputs that are told.
    """
    account = rollout.account or {"lines": (), "feedback": ()}
    lines = shown_lines(account["lines"], detail, horizon)
    leaves = [each for each in lines if not each["expression"] and each["name"] not in names]
    made = [each for each in lines if each["expression"] and each["kind"] != "fold"]
    example = [cut(f"the example: {rollout.inputs}", detail.values)] if rollout.inputs else []
    output = [] if any(each["is_output"] for each in lines) else [cut(rollout.output, detail.words) or "none"]
    feedback = _feedback(rollout, account["feedback"], detail)
    rendered = load_prompt("optoprime_run_text").render(
        head=f"Run {number}" + (f", score {rollout.score:g}" if rollout.example else ""),
        inputs=_told([*example, *_values(leaves, detail)]),
        others=_told(_values([each for each in made if not each["is_output"]], detail)),
        outputs=_told([*_outputs(lines, feedback, detail), *output]),
        feedback=_told(feedback),
    )
    return rendered.user


def _values(lines: Sequence[Line], detail: Detail) -> list[str]:
    return [f"{each['name']} = {cut(each['value'], detail.values)}" for each in lines]


def _outputs(lines: Sequence[Line], feedback: Sequence[str], detail: Detail) -> list[str]:
    """The outputs; of one that raised, what it raised unless the feedback says just that."""
    told = []
    for each in (line for line in lines if line["is_output"]):
        value = cut(each["value"], detail.words if each["kind"] == "failure" else detail.values)
        is_told = each["kind"] == "failure" and any(value in words for words in feedback)
        told.append(f"{each['name']} raised what the feedback says" if is_told else f"{each['name']} = {value}")
    return told


def _feedback(rollout: Rollout, said: Sequence[Mapping[str, Any]], detail: Detail) -> list[str]:
    told = []
    for each in said:
        about = f"on {', '.join(each['outputs'])}: " if len(said) > 1 and each["outputs"] else ""
        score = "" if each["score"] is None or rollout.example else f" (score {each['score']:g})"
        told.append(f"{about}{cut(each['text'], detail.words)}{score}")
    if not said and rollout.words:
        told.append(cut(rollout.words, detail.words))
    if rollout.error and not any(rollout.error[:80] in each for each in told):
        told.append(cut(rollout.error, detail.words))
    return told


def _told(texts: Sequence[str]) -> list[str]:
    return [_inert(_indented(each)) for each in texts]


def _indented(text: str) -> str:
    """A text of several lines that stands below a bullet."""
    return re.sub(r"\n(?=[^\n])", "\n  ", text)


def _inert(text: str) -> str:
    """A text that can't close the tags around it."""
    return _CLOSING.sub("‹/", text)
