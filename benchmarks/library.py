"""What finding insights takes and finds: the first stage of retrieval, without a model.

    python benchmarks/library.py                       # 100, 10,000 and 100,000 insights; some minutes
    python benchmarks/library.py --sizes 100,10000 --queries 500
    python benchmarks/library.py --keep FOLDER         # keeps the libraries, and uses those that are there

Latency: milliseconds of a query (the look for changes, five rankings, their fusion), wall clock and the CPU time of
this thread beside it, since a busy machine shows in the first and not in the second; then each part alone. Every query
is a text that was not asked before. One thread: numpy's threads are off. The target is a p99 below 10 ms at 10,000.
`cold` is the start in a new process: opening the file, reading all insights and making the arrays, their embeddings
being kept; `built` is the first one, which makes the embeddings.

Recall: how many of the five insights of a problem's archetype are among the first ten, on average, with its interval
(normal approximation). `as the agent asks` is without a formulation, which the modeling agent does not have yet when it
asks. Nothing here was written by people or by a language model: it says how rankings are fused whatever they are worth,
and nothing of real problems (retrieval_quality.py has those). 6,000 words are made of syllables, and drawn by rank as
words of English are (Zipf) but for the 130 commonest, which a search leaves out. An archetype is nine of the rarer
words, seven of 48 features of structure and one of as many labels as there are archetypes over four. An insight of it
has three of its words, with endings of their own, among 60 drawn ones, and all its features but two; a problem has
three of its words among 90, a formulation with all features but two and two strange ones, and the label, which is any
other in three of ten. So each ranking but that of cues, which need real language, is shown a part of the truth, and the
numbers say what fusion makes of such parts, and of rankings that say nothing.
"""

import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import product
from pathlib import Path
from time import perf_counter, thread_time

