"""Programs that make a PDF: one that would lose a sign is refused, and none of them reaches the network."""

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from steepest.agents.chat.exports.latex_parts import document, is_western, prose
from steepest.agents.chat.exports.paper import pdf
from steepest.agents.chat.exports.setting import made_by_first, ways_of_chromium, ways_of_latex
from steepest.errors import InputError
from steepest.solvers.export.latex import to_latex
from steepest.solvers.formulation import Formulation

Install = Callable[[str, str], None]

with_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a program on a path on which there is no other."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def installed(name: str, script: str) -> None:
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    return installed


def test_latex_may_run_no_program(install: Install) -> None:
    install("pdflatex", 'echo "$@ $openin_any" > paper.pdf')
    assert pdf("any").decode().split() == ["-interaction=nonstopmode", "-no-shell-escape", "paper.tex", "p"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("! LaTeX Error: Unicode character X (U+2212)", 1),
        ("Missing character: There is no X in font lmroman10!", 0),
        ("LaTeX Warning: Command X invalid in math mode on input line 5.", 0),
        ("", 1),
    ],
)
def test_a_pdf_that_lost_a_sign_is_refused(install: Install, said: str, code: int) -> None:
    install("pdflatex", f"echo '{said}'; echo made > paper.pdf; exit {code}")
    with pytest.raises(InputError, match="could not set the document") as refused:
        pdf("any")
    assert said.rstrip(".") in str(refused.value)
    assert "/export latex" in str(refused.value)


def test_where_one_latex_can_not_the_next_one_is_asked(install: Install) -> None:
    install("pdflatex", "echo made > paper.pdf; exit 1")
    install("lualatex", "echo by lualatex > paper.pdf")
    assert pdf("any") == b"by lualatex\n"


@pytest.mark.parametrize(
    ("words", "first"), [("5 − 3 ≤ λ, 9 € ± 1", "pdflatex"), ("温度", "lualatex"), ("Łódź", "lualatex")]
)
def test_a_latex_with_the_fonts_of_the_machine_is_asked_first_where_signs_need_them(
    install: Install, words: str, first: str
) -> None:
    for name in ("pdflatex", "xelatex", "lualatex"):
        install(name, f"echo {name} > paper.pdf")
    assert made_by_first(ways_of_latex(words)) == f"{first}\n".encode()
    assert is_western(words) == (first == "pdflatex")


@with_latex
def test_signs_of_sums_and_limits_are_set_by_latex() -> None:
    assert pdf(document("− ≤", prose("Keep ≤ 5 − 3 °C, 2 × λ ≥ Σ, a → b, x ∈ S, 1 ≠ ∞"))).startswith(b"%PDF")


@with_latex
def test_a_sign_that_no_latex_has_is_named() -> None:
    with pytest.raises(InputError, match=r"pdflatex could not set the document: .*U\+6E29"):
        pdf(document("Keep 温度", prose("Keep 温度 ≤ 5 − 3")))


@with_latex
def test_names_with_letters_beyond_ascii_lose_none_of_them() -> None:
    formulation = Formulation.from_text(
        "parameters:\n  λ = 3\nvariables:\n  größe: real >= 0\n  é: real >= 0\n"
        "maximize: λ * größe + é\nconstraints:\n  höchste: größe + é <= λ\n"
    )
    source = to_latex(formulation)
    assert "\\mathit{gr" not in source
    assert pdf(document("t", source)).startswith(b"%PDF")


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine, and the paths that it was asked for."""
    paths: list[str] = []

    class Asked(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *given: object) -> None:
            """Nothing: the test's output is its own."""

    server = HTTPServer(("127.0.0.1", 0), Asked)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", paths
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_chromium_asks_no_server_not_even_of_this_machine(asked: tuple[str, list[str]]) -> None:
    address, paths = asked
    ways = ways_of_chromium(lambda: f"<p>a</p><img src={address}/picture><iframe src={address}/page></iframe>")
    if not ways:
        pytest.skip("Chromium is not installed")
    assert made_by_first(ways).startswith(b"%PDF")
    assert paths == []


def test_chromium_is_told_of_no_way_to_a_server(install: Install) -> None:
    install("chromium", 'for each in "$@"; do case $each in --print-to-pdf=*) echo "$@" > "${each#*=}";; esac; done')
    arguments = made_by_first(ways_of_chromium(lambda: "page")).decode()
    assert "--proxy-server=127.0.0.1:9" in arguments
    assert "--proxy-bypass-list=<-loopback>" in arguments


def test_without_any_program_there_is_no_way(install: Install) -> None:
    assert ways_of_latex("any") == []
    assert ways_of_chromium(lambda: "page") == []
