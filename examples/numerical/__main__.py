"""Find the inputs of random functions.

python -m examples.numerical                              # offline: functions in the place of a language model
python -m examples.numerical --model openai:gpt-5.4-mini  # OptoPrime and OPRO ask it
"""

import argparse
from pathlib import Path
from statistics import median

from examples.numerical.functions import function
from examples.numerical.methods import METHODS, best_so_far
from examples.numerical.picture import draw
from steepest.agents.llm.specs import open_model


def compared(functions: int, evaluations: int, *, model: str | None = None) -> dict[str, list[list[float]]]:
    """The smallest distance after each evaluation, by method and function."""
    asked = open_model(model) if model else None
    return {
        name: [best_so_far(method(function(seed), evaluations, seed, asked), evaluations) for seed in range(functions)]
        for name, method in METHODS.items()
    }


def main(arguments: list[str] | None = None) -> None:
    """Compare, tell, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="a chat model for OptoPrime and OPRO; functions unless given")
    parser.add_argument("--functions", type=int, default=20)
    parser.add_argument("--evaluations", type=int, default=30)
    parser.add_argument("--picture", type=Path, help="an SVG of the distances")
    options = parser.parse_args(arguments)
    found = compared(options.functions, options.evaluations, model=options.model)
    marks = sorted({min(each, options.evaluations) for each in (5, 10, 20, options.evaluations)})
    print(f"Median distance to the target over {options.functions} functions, after so many evaluations:")
    print(f"{'':12}" + "".join(f"{mark:>12}" for mark in marks))
    for name, runs in found.items():
        print(f"{name:12}" + "".join(f"{median(run[mark - 1] for run in runs):>12.2g}" for mark in marks))
    if options.picture:
        draw(found, options.picture)


if __name__ == "__main__":
    main()
