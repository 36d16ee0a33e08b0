"""What an insight, a label or a skill was before an event, for a change that puts it back."""

from collections.abc import Iterable

from steepest.agents.library.events import Change, Event
from steepest.agents.library.insights import Insight
from steepest.agents.library.labels import Definition
from steepest.agents.library.revisions import bare, built_on, standing
from steepest.agents.library.skills.skill import Skill
from steepest.agents.library.stores.protocol import Store, skill_key
from steepest.errors import InputError

__all__ = ["change_at", "definition_undone", "insight_before", "skill_before", "skills_of"]


def change_at(store: Store, number: int) -> Change:
    """The change of this number.

    Raises:
        InputError: There is none.
    """
    event = next(store.events(after=number - 1, until=number), None)
    if event is None:
        raise InputError(f"{store.place}: there is no event {number}.")
    if not isinstance(event.body, Change):
        raise InputError(f"event {number} counts what came of a task; there is nothing to undo in it.")
    return event.body


def insight_before(store: Store, name: str, number: int) -> Insight | None:
    """What an insight was before an event that is the last one to change it.

    Raises:
        InputError: It is not the last one.
    """
    if later := standing(_changes(store, name, after=number)):
        raise built_on(name, number, later)
    earlier = _changes(store, name, until=number - 1)
    return earlier[max(earlier)].insights[name] if earlier else None


def definition_undone(store: Store, key: str, number: int) -> Definition | None:
    """What a label is without a change; tasks that later events added to it stay.

    Raises:
        InputError: Something else of it was changed later.
    """
    change = change_at(store, number)
    earlier, later = _changes(store, key, until=number - 1), standing(_changes(store, key, after=number))
    before = earlier[max(earlier)].definitions[key] if earlier else None
    if not later:
        return before
    after, now = change.definitions[key], later[max(later)].definitions[key]
    if after is None or now is None or not (bare(before or after) == bare(after) == bare(now)):
        raise built_on(key, number, later)
    gone = set(after.tasks) - set(before.tasks if before else ())
    return now.model_copy(update={"tasks": tuple(task for task in now.tasks if task not in gone)})


def skill_before(store: Store, name: str, number: int) -> Skill | None:
    """What a skill was before an event that is the last one to change it.

    Raises:
        InputError: It is not the last one.
    """
    if later := standing(_changes(store, skill_key(name), after=number)):
        raise built_on(name, number, later)
    return skills_of(store.events(until=number - 1, touching=skill_key(name))).get(name)


def skills_of(events: Iterable[Event]) -> dict[str, Skill]:
    """The skills that these events come to."""
    found: dict[str, Skill | None] = {}
    for event in events:
        if isinstance(event.body, Change):
            found.update(event.body.skills)
    return {name: skill for name, skill in found.items() if skill is not None}


def _changes(store: Store, name: str, *, after: int = 0, until: int | None = None) -> dict[int, Change]:
    """The changes of an insight, of the key of a label or of that of a skill, by their numbers."""
    events = store.events(after=after, until=until, touching=name)
    bodies = ((event.number, event.body) for event in events)
    return {
        number: body
        for number, body in bodies
        if isinstance(body, Change)
        and (name in body.insights or name in body.definitions or name in map(skill_key, body.skills))
    }
