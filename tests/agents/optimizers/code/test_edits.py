"""Edits do what they say or raise with the nearest place; they are never left out in silence."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from steepest.agents.optimizers.code.edits import (
    Edit,
    EditError,
    apply_edits,
    edits_between,
    has_edits,
    read_edits,
    write_edits,
)

SOURCE = """\
def rank(job, state):
    total = 0
    for step in job:
        total += step
    return total
"""
lines = st.lists(st.sampled_from(["", "a", "b", "    a", "    b", "  return 1", "x = 2"]), max_size=12)
texts = lines.map("\n".join)


def edit(search: str, replace: str) -> str:
    return f"<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n"


@given(texts, texts)
@example("a\nb", "a\nb\nb")
@example("", "a")
@example("a", "")
@example("a\na\na", "b\na\na\na")
def test_the_edits_between_two_texts_make_one_of_the_other(old: str, new: str) -> None:
    edits = edits_between(old, new)
    assert bool(edits) == (old != new)
    if edits:
        assert apply_edits(old, edits) == new
        assert apply_edits(old, read_edits("So:\n" + write_edits(edits) + "That is all.")) == new
        assert apply_edits(old, edits[::-1]) == new


@given(texts.filter(lambda text: "\n" in text), texts)
def test_ends_of_lines_stay_those_of_the_text_whatever_those_of_the_reply_are(old: str, new: str) -> None:
    edits = edits_between(old, new)
    if not edits:
        return
    windows = old.replace("\n", "\r\n")
    assert apply_edits(windows, edits) == new.replace("\n", "\r\n")
    assert apply_edits(old, read_edits(write_edits(edits).replace("\n", "\r\n"))) == new


@given(texts, st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3), lines)
def test_an_edit_that_does_not_stand_in_the_text_once_raises_and_names_lines(
    text: str, search: list[str], replace: list[str]
) -> None:
    having = text.split("\n")
    count = sum(having[at : at + len(search)] == search for at in range(len(having)))
    change = Edit(tuple(search), tuple(replace))
    if count == 1 and replace != search:
        at = next(at for at in range(len(having)) if having[at : at + len(search)] == search)
        assert apply_edits(text, [change]) == "\n".join(having[:at] + replace + having[at + len(search) :])
    elif count != 0 or not any(search[0] == line.strip() for line in having):
        with pytest.raises(EditError):
            apply_edits(text, [change])


def test_what_does_not_match_is_told_with_the_closest_lines_and_their_numbers() -> None:
    with pytest.raises(EditError, match="edit 1 do not stand in the text") as caught:
        apply_edits(SOURCE, read_edits(edit("    for step in jobs:\n        total += 1", "    pass")))
    assert caught.value.region is not None
    assert caught.value.region.first == 3
    assert "   3 |     for step in job:\n   4 |         total += step" in str(caught.value)


def test_what_matches_several_places_is_told_with_all_of_them() -> None:
    with pytest.raises(EditError, match="2 times, at lines 1, 3: give more lines around"):
        apply_edits("a\nb\na\nc", read_edits(edit("a", "d")))


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(EditError, match="edits 1 and 2 change the same line 2"):
        apply_edits("a\nb\nc", read_edits(edit("a\nb", "x") + edit("b\nc", "y")))


def test_edits_that_change_nothing_are_refused() -> None:
    with pytest.raises(EditError, match="change nothing"):
        apply_edits("a\nb", read_edits(edit("a", "a")))


def test_an_edit_that_searches_nothing_is_refused_unless_the_text_is_empty() -> None:
    with pytest.raises(EditError, match="searches nothing"):
        apply_edits("a", [Edit((), ("b",))])
    assert apply_edits("", [Edit((), ("b",))]) == "b"


def test_lines_indented_otherwise_as_a_whole_are_found_and_their_replacement_is_indented_likewise() -> None:
    reply = edit("for step in job:\n    total += step", "total = sum(job)\n\nif not job:\n    total = 1")
    assert apply_edits(SOURCE, read_edits(reply)).split("\n")[2:6] == [
        "    total = sum(job)", "", "    if not job:", "        total = 1",
    ]  # fmt: skip
    deeper = edit("        total = 0", "        total = 1")
    assert "\n    total = 1\n" in apply_edits(SOURCE, read_edits(deeper))


def test_lines_indented_otherwise_in_themselves_are_not_found() -> None:
    with pytest.raises(EditError, match="Closest"):
        apply_edits(SOURCE, read_edits(edit("for step in job:\ntotal += step", "pass")))


def test_blanks_at_the_end_of_lines_do_not_hide_a_place() -> None:
    assert apply_edits("a  \nb", read_edits(edit("a", "c"))) == "c\nb"


def test_blocks_in_fences_are_read_from_outside_and_inside() -> None:
    inside = "<<<<<<< SEARCH\n```python\n    total = 0\n```\n=======\n```python\n    total = 1\n```\n>>>>>>> REPLACE"
    outside = f"I begin at one.\n```diff\n{edit('    total = 0', '    total = 1')}```\n"
    assert read_edits(inside) == read_edits(outside) == (Edit(("    total = 0",), ("    total = 1",)),)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("I would not change it.", "there is no edit"),
        ("<<<<<<< SEARCH\na\n=======\nb", "cut off"),
        ("<<<<<<< SEARCH\na\n=======\nb\n" + edit("c", "d"), r"edit 1 \(line 1 of the reply\) has no line"),
        ("<<<<<<< SEARCH\na\n>>>>>>> REPLACE", "has no line `=======`"),
        ("<<<<<<< SEARCH\na\n=======\nb\n=======\nc\n>>>>>>> REPLACE", "has 2 lines `=======`"),
    ],
)
def test_a_reply_that_is_no_edit_is_refused_in_words(reply: str, words: str) -> None:
    with pytest.raises(EditError, match=words):
        read_edits(reply)


@given(st.text())
def test_whatever_a_reply_is_it_is_read_or_refused(reply: str) -> None:
    if not has_edits(reply):
        with pytest.raises(EditError, match="there is no edit"):
            read_edits(reply)


@given(st.lists(st.sampled_from(["<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "a", ""]), max_size=12))
def test_marks_in_any_order_are_edits_or_refused(reply: list[str]) -> None:
    with suppress(EditError):
        assert read_edits("\n".join(reply))


def test_a_huge_reply_and_a_huge_text_take_no_time_to_speak_of() -> None:
    text = "\n".join(f"x{number} = {number % 17}" for number in range(20_000))
    with pytest.raises(EditError, match="Closest"):
        apply_edits(text, [Edit(tuple(f"y{number} = 1" for number in range(200)), ())])


def test_a_line_that_is_a_mark_itself_can_not_be_written_as_an_edit() -> None:
    with pytest.raises(EditError, match="can't stand in an edit"):
        write_edits([Edit(("=======",), ("a",))])
