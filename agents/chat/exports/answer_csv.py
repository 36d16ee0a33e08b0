"""An answer as CSV: words stay words in a spreadsheet, too."""

import csv
import io

from steepest.solvers.solution import Solution
from steepest.traces.rendering.characters import not_a_formula, visible

__all__ = ["answer_csv"]


def answer_csv(solution: Solution) -> str:
    """The decisions, a row each.

    Args:
        solution: The answer.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["variable", "index", "value", "unit"])
    for each in solution.variables:
        index = ", ".join(map(str, each.index))
        writer.writerow([_word(each.name), _word(index), each.value, _word(each.unit or "")])
    return text.getvalue()


def _word(text: str) -> str:
    return not_a_formula(visible(text))
