"""The formulation as a text that can be edited, with what is found about it while it is written."""

import asyncio
from collections.abc import Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from steepest.agents.chat.events import Answered, TurnEnded, Understood
from steepest.agents.chat.intents import Rewrite
from steepest.agents.chat.turns.rewriting import examined
from steepest.solvers.diagnostics import Diagnostic
from steepest.traces.rendering.markup import Markup, element, joined
from steepest.web.rooms import Room

__all__ = ["Editor"]

_PAUSE_SECONDS = 0.25
"""Without a key before a text is looked at."""
_MOST_SHOWN = 60
_MOST_EDITED = 400_000
"""Characters; a longer formulation is changed in words or by its file."""


class Editor:
    """The text of the current formulation.

    Args:
        room: The conversation.
        solve: Takes the edited text as the formulation; tells whether it is being solved.
    """

    def __init__(self, room: Room, solve: Callable[[str], bool]) -> None:
        self._room = room
        self._solve = solve
        self._shown = ""
        self._taken_at: int | None = None
        """How many events there were when the person had a text solved."""
        self._line = 1
        self._found: list[Diagnostic] = []
        self._look: asyncio.Task[None] | None = None
        with ui.element("div").classes("editor"):
            self._underlined = ui.html("", sanitize=False, tag="pre").classes("underlined").props("aria-hidden=true")
            self._text = ui.textarea(on_change=self._changed).props(
                'borderless input-class=five spellcheck=false aria-label="formulation as text"'
            )
            self._text.on("keydown.ctrl.enter.prevent", self._take)
            self._text.on("keyup", self._moved, js_handler=_LINE, throttle=0.1)
            self._text.on("click", self._moved, js_handler=_LINE)
        self._here = ui.html("", sanitize=False).classes("here").props("role=status")
        with ui.element("div").classes("editing"):
            self._take_button = ui.button("Solve this text", on_click=self._take).props("no-caps unelevated dense")
            self._drop_button = ui.button("Drop my changes", on_click=self._reset).props("no-caps flat dense")
        self._list = ui.html("", sanitize=False).classes("findings")

    def show(self) -> None:
        """Show the current formulation, unless the person has changed the text."""
        is_changed = self._text.value != self._shown and not self._became_a_version(self._text.value)
        version = self._room.session.conversation.current
        text = version.formulation.to_text() if version is not None and version.formulation is not None else ""
        self._shown = text if len(text) <= _MOST_EDITED else ""
        if not is_changed:
            self._taken_at = None
            self._reset()
        self._draw_buttons()

    def _became_a_version(self, text: str) -> bool:
        """Whether the text that the person had solved last is this one, and was not lost with its turn."""
        is_taken = False
        for each in self._room.session.events[self._taken_at :] if self._taken_at is not None else ():
            match each.event:
                case Understood(intent=Rewrite(text=taken)):
                    is_taken = taken == text
                case Answered() if is_taken:
                    return True
                case TurnEnded():
                    is_taken = False
        return False

    def _reset(self) -> None:
        self._text.set_value(self._shown)

    def _changed(self) -> None:
        self._draw_buttons()
        if self._look is not None:
            self._look.cancel()
        self._look = asyncio.get_running_loop().create_task(self._examine())

    async def _examine(self) -> None:
        await asyncio.sleep(_PAUSE_SECONDS)
        text: str = self._text.value or ""
        bound = {name: each.path for name, each in self._room.session.conversation.tables.items()}
        read = self._room.session.means.read
        found = await read(lambda: examined(text, bound)) if text.strip() else []
        if self._text.client.is_deleted:
            return
        self._found = found
        self._underlined.set_content(_underlined(text, found))
        self._list.set_content(joined(*map(_finding, found[:_MOST_SHOWN])))
        self._draw_here()
        self._draw_buttons()

    def _moved(self, event: GenericEventArguments) -> None:
        self._line = int(event.args)
        self._draw_here()

    def _draw_here(self) -> None:
        here = [each for each in self._found if each.place is not None and each.place.line == self._line]
        self._here.set_content(joined(*map(_finding, here)))

    def _draw_buttons(self) -> None:
        is_changed = self._text.value != self._shown
        has_errors = any(each.severity == "error" for each in self._found)
        self._take_button.set_enabled(is_changed and not has_errors)
        self._drop_button.set_visibility(is_changed)

    def _take(self) -> None:
        taken_at = len(self._room.session.events)
        if self._take_button.enabled and self._solve(self._text.value):
            self._taken_at = taken_at


_LINE = "(event) => emit(event.target.value.slice(0, event.target.selectionStart).split('\\n').length)"


def _finding(found: Diagnostic) -> Markup:
    where = f"line {found.place.line}: " if found.place is not None else ""
    repair = element("span", f" {found.repair}", class_="note") if found.repair else Markup()
    return element("p", element("b", found.severity), " ", where, found.message, repair, class_=f"is-{found.severity}")


def _underlined(text: str, found: list[Diagnostic]) -> Markup:
    """The text once more, to lie under itself, with a wave under each place that something was found about."""
    lines = text.split("\n")
    pieces: list[Markup] = []
    for number, line in enumerate(lines, start=1):
        here = [each for each in found if each.place is not None and each.place.line == number]
        pieces.append(_waved(line, here[0]) if here else joined(line))
    return joined(*(joined(each, "\n") for each in pieces))


def _waved(line: str, found: Diagnostic) -> Markup:
    place = found.place
    start = min(max(place.column - 1, 0), len(line)) if place is not None else 0
    end = place.end_column - 1 if place is not None and place.end_column is not None else len(line)
    return joined(line[:start], element("u", line[start:end], class_=f"is-{found.severity}"), line[end:])
