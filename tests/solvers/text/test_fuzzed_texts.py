"""A thousand fuzzed texts; `python benchmarks/fuzz_language.py --texts 100000` goes further."""

import pytest

from benchmarks.fuzz_language import endings
from benchmarks.fuzzed_texts import corpus_of, text_number


@pytest.mark.slow
def test_no_fuzzed_text_crashes_hangs_or_ends_in_anything_but_a_clean_refusal() -> None:
    found = list(endings(first=0, texts=1000, seed=7, corpus=corpus_of(None), solve_every=50))
    assert [f"{each.number}: {each.ending}\n{each.defect}" for each in found if each.defect] == []
    assert {"refused by the reader", "refused by the checks", "compiled"} <= {each.ending for each in found}


def test_a_fuzzed_text_has_a_number_of_its_own() -> None:
    corpus = corpus_of(None)
    assert text_number(12, 3, corpus) == text_number(12, 3, corpus)
    assert len({text_number(number, 3, corpus) for number in range(20)}) > 15
