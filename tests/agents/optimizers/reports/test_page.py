import json
import re
import time
from base64 import b64decode
from gzip import decompress
from html.parser import HTMLParser
from typing import Any

import pytest

from steepest.agents.optimizers.reports import report_page
from steepest.agents.optimizers.search.records import Birth, Refused, StepRecord, Tried
from tests.agents.optimizers.reports.searches import RESULT, RUN, SEED, scored, search

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\"><b>bold</b>\u202e"


class Balanced(HTMLParser):
    """Fails where elements are not closed in the order in which they were opened."""

    VOID = frozenset({"meta", "input", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attributes if name == "id" and value]
        if tag not in self.VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


def rows_of(page: str) -> dict[str, list[Any]]:
    (packed,) = re.findall(r'id="listed">([\w+/=]*)<', page)
    rows: dict[str, list[Any]] = json.loads(decompress(b64decode(packed)))
    return rows


@pytest.mark.parametrize("count", [1, 2, 40, 400])
def test_it_is_whole_and_loads_nothing(count: int) -> None:
    page = report_page(search(count), RUN, RESULT)
    reading = Balanced()
    reading.feed(page)
    reading.close()
    assert reading.opened == []
    assert len(set(reading.ids)) == len(reading.ids)
    assert not re.search(
        r"(?:src|href)=[\"'](?!#)|url\(|@import|https?://", page.partition('type="application/gzip"')[0]
    )
    assert len(rows_of(page)["number"]) == count


def test_the_figures_are_in_it() -> None:
    page = report_page(search(40), RUN, RESULT)
    assert "0.71, the seed 0.43: +0.28, 95 % interval +0.17 to +0.39, n = 40" in page
    assert "the budget of 5,000 metric calls is spent" in page
    assert "formulations whose optimum is the right answer · Pareto · 39 steps" in page
    assert '<svg class="tree"' in page
    assert page.count('<svg class="curves"') == 2
    assert "refused proposals" in page


def test_what_a_person_or_a_model_wrote_is_never_markup() -> None:
    birth = Birth(
        number=1, values={HOSTILE: HOSTILE}, parents=(0,), origin=HOSTILE, note=HOSTILE, model=HOSTILE, reason=HOSTILE
    )
    tried = Tried(number=2, changes={HOSTILE: 3}, parents=(1,), origin="x", score=0.1, gain=None, reason=HOSTILE)
    refused = Refused(reason=HOSTILE, component=HOSTILE, value=HOSTILE, model=HOSTILE)
    records = [
        StepRecord(step=0, evaluated=(scored(0, 0.1),)),
        StepRecord(step=1, births=(birth,), tried=(tried,), refused=(refused,), evaluated=(scored(1, 0.5),)),
    ]
    hostile = [{"name": HOSTILE, "kind": "text", "description": HOSTILE, "constraint": HOSTILE}]
    run = {
        "workflow": HOSTILE,
        "goal": HOSTILE,
        "strategy": HOSTILE,
        "components": hostile,
        "seed_values": {HOSTILE: ""},
    }
    page = report_page(records, run, {"reason": HOSTILE})
    assert "<img" not in page
    assert "<b>bold" not in page
    assert "\u202e" not in page
    assert "&lt;img" in page


def test_a_search_that_has_found_nothing_says_so() -> None:
    page = report_page([StepRecord(step=0, evaluated=(scored(0, 0.4),))], RUN)
    assert "nothing better was found" in page
    assert "not yet, or it was interrupted" in page
    assert "What changed" not in page


def test_a_search_that_has_not_begun_has_a_page() -> None:
    assert "not known" in report_page([], {"seed_values": SEED})


def test_ten_thousand_candidates_give_a_page_of_a_few_megabytes_in_seconds() -> None:
    records = search(10_000)
    begin = time.perf_counter()
    page = report_page(records, RUN, RESULT)
    assert time.perf_counter() - begin < 30
    assert len(page) < 5_000_000
