"""The insights that ship: readable, active, labelled, of sources that allow it, and brought in once."""

import re
from pathlib import Path

import pytest

from steepest.agents.library.exchange.parcels import bring_in
from steepest.agents.library.library import Library
from steepest.agents.library.starter import starter
from steepest.cli import main


def test_every_insight_is_complete_and_says_where_it_comes_from():
    parcel = starter()
    known = {definition.label for definition in parcel.definitions}
    assert parcel.insights
    for insight in parcel.insights.values():
        assert insight.status == "active"
        assert insight.title
        assert insight.example
        assert len(insight.condition) <= 700  # as long as a learned one may be
        assert set(insight.labels) <= known
        assert insight.provenance.tasks
        assert insight.provenance.source.endswith("(MIT)")
        assert not re.search(r"https?://|\d+\.\d+\.\d+\.\d+", insight.model_dump_json())  # nobody's own machine


def test_it_is_brought_in_once(tmp_path: Path):
    with Library.open(tmp_path / "lib.db") as library:
        bring_in(library, [starter()])
        number = library.store.number()
        bring_in(library, [starter()])
        assert library.store.number() == number
        assert {each.insight.id for each in library.entries("active")} == set(starter().insights)


def test_a_library_begins_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    place = str(tmp_path / "lib.db")
    assert main(["library", "start", place]) == 0
    assert main(["library", "list", place]) == 0
    out = capsys.readouterr().out
    assert all(insight.title in out for insight in starter().insights.values())
    assert main(["library", "undo", place, "1"]) == 0
