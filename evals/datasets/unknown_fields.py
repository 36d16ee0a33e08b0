"""Fields of the unified format that somebody misspelt: they would be passed over without a word."""

import difflib
from collections.abc import Iterable

from steepest.evals.datasets.findings import Finding
from steepest.evals.datasets.json_rows import Row

__all__ = ["FIELDS", "Misspelt", "near_miss"]

FIELDS = (
    "id",
    "question",
    "answer",
    "status",
    "variables",
    "dataset",
    "type",
    "category",
    "source",
    "license",
    "group",
    "notes",
    "label_text",
)
_LIKENESS = 0.75


def near_miss(field: str, present: Iterable[str]) -> str | None:
    """The field that is meant by an unknown one; None for one of somebody's own, or where the record has both."""
    if field in FIELDS:
        return None
    near = difflib.get_close_matches(field.lower(), FIELDS, n=1, cutoff=_LIKENESS)
    return near[0] if near and near[0] not in present else None


class Misspelt:
    """The misspelt fields of a file, each with the first record that has it and how many have."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[str, int]] = {}

    def look_at(self, row: Row) -> None:
        """Take a record in."""
        for field in row.value or ():
            if (meant := near_miss(field, row.value or ())) is not None:
                place, count = self._found.get((field, meant), (row.place, 0))
                self._found[field, meant] = place, count + 1

    def warnings(self) -> tuple[Finding, ...]:
        """What was passed over, a line each."""
        return tuple(
            Finding(place, f'"{field[:40]}" is no field and is passed over (records: {count:,}); is "{meant}" meant?')
            for (field, meant), (place, count) in self._found.items()
        )
