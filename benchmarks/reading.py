"""How much of problem texts right formulations are seen to use, and how often something left out is told.

    python benchmarks/reading.py PROBLEMS FORMULATIONS

PROBLEMS is a folder of `*.jsonl` files whose rows have `id`, `question`, `answer` and `group` (rows of one group tell
the same problem); FORMULATIONS a folder of `.five` files with an `index.jsonl` whose rows have `file` and `problem` (an
id). Every formulation is compared with every text of its group that has the same answer. What is told of a right
formulation is a number that really does not matter, or a false report: they are printed, for a person to judge. Then
constraints are taken away, with the parameters that only they use or without, and it is counted how often that is told.
"""

import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from steepest.agents.modeling.reading.coverage import Reading, read_problem
from steepest.agents.modeling.reading.telling import left_out
from steepest.solvers.definitions import names_in
from steepest.solvers.formulation import Formulation
from steepest.solvers.text.reader import read_formulation

Row = dict[str, Any]


def main(problems: Path, formulations: Path) -> None:
    """Measure, and print what was found."""
    pairs = list(_pairs(problems, formulations))
    readings = [read_problem(text, formulation) for _, text, formulation, _ in pairs]
    for (name, text, _, _), reading in zip(pairs, readings, strict=True):
        for line in left_out(reading, text):
            print(f"{name}: {line}")
    _print_coverage(readings)
    told: Counter[str] = Counter()
    for _, text, formulation, is_own in pairs:
        if is_own:
            told.update(_told_mutants(text, formulation))
    for kind in ("a parameter left unused", "a constraint and its numbers dropped"):
        print(f"{kind}: told {told[kind, True]} of {told[kind, True] + told[kind, False]}")


def _print_coverage(readings: list[Reading]) -> None:
    uses = Counter(number.use for reading in readings for number in reading.numbers)
    kinds = Counter(origin.kind for reading in readings for origin in reading.origins)
    data = uses["used"] + uses["unused"] + uses["idle"]
    reported = sum(bool(each.unused or each.unread) for each in readings)
    print(f"{len(readings)} pairs of text and formulation, {reported} with a report")
    print(f"numbers of the texts by use: {dict(uses)}; used of data {uses['used'] / data:.1%}")
    known = 1 - kinds["unknown"] / kinds.total()
    print(f"numbers of the formulations by origin: {dict(kinds)}; known {known:.1%}")
    print(
        f"sentences that demand something: {sum(s.kind == 'requirement' for e in readings for s in e.sentences)}, ",
        end="",
    )
    print(f"reported: {sum(len(each.unread) for each in readings)}")


def _pairs(problems: Path, formulations: Path) -> Iterator[tuple[str, str, Formulation, bool]]:
    """Name of the text, the text, a formulation of it, and whether it was made from just this text."""
    rows = {row["id"]: row for path in sorted(problems.glob("*.jsonl")) for row in _rows(path)}
    groups: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows.values():
        groups[row["group"]].setdefault(row["question"], row)
    for entry in _rows(formulations / "index.jsonl"):
        own = rows[entry["problem"]]
        formulation = read_formulation((formulations / entry["file"]).read_text()).formulation
        if formulation is None:
            continue
        for text, row in groups[own["group"]].items():
            if text == own["question"] or _is_same(own["answer"], row["answer"]):
                yield row["id"], text, formulation, text == own["question"]


def _rows(path: Path) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _is_same(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-4)


def _told_mutants(text: str, formulation: Formulation) -> Iterator[tuple[str, bool]]:
    """For each constraint with parameters of its own: whether taking it away is told, without and with those."""
    before = {number.span for number in read_problem(text, formulation).unused}
    for constraint in formulation.constraints:
        rest = [each for each in formulation.constraints if each is not constraint]
        without = formulation.model_copy(update={"constraints": rest})
        elsewhere = {
            name
            for elements in (
                rest,
                without.objectives,
                without.variables,
                without.lets,
                without.parameters,
                without.sets,
            )
            for element in elements
            for name in names_in(element)
        }
        alone = set(names_in(constraint)) - elsewhere
        kept = [each for each in formulation.parameters if each.name not in alone]
        if len(kept) == len(formulation.parameters):
            continue
        yield "a parameter left unused", _is_told(text, without, before)
        dropped = without.model_copy(update={"parameters": kept})
        yield "a constraint and its numbers dropped", _is_told(text, dropped, before)


def _is_told(text: str, mutant: Formulation, before: set[Any]) -> bool:
    return any(number.span not in before for number in read_problem(text, mutant).unused)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
