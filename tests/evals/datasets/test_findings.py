"""What is told of bad records."""

import pytest

from steepest.errors import InputError
from steepest.evals.datasets.findings import Finding, refuse


def test_a_finding_is_safe_to_print() -> None:
    finding = Finding("pots\x1b[2J.jsonl:1", 'has the id "\ud800\u202e"')
    assert str(finding) == 'pots\\x1b[2J.jsonl:1: has the id "\\ud800\\u202e"'
    assert str(Finding("töpfe.jsonl:2", "面")) == "töpfe.jsonl:2: 面"


def test_the_first_findings_are_listed_and_the_rest_counted() -> None:
    findings = [Finding(f"pots.jsonl:{line}", "has no answer") for line in range(1, 9)]
    with pytest.raises(InputError) as caught:
        refuse(findings, 20, "pots.jsonl")
    text = str(caught.value)
    assert text.startswith("8 of 20 records of pots.jsonl can't be used:")
    assert "pots.jsonl:5: has no answer\n  and 3 more" in text
    assert "pots.jsonl:6" not in text


def test_nothing_found_is_nothing_refused() -> None:
    refuse([], 0, "pots.jsonl")
