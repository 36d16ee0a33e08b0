"""What tasks say about insights, and how they are halved."""

from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.library.evolution.diagnoses import Diagnosis, Judged
from steepest.agents.library.evolution.evidence import Evidence, evidence_of
from steepest.agents.library.insights import Provenance, Usage
from steepest.agents.library.learning.journal import TaskRecord
from steepest.agents.library.stores.protocol import Entry
from tests.agents.library.insights import insight

TASKS = ("task-x", "a", "b", "c")


def record(task: str, iteration: int = 1, **fields) -> TaskRecord:
    return TaskRecord(**{"iteration": iteration, "task": task, "solved": False, "outcome": "solved", **fields})


def entry(name: str = "x", **fields) -> Entry:
    return Entry(insight(name, **fields), 1, Usage())


def roles(*records: TaskRecord, entries: tuple[Entry, ...] = ()) -> dict[str, str]:
    return evidence_of(records, entries or (entry(),), TASKS)["x"].roles


def missed(*names: str) -> Diagnosis:
    return Diagnosis(unretrieved=names)


def test_an_insight_is_to_be_found_for_the_task_that_it_was_learned_from():
    assert roles() == {"task-x": "positive"}


def test_helped_missed_and_misled_say_where_it_is_to_be_found():
    misled = Diagnosis(judged={"x": Judged(verdict="negative")}, is_borne_out=True)
    found = roles(
        record("a", solved=True, used=("x",), helped=("x",)),
        record("b", diagnosis=missed("x")),
        record("c", used=("x", "y"), diagnosis=misled),
    )
    assert found == {"task-x": "positive", "a": "positive", "b": "unretrieved", "c": "negative"}


def test_that_several_hurt_together_says_nothing_of_one():
    assert "a" not in roles(record("a", used=("x", "y"), hurt=("x", "y")))
    assert roles(record("a", used=("x",), hurt=("x",)))["a"] == "negative"


def test_what_was_seen_last_stands():
    first, second = record("a", diagnosis=missed("x")), record("a", 2, used=("x",), hurt=("x",))
    assert roles(first, second)["a"] == "negative"


def test_tasks_that_are_not_at_hand_say_nothing():
    assert "z" not in roles(record("z", diagnosis=missed("x")))


def test_a_merged_insight_inherits_what_is_known_of_its_parts():
    whole = entry(provenance=Provenance(merged=("p", "q")))
    assert roles(record("a", diagnosis=missed("p")), entries=(whole,)) == {"a": "unretrieved"}


def test_one_task_that_missed_it_or_two_that_it_misled_ask_for_another_condition():
    def asks(iteration: int, **seen: str) -> bool:
        return Evidence(seen, dict.fromkeys(seen, 1)).asks_for_refinement(iteration, 2)

    assert asks(1, a="unretrieved")
    assert not asks(1, a="negative")
    assert asks(1, a="negative", b="negative")
    assert not asks(1, a="positive", b="positive")
    assert not asks(2, a="unretrieved", b="negative", c="negative")


ROLES = ("positive", "negative", "unretrieved")


@given(st.dictionaries(st.text(min_size=1), st.sampled_from(ROLES)), st.integers(1, 6))
def test_halves_share_no_task_and_each_role_as_evenly_as_can_be(seen, most):
    halves = Evidence(seen).halves(most)
    assert not halves.choosing.keys() & halves.checking.keys()
    for role in ROLES:
        count = [list(half.values()).count(role) for half in (halves.choosing, halves.checking)]
        assert abs(count[0] - count[1]) <= 1
        assert sum(count) == min(most, list(seen.values()).count(role))
    assert all(seen[task] == role for half in (halves.choosing, halves.checking) for task, role in half.items())
