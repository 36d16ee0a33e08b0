"""A report as another program reads it: one JSON document whose keys docs/cli.md lists."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from steepest.cli import front_json, further_json
from steepest.cli.report import Cost, Report
from steepest.solvers.display import first_objective, meanings_of

if TYPE_CHECKING:
    from steepest.solvers.diagnostics import Diagnostic
    from steepest.solvers.formulation import Formulation
    from steepest.solvers.solution import Solution

Document = dict[str, Any]


def document(report: Report) -> Document:
    """Every key is always there; what is not known is null or empty."""
    solution, formulation = report.solution, report.formulation
    meanings = meanings_of(formulation) if formulation else {}
    return {
        "outcome": report.outcome,
        "status": solution.status if solution else None,
        "message": solution.message if solution else "",
        "note": solution.note if solution else "",
        "objective": _objective(formulation, solution),
        "objectives": [asdict(each) for each in (solution.objectives if solution else [])],
        "variables": [
            {**asdict(variable), "meaning": meanings.get(variable.name, "")}
            for variable in (solution.variables if solution else [])
        ],
        "binding": list(_binding(solution, meanings)) if solution else [],
        **_why(solution),
        **further_json.document(report.further),
        "front": front_json.document(report.front),
        "assumptions": list(report.assumptions),
        "missing": list(report.missing),
        "reading": _reading(report),
        "insights": [each.model_dump(mode="json") for each in report.insights],
        "readings": report.ambiguity.model_dump(mode="json") if report.ambiguity is not None else None,
        "tests": report.battery.model_dump(mode="json") if report.battery is not None else None,
        "agreement": _agreement(report),
        "script": report.script.model_dump(mode="json") if report.script is not None else None,
        "explanation": report.explanation,
        "formulation": formulation.model_dump(mode="json") if formulation else None,
        "text": formulation.to_text() if formulation else None,
        "diagnostics": diagnostics(report.diagnostics),
        "solver": _solver(solution),
        "cost": _cost(report.cost),
        "seconds": round(report.seconds, 3),
        "faces": report.faces,
    }


def _reading(report: Report) -> Document | None:
    """Sentences, numbers and origins with their places in `problem`, and what the model leaves out, in words."""
    if report.reading is None:
        return None
    from steepest.agents.modeling.reading.telling import left_out

    return {
        "problem": report.problem,
        "number_coverage": report.reading.number_coverage,
        "provenance_coverage": report.reading.provenance_coverage,
        "left_out": left_out(report.reading, report.problem),
        **report.reading.model_dump(mode="json"),
    }


def _agreement(report: Report) -> Document | None:
    """The groups of answers, the confidence, whether that is enough, and what speaks against the answer."""
    if report.agreement is None:
        return None
    return {"is_sure": report.agreement.is_sure, **report.agreement.model_dump(mode="json")}


def diagnostics(found: Iterable["Diagnostic"]) -> list[Document]:
    """Findings with their places."""
    return [diagnostic.model_dump(mode="json") for diagnostic in found]


def _objective(formulation: "Formulation | None", solution: "Solution | None") -> Document | None:
    if solution is None or solution.objective is None:
        return None
    sense, value, unit = first_objective(formulation, solution)
    return {
        "value": value,
        "sense": sense,
        "unit": unit,
        "bound": _finite(solution.bound),
        "gap": _finite(solution.gap),
    }


def _binding(solution: "Solution", meanings: dict[str, str]) -> Iterator[Document]:
    """The binding constraints with what they and their duals are measured in."""
    units = solution.units
    for each in solution.binding:
        measured = {"unit": units.constraints.get(each.name), "dual_unit": units.duals.get(each.name)}
        yield {**asdict(each), **measured, "meaning": meanings.get(each.name, "")}


def _why(solution: "Solution | None") -> Document:
    """What conflicts, what would repair it, and what has no end."""
    why = solution.explanation if solution else None
    return {
        "conflict": why.conflict.model_dump(mode="json") if why and why.conflict else None,
        "repairs": [repair.model_dump(mode="json") for repair in (why.repairs if why else ())],
        "ray": why.ray.model_dump(mode="json") if why and why.ray else None,
    }


def _finite(value: float | None) -> float | None:
    """JSON has no infinity: a bound that proves nothing yet is null."""
    return value if value is not None and math.isfinite(value) else None


def _solver(solution: "Solution | None") -> Document | None:
    if solution is None:
        return None
    rows, columns, nonzeros = solution.size
    return {
        "name": solution.solver,
        "class": solution.problem_class,
        "seconds": solution.seconds,
        "rows": rows,
        "columns": columns,
        "nonzeros": nonzeros,
    }


def _cost(cost: Cost | None) -> Document | None:
    if cost is None:
        return None
    return {
        "model": cost.model,
        "calls": cost.calls,
        "input_tokens": cost.input_tokens,
        "output_tokens": cost.output_tokens,
        "dollars": None if cost.money is None else float(cost.money),
    }
