"""Train the rules of the modeling agent's own prompt: solver verdicts are the feedback.

python -m examples.modeling_prompt                          # offline: scripted student and proposer
python -m examples.modeling_prompt --model local PROBLEMS.jsonl --seed-prompt shipped --out RUN
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import steepest
from examples.modeling_prompt.offline import Student, propose
from examples.modeling_prompt.picture import draw
from steepest.agents.llm import ChatModel, FunctionModel, open_model
from steepest.agents.optimizers.search.limits import SearchLimits
from steepest.evals.grading.tolerances import strictly_close
from steepest.prompts import Prompt, load_prompt
from steepest.traces import bundle, charge, node

HERE = Path(__file__).parent
PROBLEMS = HERE.parent / "evaluation" / "problems.jsonl"
BARE = "You turn an optimization problem told in words into a model. Write the model only, in the form of the examples."
MOST_CHARACTERS = 4_000
GOAL = (
    "These are the standing instructions of a language model that writes optimization models. Better instructions make "
    "more of its models right. They must hold for any problem, so name none of the problems that are shown."
)


def fits(rules: str) -> bool:
    """No longer than 4,000 characters, and without double braces."""
    return len(rules) <= MOST_CHARACTERS and "{{" not in rules and bool(rules.strip())


def workflow(rules, student: ChatModel, prompt: Prompt):
    """What a problem comes to when the student has these rules."""

    @bundle
    def formulate_and_solve(rules, question):
        """Ask the student for a model of the problem, and solve it."""
        answer = steepest.solve(
            question, model=student, repairs=0, time_limit=20, prompts={prompt.name: replace(prompt, system=rules)}
        )
        for step in answer.steps:
            charge((step.input_tokens or 0) + (step.output_tokens or 0), float(step.cost or 0))
        errors = [str(each) for each in answer.diagnostics if each.severity == "error"]
        return {
            "outcome": answer.outcome,
            "status": answer.solution.status if answer.solution is not None else None,
            "objective": answer.solution.objective if answer.solution is not None else None,
            "model": answer.formulation.to_text() if answer.formulation is not None else "",
            "errors": errors[:3],
        }

    return lambda question: formulate_and_solve(rules, question)


def verdict(problem: dict, found: dict) -> tuple[float, str]:
    """1 for the right optimum; the words say what the checks and the solver said, and never the right answer."""
    wanted, objective = problem["answer"], found["objective"]
    if found["outcome"] != "solved" or objective is None:
        reasons = "; ".join(found["errors"]) or found["status"] or found["outcome"]
        return 0.0, f"No optimum: {reasons}"
    if strictly_close(objective, wanted, json.dumps(wanted)):
        return 1.0, "Right: the optimum is that of the problem."
    return 0.0, "Solved, and the optimum is not that of the problem: something in the model is not what the words say."


def main() -> None:
    """Learn on some problems, choose on others, and tell the gain on a third part that no choice saw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problems", nargs="?", type=Path, default=PROBLEMS, help="unified JSONL with answers")
    parser.add_argument("--model", help="the student that writes models; scripted unless given")
    parser.add_argument("--proposer", help="the model that proposes rules; the student unless given")
    parser.add_argument("--seed-prompt", choices=("bare", "shipped"), default="bare")
    parser.add_argument("--sizes", type=int, nargs=3, metavar=("TRAIN", "VALIDATION", "TEST"), default=(3, 4, 3))
    parser.add_argument("--metric-calls", type=int, default=90)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", help="a folder for the run; the same command goes on there")
    parser.add_argument("--picture", type=Path, help="an SVG of the scores")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.problems.read_text("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if isinstance(row["answer"], int | float)]
    train, validation, test = options.sizes
    student = open_model(options.model) if options.model else Student()
    proposer = open_model(options.proposer) if options.proposer else student if options.model else None
    prompt = load_prompt("formulate_json" if student.structured else "formulate_text")
    rules = node(
        prompt.system if options.seed_prompt == "shipped" else BARE,
        "rules",
        trainable=True,
        description="standing instructions of the model that writes optimization models",
        constraint=fits,
    )
    found = steepest.optimize(
        workflow(rules, student, prompt),
        rows[:train],
        guide=verdict,
        validation=rows[train : train + validation],
        test=rows[train + validation : train + validation + test],
        parameters=[rules],
        llm=proposer or FunctionModel(propose, "list of rules"),
        strategy="pareto",
        budget=SearchLimits(metric_calls=options.metric_calls, seconds=options.seconds),
        workers=options.workers,
        goal=GOAL,
        seed=options.seed,
        out=options.out,
    )
    print(found)
    print(found.values["rules"])
    if options.picture:
        options.picture.write_text(draw(found), "utf-8")


if __name__ == "__main__":
    main()
