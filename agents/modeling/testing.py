"""Tests an optimal answer for contradictions, without any model; what is found advises and changes nothing."""

from steepest.agents.modeling.steps import timed
from steepest.agents.modeling.task import State, Task, settled
from steepest.errors import SteepestError
from steepest.solvers.battery.report import BatteryReport


async def test(state: State, task: Task) -> State:
    """Run the battery within its budget."""
    formulation, solution = state["formulation"], state["solution"]
    if formulation is None or solution is None or task.test is None:
        raise ValueError("only a formulation that was solved is tested, and only if a battery is given")
    task.say("Testing the answer")
    with timed(task.steps, "test") as step:
        try:
            report = await settled(task.test(formulation, solution))
        except SteepestError as error:  # the answer stands, tested or not
            step.finding = f"the tests could not be carried out: {error}"
            return State(battery=None)
        step.finding = _summary(report)
    return State(battery=report)


def _summary(report: BatteryReport) -> str:
    passed = sum(each.outcome == "passed" for each in report.tests)
    found = f"{len(report.findings)} findings" if report.findings else "no findings"
    return f"{passed} kinds of tests passed, {found}"
