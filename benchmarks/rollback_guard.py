"""How often the guard of examinations is wrong: right corrections rolled back, dropped constraints missed.

    python -m benchmarks.rollback_guard

The right formulations of examples/evaluation are spoiled in one place each, a number by every other number of the text
and a comparison by its opposite; the right one is then the correction, which has to be taken. In turn each constraint
is dropped from the right one, which has to be rolled back.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from steepest.agents.llm import FunctionModel
from steepest.agents.modeling.check import findings
from steepest.agents.modeling.keeping import broken
from steepest.agents.modeling.task import Draft, Task
from steepest.solvers.solution import Solution
from steepest.solvers.text.reader import read_formulation

EXAMPLES = Path(__file__).parent.parent / "examples" / "evaluation"
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
SCALAR = re.compile(r"(  \w+ = )(\d+(?:\.\d+)?)\s*$")
COMPARISON = re.compile(r"  \w+(?:\[.*\])?: .*(<=|>=)")


def draft_of(five: str, task: Task) -> Draft | None:
    """A formulation that nothing stands against, with what is found about it."""
    reading = read_formulation(five)
    if reading.formulation is None:
        return None
    found = (*reading.diagnostics, *findings(reading.formulation, task))
    return None if any(item.severity == "error" for item in found) else Draft(reading.formulation, five, found)


def with_line(lines: list[str], at: int, *line: str) -> str:
    """The text with another line, or none, in the place of one."""
    return "\n".join([*lines[:at], *line, *lines[at + 1 :]])


def misread_numbers(five: str, text: str) -> Iterator[str]:
    """A number of the text in the place of another."""
    lines = five.splitlines()
    for at, line in enumerate(lines):
        code, _, comment = line.partition("#")
        scalar = SCALAR.match(code)
        for number in dict.fromkeys(NUMBER.findall(text)) if scalar else ():
            if number != scalar[2]:
                yield with_line(lines, at, f"{scalar[1]}{number}   #{comment}")


def turned_comparisons(five: str) -> Iterator[str]:
    """At most where the text says at least, or the other way round."""
    lines = five.splitlines()
    for at in constraint_lines(lines):
        code, _, comment = lines[at].partition("#")
        turned = re.sub("<=|>=", lambda sign: ">=" if sign[0] == "<=" else "<=", code)
        yield with_line(lines, at, f"{turned}#{comment}")


def without_a_constraint(five: str) -> Iterator[str]:
    """One constraint less."""
    lines = five.splitlines()
    for at in constraint_lines(lines):
        yield with_line(lines, at)


def constraint_lines(lines: list[str]) -> list[int]:
    """Where constraints with one comparison stand."""
    begin = lines.index("constraints:") + 1
    return [at for at in range(begin, len(lines)) if COMPARISON.match(lines[at].partition("#")[0])]


def main() -> None:
    """Count, and print the counts."""
    replies = tomllib.loads((EXAMPLES / "replies.toml").read_text("utf-8"))
    taken, turned, dropped = [0, 0], [0, 0], [0, 0]
    for line in (EXAMPLES / "problems.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        five = replies[row["id"].rpartition("/")[2]]["five"][-1] if isinstance(row["answer"], int | float) else ""
        task = Task(row["question"], FunctionModel(lambda _: ""), lambda _: Solution(status="failed"))
        right = draft_of(five, task)
        if right is None:
            continue
        for wrong in filter(None, (draft_of(each, task) for each in misread_numbers(five, row["question"]))):
            count(taken, is_wrong=bool(broken(wrong, right, task)))
        for wrong in filter(None, (draft_of(each, task) for each in turned_comparisons(five))):
            count(turned, is_wrong=bool(broken(wrong, right, task)))
        for less in filter(None, (draft_of(each, task) for each in without_a_constraint(five))):
            count(dropped, is_wrong=not broken(right, less, task))
    print(f"right corrections of a misread number that are rolled back: {taken[0]} of {taken[1]}")
    print(f"right corrections of a turned comparison that are rolled back: {turned[0]} of {turned[1]}")
    print(f"dropped constraints that are missed: {dropped[0]} of {dropped[1]}")


def count(of: list[int], *, is_wrong: bool) -> None:
    """One more case."""
    of[0] += is_wrong
    of[1] += 1


if __name__ == "__main__":
    main()
