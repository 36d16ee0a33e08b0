"""The versions of a conversation: where they came from, what became of them, and the way to each."""

from collections.abc import Callable

from nicegui import ui

from steepest.agents.chat.events import Version
from steepest.agents.chat.session import Session
from steepest.solvers.display import format_number

__all__ = ["Versions"]

_MOST_SHOWN = 100


class Versions:
    """A list of versions.

    Args:
        session: The conversation.
        say: Begins a turn with words.
    """

    def __init__(self, session: Session, say: Callable[[str], bool]) -> None:
        self._session = session
        self._say = say
        self._chosen: set[int] = set()
        with ui.element("div").classes("editing"):
            ui.button("Undo", on_click=lambda: say("/undo")).props("no-caps flat dense")
            ui.button("Redo", on_click=lambda: say("/redo")).props("no-caps flat dense")
            ui.button("Compare", on_click=self._compare).props("no-caps flat dense")
            self._name = ui.input(placeholder="name this version").props('dense aria-label="name this version"')
            self._name.on("keydown.enter", self._give_name)
        self._list = ui.element("div").classes("versions").props("role=list")

    def show(self) -> None:
        """Show them as they are now, the latest first."""
        versions = list(self._session.conversation.versions.values())
        self._list.clear()
        with self._list:
            for each in versions[: -_MOST_SHOWN - 1 : -1]:
                self._draw(each)

    def _draw(self, version: Version) -> None:
        number, conversation = version.number, self._session.conversation
        is_current = number == conversation.current_number
        with ui.element("div").classes("version current" if is_current else "version").props("role=listitem"):
            box = ui.checkbox(value=number in self._chosen, on_change=lambda event: self._choose(number, event.value))
            box.props("dense").props["aria-label"] = f"compare version {number}"
            name = conversation.name_of(number)
            go = ui.button(name, on_click=lambda: self._say(f"/go {number}"))
            go.props("no-caps flat dense").props["aria-label"] = f"go to version {number}"
            ui.label("; ".join(version.changes) or "as stated").classes("changed")
            ui.label(_told(version)).classes("note")

    def _choose(self, number: int, is_chosen: bool) -> None:
        (self._chosen.add if is_chosen else self._chosen.discard)(number)

    def _compare(self) -> None:
        self._say(" ".join(["/compare", *map(str, sorted(self._chosen))]))

    def _give_name(self) -> None:
        name = (self._name.value or "").strip()
        self._name.set_value("")
        if name:
            self._say(f"/name {name}")


def _told(version: Version) -> str:
    value = version.solution.objective if version.solution is not None else None
    outcome = version.outcome.replace("_", " ")
    return f"{outcome}, {format_number(value)}" if value is not None else outcome
