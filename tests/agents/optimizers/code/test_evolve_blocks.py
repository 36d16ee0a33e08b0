"""Outside of its blocks a source can't be changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.code.evolve_blocks import EvolveBlockError, has_blocks, require_inside

SOURCE = """\
def rank(job):
    weight = 3
    # EVOLVE-BLOCK-START how jobs are ranked
    score = job * weight
    # EVOLVE-BLOCK-END
    return score
"""
START, END = "# EVOLVE-BLOCK-START", "# EVOLVE-BLOCK-END"
plain = st.lists(st.sampled_from(["a", "b", "  c", ""]), max_size=4)


@st.composite
def marked(draw: st.DrawFn) -> list[list[str]]:
    """Lines outside and inside of blocks in turns, those outside first and last."""
    blocks = draw(st.integers(1, 3))
    return [draw(plain) for _ in range(2 * blocks + 1)]


def written(parts: list[list[str]]) -> str:
    lines: list[str] = []
    for number, part in enumerate(parts):
        lines += part if number % 2 == 0 else [START, *part, END]
    return "\n".join([*lines, "end"])


@given(marked(), plain, st.data())
def test_a_change_inside_is_let_through_and_one_outside_refused(
    parts: list[list[str]], other: list[str], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(parts) - 1))
    changed = [*parts[:at], other, *parts[at + 1 :]]
    if at % 2 == 1 or other == parts[at]:
        require_inside(written(parts), written(changed))
    else:
        with pytest.raises(EvolveBlockError, match="outside"):
            require_inside(written(parts), written(changed))


@given(marked(), st.data())
def test_marks_can_be_neither_moved_nor_added_nor_taken_away(parts: list[list[str]], data: st.DataObject) -> None:
    lines = written(parts).split("\n")
    place = data.draw(st.integers(0, len(lines) - 1))
    mark = data.draw(st.sampled_from([START, END]))
    with pytest.raises(EvolveBlockError):
        require_inside("\n".join(lines), "\n".join([*lines[:place], mark, *lines[place:]]))
    marks = [number for number, line in enumerate(lines) if line in (START, END)]
    gone = data.draw(st.sampled_from(marks))
    with pytest.raises(EvolveBlockError):
        require_inside("\n".join(lines), "\n".join(lines[:gone] + lines[gone + 1 :]))
    with pytest.raises(EvolveBlockError):
        require_inside("\n".join(lines), "\n".join([*lines, START, END]))


def test_the_words_name_the_line_and_what_it_has_to_stay() -> None:
    with pytest.raises(
        EvolveBlockError, match=r"line 2 lies outside .* must stay '    weight = 3', not become"
    ) as caught:
        require_inside(SOURCE, SOURCE.replace("weight = 3", "weight = 4"))
    assert caught.value.line == 2
    with pytest.raises(EvolveBlockError, match=r"line 6 .* was taken away|must stay"):
        require_inside(SOURCE, SOURCE.replace("    return score\n", ""))
    with pytest.raises(EvolveBlockError, match=r"line 7 .*: 'score = 1' was added"):
        require_inside(SOURCE, SOURCE + "score = 1\n")


def test_a_source_without_marks_may_change_everywhere() -> None:
    assert not has_blocks("a = 1")
    require_inside("a = 1", f"{START}\nb = 2")
    assert has_blocks(SOURCE)
    require_inside(SOURCE.replace("\n", "\r\n"), SOURCE.replace("job * weight", "job"))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (f"{START}\n{START}\n{END}", "line 2: a block begins inside of the one of line 1"),
        (f"a\n{END}", "line 2: # EVOLVE-BLOCK-END without"),
        (f"a\n{START}\nb", "line 2: # EVOLVE-BLOCK-START without"),
    ],
)
def test_marks_that_do_not_pair_up_are_told_by_line(source: str, words: str) -> None:
    with pytest.raises(EvolveBlockError, match=words):
        require_inside(source, source)
