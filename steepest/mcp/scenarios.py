"""Scenarios side by side; one that can't be used has its reason, and the others their answers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

from steepest.agents.chat.applying import scenario_of
from steepest.errors import SteepestError
from steepest.mcp.places import in_client_words
from steepest.mcp.results import ScenarioResult, WhatIfResult, run_result, scenario_result
from steepest.solvers.analysis_limits import AnalysisLimits
from steepest.solvers.changes.scenarios import Scenario, changed_by, what_if
from steepest.solvers.changes.self_contained import self_contained
from steepest.solvers.formulation import Formulation

__all__ = ["side_by_side"]


def side_by_side(formulation: Formulation, texts: Sequence[str], **limits: Unpack[AnalysisLimits]) -> WhatIfResult:
    """Solve a formulation as it is, and with the changes of each text.

    Raises:
        FormulationError: The formulation itself can't be used.
    """
    whole = self_contained(formulation, folder=limits["folder"])
    read = [_read(text, whole, limits["folder"]) for text in texts]
    found = what_if(whole, [each for each in read if isinstance(each, Scenario)], **limits)
    answers = iter(found.answers)
    return WhatIfResult(
        as_it_is=run_result(found.base),
        scenarios=[each if isinstance(each, ScenarioResult) else scenario_result(next(answers)) for each in read],
    )


def _read(text: str, whole: Formulation, folder: Path | str | None) -> Scenario | ScenarioResult:
    """The scenario, or why there is none."""
    try:
        scenario = scenario_of(text, whole)
        changed_by(scenario, whole)
    except SteepestError as error:
        return ScenarioResult(scenario=text, error=in_client_words(error, folder))
    return scenario
