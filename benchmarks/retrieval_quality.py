"""How good the insights are that are found for problems told in words: the first stage of retrieval, without a model.

    python benchmarks/retrieval_quality.py                        # problems of our own
    python benchmarks/retrieval_quality.py --problems FOLDER      # and published ones, where their files are
    python benchmarks/retrieval_quality.py --sizes 96,10000 --embeddings hashed

The modeling agent asks the library with the text of a problem and nothing else: there is no formulation yet whose
structure could be compared, and no label unless a model was asked. So that is what is measured.

`retrieval_cases/insights.toml` has 48 kinds of insights as a language model wrote them: a title, a condition in the
words of modeling, another in those of a trade, an explanation. The first 96 insights are these two of each kind; more
are the same kinds told for other trades, as in a library that has grown and was never merged. 40 problems of our own
(`problems.toml`) and 60 published ones (`judgements.toml` has their ids; FOLDER has `*.jsonl` files with `id` and
`question`) were judged by a language model: which kinds of insight could be used there. The lexicon of cues and the
weights of the rankings were chosen with our own problems in view. The published ones are not quite untouched, either:
their figures were seen when the price of sameness was chosen, and the judge wrote the lexicon, too.

Figures: `kinds@5`, `@10`, `@30`: of the kinds that a problem can use, the share of which at least one insight is among
the first 5, 10, 30 (the second stage chooses from 30); `apply@5`: how many of the first five could be used. With half
of the 95 % interval (normal approximation over problems).
"""

import argparse
import json
import os
import random
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

os.environ.update({name: "1" for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")})

import numpy as np

from steepest.agents.library.embeddings.choice import open_embedder
from steepest.agents.library.insights import Insight
from steepest.agents.library.labels import Label
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.candidates import candidates
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.shelf import Ranking, Shelf

CASES = Path(__file__).parent / "retrieval_cases"
SLOTS = ("item", "other", "place", "worker", "means")
COMBINATIONS: dict[str, tuple[Ranking, ...]] = {
    "all that there are": ("cues", "words", "meaning"),
    "cues": ("cues",),
    "words": ("words",),
    "meaning": ("meaning",),
    "without cues": ("words", "meaning"),
}
HEADS = ("kinds@5", "kinds@10", "kinds@30", "apply@5")
_ADDED_AT_ONCE = 2_000


@dataclass(frozen=True)
class Problem:
    """A problem, and what could be used in it."""

    text: str
    kinds: frozenset[str]


def read(name: str) -> dict[str, object]:
    """A file of cases."""
    return tomllib.loads((CASES / name).read_text("utf-8"))


def own_problems() -> list[Problem]:
    """Those that are here."""
    return [Problem(each["text"], frozenset(each["kinds"])) for each in read("problems.toml")["problem"]]


def published_problems(folder: Path) -> list[Problem]:
    """Those of the folder that were judged, in the order of the judgements."""
    judged = read("judgements.toml")
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            record = json.loads(line)
            if record["id"] in judged:
                texts[record["id"]] = record["question"]
    return [Problem(texts[name], frozenset(kinds)) for name, kinds in judged.items() if name in texts]


def insights(size: int) -> Iterator[Insight]:
    """As many insights, of all kinds in turn; ids are `KIND-NUMBER`."""
    drawn = random.Random(0)
    kinds, trades = read("insights.toml"), read("trades.toml")["trades"]
    for number in range(size):
        turn, place = divmod(number, len(kinds))
        name = list(kinds)[place]
        kind = kinds[name]
        words = [drawn.choice(trades)[column] for column in range(len(SLOTS))]
        if turn <= len(trades):
            words = trades[(turn + place) % len(trades)]  # each trade as it is first, then mixtures
        example = kind["example"].format(**dict(zip(SLOTS, words, strict=True)))
        both = f"{kind['abstract']} {example}"
        condition = kind["abstract"] if turn == 0 else example if turn == 1 else drawn.choice((example, both))
        yield Insight(
            id=f"{name}-{turn}",
            title=kind["title"],
            labels=(Label.parse(kind["label"]),),
            condition=condition,
            explanation=kind["explanation"],
            status="active",
        )


def figures(found: Sequence[str], problem: Problem) -> tuple[float, ...]:
    """What `HEADS` name."""
    kinds = [name.rpartition("-")[0] for name in found]
    shares = [len(problem.kinds.intersection(kinds[:count])) / len(problem.kinds) for count in (5, 10, 30)]
    return (*shares, sum(kind in problem.kinds for kind in kinds[:5]) / 5)


def measure(shelf: Shelf, problems: Sequence[Problem]) -> None:
    """Print the figures of each combination of rankings."""
    for name, rankings in COMBINATIONS.items():
        begun = perf_counter()
        rows = np.array([figures(ids(shelf, each, rankings), each) for each in problems])
        milliseconds = 1000 * (perf_counter() - begun) / len(problems)
        halves = 1.96 * rows.std(axis=0, ddof=1) / len(rows) ** 0.5
        told = "".join(f"{mean:8.2f} ± {half:.2f}" for mean, half in zip(rows.mean(axis=0), halves, strict=True))
        print(f"  {name:20}{told}{milliseconds:9.1f} ms")


def ids(shelf: Shelf, problem: Problem, rankings: tuple[Ranking, ...]) -> list[str]:
    """The first 30."""
    return [each.entry.insight.id for each in candidates(shelf, Query(problem.text), rankings=rankings)]


def main() -> int:
    """Measure all sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="96,10000")
    parser.add_argument("--problems", type=Path)
    parser.add_argument("--embeddings", default="hashed")
    arguments = parser.parse_args()
    sets = {"our own": own_problems()}
    if arguments.problems:
        sets["published"] = published_problems(arguments.problems)
    embedder = open_embedder(arguments.embeddings)
    for size in map(int, arguments.sizes.split(",")):
        with TemporaryDirectory() as folder, Library.open(Path(folder) / "library.db") as library:
            waiting = list(insights(size))
            for start in range(0, size, _ADDED_AT_ONCE):
                library.add(waiting[start : start + _ADDED_AT_ONCE])
            shelf = Shelf(library, embedder)
            shelf.refresh()
            for name, problems in sets.items():
                print(f"\n{size:,} insights, {len(problems)} problems {name}")
                print(f"{'':22}" + "".join(f"{head:>15}" for head in HEADS))
                measure(shelf, problems)
    return 0


if __name__ == "__main__":
    sys.exit(main())
