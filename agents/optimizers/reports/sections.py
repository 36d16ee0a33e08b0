"""The parts of the page that are made before it opens."""

from collections.abc import Iterable, Sequence

from steepest.agents.optimizers.reports.curves import score_curves
from steepest.agents.optimizers.reports.description import Description
from steepest.agents.optimizers.reports.diffs import Change, changes_of, shown
from steepest.agents.optimizers.reports.history import Entry, History
from steepest.agents.optimizers.reports.lineage import tree_of
from steepest.agents.optimizers.reports.tree_svg import SHADES, tree_svg
from steepest.agents.optimizers.reports.wording import choice_words, figure, sealed_words, signed, split_words
from steepest.agents.optimizers.sealed import SealedTest
from steepest.traces.rendering.figures import count_of, duration, money
from steepest.traces.rendering.markup import Content, Markup, element, joined

__all__ = [
    "best_against_seed",
    "curves",
    "facts",
    "headline",
    "improvements",
    "lineage",
    "proposers",
    "refusals",
]

_MOST_REFUSALS = 40


def headline(history: History, description: Description) -> Markup:
    """The best score and the seed's, and what it took."""
    best, seed = history.entries[history.best], history.seed
    caveat = choice_words(history.best, description.test)
    gain = signed(best.score - seed.score) if best.score is not None and seed.score is not None else ""
    words = (
        f"the best score, {gain} over the seed's {figure(seed.score)}; mean of "
        f"{count_of(best.evaluated, 'example')} of the {split_words(history.ranking)}, {caveat}"
        if history.best
        else f"the seed's score: nothing better was found; mean of {count_of(seed.evaluated, 'example')}"
    )
    big = joined(element("p", figure(best.score), class_="big"), element("p", words))
    ended = description.reason or history.stopped or "not yet, or it was interrupted"
    cards = [*_sealed(description.test), *(_card(*each) for each in _cards(history)), _card("ended", ended, "whole")]
    if description.objectives:
        cards.append(_card("objectives, the seed's and the best's", description.objectives, "whole"))
    return element("section", element("div", big), element("dl", *cards), id="headline")


def _sealed(test: SealedTest | None) -> Iterable[Markup]:
    if test is not None:
        yield _card("on the sealed test split, which no choice has seen", sealed_words(test), class_="whole sealed")


def _cards(history: History) -> Iterable[tuple[str, Content]]:
    yield "candidates", f"{history.admitted:,} admitted, {len(history.tried):,} not better"
    yield "proposals refused", f"{history.refused:,}"
    if history.moments:
        last = history.moments[-1]
        yield "metric calls", f"{last.metric_calls:,}"
        if last.tokens:
            yield "tokens of models", f"{last.tokens:,}"
            yield "money", money(last.money, last.unpriced)
        yield "time", duration(last.seconds)


def curves(history: History) -> Markup:
    """The best so far against what was spent."""
    drawn = score_curves(history)
    return _section("The best score so far", element("div", drawn, class_="plots")) if drawn else Markup()


def lineage(history: History) -> Markup:
    """The tree of candidates."""
    tree = tree_of(history)
    folded = (
        f"{count_of(tree.hidden, 'candidate')} folded away (+n), all are in the table below. " if tree.hidden else ""
    )
    steps = [element("i", class_=f"swatch shade{place}") for place in range(SHADES)]
    legend = element(
        "p",
        "Each dot is a candidate, to the right of what it was made from:",
        element("span", "low ", *steps, " high score", class_="key"),
        element("span", element("i", class_="swatch tried"), "not admitted", class_="key"),
        element("span", element("i", class_="swatch line"), "the way to the best", class_="key"),
        element("span", folded),
        class_="legend",
    )
    return _section(
        "Where each candidate comes from", legend, element("div", tree_svg(history, tree), class_="scroll forest")
    )


def best_against_seed(history: History, description: Description) -> Markup:
    """What the search has made of the seed."""
    changes = improvements(history, description)
    if not changes:
        return Markup()
    heading = f"What changed: the seed and the best (candidate {history.best})"
    return _section(heading, *(_change(each, description) for each in changes))


def improvements(history: History, description: Description) -> list[Change]:
    """The changes from the seed to the best."""
    before, after = history.values(0), history.values(history.best)
    return [
        changes_of(name, description.kinds.get(name, ""), before.get(name), value)
        for name, value in after.items()
        if value != before.get(name)
    ]


