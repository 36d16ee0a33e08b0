"""What a library promises of its changes: exactly what was meant, written at once, and undone at will."""

import pytest

from steepest.agents.library.events import Outcome
from steepest.agents.library.labels import Definition, Label
from steepest.agents.library.stores.protocol import ConflictError
from steepest.errors import InputError
from tests.agents.library.insights import BOUNDS, FLOW, ids, insight


def stored(library):
    """All that a library says of itself."""
    return (
        {each.insight.id: (each.insight, each.version) for each in library.entries()},
        {each.label.key: each for each in library.store.definitions()},
    )


def content(library):
    """What is in it, without the numbers of events."""
    return {each.insight.id: each.insight for each in library.entries()}, library.taxonomy().definitions


def test_what_is_added_is_there_with_the_event_that_brought_it(library):
    event = library.add([insight("b"), insight("a")], "two at once")
    assert ids(library) == ["a", "b"]
    assert library.entry("a").version == event.number == 1
    assert event.body.author == "ann"
    assert event.body.reason == "two at once"


def test_an_id_can_not_be_added_twice(library):
    library.add([insight("a")])
    with pytest.raises(ConflictError, match="the insight a was added by somebody else"):
        library.add([insight("b"), insight("a", title="another")])
    assert ids(library) == ["a"]
    assert library.entry("a").insight.title == ""
    assert library.store.number() == 1


def test_two_insights_of_one_id_are_told_rather_than_one_lost(library):
    with pytest.raises(InputError, match="the id a stands for two insights"):
        library.add([insight("a"), insight("a", title="another")])


def test_nothing_is_no_addition(library):
    with pytest.raises(InputError, match="there is no insight to add"):
        library.add([])


def test_an_insight_that_is_not_there_is_told(library):
    with pytest.raises(InputError, match="there is no insight nobody"):
        library.entry("nobody")


def test_a_merge_takes_away_exactly_what_it_merged(library):
    library.add([insight("a"), insight("b"), insight("c")])
    library.merge(["a", "b"], insight("whole"))
    assert ids(library) == ["c", "whole"]


def test_a_merge_keeps_all_labels_tasks_and_features(library):
    library.add(
        [
            insight("a", fingerprint=("one ==",), tasks=("t1", "t2")),
            insight("b", labels=(BOUNDS,), fingerprint=("one <=",), tasks=("t2", "t3")),
        ]
    )
    library.merge(["a", "b"], insight("whole", tasks=()))
    whole = library.entry("whole").insight
    assert set(whole.labels) == {FLOW, BOUNDS}
    assert whole.provenance.tasks == ("t1", "t2", "t3")
    assert whole.provenance.merged == ("a", "b")
    assert whole.fingerprint == ("one <=", "one ==")


def test_a_merge_may_keep_the_id_of_a_part(library):
    library.add([insight("a"), insight("b")])
    library.merge(["a", "b"], insight("a", title="both"))
    assert ids(library) == ["a"]
    assert library.entry("a").insight.title == "both"


@pytest.mark.parametrize("names", [["a"], ["a", "a"], []])
def test_a_merge_takes_two(library, names):
    library.add([insight("a")])
    with pytest.raises(InputError, match="at least two"):
        library.merge(names, insight("whole"))


def test_a_merge_of_what_is_not_there_changes_nothing(library):
    library.add([insight("a")])
    with pytest.raises(InputError, match="there is no insight b"):
        library.merge(["a", "b"], insight("whole"))
    assert ids(library) == ["a"]


def test_a_merge_over_a_third_insight_is_refused(library):
    library.add([insight("a"), insight("b"), insight("c")])
    with pytest.raises(ConflictError, match="the insight c was added"):
        library.merge(["a", "b"], insight("c"))
    assert ids(library) == ["a", "b", "c"]


def test_a_change_of_what_somebody_else_changed_is_refused(library):
    library.add([insight("a")])
    read = library.entry("a")
    library.change(read, insight("a", title="mine"))
    with pytest.raises(ConflictError, match="the insight a was changed by somebody else"):
        library.change(read, insight("a", title="yours"))
    assert library.entry("a").insight.title == "mine"


def test_a_change_of_what_is_gone_is_refused(library):
    library.add([insight("a"), insight("b")])
    read = library.entry("a")
    library.merge(["a", "b"], insight("whole"))
    with pytest.raises(ConflictError, match="the insight a was taken away"):
        library.change(read, insight("a", title="late"))


def test_a_change_keeps_the_id(library):
    library.add([insight("a")])
    with pytest.raises(InputError, match="can't become b"):
        library.change(library.entry("a"), insight("b"))


@pytest.mark.parametrize(
    ("status", "kind"),
    [("active", "activate"), ("quarantined", "quarantine"), ("retired", "retire"), ("candidate", "edit")],
)
def test_a_status_is_put_by_an_event_of_its_kind(library, status, kind):
    library.add([insight("a", status="retired" if status != "retired" else "active")])
    event = library.put_status(library.entry("a"), status, "because")
    assert library.entry("a").insight.status == status
    assert event.body.kind == kind


