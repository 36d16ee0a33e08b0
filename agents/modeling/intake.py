"""What is refused before a model is asked: a text that can't be a problem told in words."""

import codecs

from steepest.errors import InputError

MAX_BYTES = 200_000
"""Size of a problem's text in UTF-8; whatever is longer is data and belongs in tables."""

_MAX_STRANGE = 0.01  # share of control and replacement characters above which a text counts as binary
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def decode_problem(data: bytes) -> str:
    """The text in a file's bytes: UTF-8, or UTF-16 with a byte order mark.

    Raises:
        InputError: The bytes are no text in one of these encodings.
    """
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\0" in data:
        raise InputError(_BINARY)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"The problem is not {encoding.removesuffix('-sig').upper()} text (byte {error.start} can't be decoded); "
            "save it as UTF-8 and try again."
        ) from error


def accept_problem(text: str) -> str:
    """The problem's text without white space around it, if a model can be asked about it.

    Raises:
        InputError: It is empty, binary, too long, or without a word; the message says what to do.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise InputError(
            f"The problem's text has {size:,} bytes, and {MAX_BYTES:,} is the most that is read as words. Tell the "
            "problem in words and give its data as tables (--data NAME=table.csv)."
        )
    problem = text.strip().removeprefix("\ufeff")
    if not problem:
        raise InputError(
            "The problem is empty. Tell in words what there is to decide, what limits it and what is best."
        )
    if _is_binary(problem):
        raise InputError(_BINARY)
    if not any(character.isalpha() for character in problem):
        raise InputError(
            "The problem has no words, only numbers and signs. Tell in words what there is to decide, what limits it "
            "and what is best."
        )
    return problem


_BINARY = "The problem is binary data, not text. Give a text file in UTF-8, and data as tables (--data NAME=table.csv)."


def _is_binary(text: str) -> bool:
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        return True
    strange = sum(character == "\ufffd" or (character < " " and character not in "\t\n\r\f\v") for character in text)
    return strange > _MAX_STRANGE * len(text)
