from steepest.agents.optimizers.reports.history import history_of
from steepest.agents.optimizers.search.records import Birth, Evaluated, Refused, StepRecord, Tried
from tests.agents.optimizers.reports.searches import SEED, chain, scored, search


def test_every_candidate_is_in_it_with_its_fate() -> None:
    history = history_of(search(50), SEED)
    assert sorted(history.entries) == list(range(50))
    assert len(history.members) + len(history.tried) == 50
    assert history.seed.fate == "seed"
    assert history.ranking == "validation"


def test_the_best_is_the_highest_mean_of_the_ranking_split_and_of_equal_ones_the_first() -> None:
    records = [
        StepRecord(step=0, evaluated=(scored(0, 0.5), scored(0, 9.0, split="train"))),
        StepRecord(step=1, births=(_birth(1, 0), _birth(2, 0)), evaluated=(scored(1, 0.7), scored(2, 0.7))),
        StepRecord(step=2, births=(_birth(3, 1),), evaluated=(scored(3, 0.6), scored(3, 9.0, split="train"))),
    ]
    history = history_of(records, SEED)
    assert history.best == 1
    assert [each.best for each in history.moments] == [0, 1, 1]


def test_without_validation_the_training_split_ranks() -> None:
    history = history_of([StepRecord(step=0, evaluated=(scored(0, 0.5, split="train"),))], SEED)
    assert history.ranking == "train"
    assert history.seed.score == 0.5


def test_an_example_that_is_evaluated_again_counts_once() -> None:
    first = Evaluated(number=0, split="train", scores={"a": 1.0})
    again = Evaluated(number=0, split="train", scores={"a": 0.0, "b": 0.0})
    history = history_of([StepRecord(step=0, evaluated=(first,)), StepRecord(step=1, evaluated=(again,))], SEED)
    assert (history.seed.score, history.seed.evaluated) == (0.5, 2)


def test_values_are_put_together_along_the_first_parents() -> None:
    history = history_of(chain(2000), SEED)
    assert history.values(1999) == {**SEED, "temperature": 1999}
    assert history.values(0) == SEED
    assert history.lineage(3) == [0, 1, 2, 3]


def test_refusals_are_counted_by_reason_the_most_frequent_first() -> None:
    refused = (Refused(reason="b"), Refused(reason="a", component="x", value="3"), Refused(reason="a", component="x"))
    history = history_of([StepRecord(step=0, refused=refused)], SEED)
    assert [(each.reason, each.component, each.count, each.value) for each in history.refusals] == [
        ("a", "x", 2, "3"),
        ("b", "", 1, ""),
    ]
    assert history.refused == 3


def test_what_was_tried_keeps_its_own_score() -> None:
    tried = Tried(number=1, changes={}, parents=(0,), origin="x", score=0.9, gain=0.1, reason="not enough")
    history = history_of([StepRecord(step=0, evaluated=(scored(0, 0.5),)), StepRecord(step=1, tried=(tried,))], SEED)
    assert history.entries[1].score == 0.9
    assert history.best == 0


def test_a_search_that_has_not_begun_has_its_seed() -> None:
    history = history_of([], SEED)
    assert (history.best, history.moments, history.seed.score) == (0, [], None)


def _birth(number: int, parent: int) -> Birth:
    return Birth(number=number, values={}, parents=(parent,), origin="x")
