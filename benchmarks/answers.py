"""How often a model's formulation of a problem told in words has the right optimum.

    python benchmarks/answers.py PROBLEMS.jsonl --model local --limit 20 --out answers.jsonl

Each line of PROBLEMS is an object with `id`, `question` and `answer` (the optimum, a number; or null with `status`
`infeasible` or `unbounded`). Right means the same outcome, and an objective within a relative 1e-4 of the answer
(absolute 1e-6 near zero). `--out` keeps a line per problem, formulation included; problems that it holds already are
not asked again, so a run that was interrupted goes on where it stopped.
"""

import argparse
import json
import math
import time
from collections import Counter
from pathlib import Path
from typing import Any

from steepest import InputError, SteepestError, open_model, solve


def verdict(problem: dict[str, Any], outcome: str, objective: float | None) -> str:
    """`right`, `wrong`, or `not formulated`."""
    if outcome in ("not_formulated", "not_a_problem", "missing_data", "unsupported", "failed"):
        return "not formulated"
    if problem["answer"] is None:
        return "right" if outcome == problem.get("status") else "wrong"
    if objective is None or not math.isclose(objective, problem["answer"], rel_tol=1e-4, abs_tol=1e-6):
        return "wrong"
    return "right"


def ask(problem: dict[str, Any], model: Any) -> dict[str, Any]:
    """The record of one problem."""
    begin = time.monotonic()
    try:
        answer = solve(problem["question"], model=model)
    except SteepestError as error:
        outcome, objective, text, message = "failed", None, "", str(error)
    else:
        outcome, text, message = answer.outcome, "", answer.explanation
        objective = answer.solution.objective if answer.solution is not None else None
        if answer.formulation is not None:
            text = answer.formulation.to_text()
    return {
        "id": problem["id"],
        "verdict": verdict(problem, outcome, objective),
        "outcome": outcome,
        "objective": objective,
        "answer": problem["answer"],
        "seconds": round(time.monotonic() - begin, 1),
        "message": message,
        "formulation": text,
    }


def main() -> None:
    """Ask for every problem that has no record yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problems", type=Path)
    parser.add_argument("--model", default="local")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    problems = [json.loads(line) for line in arguments.problems.read_text().splitlines() if line.strip()]
    problems = problems[: arguments.limit]
    if not problems:
        raise InputError(f"{arguments.problems} holds no problems")
    known: dict[str, dict[str, Any]] = {}
    if arguments.out.exists():
        records = (json.loads(line) for line in arguments.out.read_text().splitlines())
        known = {record["id"]: record for record in records}
    model = open_model(arguments.model)
    with arguments.out.open("a") as out:
        for problem in problems:
            if problem["id"] not in known:
                record = known[problem["id"]] = ask(problem, model)
                out.write(json.dumps(record) + "\n")
                out.flush()
            record = known[problem["id"]]
            found = "-" if record["objective"] is None else f"{record['objective']:g}"
            wanted, seconds = str(record["answer"]), record["seconds"]
            print(f"{record['id']:<16} {record['verdict']:<15} {found:>12} {wanted:>12} {seconds:>7.1f} s", flush=True)
    counts = Counter(known[problem["id"]]["verdict"] for problem in problems)
    times = sorted(known[problem["id"]]["seconds"] for problem in problems)
    print(f"n = {len(problems)}: " + ", ".join(f"{count} {name}" for name, count in counts.most_common()))
    print(f"seconds a problem: median {times[len(times) // 2]:.0f}, longest {times[-1]:.0f}")


if __name__ == "__main__":
    main()
