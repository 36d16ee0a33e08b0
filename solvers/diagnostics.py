"""What is wrong with a formulation, where it stands, and how to repair it.

A `Diagnostic` is made where the fact is known (reader, checks, data binding, compiler) and shown to three readers:
the person at the terminal, the program that calls `check`, and the model that is asked for a repair.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

from steepest.errors import SteepestError

Severity = Literal["error", "warning", "note"]


class Place(BaseModel):
    """A stretch of the source text; lines and columns count from 1, `end_column` is one past the last character."""

    model_config = ConfigDict(frozen=True)

    line: int
    column: int = 1
    end_column: int | None = None

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class Diagnostic(BaseModel):
    """One finding: errors stop the work, warnings and notes go on."""

    model_config = ConfigDict(frozen=True)

    code: str
    """A stable kebab-case name of the kind of finding, such as `unknown-name`."""
    severity: Severity
    message: str
    """What is wrong, with the offending text in it."""
    element: str | None = None
    """The element it stands in, such as `constraint flour_stock`."""
    place: Place | None = None
    """Where in the source text, when there is one."""
    repair: str | None = None
    """What to write instead, or what to do."""

    def __str__(self) -> str:
        where = ", ".join(str(part) for part in (self.element, self.place) if part)
        text = f"{self.severity}[{self.code}] {where + ': ' if where else ''}{self.message}"
        return f"{text}\n  repair: {self.repair}" if self.repair else text


class Diagnostics:
    """An ordered collection of findings that its makers append to."""

    def __init__(self, items: Iterable[Diagnostic] = ()) -> None:
        self._items = list(items)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"Diagnostics({self._items!r})"

    def add(
        self,
        severity: Severity,
        code: str,
        message: str,
        *,
        element: str | None = None,
        place: Place | None = None,
        repair: str | None = None,
    ) -> None:
        """Append one finding."""
        self._items.append(
            Diagnostic(code=code, severity=severity, message=message, element=element, place=place, repair=repair)
        )

    def extend(self, items: Iterable[Diagnostic]) -> None:
        """Append findings made elsewhere."""
        self._items.extend(items)

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings that stop the work."""
        return [item for item in self._items if item.severity == "error"]

    def raise_errors(self) -> None:
        """Raise `FormulationError` if there is any error among the findings."""
        if self.errors:
            raise FormulationError(self._items)


class FormulationError(SteepestError):
    """A formulation can't be read, checked or compiled as it is; `diagnostics` says why, one finding each."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = list(diagnostics)
        errors = [item for item in self.diagnostics if item.severity == "error"]
        super().__init__("\n".join(str(item) for item in errors))

    def within(self, element: str, place: Place | None = None) -> "FormulationError":
        """The same findings, placed in an element where they name none yet."""
        return FormulationError(
            item.model_copy(update={"element": item.element or element, "place": item.place or place})
            for item in self.diagnostics
        )


def problem(
    code: str, message: str, *, place: Place | None = None, repair: str | None = None, element: str | None = None
) -> FormulationError:
    """An error with a single finding."""
    return FormulationError(
        [Diagnostic(code=code, severity="error", message=message, place=place, repair=repair, element=element)]
    )
