"""Sensitivity, scenarios, other answers and tests as another program reads them."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from steepest.cli.further import Further

if TYPE_CHECKING:
    from steepest.solvers.alternatives.report import Alternatives
    from steepest.solvers.battery.report import BatteryReport
    from steepest.solvers.changes.scenarios import WhatIf
    from steepest.solvers.provenance import Source
    from steepest.solvers.sensitivity.report import Sensitivity
    from steepest.solvers.solution import Solution

Document = dict[str, Any]


def document(further: Further | None) -> Document:
    """A key for each question; null for one that was not asked."""
    further = further or Further()
    return {
        "sensitivity": _sensitivity(further.sensitivity) if further.sensitivity else None,
        "what_if": _what_if(further.what_if) if further.what_if else None,
        "alternatives": _alternatives(further.alternatives) if further.alternatives else None,
        "battery": _battery(further.battery) if further.battery else None,
    }


def _sensitivity(found: "Sensitivity") -> Document:
    from steepest.solvers.sensitivity.words import told

    deltas = [{**asdict(each), "change": str(each.change)} for each in found.deltas]
    return {**asdict(found), "deltas": deltas, "sentences": told(found)}


def _what_if(found: "WhatIf") -> list[Document]:
    return [
        {
            "name": each.scenario.name,
            "changes": [str(change) for change in each.scenario.changes],
            "sources": [_source(source) for source in each.sources],
            **_solution(each.solution),
            "objective_change": each.objective_change,
            "decisions": [asdict(decision) for decision in each.decisions],
            "newly_binding": [{"name": name, "index": index} for name, index in each.newly_binding],
            "no_longer_binding": [{"name": name, "index": index} for name, index in each.no_longer_binding],
        }
        for each in found.answers
    ]


def _source(source: "Source") -> Document:
    """Where an element comes from."""
    place = source.place.model_dump(mode="json") if source.place is not None else None
    return {**asdict(source), "place": place}


def _battery(found: "BatteryReport") -> Document:
    findings = [{**each.model_dump(mode="json"), "sentence": each.sentence} for each in found.findings]
    return {**found.model_dump(mode="json"), "findings": findings}


def _alternatives(found: "Alternatives") -> Document:
    return {
        "verdict": found.verdict,
        "message": found.message,
        "tolerance": found.tolerance,
        "is_complete": found.is_complete,
        "solves": found.solves,
        "solutions": [_solution(each) for each in found.solutions],
    }


def _solution(solution: "Solution") -> Document:
    return {
        "status": solution.status,
        "message": solution.message,
        "objective": solution.objective,
        "variables": [asdict(each) for each in solution.variables],
    }