os.environ.update({name: "1" for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")})

from steepest.agents.library.embeddings.hashed import HashedNgrams
from steepest.agents.library.insights import Insight
from steepest.agents.library.labels import Label
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.candidates import candidates
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.shelf import RANKINGS, Ranking, Shelf

TARGET = 10.0
"""Milliseconds at the 99th percentile with 10,000 insights."""
INSIGHTS_EACH = 5
FEATURES = 48
WORDS = 6_000
RARE = 400
"""Words up to this rank are everybody's, and belong to no archetype."""
LEFT_OUT = 130
"""Words of English that are commoner than all of these."""
ENDINGS = ("", "s", "ed", "ing")
COMBINATIONS: dict[str, tuple[Ranking, ...]] = {
    "all, fused": RANKINGS,
    "as the agent asks": ("label", "cues", "words", "meaning"),
    "no label, either": ("cues", "words", "meaning"),
    **{name: (name,) for name in RANKINGS},
}
_ADDED_AT_ONCE = 2_000


@dataclass(frozen=True)
class Archetype:
    """What the insights and problems of one kind have in common."""

    words: tuple[str, ...]
    features: tuple[str, ...]
    label: Label


class World:
    """Insights and problems of as many archetypes as there are insights over five.

    Args:
        insights: How many there are.
        seed: Of all that is drawn.
    """

    def __init__(self, insights: int, seed: int = 0) -> None:
        self.insights = insights
        self.random = random.Random(seed)
        count = insights // INSIGHTS_EACH
        self.labels = [Label("Made", f"Group {number % 7}", f"Kind {number}") for number in range(max(count // 4, 1))]
        self.archetypes = [self._archetype() for _ in range(count)]

    def all_insights(self) -> Iterator[Insight]:
        """The insights, those of one archetype after another; ids are `ARCHETYPE-NUMBER`."""
        for place, archetype in enumerate(self.archetypes):
            for number in range(INSIGHTS_EACH):
                yield Insight(
                    id=f"{place}-{number}",
                    labels=(archetype.label,),
                    condition=self._text(archetype, 3, 25),
                    explanation=self._text(archetype, 0, 35),
                    status="active",
                    fingerprint=tuple(self.random.sample(archetype.features, 5)),
                )

    def problem(self, place: int) -> Query:
        """A problem of this archetype, another one each time."""
        archetype = self.archetypes[place]
        label = archetype.label if self.random.random() < 0.7 else self.random.choice(self.labels)
        strange = [_feature(self.random.randrange(FEATURES)) for _ in range(2)]
        features = (*self.random.sample(archetype.features, 5), *strange)
        return Query(self._text(archetype, 3, 90), (label,), tuple(features))

    def _archetype(self) -> Archetype:
        words = self.random.sample(self._vocabulary[RARE:], 9)
        features = [_feature(number) for number in self.random.sample(range(FEATURES), 7)]
        return Archetype(tuple(words), tuple(features), self.random.choice(self.labels))

    def _text(self, archetype: Archetype, own: int, others: int) -> str:
        words = self.random.sample(archetype.words, own)
        words += self.random.choices(self._vocabulary, cum_weights=self._weights, k=others)
        self.random.shuffle(words)
        return " ".join(f"{word}{self.random.choice(ENDINGS)}" for word in words)

    @cached_property
    def _vocabulary(self) -> list[str]:
        syllables = ["".join(each) for each in product("bdfgklmnprst", "aeiou", ["", "n", "r", "l"])]
        drawn = random.Random(1)
        return list({"".join(drawn.choices(syllables, k=drawn.choice((2, 3)))): None for _ in range(2 * WORDS)})[:WORDS]

    @cached_property
    def _weights(self) -> list[float]:
        total, sums = 0.0, []
        for rank in range(1, WORDS + 1):
            total += 1 / (rank + LEFT_OUT)
            sums.append(total)
        return sums


def _feature(number: int) -> str:
    return f"feature {number}"


def build(world: World, path: Path) -> float:
    """Write the library unless it is there; seconds of the first start, which makes the embeddings."""
    with Library.open(path) as library:
        if not library.store.number():
            waiting = list(world.all_insights())
            for start in range(0, len(waiting), _ADDED_AT_ONCE):
                library.add(waiting[start : start + _ADDED_AT_ONCE])
        begun = perf_counter()
        Shelf(library, HashedNgrams()).refresh()
        return perf_counter() - begun


def cold_start(path: Path) -> float:
    """Seconds from opening to the first answer in a new process, imports aside."""
    told = subprocess.run([sys.executable, __file__, "--start", path], capture_output=True, text=True, check=True)
    return float(json.loads(told.stdout))


def start(path: Path) -> float:
    """The same in this process."""
    begun = perf_counter()
    with Library.open(path, must_exist=True) as library:
        shelf = Shelf(library, HashedNgrams())
        shelf.refresh()
        candidates(shelf, Query("one problem"))
        return perf_counter() - begun


@dataclass
class Times:
    """Milliseconds of one thing done again and again."""

    wall: list[float]
    cpu: list[float]

    @classmethod
    def of(cls, work: Callable[[Query], object], queries: list[Query]) -> "Times":
        """Measure it on each query."""
        times = cls([], [])
        for query in queries:
            wall, cpu = perf_counter(), thread_time()
            work(query)
            times.wall.append(1000 * (perf_counter() - wall))
            times.cpu.append(1000 * (thread_time() - cpu))
        return times

    def told(self) -> str:
        """Median and 99th percentile of both clocks."""
        numbers = [quantile(values, part) for values in (self.wall, self.cpu) for part in (0.5, 0.99)]
        return "".join(f"{number:9.2f}" for number in numbers)


def quantile(values: list[float], part: float) -> float:
    """The smallest value that as large a part is not above."""
    return sorted(values)[max(math.ceil(part * len(values)) - 1, 0)]


def latency(shelf: Shelf, world: World, count: int) -> dict[str, Times]:
    """The whole stage, and its parts, each on queries of its own."""

    def queries() -> list[Query]:
        return [world.problem(world.random.randrange(len(world.archetypes))) for _ in range(count)]

    def whole(query: Query) -> None:
        shelf.refresh()
        candidates(shelf, query)

    def by(ranking: Ranking, query: Query) -> None:
        shelf.scores(query, ranking)

    parts: dict[str, Callable[[Query], object]] = {
        "whole stage": whole,
        "look for changes": lambda query: shelf.refresh(),
        **{f"by {name}": partial(by, name) for name in RANKINGS},
        "embedding alone": lambda query: shelf.embedder.embed([query.text]),
    }
    whole(queries()[0])
    return {name: Times.of(work, queries()) for name, work in parts.items()}


def recall_at_10(shelf: Shelf, world: World, count: int, rankings: tuple[Ranking, ...]) -> tuple[float, float]:
    """The mean share of an archetype's insights that are found, and half its interval (95 %)."""
    world.random.seed(7)
    shares = []
    for _ in range(count):
        place = world.random.randrange(len(world.archetypes))
        found = candidates(shelf, world.problem(place), 10, rankings=rankings)
        shares.append(sum(each.entry.insight.id.startswith(f"{place}-") for each in found) / INSIGHTS_EACH)
    mean = sum(shares) / count
    spread = math.sqrt(sum((share - mean) ** 2 for share in shares) / (count - 1) / count)
    return mean, 1.96 * spread


def measure(size: int, count: int, folder: Path) -> bool:
    """Measure one size and print it; whether the target is met, where there is one."""
    world = World(size)
    path = folder / f"library-{size}.db"
    built = build(world, path)
    print(f"\n{size:,} insights: built {built:.1f} s, cold {cold_start(path):.2f} s, {path.stat().st_size >> 20} MiB")
    with Library.open(path) as library:
        shelf = Shelf(library, HashedNgrams())
        shelf.refresh()
        times = latency(shelf, world, count)
        print(f"{'':18} wall p50      p99  CPU p50      p99   ms, {count} queries")
        for name, each in times.items():
            print(f"{name:18}{each.told()}")
        print("recall@10:")
        for name, rankings in COMBINATIONS.items():
            mean, half = recall_at_10(shelf, world, count, rankings)
            print(f"  {name:18}{mean:6.3f} ± {half:.3f}")
    if size != 10_000:
        return True
    p99 = quantile(times["whole stage"].cpu, 0.99)
    print(f"target: CPU p99 {p99:.2f} ms, {'below' if p99 < TARGET else 'NOT below'} {TARGET:g} ms")
    return p99 < TARGET


def main() -> int:
    """Measure all sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100,10000,100000")
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--start", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.start:
        print(start(arguments.start))
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        met = [measure(int(size), arguments.queries, folder) for size in arguments.sizes.split(",")]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
