"""What lies beside the conversation: the answer, the model, its text, the versions."""

from collections.abc import Callable

from nicegui import ui

from steepest.agents.chat.events import Version
from steepest.agents.chat.intents import Rewrite
from steepest.agents.chat.turns.files import FORMATS
from steepest.traces.rendering.markup import Markup, element, joined
from steepest.web.drawing.pictures import pictures
from steepest.web.editor import Editor
from steepest.web.models import model_view
from steepest.web.rooms import Room
from steepest.web.tables import binding_table, decision_table
from steepest.web.versions import Versions

__all__ = ["Desk"]

_EDITED = "I edited the text of the model."


class Desk:
    """The current version, in panels of which one is seen.

    Args:
        room: The conversation.
        say: Begins a turn with words, or with words and what they want; tells whether it began.
    """

    def __init__(self, room: Room, say: Callable[..., bool]) -> None:
        self._room = room
        self._say = say
        with ui.element("div").classes("panels"):
            self._tabs = ui.tabs().props("dense no-caps align=left narrow-indicator")
            with self._tabs:
                for name in ("Answer", "Model", "Text", "Versions"):
                    ui.tab(name)
            ui.element("span").classes("gap-filler")
            self._draw_exports()
        with ui.tab_panels(self._tabs, value="Answer", animated=False, keep_alive=True).classes("panel"):
            with ui.tab_panel("Answer"):
                self._answer = ui.html("", sanitize=False).classes("answer")
            with ui.tab_panel("Model"):
                self._model = ui.html("", sanitize=False).classes("model")
            with ui.tab_panel("Text").classes("text"):
                self._editor = Editor(room, lambda text: say(_EDITED, Rewrite(text=text)))
            with ui.tab_panel("Versions"):
                self._versions = Versions(room.session, say)
        self.show()
        self._tabs.on_value_change(self.show)

    def show(self) -> None:
        """Show the version that is current now, in the panel that is seen."""
        version = self._room.session.conversation.current
        match self._tabs.value:
            case "Model":
                self._model.set_content(model_view(version) if version is not None else "")
            case "Text":
                self._editor.show()
            case "Versions":
                self._versions.show()
            case _:
                self._answer.set_content(_answer(version))

    def _draw_exports(self) -> None:
        button = ui.button(icon="download").props('flat dense round aria-label="export"')
        with button, ui.menu():
            for each in FORMATS:
                ui.menu_item(each, on_click=lambda each=each: self._say(f"/export {each}"))


def _answer(version: Version | None) -> Markup:
    if version is None:
        return element("p", "The answer will be here.", class_="note")
    if version.formulation is None or version.solution is None:
        return element("p", version.outcome.replace("_", " "), class_="note")
    if not version.solution.variables:
        lines = version.solution.explanation.lines if version.solution.explanation is not None else []
        return joined(*(element("p", line) for line in lines or [version.solution.message]))
    return joined(
        *pictures(version.formulation, version.solution),
        element("h2", "Decisions"),
        decision_table(version.formulation, version.solution),
        *([element("h2", "What limits it")] if version.solution.binding else []),
        binding_table(version.formulation, version.solution) if version.solution.binding else "",
    )
