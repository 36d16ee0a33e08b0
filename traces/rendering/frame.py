"""The frame of every page: one file that loads nothing and runs its own script alone, which it admits by its hash."""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files

__all__ = ["asset", "framed", "page_words", "table_style"]


def framed(body: str) -> str:
    """A template of a page, with `$policy`, `$title`, `$style`, `$script` and whatever its body has.

    Args:
        body: A template of what stands in the page before its script.
    """
    return asset(__package__, "frame.html").replace("$body", body)


def page_words(title: str, style: str, script: str, *, drawn: str = "") -> Mapping[str, str]:
    """What the frame has to be filled with.

    Args:
        title: As HTML.
        style: Of the page's own; what all pages share is put before it.
        script: The one that the page may run.
        drawn: The style of a picture in the page.
    """
    whole = asset(__package__, "frame.css") + style
    styles = " ".join(f"'sha256-{_hash(each)}'" for each in (whole, drawn) if each)
    policy = f"default-src 'none'; style-src {styles}; script-src 'sha256-{_hash(script)}'; base-uri 'none'; "
    return {"policy": f"{policy}form-action 'none'", "title": title, "style": whole, "script": script}


def table_style() -> str:
    """The style of pages with figures above a table whose rows are opened at the side."""
    return asset(__package__, "table.css")


@cache
def asset(package: str, name: str) -> str:
    """The text of a file that lies in a package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return b64encode(sha256(content.encode()).digest()).decode("ascii")
