import re
from collections.abc import Callable
from html import unescape

import pytest

from steepest.traces.parameters import node
from steepest.traces.trace import trace_of
from tests.traces.rendering.programs import PROGRAMS, hostile

LABEL = re.compile(r'    n\d+(?:\(\[|\[/|\[\[|\{\{|\[|>)"([^"]*)"(?:\]\)|/\]|\]\]|\}\}|\]):::\w+')


@pytest.mark.parametrize("name", PROGRAMS)
def test_flowcharts_look_as_they_did(name: str, agrees_with_golden: Callable[[str, str], None]) -> None:
    agrees_with_golden(f"{name}.mmd", PROGRAMS[name]().to_mermaid())


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_line_is_a_node_an_edge_or_a_style(name: str) -> None:
    head, *lines = PROGRAMS[name]().to_mermaid().splitlines()
    assert head == "flowchart TD"
    for line in lines:
        assert LABEL.fullmatch(line) or re.fullmatch(r"    n\d+ --> n\d+", line) or line.startswith("    classDef ")


def test_quotes_brackets_newlines_and_directives_are_written_by_number() -> None:
    text = hostile().to_mermaid()
    label = LABEL.search(text)
    assert label is not None
    assert not set("`<>%{}&\\") & set(
        text.replace("<br/>", "").replace("-->", "").replace('{{"', "").replace('"}}', "")
    )
    assert "</script>" in unescape(re.sub(r"#(\d+);", r"&#\1;", text))


def test_very_long_values_are_cut() -> None:
    assert len(trace_of(node("x" * 100_000, "long")).to_mermaid()) < 300