def test_entries_can_be_asked_by_status(library):
    library.add([insight("a"), insight("b", status="retired")])
    assert [each.insight.id for each in library.entries("retired")] == ["b"]


# Undoing


def add_one(library):
    return library.add([insight("new", labels=(BOUNDS,))])


def merge_two(library):
    return library.merge(["a", "b"], insight("whole"))


def merge_into_one(library):
    return library.merge(["a", "b"], insight("a", title="both"))


def edit_one(library):
    return library.change(library.entry("a"), insight("a", labels=(BOUNDS,), title="other"))


def retire_one(library):
    return library.put_status(library.entry("a"), "retired")


def define_one(library):
    return library.define([Definition(label=FLOW, definition="in is out")])


def merge_labels(library):
    return library.merge_labels(FLOW, Label("x", "y", "z"))


def restore_first(library):
    return library.restore(1)


KINDS = [add_one, merge_two, merge_into_one, edit_one, retire_one, define_one, merge_labels, restore_first]


@pytest.fixture
def filled(library):
    """A library in which something can be merged and restored."""
    library.add([insight("a"), insight("b"), insight("c")])
    library.add([insight("d", labels=(Label("x", "y", "z"),))])
    return library


@pytest.mark.parametrize("kind", KINDS, ids=lambda each: each.__name__)
def test_a_change_of_each_kind_is_undone(filled, kind):
    before = content(filled)
    event = kind(filled)
    assert content(filled) != before
    undone = filled.undo(event.number)
    assert content(filled) == before
    assert undone.body.undoes == (event.number,)


@pytest.mark.parametrize("kind", KINDS, ids=lambda each: each.__name__)
def test_what_was_undone_is_done_again_by_undoing_that(filled, kind):
    event = kind(filled)
    after = content(filled)
    again = filled.undo(filled.undo(event.number).number)
    assert content(filled) == after
    assert filled.store.number() == again.number == event.number + 2


def test_what_something_later_builds_on_is_not_undone(filled):
    event = edit_one(filled)
    later = retire_one(filled)
    with pytest.raises(InputError, match=f"a was changed since event {event.number}: undo {later.number} first"):
        filled.undo(event.number)
    filled.undo(later.number)
    filled.undo(event.number)
    assert filled.entry("a").insight == insight("a")


def test_a_merge_is_undone_while_other_insights_change(filled):
    merged = merge_two(filled)
    filled.put_status(filled.entry("c"), "retired")
    filled.undo(merged.number)
    assert ids(filled) == ["a", "b", "c", "d"]
    assert filled.entry("c").insight.status == "retired"


def test_outcomes_do_not_keep_a_change_from_being_undone(filled):
    event = merge_two(filled)
    filled.record(Outcome(task="t", retrieved=("whole",)))
    filled.undo(event.number)
    assert ids(filled) == ["a", "b", "c", "d"]


def test_an_addition_is_undone_although_others_gave_evidence_to_its_label(library):
    first = library.add([insight("a", labels=(BOUNDS,))])
    library.add([insight("b", labels=(BOUNDS,))])
    library.undo(first.number)
    assert ids(library) == ["b"]
    assert library.taxonomy().find(BOUNDS).tasks == ("task-b",)


def test_a_definition_is_not_undone_beneath_a_later_one(library):
    first = library.define([Definition(label=FLOW, definition="one")])
    second = library.define([Definition(label=FLOW, definition="other")])
    with pytest.raises(InputError, match=f"undo {second.number} first"):
        library.undo(first.number)


def test_an_outcome_has_nothing_to_undo(filled):
    event = filled.record(Outcome(task="t", retrieved=("a",)))
    with pytest.raises(InputError, match="nothing to undo"):
        filled.undo(event.number)


@pytest.mark.parametrize("number", [0, 9])
def test_an_event_that_is_not_there_is_told(filled, number):
    with pytest.raises(InputError, match=f"there is no event {number}"):
        filled.undo(number)


def test_counts_outlive_a_merge_that_is_undone(filled):
    filled.record(Outcome(task="t", retrieved=("a",), used=("a",), helped=("a",), tokens={"a": 40}))
    event = merge_two(filled)
    filled.record(Outcome(task="u", retrieved=("a",)))  # a task that began before the merge
    filled.undo(event.number)
    usage = filled.entry("a").usage
    assert (usage.retrieved, usage.used, usage.helped, usage.tokens) == (2, 1, 1, 40)


def test_any_past_version_is_restored(filled):
    versions = [content(filled)]
    for change in (edit_one, add_one, merge_labels, define_one):
        change(filled)
        versions.append(content(filled))
    for number in (6, 4, 2, 3, 5):
        if content(filled) != versions[number - 2]:
            filled.restore(number)
        assert content(filled) == versions[number - 2]
    assert stored(filled)[0] == {
        name: (each, filled.state().versions[name]) for name, each in filled.state().insights.items()
    }


