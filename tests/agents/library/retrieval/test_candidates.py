"""The first stage: five rankings, their fusion, and what experience says."""

import pytest

from steepest.agents.library.embeddings.hashed import HashedNgrams
from steepest.agents.library.events import Outcome
from steepest.agents.library.labels import Label
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.candidates import candidates
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.shelf import Shelf
from tests.agents.library.insights import BOUNDS, FLOW, insight

STOCK = insight(
    "stock",
    labels=(FLOW,),
    condition="goods in a warehouse are carried from one month to the next",
    explanation="write an inventory balance",
    fingerprint=("balance over periods", "real variable over 1 set"),
)
SHARE = insight(
    "share",
    labels=(BOUNDS,),
    condition="an ingredient is at most a percentage of a blend",
    explanation="multiply by the total",
    fingerprint=("decisions on both sides",),
)
TOUR = insight(
    "tour",
    labels=(FLOW, BOUNDS),
    condition="a vehicle visits customers one after another",
    explanation="forbid subtours",
    fingerprint=("binary variable over 2 sets",),
)


def shelf_of(library: Library, *, trial=()) -> Shelf:
    shelf = Shelf(library, HashedNgrams(), trial=trial)
    shelf.refresh()
    return shelf


@pytest.fixture
def shelf(sqlite_library: Library) -> Shelf:
    sqlite_library.add([STOCK, SHARE, TOUR])
    return shelf_of(sqlite_library)


def found(shelf: Shelf, query: Query, **options) -> list[str]:
    return [each.entry.insight.id for each in candidates(shelf, query, **options)]


def test_words_find_inflected_words(shelf: Shelf) -> None:
    assert found(shelf, Query("The vehicles visited a customer."), rankings=["words"]) == ["tour"]


def test_meaning_finds_the_nearest_first(shelf: Shelf) -> None:
    assert found(shelf, Query("inventories of warehouses by month"), rankings=["meaning"])[0] == "stock"


def test_labels_find_those_under_the_most_of_them_first(shelf: Shelf) -> None:
    listed = found(shelf, Query("x", labels=(FLOW, BOUNDS)), rankings=["label"])

    assert (listed[0], set(listed[1:])) == ("tour", {"share", "stock"})
    assert shelf.labelled((FLOW, BOUNDS)) == ["tour", "share", "stock"]


def test_a_label_is_found_whatever_its_case(shelf: Shelf) -> None:
    lower = Label(*(part.lower() for part in BOUNDS))

    assert set(found(shelf, Query("x", labels=(lower,)), rankings=["label"])) == {"share", "tour"}


def test_structure_finds_by_shared_features_and_not_by_none(shelf: Shelf) -> None:
    query = Query("x", fingerprint=("balance over periods", "never seen before"))

    assert found(shelf, query, rankings=["structure"]) == ["stock"]
    assert shelf.similar(query.fingerprint, 5) == [("stock", pytest.approx(1 / 3))]
    assert found(shelf, Query("x", fingerprint=("never seen before",)), rankings=["structure"]) == []


def test_a_candidate_says_by_which_rankings_it_was_found(shelf: Shelf) -> None:
    first = candidates(shelf, Query("a vehicle visits customers", labels=(FLOW,)))[0]

    assert first.entry.insight.id == "tour"
    assert {"label", "words", "meaning"} <= set(first.ranks)
    assert first.ranks["words"] == 1


def test_cues_find_what_has_no_word_in_common(sqlite_library: Library) -> None:
    part = insight("part", condition="a fraction of the whole is required", explanation="multiply it out")
    sqlite_library.add([part, insight("wait", condition="orders are late", explanation="count the days")])
    shelf = shelf_of(sqlite_library)

    assert found(shelf, Query("At least 30% are cakes."), rankings=["words"]) == []
    assert found(shelf, Query("At least 30% are cakes."), rankings=["cues"]) == ["part"]


def test_a_ranking_that_sets_one_apart_outweighs_one_that_finds_all_alike(sqlite_library: Library) -> None:
    crowd = [insight(f"c{number}", condition="goods are carried") for number in range(20)]
    sqlite_library.add([*crowd, insight("z", condition="a drill", explanation="rare", fingerprint=("ratio",))])

    assert found(shelf_of(sqlite_library), Query("goods", fingerprint=("ratio",)))[0] == "z"


def test_a_wrong_label_does_not_outweigh_all_else(sqlite_library: Library) -> None:
    crowd = [insight(f"c{number}", condition="goods are carried", labels=(BOUNDS,)) for number in range(40)]
    lure = insight("lure", condition="a crane lifts", explanation="count the lifts", labels=(FLOW,))
    sqlite_library.add([*crowd, lure, SHARE.model_copy(update={"id": "right"})])
    query = Query("at most 20% of the blend is an ingredient", labels=(FLOW,), fingerprint=SHARE.fingerprint)

    assert found(shelf_of(sqlite_library), query)[0] == "right"


def test_another_insight_comes_before_one_that_says_the_same_again(sqlite_library: Library) -> None:
    twins = [STOCK.model_copy(update={"id": name}) for name in ("a", "b", "c")]
    sqlite_library.add([*twins, SHARE, *(insight(f"x{number}", condition="else") for number in range(20))])
    query = Query("Goods in a warehouse are carried to the next month, and 20% of a blend.")

    assert found(shelf_of(sqlite_library), query, limit=2) == ["a", "share"]


def test_what_may_not_be_found_is_not(shelf: Shelf) -> None:
    query = Query("goods of customers in a vehicle or a warehouse, a percentage of a blend")

    assert set(found(shelf, query)) == {"stock", "share", "tour"}
    assert "stock" not in found(shelf, query, without=["stock", "gone"])
    assert found(shelf, query, only=["tour"]) == ["tour"]
    assert found(shelf, query, only=[]) == []


def test_of_two_alike_the_one_that_helped_comes_first(sqlite_library: Library) -> None:
    twins = [STOCK.model_copy(update={"id": name}) for name in ("a", "b", "c")]
    sqlite_library.add(twins)
    sqlite_library.record(Outcome(task="t", used=("c",), helped=("c",)))
    sqlite_library.record(Outcome(task="u", used=("a",), hurt=("a",)))

    assert found(shelf_of(sqlite_library), Query("goods in a warehouse")) == ["c", "b", "a"]


def test_no_more_than_the_limit(sqlite_library: Library) -> None:
    sqlite_library.add([STOCK.model_copy(update={"id": f"s{number}"}) for number in range(40)])

    assert len(found(shelf_of(sqlite_library), Query("goods in a warehouse"), limit=30)) == 30


@pytest.mark.parametrize("text", ["", "...", '"quoted" OR NEAR(x) AND -y* ^ :', "12 34", "的 😀 \0"])
def test_any_text_can_be_asked(shelf: Shelf, text: str) -> None:
    assert isinstance(found(shelf, Query(text)), list)


def test_an_empty_library_has_no_candidates(sqlite_library: Library) -> None:
    assert found(shelf_of(sqlite_library), Query("goods", labels=(FLOW,), fingerprint=("x",))) == []
