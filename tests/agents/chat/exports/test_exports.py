"""Exports as other programs read them; what a person or a model wrote stays text in each."""

import io
import os
import re
import shutil
from html.parser import HTMLParser

import pytest

from steepest.agents.chat.exports.paper import latex_document, pdf
from steepest.agents.chat.exports.report import report_page
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
    assert read["versions"][1:] == [[1, None, "as stated", "solved", 336], [2, 1, "flour = 50", "solved", 396]]
    assert ["sets:"] in read["formulation"]


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


def test_latex_may_run_no_program(tmp_path, monkeypatch):
    program = tmp_path / "bin" / "pdflatex"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@ $openin_any" > paper.pdf\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    assert pdf("any").decode().split() == ["-interaction=nonstopmode", "-no-shell-escape", "paper.tex", "p"]


def test_a_report_tells_all_of_the_session_and_runs_none_of_it(talk):
    page = report_page(talk.events)
    tags = Tags(page).found
    assert [name for name, _ in tags].count("script") == 1
    assert "script-src 'sha256-" in page
    assert not [attrs for _, attrs in tags if {"src", "onclick", "onload"} & set(attrs)]
    assert all(words in page for words in ("A loaf earns", "flour = 50", "396", "is named rich", "&lt;script&gt;"))
    assert not re.search(r"https?://(?!www\.w3\.org)", page)
    assert [name for name, _ in tags].count("math") > 4


def test_a_report_of_a_session_without_an_answer(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    say(talk, "/why")
    assert "tell one first" in report_page(talk.events)
    assert "<main>" in report_page([])


def test_every_format_is_offered_in_the_help(talk):
    events = say(talk, "/export nothing")
    [refused] = [each.text for each in events if each.type == "told"]
    assert "five, json, pyomo, lp, latex, pdf, xlsx, csv, html" in refused


def test_an_export_of_a_version_that_waits_for_data(store, tmp_path):
    pytest.importorskip("openpyxl")
    missing = BAKERY.replace('flour = 40   # [kg] "40 kg of flour"', "flour = missing   # [kg]")
    talk = session(store, Baker(formulation=missing), tmp_path)
    events = say(talk, TOLD, "/export xlsx", "/export latex", "/export html", "/export five", "/export csv")
    assert [each.format for each in events if each.type == "exported"] == ["xlsx", "latex", "html", "five"]
