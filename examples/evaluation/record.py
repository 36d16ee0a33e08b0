"""Turn replies.toml into recorded.json, the cassette that `--model recorded:...` answers from.

    python examples/evaluation/record.py

To be run again after a prompt has changed, since a cassette answers only what it was asked.
"""

import asyncio
import sys
import tempfile
import tomllib
from pathlib import Path

from steepest.agents.llm import ChatRequest, FunctionModel, Recording
from steepest.evals.batch import Batch, carry_out
from steepest.evals.datasets.dataset import Dataset, load_datasets

HERE = Path(__file__).parent
METHODS = {"five+repair": "five", "direct": "direct"}
"""Each method, and where its replies stand."""


def writer(dataset: Dataset, key: str) -> FunctionModel:
    """Answers a request with what was written for its problem; a request with earlier replies in it is a repair."""
    written = tomllib.loads((HERE / "replies.toml").read_text(encoding="utf-8"))

    def reply(request: ChatRequest) -> str:
        text = "\n".join(message.content for message in request.messages)
        problem = next(each for each in dataset.problems if each.question in text)
        replies = written[problem.id.partition("/")[2]][key]
        rounds = [replies] if isinstance(replies, str) else replies
        asked_again = sum(answer.strip() in text for answer in rounds)
        return rounds[asked_again].strip()

    return FunctionModel(reply, name="written-by-hand")


def main(cassette: Path) -> None:
    """Record every method anew."""
    cassette.unlink(missing_ok=True)
    datasets = load_datasets([HERE / "problems.jsonl"])
    for method, key in METHODS.items():
        model = Recording(writer(datasets[0], key), cassette)
        with tempfile.TemporaryDirectory() as folder:
            batch = Batch(datasets=datasets, method=method, model=model, concurrency=1)
            end = asyncio.run(carry_out(batch, Path(folder) / "run"))
        print(f"{method}: {end.done} of {end.total}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "recorded.json")
