"""Other readings in words: what was assumed, and whether the answer changes where it is read otherwise."""

from steepest.agents.modeling.readings.records import Ambiguity, OtherReading
from steepest.solvers.display import first_objective, format_number

__all__ = ["told"]


def told(ambiguity: Ambiguity | None) -> str:
    """A paragraph about the passage that can be taken in several ways; empty where there is none."""
    if ambiguity is None:
        return ""
    assumed = f" The model takes it so: {ambiguity.assumed}." if ambiguity.assumed else ""
    verdict = "the answer changes" if ambiguity.changes_the_answer else "the answer stays the same"
    lines = [f"The text can be read in another way, and then {verdict}. {ambiguity.question}{assumed}"]
    return "\n".join([*lines, *(f"- {each.words}: {_came_to(each)} ({each.changes})" for each in ambiguity.others)])


def _came_to(other: OtherReading) -> str:
    solution = other.solution
    if solution.objective is None:
        return solution.status.replace("_", " ")
    if not other.formulation.objectives:
        return "it can be met"
    _, value, unit = first_objective(other.formulation, solution)
    shown = f"{format_number(value)} {unit}" if unit else format_number(value)
    return f"the best value is {shown}" if other.is_different else f"the best value is {shown} as well"
