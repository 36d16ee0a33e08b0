"""A whole text is taken from one fence, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.code.edits import EditError
from steepest.agents.optimizers.code.rewrites import read_rewrite


@given(st.text(alphabet="ab \n=<>#", max_size=40))
def test_what_stands_in_the_fence_is_what_comes_out(text: str) -> None:
    assert read_rewrite(f"Here it is:\n```python\n{text}\n```\nDone.") == text


def test_a_fence_with_more_marks_holds_one_with_fewer() -> None:
    assert read_rewrite('````\na = """\n```\n"""\n````') == 'a = """\n```\n"""'


def test_a_program_without_a_fence_is_taken_and_words_are_not() -> None:
    assert read_rewrite("def f():\n    return 1\n") == "def f():\n    return 1"
    for words in ("ok", "I would leave it as it is.", ""):
        with pytest.raises(EditError, match="no text in a fence"):
            read_rewrite(words)


def test_several_fences_and_one_that_is_cut_off_are_refused() -> None:
    with pytest.raises(EditError, match="2 fences"):
        read_rewrite("```\na\n```\n```\nb\n```")
    with pytest.raises(EditError, match="cut off"):
        read_rewrite("```python\ndef f():\n    ret")
