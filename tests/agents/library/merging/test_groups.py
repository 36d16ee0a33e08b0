"""Which insights are compared with each other."""

from steepest.agents.library.embeddings.hashed import HashedNgrams
from steepest.agents.library.merging.groups import neighbours
from steepest.agents.library.retrieval.shelf import Shelf
from tests.agents.library.insights import BOUNDS, FLOW, insight


def near(library, one, most=7):
    shelf = Shelf(library, HashedNgrams())
    shelf.refresh()
    return [each.insight.id for each in neighbours(one, shelf, most)]


def test_those_of_its_label_are_near_the_nearest_in_words_first(sqlite_library):
    sqlite_library.add(
        [
            insight("far", condition="a route of trucks", explanation="returns to where it began"),
            insight("close", condition="goods pass through depots", explanation="what enters leaves"),
        ]
    )
    one = insight("new", condition="goods pass through a depot", explanation="what enters a depot leaves it")
    assert near(sqlite_library, one) == ["close", "far"]
    assert near(sqlite_library, one, most=1) == ["close"]


def test_another_label_is_near_only_with_nearly_the_same_words(sqlite_library):
    words = {"condition": "goods pass through a depot by truck", "explanation": "what enters a depot leaves it again"}
    others = {"condition": "a share of a sum", "explanation": "percent of the decisions"}
    sqlite_library.add([insight("same", labels=(BOUNDS,), **words), insight("other", labels=(BOUNDS,), **others)])
    assert near(sqlite_library, insight("new", **words)) == ["same"]


def test_another_name_of_the_label_counts_as_the_label(sqlite_library):
    sqlite_library.add([insight("a"), insight("b", labels=(BOUNDS,), condition="x y", explanation="z w")])
    sqlite_library.merge_labels(FLOW, BOUNDS)
    assert near(sqlite_library, insight("new", condition="quite different", explanation="things")) == ["a", "b"]


def test_what_is_not_active_and_itself_are_not_near(sqlite_library):
    sqlite_library.add([insight("one"), insight("gone", status="retired")])
    assert near(sqlite_library, insight("one")) == []
