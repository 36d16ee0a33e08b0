"""The sentences of a problem's text, and which of them demand or limit something."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from steepest.agents.modeling.reading.spans import Span
from steepest.agents.modeling.reading.tables import TextTable

SentenceKind = Literal["requirement", "aim", "statement", "row"]
"""`row`: a row of a table; `aim`: what is to be found or made best."""

_BREAK = re.compile(
    r"""(?P<stop>[.!?])["'”’)\]]*(?:\s|\\n)+(?=["'“‘(\[$\\*]*[A-Z0-9])   # before a capital or a number
      | [。！？]                                                          # noqa: RUF001 - full stops of Chinese
      | (?:\n|\\n)[ \t]*(?:\n|\\n)\s*                                     # an empty line
      | (?::|(?<![ \t:]))[ \t]*(?:\n|\\n)\s*(?=(?:[-*•·]|\d{1,2}[.)]|\(\w{1,2}\))\s)     # an entry of a list
      | (?<=:)[ \t]*(?:\n|\\n)\s*""",  # what a colon announces
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|no|fig|eq|dr|mr|mrs|st|resp|max|min|avg|hrs?|sec|lbs?|oz|inc|ltd)"
    r"|(?:\A|\n)[ \t]*\d{1,2}|\b[A-Z])\Z",
    re.IGNORECASE,
)
_DEMANDS = re.compile(
    r"""\b(?: at\s+(?:least|most) | no\s+(?:more|less|fewer|later|earlier|two|\w+\s+(?:can|may))
      | not\s+(?:more|less|fewer|exceed)
      | must | cannot | can't | can\s+not | can\s+only | may\s+not | mustn't | shall | should | has\s+to | have\s+to
      | exceed(?:s|ing)? | only | exactly | require(?:s|d)? | restrict(?:s|ed)? | not\s+(?:be\s+)?allowed
      | guarantee | ensure | satisf(?:y|ies|ied) | either | unless )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_AIMS = re.compile(
    r"""\b(?: minimi[sz]\w* | maximi[sz]\w* | optimal(?:ly)? | optimum | optimi[sz]e\w*
      | how\s+(?:many|much|should|can|to)
      | what\s+(?:is|are|should|would) | determine | find | formulate | objective | goal | aims?
      | wants?\s+to | try\s+to | as\s+\w+[\w\s]{0,30}\s+as\s+possible
      )\b | \?\s*\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_AROUND = " \t\r\n\v\f\u00a0|"
"""What is cut off around a sentence: white space, and what a table in pipes leaves."""

_MARKUP = re.compile(r"<[^<>]*>|\\[a-zA-Z]+(?:\{[^{}\n]*\}){0,3}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, an entry of a list, or a row of a table."""

    span: Span
    kind: SentenceKind = "statement"


def sentences_in(text: str, tables: Sequence[TextTable] = ()) -> list[Sentence]:
    """The sentences of a text in its order; each row of its tables is one."""
    found: list[Sentence] = []
    begin = 0
    for table in tables:
        found += _sentences_between(text, begin, table.span.start)
        found += [Sentence(Span(row[0].start, row[-1].end), "row") for row in table.rows]
        begin = table.span.end
    return [*found, *_sentences_between(text, begin, len(text))]


def _sentences_between(text: str, begin: int, end: int) -> Iterator[Sentence]:
    for match in _BREAK.finditer(text, begin, end):
        if match["stop"] == "." and _ABBREVIATION.search(text, max(begin, match.start() - 12), match.start()):
            continue
        yield from _sentence(text, begin, match.start() + len(match["stop"] or ""))
        begin = match.end()
    yield from _sentence(text, begin, end)


def _sentence(text: str, begin: int, end: int) -> Iterator[Sentence]:
    inner = text[begin:end]
    if any(character.isalnum() for character in _MARKUP.sub("", inner)):
        begin += len(inner) - len(inner.lstrip(_AROUND))
        yield Sentence(Span(begin, begin + len(inner.strip(_AROUND))), _kind(inner))


def _kind(sentence: str) -> SentenceKind:
    """A sentence that names its aim and a limit in one is an aim: what it asks for is not limited by it alone."""
    if _AIMS.search(sentence):
        return "aim"
    return "requirement" if _DEMANDS.search(sentence) else "statement"
