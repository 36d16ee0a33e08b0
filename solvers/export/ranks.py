"""How an objective ranks among several, in words that stand beside its mathematics."""

from steepest.solvers.formulation import Objective


def rank(objective: Objective) -> str:
    """`priority 1, weight 2`; empty where the objective says nothing of it."""
    said = [f"priority {objective.priority}"] if objective.priority is not None else []
    said += [f"weight {objective.weight:.15g}"] if objective.weight is not None else []
    return ", ".join(said)
