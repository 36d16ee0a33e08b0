"""Exports as other programs read them; what a person or a model wrote stays text in each."""

import io
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from steepest.agents.chat.exports.paper import latex_document, pdf
from steepest.agents.chat.exports.report import report_page
from steepest.agents.chat.exports.session_paper import report_pdf, session_document
from steepest.agents.chat.exports.workbook import workbook
from steepest.errors import InputError
from tests.agents.chat.talks import BAKERY, TOLD, Baker, say, session

HOSTILE = "</script><script>alert(1)</script> \\input{/etc/passwd} =1+1 $x$ %"


class Tags(HTMLParser):
    """The tags of a page."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def talk(store, tmp_path):
    opened = session(store, Baker({"hi": f"wish: discuss\ntext: {HOSTILE}"}), tmp_path)
    say(opened, TOLD, "flour = 50", "/name rich", "hi", "/undo", "/compare")
    return opened


def sheets(content):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}, book


def test_a_workbook_has_the_answer_the_data_and_the_versions(talk):
    version = talk.conversation.versions[2]
    read, _ = sheets(workbook(version, version.formulation, talk.conversation.versions.values()))
    assert ["bake", "bread", 52, "item"] in [row[:4] for row in read["answer"]]
    assert ["flour", None, 50, "kg"] in [row[:4] for row in read["data"]]
    assert ["flour_stock", None, 50] in [row[:3] for row in read["limits"]]
    assert read["limits"][0] == ["constraint", "index", "reaches", "meaning"]  # whole numbers have no duals
    assert read["versions"][1:] == [[1, None, "as stated", "solved", 336], [2, 1, "flour = 50", "solved", 396]]
    assert ["sets:"] in read["formulation"]


def test_a_workbook_says_what_limits_are_worth_where_the_solver_does(store, tmp_path):
    talk = session(store, Baker(formulation=BAKERY.replace("integer >= 0", "real >= 0")), tmp_path)
    say(talk, TOLD)
    version = talk.conversation.versions[1]
    read, _ = sheets(workbook(version, version.formulation, [version]))
    assert read["limits"][0][-1] == "one unit more is worth"
    assert {row[0]: row[-1] for row in read["limits"][1:]}["flour_stock"] == pytest.approx(6)


def test_no_word_of_a_workbook_is_a_formula(talk):
    version = talk.conversation.versions[1].model_copy(update={"changes": ('=HYPERLINK("http://a")', "\x07")})
    _, book = sheets(workbook(version, version.formulation, [version]))
    cells = [cell for row in book["versions"].iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if str(cell.value).startswith("=")] == ["s"]


def test_a_paper_is_a_whole_document_in_which_words_are_only_words(talk):
    version = talk.conversation.versions[2].model_copy(update={"problem": HOSTILE})
    source = latex_document(version, version.formulation)
    assert source.startswith("\\documentclass")
    assert source.rstrip().endswith("\\end{document}")
    assert "\\input{" not in source
    assert "\\textbackslash{}input\\{/etc/passwd\\}" in source
    assert "bake[bread] & 52 & item" in source


def test_a_pdf_where_latex_is_and_a_way_out_where_it_is_not(talk, tmp_path, monkeypatch):
    version = talk.conversation.versions[1]
    source = latex_document(version, version.formulation)
    if shutil.which("pdflatex"):
        assert pdf(source).startswith(b"%PDF")
        with pytest.raises(InputError, match="could not set the document"):
            pdf("\\documentclass{article}\\begin{document}\\end{document}")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="/export latex"):
        pdf(source)
    with pytest.raises(InputError, match=r"or Chromium .*/export html"):
        report_pdf(talk.events)


def test_a_report_tells_all_of_the_session_and_runs_none_of_it(talk):
    page = report_page(talk.events)
    tags = Tags(page).found
    assert [name for name, _ in tags].count("script") == 1
    assert "script-src 'sha256-" in page
    assert not [attrs for _, attrs in tags if {"src", "onclick", "onload"} & set(attrs)]
    assert all(words in page for words in ("A loaf earns", "flour = 50", "396", "version 2 is rich", "&lt;script&gt;"))
    assert not re.search(r"https?://(?!www\.w3\.org)", page)
    assert [name for name, _ in tags].count("math") > 4


def test_the_document_of_a_session_tells_all_of_it_and_words_are_only_words(talk):
    source = session_document(talk.events)
    assert "\\input{/etc" not in source
    assert all(words in source for words in ("A loaf earns", "Changed: flour = 50.", "396", "version 2 is rich", "+60"))
    assert source.count("\\subsection*{You}") == 6
    assert source.count("\\subsection*{Formulation}") == 1  # a changed one is told by its changes


@pytest.mark.parametrize("program", ["pdflatex", "chromium"])
def test_a_session_is_printed_by_what_is_installed(talk, monkeypatch, program):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    other = "ways_of_chromium" if program == "pdflatex" else "ways_of_latex"
    monkeypatch.setattr(f"steepest.agents.chat.exports.session_paper.{other}", lambda given: [])
    assert report_pdf(talk.events).startswith(b"%PDF")


def test_signs_that_latex_does_not_have_are_printed_by_chromium(talk, monkeypatch):
    for name in ("latex", "chromium"):
        monkeypatch.setattr(
            f"steepest.agents.chat.exports.session_paper.ways_of_{name}", lambda given, name=name: [name.encode]
        )
    assert report_pdf(talk.events) == b"latex"
    say(talk, "/name 面包")
    assert report_pdf(talk.events) == b"chromium"


@pytest.mark.parametrize(("said", "kind"), [("report", ".pdf"), ("report pdf", ".pdf"), ("Report HTML", ".html")])
def test_a_report_is_of_the_session_also_without_any_version(store, tmp_path, monkeypatch, said, kind):
    monkeypatch.setattr("steepest.agents.chat.turns.files.report_pdf", lambda events: b"%PDF")
    talk = session(store, Baker(), tmp_path)
    events = say(talk, "/help", f"/export {said}", f"/export {said} my own{kind}")
    names = [Path(each.path).name for each in events if each.type == "exported"]
    assert names == [f"session{kind}", f"my own{kind}"]


def test_a_report_of_a_session_without_an_answer(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    say(talk, "/why")
    assert "tell one first" in report_page(talk.events)
    assert "<main>" in report_page([])


def test_every_format_is_offered_in_the_help(talk):
    events = say(talk, "/export nothing")
    [refused] = [each.text for each in events if each.type == "told"]
    assert "five, json, pyomo, lp, latex, pdf, xlsx, csv, html, report" in refused


def test_an_export_of_a_version_that_waits_for_data(store, tmp_path):
    pytest.importorskip("openpyxl")
    missing = BAKERY.replace('flour = 40   # [kg] "40 kg of flour"', "flour = missing   # [kg]")
    talk = session(store, Baker(formulation=missing), tmp_path)
    events = say(talk, TOLD, "/export xlsx", "/export latex", "/export html", "/export five", "/export csv")
    assert [each.format for each in events if each.type == "exported"] == ["xlsx", "latex", "html", "five"]
