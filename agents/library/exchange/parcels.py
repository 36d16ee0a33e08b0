"""What a file holds of a library, and how it is brought into one: new insights enter, different ones are refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from steepest.agents.library.events import Event
from steepest.agents.library.insights import Insight, Usage
from steepest.agents.library.labels import Definition, Taxonomy
from steepest.agents.library.library import Library
from steepest.agents.library.stores.protocol import ConflictError
from steepest.errors import InputError

__all__ = ["Brought", "Parcel", "bring_in"]

_MOST_NAMED = 5


@dataclass(frozen=True)
class Parcel:
    """Insights, their counts and labels, as a file has them."""

    insights: Mapping[str, Insight] = field(default_factory=dict)
    usage: Mapping[str, Usage] = field(default_factory=dict)
    definitions: tuple[Definition, ...] = ()


@dataclass(frozen=True)
class Brought:
    """What an import came to; `event` is None where the library had everything already."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    event: Event | None = None


def bring_in(library: Library, parcels: Iterable[Parcel], reason: str = "", *, replace: bool = False) -> Brought:
    """Bring what files hold into a library, all of it in one event.

    Args:
        library: Where it goes.
        parcels: What the files hold.
        reason: Why, for the record.
        replace: Whether insights that the library has in another form are written over.

    Raises:
        ConflictError: The library has some of them in another form, and they are not to be written over.
        InputError: Two files have different insights of one id.
    """
    given = _united(parcels)
    with library.store.alone():
        there = {each.insight.id: each for each in library.store.entries(given.insights)}
        same = tuple(name for name, each in given.insights.items() if name in there and there[name].insight == each)
        changed = tuple(name for name in given.insights if name in there and name not in set(same))
        if changed and not replace:
            raise ConflictError(f"{library.store.place} has {_named(changed)} in another form. {_WAYS}")
        after = {name: each for name, each in given.insights.items() if name not in set(same)}
        definitions = _news(given.definitions, library.taxonomy())
        if not after and not definitions:
            return Brought(same=same)
        expected = {name: there[name].version if name in there else 0 for name in after}
        usage = {name: each for name, each in given.usage.items() if name in after and each != Usage()}
        event = library.put(after, expected, reason, usage=usage, definitions=definitions)
    added = tuple(name for name in after if name not in there)
    labels = tuple(str(each.label) for each in definitions)
    return Brought(added=added, changed=changed, same=same, labels=labels, event=event)


_WAYS = "`--replace` writes over what it has, and `steepest library undo` brings that back."


def _named(names: Sequence[str]) -> str:
    listed = ", ".join(names[:_MOST_NAMED])
    return listed if len(names) <= _MOST_NAMED else f"{listed} and {len(names) - _MOST_NAMED} more"


def _united(parcels: Iterable[Parcel]) -> Parcel:
    insights: dict[str, Insight] = {}
    usage: dict[str, Usage] = {}
    definitions: list[Definition] = []
    for parcel in parcels:
        for name, insight in parcel.insights.items():
            if insights.setdefault(name, insight) != insight:
                raise InputError(f"the files have two different insights of the id {name}.")
        usage.update(parcel.usage)
        definitions += parcel.definitions
    return Parcel(insights, usage, tuple(definitions))


def _news(definitions: Iterable[Definition], taxonomy: Taxonomy) -> list[Definition]:
    """Definitions that say something which the library does not know; what it says of a label is never written over."""
    news: list[Definition] = []
    for each in definitions:
        known = taxonomy.find(each.label)
        if known is None:
            news.append(each)
        elif known.label.key == each.label.key and not (known.definition or known.condition or known.foreign):
            told = each.definition or each.condition or each.foreign or each.is_given
            news += [each] if told and each != known else []
    return news
