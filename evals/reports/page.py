"""A page that shows a run or a comparison: one file that loads nothing and runs no script but its own.

Texts of problems and of models are hostile until shown otherwise. In the page's own markup they are escaped; in its
data they stand where no text can end the data, and the script puts them into the page as text; the page's policy admits
the one script by its hash. What is large (texts, formulations, transcripts) is compressed and unpacked when it is
opened, so that a page of ten thousand problems opens at once.
"""

from collections.abc import Iterable, Mapping
from string import Template
from typing import Any, TextIO

from steepest.evals.reports.details import SystemTexts, plain
from steepest.evals.reports.listing import Listing
from steepest.traces.rendering.frame import asset, framed, page_words, table_style
from steepest.traces.rendering.islands import PER_PART, json_island, parts
from steepest.traces.rendering.markup import Markup, text

__all__ = ["write_page"]

_SCRIPTS = ("parts.js", "table.js", "details.js", "page.js")
_DATA = "$parts\n$index"


def write_page(
    stream: TextIO,
    *,
    title: str,
    subtitle: str,
    sections: Markup,
    listed: str,
    records: Iterable[Any],
    listing: Listing,
    systems: SystemTexts,
    footer: str,
    after: Markup | None = None,
) -> None:
    """Write a page piece by piece.

    Args:
        stream: Where it goes.
        title: What the page is about.
        subtitle: A line below.
        sections: What stands above the table.
        listed: The heading of the table.
        records: What is shown of each row when it is opened, in the order of rows; may fill `listing` and `systems` as
            it is drawn, since both are written after it.
        listing: The table's rows.
        systems: Texts that records name by number.
        footer: A line at the end.
        after: What stands below the table.
    """
    head, tail = framed(asset(__package__, "page.html")).split(_DATA)
    words: Mapping[str, str] = {
        **page_words(text(title), table_style() + asset(__package__, "page.css"), _script()),
        "subtitle": text(subtitle),
        "sections": sections,
        "listed": text(listed),
        "footer": text(footer),
        "after": after or Markup(),
    }
    stream.write(Template(head).substitute(words))
    for part in parts(plain(record) for record in records):
        stream.write(part + "\n")
    index = {"listing": listing.document(), "systems": systems.texts, "perPart": PER_PART}
    stream.write(json_island("index", index))
    stream.write(Template(tail).substitute(words))


def _script() -> str:
    code = "\n".join(asset(__package__, name) for name in _SCRIPTS)
    return f'"use strict";\n(() => {{\n{code}}})();\n'
