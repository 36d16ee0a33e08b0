import io
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

from steepest.evals.reports import html_report
from tests.evals.reports.pages import index_of, records_of
from tests.evals.runs_for_tests import RememberedRun, call, large_run, problem, sample

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)> \u202e\u2028 <!-- ]]> $title ${parts}"


def page_of(run: RememberedRun, *, transcripts: bool = True) -> str:
    stream = io.StringIO()
    html_report(run, stream, transcripts=transcripts)
    return stream.getvalue()


class Tags(HTMLParser):
    """What a browser would take for elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.attributes |= {name for name, _ in attrs}


def test_every_attempt_is_in_the_page_with_all_there_is_to_see() -> None:
    run = large_run(60)
    page = page_of(run)
    index, records = index_of(page), records_of(page)
    samples, problems = list(run.samples()), {each.id: each for each in run.problems()}
    assert index["listing"]["values"]["id"] == [each.id for each in samples]
    assert index["listing"]["values"]["verdict"] == [each.verdict for each in samples]
    assert len(records) == 60
    for made, record in zip(samples, records, strict=True):
        assert record["problem"]["question"] == problems[made.id].question
        assert record["attempts"][0]["formulation"] == made.attempt.formulation
        assert len(record["attempts"][0]["calls"]) == len(made.attempt.transcript)


def test_the_headline_has_its_n_and_its_interval() -> None:
    run = RememberedRun(
        [problem("kiosks/1"), problem("kiosks/2"), problem("kiosks/3")],
        [sample("kiosks/1"), sample("kiosks/2", "wrong_value"), sample("kiosks/3", "infrastructure_error")],
    )
    page = page_of(run)
    assert '<p class="big">50.0 %</p>' in page
    assert "n = 2 problems, 95 % interval 9.5 to 90.5 %" in page
    assert "33.3 % (n = 3)" in page
    assert "1 of 3 attempts" in page


def test_hostile_texts_stay_texts() -> None:
    asked = problem(HOSTILE, HOSTILE, notes=HOSTILE, type=HOSTILE, dataset=HOSTILE, variables={HOSTILE: 1})
    made = sample(HOSTILE, message=HOSTILE, formulation=HOSTILE, code=HOSTILE, transcript=(call(HOSTILE, HOSTILE),))
    tags = Tags(page_of(RememberedRun([asked], [made], place=HOSTILE, method=HOSTILE)))
    harmless = Tags(page_of(RememberedRun([problem("a")], [sample("a", transcript=(call("b", "c"),))])))
    assert tags.found.count("script") == harmless.found.count("script") == 3
    assert "img" not in tags.found
    assert not any(name.startswith("on") for name in tags.attributes)


def test_marks_of_direction_are_shown_as_what_they_are() -> None:
    page = page_of(RememberedRun([problem(HOSTILE, HOSTILE)], [sample(HOSTILE)]))
    assert "\u202e" not in page
    assert "\\u202e" in index_of(page)["listing"]["values"]["id"][0]


def test_the_page_loads_nothing_and_admits_its_own_script_alone() -> None:
    page = page_of(large_run(3))
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="(.*?)"', page)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page)
    assert " style=" not in page


def test_a_page_without_transcripts_is_smaller_and_keeps_the_rest() -> None:
    run = large_run(30)
    whole, small = page_of(run), page_of(run, transcripts=False)
    assert len(small) < len(whole)
    assert all(record["attempts"][0]["calls"] == [] for record in records_of(small))
    assert records_of(small)[0]["attempts"][0]["formulation"]


def test_calibration_is_shown_only_where_there_is_a_confidence() -> None:
    asked = [problem("kiosks/1"), problem("kiosks/2")]
    silent = [sample("kiosks/1"), sample("kiosks/2", "wrong_value")]
    sure = [sample("kiosks/1", confidence=0.9), sample("kiosks/2", "wrong_value", confidence=0.4)]
    assert "Calibration" not in page_of(RememberedRun(asked, silent))
    assert "AUROC 1.000" in page_of(RememberedRun(asked, sure))


def test_an_unknown_price_is_shown_as_unknown() -> None:
    made = sample("kiosks/1", spent={"calls": 1, "cost": None})
    page = page_of(RememberedRun([problem("kiosks/1")], [made]))
    assert "<dt>cost</dt><dd>price unknown</dd>" in page


def test_the_page_says_why_attempts_failed() -> None:
    asked = [problem(f"kiosks/{number}") for number in range(4)]
    broken = [sample(f"kiosks/{at}", "infrastructure_error", message="the key is refused") for at in range(2)]
    wrong = sample("kiosks/2", "wrong_value")
    page = page_of(RememberedRun(asked, [*broken, wrong, sample("kiosks/3")]))
    assert '<th scope="row">2</th><td>infrastructure error</td><td>the key is refused</td>' in page
    assert index_of(page)["listing"]["values"]["why"] == [*["the key is refused"] * 2, "within tolerance", ""]


def test_figures_that_cant_differ_are_not_told_twice() -> None:
    page = page_of(RememberedRun([problem("kiosks/1")], [sample("kiosks/1")]))
    assert "distinct stories" not in page
    assert "infrastructure errors as wrong" not in page
    told = [problem("kiosks/1", group="tea"), problem("kiosks/2", group="tea")]
    page = page_of(RememberedRun(told, [sample("kiosks/1"), sample("kiosks/2")]))
    assert "<dt>of distinct stories (groups)</dt><dd>100.0 % (n = 1)</dd>" in page


def test_what_was_run_stands_below_the_attempts_with_the_names_that_the_problems_give() -> None:
    run = RememberedRun([problem("a", dataset="market-town")], [sample("a", dataset="market-town")])
    page = page_of(run)
    assert page.index('id="problems"') < page.index("What was run")
    assert '<p id="subtitle">market-town: 1 problem, ' in page
    assert '<th scope="row">data sets</th><td>market-town</td>' in page


def test_a_run_that_has_nothing_yet_is_reported_as_such() -> None:
    page = page_of(RememberedRun([problem("kiosks/1")], []))
    assert "no attempt was graded yet" in page
    assert index_of(page)["listing"]["values"] == {}
