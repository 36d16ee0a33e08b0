"""Learn to play Battleship: the policy is code, a search rewrites it by what the games show.

python -m examples.battleship                       # offline, a small grammar of rules as the model
python -m examples.battleship --model openai:gpt-5.4-mini
"""

import argparse
from pathlib import Path

import steepest
from examples.battleship.board import SALVO, SALVOS, SHIPS, Game, play
from examples.battleship.picture import draw
from examples.battleship.rules import propose
from steepest.agents.llm import ChatModel, FunctionModel, open_model
from steepest.traces import bundle

GOAL = (
    f"hit as many ship cells as possible in {SALVOS} salvos of {SALVO} shots; what they hit is seen after each salvo; "
    f"ships are straight, {SHIPS} cells long, and never touch, not even at corners"
)


@bundle(trainable=True)
def next_shots(seen):
    """Rows and columns of the next five shots."""
    unknown = [[r, c] for r, row in enumerate(seen) for c, cell in enumerate(row) if cell == "."]
    return unknown[:5]


def game(board: int):
    """Play on the board of this number."""
    return play(board, next_shots)


def judge(board: int, played: Game) -> tuple[float, str]:
    """The share of ship cells that were hit, and what the shots were like."""
    words = f"{played.found} of {sum(SHIPS)} ship cells were hit with {len(played.shots)} shots."
    if played.chances:
        words += f" {played.chances} unknown cells beside a hit were left out by the next salvo."
    if played.wasted:
        words += f" {played.wasted} shots were off the board or at a cell that had been shot at."
    return played.found / sum(SHIPS), words


def learn(model: ChatModel, metric_calls: int, seed: int = 0, out: str | None = None) -> "steepest.Optimized":
    """Search for a better policy; the last boards are for the figure at the end alone."""
    return steepest.optimize(
        game,
        list(range(4)),
        guide=judge,
        validation=list(range(4, 12)),
        test=list(range(12, 36)),
        parameters={"next_shots": next_shots.code.node},
        llm=model,
        strategy="pareto",
        budget=metric_calls,
        goal=GOAL,
        seed=seed,
        out=out,
    )


def main() -> None:
    """Learn, tell, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="a chat model that proposes; the grammar of rules unless given")
    parser.add_argument("--metric-calls", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", help="a folder for the run; the same command goes on there")
    parser.add_argument("--picture", type=Path, help="an SVG of the first test board before and after")
    options = parser.parse_args()
    model = open_model(options.model) if options.model else FunctionModel(propose, "grammar of rules")
    before = play(12, next_shots)
    found = learn(model, options.metric_calls, options.seed, options.out)
    print(found)
    print(found.values["next_shots"])
    if options.picture:
        options.picture.write_text(draw(12, before, play(12, next_shots)), "utf-8")


if __name__ == "__main__":
    main()
