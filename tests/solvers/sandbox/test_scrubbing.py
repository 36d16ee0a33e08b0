"""What may leave the sandbox as text."""

import os
import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.sandbox.scrubbing import host_prefixes, scrub, scrubbed

PREFIXES = (("/home/ann/venv", "<python>"), ("/home/ann", "<home>"))
NASTY = st.text(st.sampled_from("a/\\x1b[31m]0;\x1b\x9b\x07\r\n\t\u202e\u2066\ud800é漢hom<en")) | st.text()


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]52;c;aGk=\x1b\\text", "text"),
        ("\x9b2Jgone", "gone"),
        ("\x1bcreset", "reset"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("10%\r20%\r\ndone", "10%\n20%\ndone"),
        ("bell\x07 null\x00 delete\x7f", "bell null delete"),
        ("user\u202enimda", "usernimda"),
        ("hidden\U000e0041\U000e0042", "hidden"),
        ("half \ud800 of a pair", "half \ufffd of a pair"),
        ("one\u2028two\u2029three", "one\ntwo\nthree"),
        ("a\u200bb\u2060c\ufeffd\u00ade\U000e0101f\u115fg\u3164h\ufe0fi\u034fj", "abcdefghij"),
        ("Größe, 漢字, 한글, नमस्ते, 👩👧", "Größe, 漢字, 한글, नमस्ते, 👩👧"),
    ],
)
def test_what_a_terminal_would_obey_is_taken_out(given: str, left: str) -> None:
    assert scrub(given) == left


def test_no_character_that_formats_controls_or_breaks_a_paragraph_is_left() -> None:
    everything = "\n".join(map(chr, range(sys.maxunicode + 1)))
    left = {unicodedata.category(each) for each in scrub(everything) if each not in "\t\n"}
    assert not left & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert {"Ll", "Lo", "Mn", "Nd", "Sm", "So"} <= left


def test_a_title_without_an_end_hides_no_more_than_its_line() -> None:
    assert scrub("\x1b]0;hidden\nseen") == "\nseen"


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("in /home/ann/venv/lib/x.py", "in <python>/lib/x.py"),
        ("/home/ann: denied", "<home>: denied"),
        ("'/home/ann/data.csv'", "'<home>/data.csv'"),
        ("/home/anna/data.csv", "/home/anna/data.csv"),
        ("/home/\x1b[1mann/x", "<home>/x"),
    ],
)
def test_folders_of_the_host_become_words(given: str, left: str) -> None:
    assert scrub(given, PREFIXES) == left


def test_this_host_tells_neither_its_python_nor_its_home_nor_its_folder() -> None:
    here, home = os.getcwd(), os.path.expanduser("~")
    for path in (sys.prefix, sys.base_prefix, os.__file__, here, home):
        shown = scrubbed(f"{path}/more")
        assert path not in shown
        assert shown.startswith("<")


def test_a_folder_that_packages_were_put_into_becomes_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend("/opt/of-ann/libraries")
    assert ("/opt/of-ann/libraries", "<packages>") in host_prefixes()


def test_the_root_is_no_prefix() -> None:
    assert all(len(path) > 1 for path, _ in host_prefixes())
    assert scrubbed("/ and a / b") == "/ and a / b"


@given(NASTY)
def test_scrubbing_twice_changes_nothing_and_the_text_can_be_written(text: str) -> None:
    once = scrub(text, PREFIXES)
    assert scrub(once, PREFIXES) == once
    once.encode()
    assert not any(unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp") for each in once if each not in "\n\t")


@pytest.mark.parametrize(
    "unit", ["\x1b", "\x1b[", "\x1b]", "\x9b1;", "/home/ann", "\x1b]0;a\n", "/home/", "\u200b", "\u2028", "a\U000e0101"]
)
def test_a_megabyte_takes_no_time(unit: str) -> None:
    started = time.perf_counter()
    scrub(unit * (1_000_000 // len(unit)), PREFIXES)
    assert time.perf_counter() - started < 5
