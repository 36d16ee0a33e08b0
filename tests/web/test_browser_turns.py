"""Turns that end otherwise than they should, or go on elsewhere, as a browser shows them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from steepest.agents.chat.events import Answered, Said, TurnEnded
from steepest.agents.chat.stores.leases import renewed
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.web.guard import ALONE
from tests.agents.chat.talks import TOLD
from tests.web.baker_server import HURRY, TOKEN
from tests.web.conftest import MILLISECONDS, finish, free_port, say, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


def test_an_edit_is_not_lost_with_its_turn(page: "Page", conversations: SqliteSessions) -> None:
    finish(page, TOLD)
    page.get_by_role("tab", name="Text").click()
    page.wait_for_function("document.querySelector('textarea.five')?.value.includes('most_cakes')")
    text = page.get_by_label("formulation as text")
    edited = text.input_value().replace("flour = 40", "flour =   50")
    text.fill(edited)
    solve = page.get_by_role("button", name="Solve this text")
    with turn_elsewhere(conversations, page, "/help"):
        solve.click()
        page.locator(".q-notification", has_text="going on in another window").wait_for()
        page.get_by_role("tab", name="Model").click()
        page.get_by_role("tab", name="Text").click()
        assert text.input_value() == edited
        page.get_by_text("This turn goes on in another window").wait_for()
    page.locator(".ended").nth(1).wait_for()
    assert text.input_value() == edited
    solve.click()
    page.locator(".compared").wait_for()
    page.wait_for_function(f"document.querySelector('textarea.five').value != {json.dumps(edited)}")
    assert solve.is_disabled()


def test_a_turn_in_another_process_is_waited_for_and_shown(page: "Page", conversations: SqliteSessions) -> None:
    finish(page, TOLD)
    with turn_elsewhere(conversations, page, "elsewhere"):
        page.reload()
        page.locator(".said", has_text="elsewhere").wait_for()
        page.get_by_text("This turn goes on in another window").wait_for()
        assert page.get_by_role("button", name="Go on with it").count() == 0
    page.locator(".ended").nth(1).wait_for()
    assert page.get_by_text("This turn goes on in another window").count() == 0
    finish(page, "flour = 50")


def test_a_turn_of_which_something_is_kept_is_not_said_again(page: "Page", conversations: SqliteSessions) -> None:
    finish(page, TOLD)
    id, number = id_of(page), conversations.last_number(id_of(page))
    [version] = [each.event.version for each in conversations.events(id, ALONE) if isinstance(each.event, Answered)]
    conversations.add(id, Said(text="flour += 10"), number)
    changed = version.model_copy(update={"number": 2, "parent": 1, "changes": ("flour += 10",)})
    conversations.add(id, Answered(version=changed), number + 1)
    page.reload()
    page.get_by_text("what came of it is kept").wait_for()
    assert page.get_by_role("button", name="Go on with it").count() == 0
    assert conversations.last_number(id) == number + 2
    finish(page, "/help")
    assert page.get_by_text("what came of it is kept").count() == 0


@contextmanager
def turn_elsewhere(conversations: SqliteSessions, page: "Page", words: str) -> Iterator[None]:
    """A turn that another process carries out, and ends."""
    id = id_of(page)
    number = conversations.last_number(id)
    with renewed(lambda: conversations.renew_turn(id, "elsewhere")):
        conversations.begin_turn(id, Said(text=words), number, "elsewhere")
        yield
        conversations.add(id, TurnEnded(outcome="done", seconds=1), number + 1)
        conversations.end_turn(id, "elsewhere")


def id_of(page: "Page") -> str:
    """Of the conversation that is shown."""
    return page.url.rpartition("/")[2]


def test_a_conversation_survives_a_restart_of_the_server(browser: "Browser", tmp_path: Path) -> None:
    port = free_port()
    with browser.new_context() as context:
        opened = context.new_page()
        with served(tmp_path, port) as address:
            opened.goto(f"{address}?token={TOKEN}")
            finish(opened, TOLD)
            opened.evaluate("window.isBefore = true")
        with served(tmp_path, port):
            opened.wait_for_function("window.isBefore === undefined")  # the page loads itself again
            finish(opened, "flour = 50")
            assert "+60" in opened.locator(".compared").inner_text()


def test_a_turn_that_a_killed_server_left_goes_on_by_itself(browser: "Browser", tmp_path: Path) -> None:
    port = free_port()
    with browser.new_context() as context:
        context.set_default_timeout(MILLISECONDS)
        opened = context.new_page()
        with served(tmp_path, port, is_killed=True) as address:
            opened.goto(f"{address}?token={TOKEN}")
            say(opened, f"{TOLD} Think slowly.")
            opened.get_by_role("button", name="Cancel").wait_for()
            conversation = opened.url
        opened.goto("about:blank")  # the page would load itself again, and break off what loads meanwhile
        with served(tmp_path, port, is_killed=True):
            opened.goto(conversation)
            opened.locator(".note", has_text="carried out again").wait_for()
            opened.get_by_role("button", name="Cancel").wait_for()
        opened.goto("about:blank")
        (tmp_path / HURRY).touch()
        with served(tmp_path, port):  # it was killed twice: perhaps this turn is why
            opened.goto(conversation)
            opened.get_by_role("button", name="Go on with it").click()
            opened.locator(".ended").wait_for()
            assert "336 $" in opened.locator(".answered").inner_text()
            assert opened.locator(".said").count() == 1
