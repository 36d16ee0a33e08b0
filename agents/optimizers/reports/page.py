"""A search as one page that loads nothing and runs no script but its own.

Prompts, code and the words of models are hostile until shown otherwise: in the page's own markup they are escaped; in
its data they stand where no text can end the data, the script puts them into the page as text, and the page's policy
admits the one style and the one script by their hashes. What is large is compressed and unpacked when it is opened.
"""

from collections.abc import Iterable, Mapping
from string import Template
from typing import Any

from steepest.agents.optimizers.reports import sections
from steepest.agents.optimizers.reports.description import Description, description_of
from steepest.agents.optimizers.reports.history import History, history_of
from steepest.agents.optimizers.reports.listing import rows_of, told_of
from steepest.agents.optimizers.search.records import StepRecord
from steepest.traces.rendering.figures import count_of
from steepest.traces.rendering.frame import asset, framed, page_words, table_style
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
    style, body, script = (asset(__package__, f"page.{kind}") for kind in ("css", "html", "js"))
    words = {
        **page_words(text(f"Optimization of {description.title}"), table_style() + style, script),
        "subtitle": text(_subtitle(history, description)),
        "sections": _sections(history, description),
        "listed": text(f"All {count_of(len(history.entries), 'candidate')}"),
        "after": joined(sections.refusals(history), sections.proposers(history), sections.facts(history, description)),
        "data": _data(history, description),
    }
    return Template(framed(body)).substitute(words)


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
