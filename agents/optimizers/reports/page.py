"""A search as one page that loads nothing and runs no script but its own.

Prompts, code and the words of models are hostile until shown otherwise: in the page's own markup they are escaped; in
its data they stand where no text can end the data, the script puts them into the page as text, and the page's policy
admits the one style and the one script by their hashes. What is large is compressed and unpacked when it is opened.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from string import Template
from typing import Any

from steepest.agents.optimizers.reports import sections
from steepest.agents.optimizers.reports.description import Description, description_of
from steepest.agents.optimizers.reports.history import History, history_of
from steepest.agents.optimizers.reports.listing import rows_of, told_of
from steepest.agents.optimizers.search.records import StepRecord
from steepest.traces.rendering.figures import count_of
from steepest.traces.rendering.islands import PER_PART, json_island, packed_island, parts
from steepest.traces.rendering.markup import joined, text

__all__ = ["report_page"]


def report_page(records: Iterable[StepRecord], run: Mapping[str, Any], result: Mapping[str, Any] | None = None) -> str:
    """A search as an HTML page.

    Args:
        records: Of its steps, ascending; those of a search that is going on give a page of what there is.
        run: The document of its `run.json`.
        result: That of its `result.json`, if it has ended.
    """
    description = description_of(run, result)
    history = history_of(records, description.seed_values)
    style, script = _asset("page.css"), _asset("page.js")
    words = {
        "policy": f"default-src 'none'; style-src 'sha256-{_hash(style)}'; script-src 'sha256-{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'",
        "title": text(f"Optimization of {description.title}"),
        "subtitle": text(_subtitle(history, description)),
        "style": style,
        "script": script,
        "sections": _sections(history, description),
        "listed": text(f"All {count_of(len(history.entries), 'candidate')}"),
        "after": joined(sections.refusals(history), sections.proposers(history), sections.facts(history, description)),
        "data": _data(history, description),
    }
    return Template(_asset("page.html")).substitute(words)


def _sections(history: History, description: Description) -> str:
    return joined(
        sections.headline(history, description),
        sections.curves(history),
        sections.best_against_seed(history, description),
        sections.lineage(history),
    )


def _subtitle(history: History, description: Description) -> str:
    steps = count_of(history.moments[-1].step if history.moments else 0, "step")
    return " · ".join(filter(None, (description.goal, description.strategy, steps)))


def _data(history: History, description: Description) -> str:
    about = json_island("about", {"perPart": PER_PART, "best": history.best})
    return "\n".join([*parts(told_of(history, description)), packed_island("listed", rows_of(history)), about])


def _hash(content: str) -> str:
    return b64encode(sha256(content.encode()).digest()).decode("ascii")


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
