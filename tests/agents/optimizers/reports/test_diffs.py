import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.reports.diffs import changes_of, shown, unified

texts = st.text() | st.lists(st.sampled_from(["a ", "b", "\n", "word ", ", "]), max_size=40).map("".join)


@given(texts, texts)
def test_both_texts_can_be_read_from_their_words(old: str, new: str) -> None:
    change = changes_of("prompt", "text", old, new)
    assert "".join(text for sign, text in change.segments if sign != "+") == old
    assert "".join(text for sign, text in change.segments if sign != "-") == new


@given(texts, texts)
def test_both_sources_can_be_read_from_their_lines(old: str, new: str) -> None:
    change = changes_of("f", "code", old, new)
    assert [text for sign, text in change.segments if sign != "+"] == old.splitlines()
    assert [text for sign, text in change.segments if sign != "-"] == new.splitlines()


def test_a_prompt_differs_by_words() -> None:
    change = changes_of("prompt", "text", "Be brief and kind.\nThe end.", "Be brief and exact.\nThe end.")
    assert change.segments == [("=", "Be brief and "), ("-", "kind"), ("+", "exact"), ("=", ".\nThe end.")]


def test_numbers_and_choices_are_told_as_they_are() -> None:
    assert changes_of("size", "float", 1.0, 2.5).segments == [("-", "1.0"), ("+", "2.5")]
    assert changes_of("kind", "choice", "slow", "fast") == ("kind", "value", [("-", "slow"), ("+", "fast")])


def test_large_json_differs_by_lines() -> None:
    old = {"rules": [f"rule {number}" for number in range(20)]}
    new = {"rules": [*old["rules"][:10], "another", *old["rules"][10:]]}
    change = changes_of("rules", "json", old, new)
    assert change.form == "lines"
    assert [each for each in change.segments if each.sign != "="] == [("+", '    "another",')]


def test_very_long_values_are_cut_and_say_so() -> None:
    assert shown("a" * 100_000).endswith("[cut: 40,000 more characters]")


def test_large_texts_without_anything_in_common_take_little_time() -> None:
    begin = time.perf_counter()
    changes_of("prompt", "text", "one two " * 30_000, "three four " * 30_000)
    changes_of("prompt", "text", "a b " * 1400, "b a " * 1400)
    assert time.perf_counter() - begin < 5


@pytest.mark.parametrize(("old", "new"), [("a\nb\nc\n", "a\nx\nc\n"), ("a", "b\n"), ("", "a\n")])
def test_a_unified_diff_can_be_applied(old: str, new: str, tmp_path: Path) -> None:
    (tmp_path / "f.py").write_text(old)
    subprocess.run(["git", "apply", "-"], input=unified(old, new, "f.py"), text=True, cwd=tmp_path, check=True)
    assert (tmp_path / "f.py").read_text() == new
