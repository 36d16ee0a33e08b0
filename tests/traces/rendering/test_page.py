import json
import re
import time
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.parameters import node
from steepest.traces.scope import charge
from steepest.traces.trace import Trace, trace_of
from tests.traces.rendering.browser import Browser
from tests.traces.rendering.programs import HOSTILE, bakery, failure, hostile, star


class _Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs


def _data(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    loaded: dict[str, object] = json.loads(found[1])
    return loaded


def test_the_page_loads_nothing_and_runs_only_its_own_script(tmp_path: Path) -> None:
    page = bakery().to_html(tmp_path / "trace.html").read_text()
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(script) == 1
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert f"script-src 'sha256-{b64encode(sha256(script[0].encode()).digest()).decode()}'" in policy[1]
    assert policy[1].startswith("default-src 'none';")
    elements = _Elements(page)
    assert not {"link", "img", "iframe", "object", "base", "form"} & set(elements.names)
    assert not [name for name, _ in elements.attributes if name.startswith("on") or name in {"src", "style"}]


def test_no_value_can_end_the_data_or_open_an_element(tmp_path: Path) -> None:
    page = hostile().to_html(tmp_path / "trace.html", title=HOSTILE).read_text(encoding="utf-8")
    elements = _Elements(page)
    assert elements.names.count("script") == 2
    assert "img" not in elements.names
    assert "\u2028" not in page
    assert "\u202e" not in page


def test_the_data_tell_of_every_node_its_feedback_and_its_code(tmp_path: Path) -> None:
    data = json.dumps(_data(bakery().to_html(tmp_path / "trace.html").read_text()))
    for told in (
        "But say nothing else",
        "What the model is told",
        "350 tokens",
        "The number that a reply names",
        "0.4",
    ):
        assert told in data
    assert " ms" not in data
    assert str(Path(__file__).parent) not in data


def test_seconds_are_told_when_they_are_asked_for(tmp_path: Path) -> None:
    assert re.search(r'"[\d.]+ (µs|ms)"', bakery().to_html(tmp_path / "trace.html", times=True).read_text("utf-8"))


def test_the_page_opens_without_a_complaint(browser: Browser, tmp_path: Path) -> None:
    for program in (bakery, failure, hostile):
        browser.open(program().to_html(tmp_path / f"{program.__name__}.html"))
        assert browser.complaints == []
        assert browser.evaluate("document.querySelectorAll('.row').length") > 1


def test_search_finds_a_node_by_its_value(browser: Browser, tmp_path: Path) -> None:
    browser.open(bakery().to_html(tmp_path / "trace.html"))
    browser.press("/")
    browser.write("2 ovens")
    assert browser.evaluate("document.getElementById('count').textContent") == "2 of 10 nodes"
    assert "question" in browser.evaluate("document.querySelector('.row').textContent")
    browser.press("Escape")
    assert browser.evaluate("document.getElementById('count').textContent") == "10 nodes"


FINDS = [("the model is told", "prompt"), ("nothing else", "add"), ("charge", "ask")]


@pytest.mark.parametrize(("words", "name"), FINDS)
def test_search_looks_into_descriptions_feedback_and_code(
    words: str, name: str, browser: Browser, tmp_path: Path
) -> None:
    browser.open(bakery().to_html(tmp_path / "trace.html"))
    browser.press("/")
    browser.write(words)
    assert browser.evaluate("document.querySelector('.row b').textContent") == name


def names_in_view(browser: Browser) -> list[str]:
    text = browser.evaluate("[...document.querySelectorAll('.row b')].map((name) => name.textContent).join()")
    return str(text).split(",")


def an_expensive_trace() -> Trace:
    @bundle
    def call(prompt: str, tokens: int, seconds: float) -> str:
        time.sleep(seconds)
        charge(tokens, 1 / tokens)
        return prompt

    prompt = node("Be brief.", "prompt", trainable=True)
    return trace_of([call(prompt, 10, 0.03), call(prompt, 30, 0.0), call(prompt, 20, 0.01)])


def test_nodes_are_sorted_by_what_they_took(browser: Browser, tmp_path: Path) -> None:
    browser.open(an_expensive_trace().to_html(tmp_path / "trace.html", times=True))
    assert browser.evaluate("document.getElementById('sorts').textContent") == "by secondsby tokensby money"
    for order in (["call", "call_3", "call_2"], ["call_2", "call_3", "call"], ["call", "call_3", "call_2"]):
        browser.press("s")
        assert names_in_view(browser)[:3] == order
    browser.press("s")
    assert browser.evaluate("document.querySelectorAll('#sorts [aria-pressed=true]').length") == 0
    browser.evaluate("document.querySelector('[data-sort=tokens]').click()")
    assert browser.evaluate("document.querySelector('#details h2').textContent") == "call_2"
    browser.press("Escape")
    assert browser.evaluate("document.querySelectorAll('[aria-pressed=true]').length") == 1  # the view


def test_nothing_is_offered_to_sort_by_where_nothing_was_measured(browser: Browser, tmp_path: Path) -> None:
    browser.open(trace_of(node(1, "x") + 1).to_html(tmp_path / "trace.html"))
    assert browser.evaluate("document.getElementById('sorts').textContent") == ""
    browser.press("s")
    assert browser.complaints == []


def test_parameters_are_one_key_away(browser: Browser, tmp_path: Path) -> None:
    browser.open(bakery().to_html(tmp_path / "trace.html"))
    browser.press("p")
    assert names_in_view(browser) == ["prompt", "temperature"]
    assert browser.evaluate("document.querySelector('#details h2').textContent") == "prompt"
    browser.press("p")
    assert len(names_in_view(browser)) > 2


def test_a_picture_that_shows_a_part_says_so(browser: Browser, tmp_path: Path) -> None:
    browser.open(star(100).to_html(tmp_path / "trace.html"))
    browser.press("g")
    said = browser.evaluate("document.getElementById('count').textContent")
    assert re.fullmatch(r"\d+ of 202 nodes", said), said


def test_a_search_can_stand_in_the_address(browser: Browser, tmp_path: Path) -> None:
    browser.open(bakery().to_html(tmp_path / "trace.html"), "#search=ovens%20answer")
    assert browser.evaluate("document.getElementById('count').textContent") == "1 of 10 nodes"


def test_rows_are_folded_and_walked_by_keys(browser: Browser, tmp_path: Path) -> None:
    browser.open(bakery().to_html(tmp_path / "trace.html"))
    whole = browser.evaluate("document.querySelectorAll('.row').length")
    browser.press("ArrowLeft")
    assert browser.evaluate("document.querySelectorAll('.row').length") == 1
    browser.press("ArrowRight")
    browser.press("ArrowDown")
    assert browser.evaluate("document.querySelectorAll('.row').length") == 3
    assert browser.evaluate("document.querySelector('.row.chosen').getAttribute('aria-level')") == "2"
    browser.evaluate("document.getElementById('unfold').click()")
    assert browser.evaluate("document.querySelectorAll('.row').length") == whole


def test_a_selected_node_shows_value_feedback_and_code(browser: Browser, tmp_path: Path) -> None:
    page = bakery().to_html(tmp_path / "trace.html")
    browser.open(page, "#node=ask")
    details = "document.getElementById('details').innerText"
    assert "It is 12 loaves,\nI think." in browser.evaluate(details)
    assert "charge(350, 0.0021)" in browser.evaluate(details)
    browser.evaluate("document.querySelector('#details a').click()")
    browser.press("Escape")
    assert browser.evaluate("document.querySelector('#details h2').textContent") == "format"
    browser.open(page)
    assert "But say nothing else than the number. (score 0.4)" in browser.evaluate(details)


def test_the_failing_line_is_marked(browser: Browser, tmp_path: Path) -> None:
    browser.open(failure().to_html(tmp_path / "trace.html"))
    assert "rest = whole % parts" in browser.evaluate("document.querySelector('.failing').textContent")


def test_hostile_values_stay_text_in_every_view(browser: Browser, tmp_path: Path) -> None:
    browser.open(hostile().to_html(tmp_path / "trace.html", title="Kept"))
    for key in ("l", "ArrowDown", "ArrowDown", "g", "t", "ArrowDown"):
        browser.press(key)
        assert browser.evaluate("document.querySelectorAll('img, script').length") == 2
    assert browser.evaluate("document.title") == "Kept"
    assert browser.complaints == []


@pytest.mark.slow
def test_a_hundred_thousand_nodes_are_opened_unfolded_sorted_and_searched(browser: Browser, tmp_path: Path) -> None:
    total = node(0, "x")
    for count in range(100_000):
        total = total + node(count) if count % 1000 else answered(total)
    wide = answered(*(node(count, "n") for count in range(150_000)))
    page = trace_of([total, wide]).to_html(tmp_path / "trace.html")
    assert browser.open(page) < 20
    browser.evaluate("document.getElementById('unfold').click()")
    browser.press("s")
    assert browser.evaluate("document.querySelector('.row b').textContent").startswith("answered")
    browser.press("Escape")
    browser.press("/")
    browser.write("answered_7")
    assert "of 2" in browser.evaluate("document.getElementById('count').textContent")
    assert browser.complaints == []


@bundle
def answered(*parts: int) -> int:
    charge(3)
    return len(parts)


@pytest.mark.slow
def test_ten_thousand_nodes_stay_quick(browser: Browser, tmp_path: Path) -> None:
    ready = browser.open(star(5000).to_html(tmp_path / "trace.html"))
    assert ready < 5.0
    script = (
        "(() => { const begin = performance.now(); document.getElementById('unfold').click();"
        " const box = document.getElementById('search'); box.value = 'temperature_4999';"
        " box.dispatchEvent(new Event('input')); return performance.now() - begin; })()"
    )
    assert browser.evaluate(script) < 1500
    assert browser.evaluate("document.getElementById('count').textContent") == "2 of 10,002 nodes"
    assert browser.evaluate("document.querySelectorAll('.row').length") < 100
