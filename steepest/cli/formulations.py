"""A formulation that a person wrote: read, checked, and what of its data is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from steepest.cli.inputs import Source
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation
from steepest.solvers.text.reader import read_formulation

if TYPE_CHECKING:
    from steepest.solvers.formulation import Parameter


MISSING = "missing-data"
"""Code of the findings that the person can mend with --data."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a text: a formulation, unless it could not be read at all, and the findings."""

    formulation: Formulation | None
    diagnostics: tuple[Diagnostic, ...]
    missing: tuple[str, ...] = ()
    """Parameters without a value, each with how to give it; these are not among the diagnostics."""

    @property
    def is_usable(self) -> bool:
        """Whether it can be solved as soon as nothing is missing, as far as can be told without its data."""
        return self.formulation is not None and all(found.severity != "error" for found in self.diagnostics)

    def without(self, code: str) -> "Loaded":
        """The same without findings of a code that does not count here."""
        return replace(self, diagnostics=tuple(each for each in self.diagnostics if each.code != code))


def load(source: Source, tables: Mapping[str, object]) -> Loaded:
    """Read and check a formulation in either face: JSON if it begins like JSON, five-element text otherwise."""
    loaded = _from_json(source.text) if source.text.lstrip().startswith("{") else _from_text(source.text)
    formulation = loaded.formulation
    if formulation is None:
        return loaded
    found = [*loaded.diagnostics, *check_formulation(formulation, bound=tuple(tables))]
    missing = [p for p in formulation.parameters if p.missing and p.name not in tables]
    return Loaded(
        formulation,
        diagnostics=tuple(each for each in found if each.code != MISSING),
        missing=tuple(_request(parameter) for parameter in missing),
    )


def _from_text(text: str) -> Loaded:
    reading = read_formulation(text)
    return Loaded(reading.formulation, tuple(reading.diagnostics))


def _request(parameter: "Parameter") -> str:
    unit = f" [{parameter.unit}]" if parameter.unit else ""
    note = f": {parameter.note}" if parameter.note else ""
    content = "NUMBER" if parameter.index is None else "FILE.csv"
    return f"{parameter.name}{unit}{note} (give it with --data {parameter.name}={content})"


def _from_json(text: str) -> Loaded:
    try:
        return Loaded(Formulation.model_validate_json(text), ())
    except ValidationError as error:
        return Loaded(None, tuple(_defect(defect["loc"], defect["msg"]) for defect in error.errors()))


def _defect(location: tuple[int | str, ...], message: str) -> Diagnostic:
    return Diagnostic(
        code="invalid-json",
        severity="error",
        message=message,
        element=".".join(str(part) for part in location) or None,
        repair="see docs/cli.md for the JSON face, or write the five-element text",
    )
