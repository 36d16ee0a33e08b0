from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.changes.change import (
    AdjustParameter,
    Amount,
    BoundVariable,
    Change,
    ChangeDomain,
    ChangeObjective,
    DropConstraint,
    FixVariable,
    MoveLimit,
    SetParameter,
    Target,
)
from steepest.solvers.changes.reading import FORMS, read_change, read_changes
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.language.labels import normalize_label

names = st.from_regex(r"[a-z][a-z0-9_]{2,8}", fullmatch=True).filter(
    lambda name: name not in ("add", "fix", "drop", "remove", "missing", "unknown", "none", "null", "nan", "inf", "tbd")
)
labels = st.one_of(
    st.integers(0, 99),
    st.sampled_from(["cake", "Center 1", "four-color", "a;b", "x,y", 'q"r', "#1", "]"]),
).map(normalize_label)
targets = st.builds(Target, names, st.one_of(st.none(), st.lists(labels, min_size=1, max_size=3).map(tuple)))
numbers = st.one_of(st.integers(-9999, 9999).map(float), st.floats(-1e6, 1e6).map(lambda each: round(each, 3) + 0.0))
amounts = st.builds(Amount, numbers, st.booleans())
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(SetParameter, targets, numbers.map(normalize_label)),
    st.builds(AdjustParameter, targets, st.sampled_from(["+", "-"]), amounts),
    st.builds(DropConstraint, targets),
    st.builds(MoveLimit, targets, st.sampled_from(["relax", "tighten", "raise", "lower"]), amounts),
    st.builds(FixVariable, targets, numbers),
    st.builds(BoundVariable, targets, numbers, numbers),
    st.builds(BoundVariable, targets, st.none(), numbers),
    st.builds(ChangeDomain, targets, st.sampled_from(["real", "integer", "binary", "semicontinuous"])),
    st.builds(ChangeObjective, st.sampled_from(["minimize", "maximize"])),
)


@given(change=changes)
def test_what_a_change_is_written_as_reads_as_the_same_change(change: Change) -> None:
    assert read_change(str(change)) == change


@given(change=st.lists(changes, min_size=1, max_size=4))
def test_changes_stand_on_lines_or_between_semicolons(change: list[Change]) -> None:
    texts = [str(each) for each in change]

    assert list(read_changes("; ".join(texts))) == change
    assert list(read_changes("\n".join(f"{text}   # why" for text in texts))) == change


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(FormulationError):
        read_changes(text)


@pytest.mark.parametrize("form", FORMS)
def test_the_forms_that_messages_show_can_be_read(form: str) -> None:
    assert read_changes(form)


def test_every_change_that_can_not_be_read_is_told() -> None:
    with pytest.raises(FormulationError) as raised:
        read_changes("flour 50; flour = 50; do something")

    assert len(raised.value.diagnostics) == 2
    assert "`flour 50` is no change that can be read" in str(raised.value)
