"""A tally of what one test of the battery found out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from steepest.solvers.battery.report import Basis, BatteryResult, Finding, Outcome, TestName
from steepest.solvers.formulation import Element


@dataclass
class Tally:
    """What one test found out."""

    test: TestName
    findings: list[Finding] = field(default_factory=list)
    checks: int = 0
    doubt: str = ""
    """Why something could not be decided."""
    reason: str = ""
    """Why it does not apply, where it was never carried out."""

    def found(
        self,
        elements: Sequence[Element | str],
        *,
        basis: Basis,
        changed: str,
        happened: str,
        must_hold: str,
        confirmed: bool = True,
    ) -> None:
        """Add a finding about elements, with the words that they come from."""
        names = tuple(each if isinstance(each, str) else getattr(each, "name", "objective") for each in elements)
        quotes = dict.fromkeys(quote for each in elements if isinstance(each, Element) for quote in each.quotes)
        self.findings.append(
            Finding(
                test=self.test,
                basis=basis,
                elements=names,
                quotes=tuple(quotes),
                changed=changed,
                happened=happened,
                must_hold=must_hold,
                confirmed=confirmed,
            )
        )

    def result(self) -> BatteryResult:
        """The outcome of the test."""
        outcome: Outcome = "worth_a_look" if self.findings else "passed"
        if any(each.basis == "arrays" for each in self.findings):
            outcome = "failed"
        if not self.findings and not self.checks:
            outcome = "undecided" if self.doubt else "not_applicable"
        reason = "" if self.findings else self.doubt or (self.reason if not self.checks else "")
        return BatteryResult(test=self.test, outcome=outcome, reason=reason, checks=self.checks)