def test_the_state_of_any_moment_can_be_seen(filled):
    assert filled.state(0).insights == {}
    assert sorted(filled.state(1).insights) == ["a", "b", "c"]
    with pytest.raises(InputError, match="there is no event 3; the last one is 2"):
        filled.state(3)


def test_to_restore_what_is_so_is_told(filled):
    with pytest.raises(InputError, match="nothing to put back"):
        filled.restore(2)


# Labels


def test_evidence_gathers_from_insights_and_a_label_is_offered_at_two_tasks(library):
    library.add([insight("a", labels=(BOUNDS,))])
    assert not library.taxonomy().offered
    library.add([insight("b", labels=(Label.parse("general formulation > variable definition > explicit BOUNDS"),))])
    assert [each.label for each in library.taxonomy().offered] == [BOUNDS]
    assert library.taxonomy().find(BOUNDS).tasks == ("task-a", "task-b")


def test_a_merge_brings_no_evidence_for_the_labels_of_its_parts(library):
    library.add([insight("a"), insight("b", labels=(BOUNDS,))])
    library.merge(["a", "b"], insight("whole", tasks=()))
    for label, task in ((FLOW, "task-a"), (BOUNDS, "task-b")):
        found = library.taxonomy().find(label)
        assert (found.tasks, found.is_offered) == ((task,), False)


def test_an_edit_of_what_was_merged_brings_no_evidence_for_its_labels(library):
    library.add([insight("a"), insight("b", labels=(BOUNDS,))])
    library.merge(["a", "b"], insight("whole", tasks=()))
    entry = library.entry("whole")
    library.put({"whole": entry.insight.model_copy(update={"title": "by hand"})}, {"whole": entry.version})
    assert library.taxonomy().find(BOUNDS).tasks == ("task-b",)


def test_a_label_that_only_the_merged_insight_has_is_backed_by_its_tasks(library):
    library.add([insight("a"), insight("b")])
    library.merge(["a", "b"], insight("whole", labels=(BOUNDS,), tasks=()))
    assert library.taxonomy().find(BOUNDS).tasks == ("task-a", "task-b")


def test_a_definition_keeps_the_tasks_and_names_that_are_known(library):
    library.add([insight("a"), insight("b", labels=(BOUNDS,))])
    library.merge_labels(FLOW, BOUNDS)
    library.define([Definition(label=FLOW, definition="in is out")])
    known = library.taxonomy().find(FLOW)
    assert (known.definition, known.tasks, known.aliases) == ("in is out", ("task-a", "task-b"), (BOUNDS,))


def test_another_name_can_not_be_defined_beside_its_label(library):
    library.add([insight("a"), insight("b", labels=(BOUNDS,))])
    library.merge_labels(FLOW, BOUNDS)
    with pytest.raises(InputError, match="is another name of"):
        library.define([Definition(label=BOUNDS, definition="bounds")])


def test_evidence_for_another_name_counts_for_the_label(library):
    library.add([insight("a"), insight("b", labels=(BOUNDS,))])
    library.merge_labels(FLOW, BOUNDS)
    library.add([insight("c", labels=(BOUNDS,))])
    assert library.taxonomy().find(FLOW).tasks == ("task-a", "task-b", "task-c")
    assert len(library.taxonomy()) == 1


@pytest.mark.parametrize(("kept", "other"), [(FLOW, FLOW), (FLOW, BOUNDS), (BOUNDS, FLOW)])
def test_labels_are_merged_only_if_both_are_known_and_different(library, kept, other):
    library.add([insight("a")])
    with pytest.raises(InputError, match=r"the same label|there is no label"):
        library.merge_labels(kept, other)


# Counts


def test_an_outcome_counts_each_task_once(library):
    library.add([insight("a"), insight("b")])
    event = library.record(
        Outcome(task="t", retrieved=("a", "b"), used=("a",), helped=("a",), hurt=(), verified=("b",), tokens={"a": 7})
    )
    a, b = (entry.usage for entry in library.entries())
    assert (a.retrieved, a.used, a.helped, a.hurt, a.tokens, a.verified) == (1, 1, 1, 0, 7, None)
    assert (b.retrieved, b.used, b.verified) == (1, 0, event.time)


def test_counts_leave_the_version_alone(library):
    library.add([insight("a")])
    library.record(Outcome(task="t", retrieved=("a",)))
    assert library.entry("a").version == 1


def test_history_tells_of_one_insight_or_of_all(library):
    library.add([insight("a")])
    library.add([insight("b")])
    library.record(Outcome(task="t", retrieved=("a",)))
    assert [event.number for event in library.history("a")] == [1, 3]
    assert [event.number for event in library.history()] == [1, 2, 3]
