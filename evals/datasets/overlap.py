"""Whether a test set was seen in training: the same problems, told the same, nearly the same, or with other numbers.

Word n-grams and containment as in the contamination studies of large models: GPT-3 calls an example dirty for one
shared 13-gram (Brown et al. 2020, appendix C), PaLM for 70 % of its 8-grams (Chowdhery et al. 2022, section 8), Llama 2
clean below 20 % and dirty above 80 % of its tokens (Touvron et al. 2023, appendix A.6). Benchmark problems are short
and have many editions, so the threshold here is lower; docs/eval-data.md says how it was chosen and how well it finds
what is known to be shared.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from steepest.errors import InputError
from steepest.evals.datasets.shingles import ShingleIndex, masked, words_of
from steepest.evals.problems import Problem

__all__ = ["Match", "MatchKind", "OverlapReport", "overlap"]

MatchKind = Literal["exact", "near", "group", "template"]
"""`exact`: the same words and numbers. `near`: many n-grams shared. `group`: told otherwise, but both data sets say
that it is the same problem. `template`: the same story with other numbers, which is another problem."""

_KINDS: tuple[MatchKind, ...] = ("exact", "near", "group", "template")
_TEMPLATE = 0.5
"""Share of n-grams with masked numbers from which a story counts as the same; at 0.5 no such pair of the sets measured
was of two groups."""
_LISTED = 10
_DOUBTFUL_FIRST: tuple[MatchKind, ...] = ("near", "group", "template", "exact")


@dataclass(frozen=True, slots=True)
class Match:
    """A test problem and the training problem most like it."""

    train: str
    test: str
    """Ids."""
    kind: MatchKind
    containment: float
    """Share of the test problem's n-grams that the training problem has."""
    masked: float
    """The same with numbers masked, for the training problem that has most of them."""
    covered: float
    """Share of the test problem's n-grams that any training problem has."""
    same_group: bool = False


@dataclass(frozen=True)
class OverlapReport:
    """What two sets share."""

    n: int
    threshold: float
    train_problems: int
    test_problems: int
    matches: tuple[Match, ...]
    """At most one for each test problem, in the test set's order."""

    @property
    def contaminated(self) -> tuple[str, ...]:
        """Ids of the test problems to leave out: all that match but those which only share a template."""
        return tuple(match.test for match in self.matches if match.kind != "template")

    @property
    def share(self) -> float:
        """Share of the test problems that is contaminated."""
        return len(self.contaminated) / self.test_problems

    @property
    def by_kind(self) -> dict[MatchKind, int]:
        """How many matches there are of each kind."""
        counts = Counter(match.kind for match in self.matches)
        return {kind: counts[kind] for kind in _KINDS}

    def __str__(self) -> str:
        """The report as a person reads it in a terminal."""
        counts = self.by_kind
        lines = [
            f"{len(self.contaminated)} of {self.test_problems} test problems ({100 * self.share:.1f} %) are among the "
            f"{self.train_problems} training problems",
            f"  {counts['exact']} with the same words and numbers",
            f"  {counts['near']} with at least {100 * self.threshold:.0f} % of their {self.n}-grams in one of them",
            f"  {counts['group']} told otherwise, known by their group",
            f"{counts['template']} more tell the same story with other numbers",
        ]
        shown = sorted(self.matches, key=lambda match: (_DOUBTFUL_FIRST.index(match.kind), match.containment))[:_LISTED]
        lines += [
            f"  {match.kind:<8} {100 * match.containment:3.0f} %  {match.test}  <-  {match.train}" for match in shown
        ]
        if len(self.matches) > _LISTED:
            lines.append(f"  ... {len(self.matches) - _LISTED} more")
        return "\n".join(lines)


def overlap(train: Iterable[Problem], test: Iterable[Problem], n: int = 8, threshold: float = 0.1) -> OverlapReport:
    """Find the test problems that are in a training set.

    Takes time and memory in proportion to the texts.

    Args:
        train: What was learned from.
        test: What is measured on.
        n: Words in an n-gram.
        threshold: Share of a test problem's n-grams in one training problem from which it counts as near; with n=13
            and a threshold of 0 a single shared n-gram is enough, as for GPT-3.

    Raises:
        InputError: A set is empty, or n or the threshold is out of range.
    """
    if n < 1 or not 0 <= threshold <= 1:
        raise InputError(f"An n-gram has at least one word and a threshold is 0 to 1, here are {n} and {threshold}")
    learned, asked = list(train), list(test)
    if not learned or not asked:
        raise InputError(f"The {'training' if not learned else 'test'} set holds no problem")
    train_words, test_words = _words(learned), _words(asked)
    kept = _compared(train_words, test_words, n)
    stories = _compared([masked(words) for words in train_words], [masked(words) for words in test_words], n)
    same = {tuple(words): number for number, words in reversed(list(enumerate(train_words)))}
    groups = _first_of_groups(learned)
    matches = []
    for problem, words, by_words, by_story in zip(asked, test_words, kept, stories, strict=True):
        grouped = groups.get(problem.group) if problem.group else None
        found = _kind(same.get(tuple(words)), by_words, grouped, by_story, threshold)
        if found is not None:
            kind, number = found
            likeness = (by_words.containment, by_story.containment, by_words.covered)
            matches.append(Match(learned[number].id, problem.id, kind, *likeness, same_group=grouped is not None))
    return OverlapReport(n, threshold, len(learned), len(asked), tuple(matches))


class _Likeness(NamedTuple):
    """The training problem most like a test problem."""

    train: int | None
    containment: float
    covered: float


def _words(problems: Sequence[Problem]) -> list[list[str]]:
    return [words_of(problem.question) for problem in problems]


def _compared(train: Sequence[Sequence[str]], test: Sequence[Sequence[str]], n: int) -> list[_Likeness]:
    index = ShingleIndex(n)
    for number, words in enumerate(train):
        index.add(number, words)
    return [_Likeness(*index.best(words)) for words in test]


def _first_of_groups(train: Sequence[Problem]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, problem in enumerate(train):
        if problem.group:
            found.setdefault(problem.group, number)
    return found


def _kind(
    same: int | None, by_words: _Likeness, grouped: int | None, by_story: _Likeness, threshold: float
) -> tuple[MatchKind, int] | None:
    """How a test problem is in the training set, and as which problem; None if it is not."""
    if same is not None:
        return "exact", same
    if by_words.train is not None and by_words.containment >= threshold:
        return "near", by_words.train
    if grouped is not None:
        return "group", grouped
    if by_story.train is not None and by_story.containment >= _TEMPLATE:
        return "template", by_story.train
    return None
