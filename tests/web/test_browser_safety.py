"""Who sees what in a browser, and what text from elsewhere can't do there."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from steepest.web.accounts import add_account
from tests.agents.chat.talks import TOLD
from tests.web.baker_server import QUOTED, TOKEN
from tests.web.conftest import finish, free_port, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


def test_no_script_runs_from_a_problem_or_a_model(page: "Page") -> None:
    nasty = '<script>window.stolen = 1</script><img src=x onerror="window.stolen = 1">{{ 6 * 7 }}'
    finish(page, f"{nasty} {TOLD} There is a script in it.")
    for panel in ("Model", "Text", "Versions", "Answer"):
        page.get_by_role("tab", name=panel).click()
        page.wait_for_timeout(300)
    page.reload()
    page.locator(".answered").wait_for()
    assert nasty in page.locator(".said").inner_text()
    assert page.locator(".q-page img, main img").count() == 0
    page.locator("summary", has_text="Insights used: 1").click()
    assert QUOTED in page.locator("details", has_text="Insights used").inner_text()
    require_no_handlers(page)


def test_no_script_runs_from_the_title_of_a_conversation(page: "Page") -> None:
    finish(page, f"{QUOTED} untitled. {TOLD}")
    page.get_by_label("conversations").click()
    bin_of_it = page.locator(".q-item.here").get_by_role("button")
    assert QUOTED[:50] in (bin_of_it.get_attribute("aria-label") or "")
    bin_of_it.hover()
    require_no_handlers(page)
    bin_of_it.click()
    page.get_by_role("button", name="Keep it").wait_for()
    require_no_handlers(page)


def test_no_script_runs_from_the_name_of_a_file(page: "Page", tmp_path: Path) -> None:
    file = tmp_path / (QUOTED.replace('"', "'") + ".csv")  # a browser writes " in another way
    file.write_text("Product,flour\nbread,0.5\ncake,0.8\n")
    page.locator("input[type=file]").set_input_files(file)
    page.locator(".note", has_text="Product").wait_for()
    assert file.name in page.locator(".said").inner_text()
    finish(page, f"/name {QUOTED}")
    require_no_handlers(page)


def require_no_handlers(page: "Page") -> None:
    """Nothing on the page has an attribute that is a script, and none has run."""
    attributes = "Array.from(document.querySelectorAll('*'), (each) => each.getAttributeNames()).flat()"
    assert [each for each in page.evaluate(attributes) if each.startswith("on")] == []
    assert page.evaluate("window.stolen") is None


def test_nothing_comes_from_elsewhere(browser: "Browser", address: str) -> None:
    with browser.new_context() as context:
        asked: list[str] = []
        opened = context.new_page()
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(f"{address}?token={TOKEN}")
        opened.get_by_label("your words").wait_for()
        assert asked
        assert all(each.startswith((address, "data:", address.replace("http", "ws"))) for each in asked)


def test_another_browser_without_the_token_sees_nothing(browser: "Browser", address: str) -> None:
    with browser.new_context() as context:
        answered = context.new_page().goto(address)
        assert answered is not None
        assert answered.status == 401


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people"
    for name in ("anna", "bert"):
        add_account(file, name, f"{name}-has-a-password")
    return file


def test_two_people_see_their_own_conversations(browser: "Browser", tmp_path: Path, people: Path) -> None:
    with served(tmp_path, free_port(), people) as address:
        anna, bert = (_logged_in(browser, address, name) for name in ("anna", "bert"))
        finish(anna, TOLD)
        seen = bert.goto(anna.url)
        assert seen is not None
        assert seen.status == 404
        bert.goto(address)
        assert bert.locator(".answered").count() == 0
        anna.get_by_role("link", name="Log out").click()
        anna.get_by_label("Password").wait_for()


def _logged_in(browser: "Browser", address: str, name: str) -> "Page":
    page = browser.new_context().new_page()
    page.goto(address)
    for password in ("wrong", f"{name}-has-a-password"):
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
    page.get_by_label("your words").wait_for()
    return page
