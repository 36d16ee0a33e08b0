"""Insights for tests."""

from steepest.agents.library.insights import Insight, Provenance
from steepest.agents.library.labels import Label

FLOW = Label("Domain Modeling", "Network Flow", "Flow Conservation")
BOUNDS = Label("General Formulation", "Variable Definition", "Explicit Bounds")


def insight(
    name: str, *, labels: tuple[Label, ...] = (FLOW,), tasks: tuple[str, ...] | None = None, **fields
) -> Insight:
    """An insight about flows, active unless told otherwise."""
    given = {"condition": f"when goods flow through {name}", "explanation": f"what enters {name} leaves it"}
    provenance = Provenance(tasks=(f"task-{name}",) if tasks is None else tasks)
    return Insight(**{"id": name, "labels": labels, "status": "active", "provenance": provenance, **given, **fields})


def ids(library) -> list[str]:
    """Of what is in a library."""
    return [entry.insight.id for entry in library.entries()]