def refusals(history: History) -> Markup:
    """Proposals that could not be used, by reason."""
    if not history.refusals:
        return Markup()
    rows = [
        (f"{each.count:,}", each.component or "the whole reply", each.reason, each.value)
        for each in history.refusals[:_MOST_REFUSALS]
    ]
    hidden = len(history.refusals) - len(rows)
    more = element("p", f"and {count_of(hidden, 'reason')} more", class_="soft") if hidden > 0 else None
    table = _table(("count", "component", "reason", "for example"), rows)
    return _section(
        f"{count_of(history.refused, 'refused proposal')}", element("div", table, class_="scroll words"), more
    )


def proposers(history: History) -> Markup:
    """Who proposed what came of it, and what models took."""
    origins = _grouped(history, "origin")
    rows = [(name, *_outcome(entries)) for name, entries in origins.items()]
    heads = ("proposed by", "admitted", "not better", "best score")
    parts = [_table(heads, rows)] if rows else []
    by_model = _grouped(history, "model")
    models = [
        (name, f"{use.calls:,}", f"{use.tokens:,}", money(use.money, use.unpriced), *_outcome(by_model.get(name, [])))
        for name, use in history.uses.items()
    ]
    if models:
        parts.append(_table(("model", "calls", "tokens", "cost", "admitted", "not better", "best score"), models))
    return _section("Who proposed", *(element("div", each, class_="scroll") for each in parts)) if parts else Markup()


def _grouped(history: History, name: str) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in history.entries.values():
        if entry.fate != "seed":
            groups.setdefault(getattr(entry, name) or "no model", []).append(entry)
    return dict(sorted(groups.items(), key=lambda pair: -len(pair[1])))


def _outcome(entries: Sequence[Entry]) -> tuple[str, str, str]:
    admitted = [each for each in entries if each.fate == "admitted"]
    best = max((each.score for each in admitted if each.score is not None), default=None)
    return f"{len(admitted):,}", f"{len(entries) - len(admitted):,}", "" if best is None else figure(best)


def facts(history: History, description: Description) -> Markup:
    """What the run is."""
    known = description.kinds, description.descriptions, description.constraints
    rows = [(name, *(each.get(name, "") for each in known)) for name in history.values(0)]
    components = _table(("component", "kind", "what it is for", "constraint"), rows)
    listed = [(name, words) for name, words in description.facts.items()]
    return _section("The run", element("div", components, class_="scroll words"), _listed(listed))


def _change(change: Change, description: Description) -> Markup:
    kind = description.kinds.get(change.component, "")
    head = element("h3", change.component, " ", element("span", kind, class_="soft"))
    if change.form == "value":
        old, new = (each.text for each in change.segments)
        return joined(head, element("p", element("del", shown(old)), " → ", element("ins", shown(new)), class_="value"))
    if change.form == "words":
        words = [_SIGNED[each.sign](each.text) for each in change.segments]
        return joined(head, element("div", *words, class_="diff prose"))
    return joined(head, element("div", *_lines(change), class_="diff"))


_SIGNED = {
    "=": lambda words: element("span", words),
    "-": lambda words: element("del", words),
    "+": lambda words: element("ins", words),
}


def _lines(change: Change) -> Iterable[Markup]:
    signs = {"=": " ", "-": "-", "+": "+"}
    names = {"=": "same", "-": "gone", "+": "come"}
    for sign, line in change.segments:
        yield element("div", f"{signs[sign]} {line}", class_=names[sign])


def _section(title: str, *contents: Content) -> Markup:
    return element("section", element("h2", title), *contents)


def _listed(pairs: Iterable[tuple[str, Content]]) -> Markup:
    return element("dl", *(_card(name, words) for name, words in pairs))


def _card(name: str, words: Content, class_: str | None = None) -> Markup:
    return element("div", element("dt", name), element("dd", words), class_=class_)


def _table(heads: Sequence[str], rows: Iterable[Sequence[Content]]) -> Markup:
    head = element("tr", *(element("th", each, scope="col") for each in heads))
    body = [element("tr", *(element("td", each) for each in row)) for row in rows]
    return element("table", element("thead", head), element("tbody", *body))
