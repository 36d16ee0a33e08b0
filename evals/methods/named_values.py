"""The values of an answer with what is known of their meaning, from a solved formulation or a solved script."""

import re
from collections.abc import Mapping
from itertools import islice
from math import isfinite

from steepest.evals.attempts import NamedValue
from steepest.solvers.display import meaning, named
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

__all__ = ["MOST_VALUES", "values_of_script", "values_of_solution"]

MOST_VALUES = 5000
"""Values that an attempt keeps: a record with a million of them would serve nobody, and no question asks for more."""

_DECLARED = re.compile(
    r"""^[ \t]*(?:\w+\.)*(?P<name>\w+)[ \t]*=[ \t]*(?:\w+\.)?Var\(   # model.make = pyo.Var(
        (?P<arguments>[^#\n]*)                                       # what is left of the line
        (?:\#(?P<comment>.*))?$""",
    re.VERBOSE | re.MULTILINE,
)
_DOC = re.compile(r"""doc[ \t]*=[ \t]*(?P<quote>["'])(?P<text>.*?)(?P=quote)""")
_UNIT = re.compile(r"\[(?P<unit>[^\[\]]{1,40})\]\s*$")


def values_of_solution(formulation: Formulation, solution: Solution) -> tuple[NamedValue, ...]:
    """Every variable at every index, with its unit and its meaning in the formulation."""
    notes = {variable.name: meaning(variable) or None for variable in formulation.variables}
    return tuple(
        NamedValue(name=named(each.name, each.index), value=each.value, unit=each.unit, note=notes.get(each.name))
        for each in solution.variables[:MOST_VALUES]
        if isfinite(each.value)
    )


def values_of_script(source: str, values: Mapping[str, float]) -> tuple[NamedValue, ...]:
    """The values of Pyomo's variables, with what the script says of them."""
    notes = _notes(source)
    return tuple(_noted(name, value, notes) for name, value in islice(values.items(), MOST_VALUES))


def _noted(name: str, value: float, notes: Mapping[str, str]) -> NamedValue:
    text = notes.get(name.partition("[")[0].rpartition(".")[2], "")
    unit = _UNIT.search(text)
    note = text[: unit.start()].rstrip() if unit else text
    return NamedValue(name=name, value=value, unit=unit["unit"] if unit else None, note=note or None)


def _notes(source: str) -> dict[str, str]:
    """What the declaration of each variable says of it: its `doc`, or else the comment behind it.

    Foreign source is not parsed outside of the sandbox, so only a declaration in one line is read.
    """
    notes = {}
    for declared in _DECLARED.finditer(source):
        doc = _DOC.search(declared["arguments"])
        notes[declared["name"]] = (doc["text"] if doc else declared["comment"] or "").strip()
    return notes
