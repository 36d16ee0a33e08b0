"""What tests of an answer found, in words for the person."""

from steepest.solvers.battery.report import BatteryReport

__all__ = ["told_findings"]

_MOST = 6


def told_findings(report: BatteryReport | None) -> str:
    """A paragraph about the tests; empty where none was carried out."""
    if report is None:
        return ""
    carried_out = [each for each in report.tests if each.outcome != "not_applicable"]
    if not carried_out:
        return ""
    passed = sum(each.outcome == "passed" for each in carried_out)
    undecided = sum(each.outcome == "undecided" for each in carried_out)
    counted = f"{passed} of {len(carried_out)} kinds of tests passed"
    counted += f", {undecided} undecided" if undecided else ""
    if report.is_clean:
        return f"Tested: {counted}; nothing stands against the answer."
    lines = [f"- {each}" for each in report.findings[:_MOST]]
    more = [f"- and {len(report.findings) - _MOST} more"] if len(report.findings) > _MOST else []
    return "\n".join([f"Tested: {counted}. Look at these before you rely on the answer:", *lines, *more])
