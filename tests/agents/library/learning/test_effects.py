"""What is decided is written all at once, told from what is written already, and gives way to what others wrote."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.agents.library.events import Change
from steepest.agents.library.labels import Definition, Label
from steepest.agents.library.learning.effects import Accepted, Effects, active_after, are_written, write
from steepest.agents.library.library import Library
from tests.agents.library.insights import BOUNDS, insight


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library.db", author="learn", run="r") as opened:
        opened.add([insight("x"), insight("y")])
        yield opened


def refine(library: Library, condition: str = "another") -> Effects:
    entry = library.entry("x")
    after = entry.insight.model_copy(update={"condition": condition})
    change = Change(kind="refine", insights={"x": after}, reason="better")
    return Effects(changes=(change,), expected={"x": entry.version})


def merge(library: Library) -> Effects:
    whole = insight("z", labels=(BOUNDS,))
    change = Change(kind="merge", insights={"x": None, "y": None, "z": whole}, reason="the same")
    return Effects(changes=(change,), expected={name: library.entry(name).version for name in ("x", "y")})


@pytest.mark.parametrize("decide", [refine, merge])
def test_a_change_is_written_once_under_the_name_of_the_run(library, decide):
    effects = decide(library)
    assert not are_written(effects, library)
    assert write(effects, library) == ()
    assert are_written(effects, library)
    body = library.history()[-1].body
    assert (body.kind, body.author, body.run) == (effects.changes[0].kind, "learn", "r")


def test_a_merge_brings_the_labels_of_what_it_puts_there(library):
    write(merge(library), library)
    assert [each.insight.id for each in library.entries()] == ["z"]
    assert library.taxonomy().find(BOUNDS).tasks == ("task-z",)


def test_the_same_change_of_an_earlier_time_is_not_taken_for_this_one(library):
    write(refine(library), library)
    write(refine(library, "something else"), library)
    again = refine(library)
    assert not are_written(again, library)
    write(again, library)
    assert library.entry("x").insight.condition == "another"


def test_the_same_change_of_another_run_is_not_taken_for_this_one(library):
    effects = refine(library)
    with Library.open(library.store.place, run="other") as theirs:
        write(effects, theirs)
    assert not are_written(effects, library)


def test_a_change_of_what_somebody_else_changed_is_left_out_and_the_others_are_written(library):
    entries = library.entries()
    changes = tuple(
        Change(kind="retire", insights={each.insight.id: each.insight.model_copy(update={"status": "retired"})})
        for each in entries
    )
    effects = Effects(changes=changes, expected={each.insight.id: each.version for each in entries})
    library.change(entries[0], entries[0].insight.model_copy(update={"title": "by hand"}))
    assert write(effects, library) == changes[:1]
    assert library.entry("x").insight.title == "by hand"
    assert library.entry("y").insight.status == "retired"
    assert are_written(effects, library)


def test_what_was_left_out_is_left_out_again_by_who_goes_on(library):
    effects = refine(library)
    entry = library.entry("x")
    library.change(entry, entry.insight.model_copy(update={"title": "by hand"}))
    number = library.store.number()
    for _ in range(2):
        assert not are_written(effects, library)
        write(effects, library)
    assert library.store.number() == number


def test_what_enters_may_be_merged_at_once(library):
    whole = insight("z")
    change = Change(kind="merge", insights={"x": None, "new": None, "z": whole})
    effects = Effects(
        accepted=(Accepted(insight=insight("new"), reason="proven"),),
        changes=(change,),
        expected={"x": library.entry("x").version, "new": 0},
    )
    assert write(effects, library) == ()
    assert [each.insight.id for each in library.entries()] == ["y", "z"]


def test_what_raises_in_the_middle_leaves_nothing(library, monkeypatch):
    effects = Effects(
        accepted=(Accepted(insight=insight("new"), reason="proven"),), changes=refine(library).changes, expected={}
    )
    monkeypatch.setattr(Library, "carry_out", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(effects, library)
    assert not library.store.entries(["new"])
    assert library.store.number() == 1


def test_a_change_of_labels_alone_is_written_once(library):
    change = Change(kind="label", definitions={BOUNDS.key: Definition(label=BOUNDS, definition="limits")})
    effects = Effects(changes=(change,))
    assert not are_written(effects, library)
    write(effects, library)
    assert are_written(effects, library)
    assert library.taxonomy().find(BOUNDS).definition == "limits"


def test_a_label_that_somebody_else_named_meanwhile_is_written_once(library):
    effects = Effects(
        changes=(Change(kind="label", definitions={BOUNDS.key: Definition(label=BOUNDS, definition="x")}),)
    )
    library.define(
        [Definition(label=BOUNDS, aliases=(Label("General Formulation", "Variables", "Limits"),), tasks=("t",))]
    )
    write(effects, library)
    assert library.taxonomy().find(BOUNDS).tasks == ("t",)
    assert are_written(effects, library)


def test_another_meaning_of_a_label_is_not_taken_for_the_one_that_was_decided(library):
    decided, other = (
        Effects(changes=(Change(kind="label", definitions={BOUNDS.key: Definition(label=BOUNDS, definition=text)}),))
        for text in ("limits", "ends")
    )
    write(other, library)
    assert not are_written(decided, library)


def test_what_is_active_afterwards_is_known_before(library):
    effects = merge(library)
    entered = Effects(accepted=(Accepted(insight=insight("new"), reason="proven"),), changes=effects.changes)
    assert active_after(entered, ["x", "y", "w"]) == {"w", "z", "new"}
    assert active_after(Effects(), ["x"]) == {"x"}


def test_effects_are_read_again_as_they_were_written_down(library):
    effects = merge(library)
    assert Effects.model_validate_json(effects.model_dump_json()) == effects
