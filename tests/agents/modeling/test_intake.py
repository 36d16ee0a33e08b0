"""What can't be a problem told in words is refused before a model is asked, and the message says what to do."""

import codecs

import pytest

from steepest.agents.modeling.intake import MAX_BYTES, accept_problem, decode_problem
from steepest.errors import InputError


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        (" \n\t ", "is empty"),
        ("\ufeff", "is empty"),
        ("12 + 3 = 15", "has no words"),
        ("PK\x03\x04\0\0 a problem", "binary"),
        ("a\x01\x02\x03\x04", "binary"),
        ("\ufffd\ufffd\ufffdabc", "binary"),
        ("a lone \ud800 surrogate", "binary"),
        ("bake " * MAX_BYTES, "--data"),
    ],
)
def test_a_text_that_is_no_problem_is_refused(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        accept_problem(text)


def test_a_problem_in_any_script_is_accepted_without_the_space_around_it() -> None:
    assert accept_problem("\n面包每个赚3元。 \n") == "面包每个赚3元。"


def test_the_size_counts_bytes_and_the_limit_itself_is_allowed() -> None:
    assert accept_problem("a" * MAX_BYTES)
    with pytest.raises(InputError, match="200,002 bytes"):
        accept_problem("é" * (MAX_BYTES // 2 + 1))


def test_bytes_are_decoded_by_their_byte_order_mark() -> None:
    text = "Bäcker & Söhne"

    assert decode_problem(text.encode()) == text
    assert decode_problem(codecs.BOM_UTF8 + text.encode()) == text
    assert decode_problem(text.encode("utf-16")) == text


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x89PNG\r\n\0\0", "binary"),
        ("Bäcker".encode("latin-1"), "byte 1 can't be decoded"),
        (codecs.BOM_UTF16_LE + b"a", "UTF-16"),
    ],
)
def test_undecodable_bytes_are_refused(data: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        decode_problem(data)
