"""The page as a person has it: in a browser."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.agents.chat.talks import TOLD
from tests.mcp.markets import market_split
from tests.web.conftest import finish, say

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow
_AWAY = "((t) => t.scrollHeight - t.clientHeight - t.scrollTop)(document.querySelector('.thread'))"
"""How far from its end the conversation is scrolled."""


def test_a_problem_is_stated_and_answered(page: "Page") -> None:
    finish(page, TOLD)
    assert "336 $" in page.locator(".answered").inner_text()
    assert "bake[cake]" in page.locator(".answer").inner_text()
    assert page.locator(".picture svg").count() == 1
    assert "How many loaves" in page.title()


def test_what_if_changes_the_answer_and_compares(page: "Page") -> None:
    finish(page, TOLD)
    finish(page, "what if there are 50 kg of flour?")
    assert "+60" in page.locator(".compared").inner_text()
    assert "+ flour = 50" in page.locator(".compared").inner_text()
    assert "52" in page.locator(".answer").inner_text()


def test_a_number_lights_the_words_that_it_came_from(page: "Page") -> None:
    finish(page, TOLD)
    page.get_by_role("tab", name="Model").click()
    page.locator(".model td.number", has_text=re.compile("^40$")).hover()
    assert page.locator(".source .lit").all_inner_texts() == ["40"]
    page.locator(".source [data-o]", has_text=re.compile("^30$")).hover()
    assert "30" in page.locator("td.number.lit").all_inner_texts()
    assert page.locator(".model math").count() > 3


def test_the_text_is_edited_with_findings_and_solved(page: "Page") -> None:
    finish(page, TOLD)
    page.get_by_role("tab", name="Text").click()
    text = page.get_by_label("formulation as text")
    page.wait_for_function("document.querySelector('textarea.five')?.value.includes('most_cakes')")
    written = text.input_value()
    text.fill(written.replace("<= flour", "<= flor"))
    page.locator(".findings .is-error", has_text="flor").wait_for()
    assert page.locator(".editor u.is-error").count() == 1
    assert page.get_by_role("button", name="Solve this text").is_disabled()
    text.fill(written.replace("flour = 40", "flour = 50"))
    page.locator(".findings .is-error").wait_for(state="detached")
    page.get_by_role("button", name="Solve this text").click()
    page.locator(".compared").wait_for()
    assert "edited: flour" in page.locator(".answered").last.inner_text()


def test_infeasible_is_told_with_the_conflict(page: "Page") -> None:
    finish(page, f"{TOLD} There are too many orders.")
    assert page.locator(".answered.infeasible").count() == 1


def test_a_turn_is_cancelled_while_the_model_thinks(page: "Page") -> None:
    say(page, f"{TOLD} Think slowly.")
    page.get_by_role("button", name="Cancel").click()
    page.locator(".told", has_text="Cancelled").wait_for()
    assert page.locator(".progress").count() == 0


def test_a_solve_is_cancelled_and_shows_its_gap_before(page: "Page") -> None:
    say(page, f"Split the market: {market_split()}")
    page.locator(".progress svg.gap").wait_for()
    page.get_by_label("your words").press("Escape")
    page.locator(".ended").wait_for()
    assert page.locator(".answered.stopped").count() == 1


def test_words_that_come_too_early_are_kept(page: "Page") -> None:
    say(page, f"{TOLD} Think slowly.")
    page.get_by_role("button", name="Cancel").wait_for()
    say(page, "flour = 50")
    page.locator(".q-notification", has_text="still going on").wait_for()
    assert page.get_by_label("your words").input_value() == "flour = 50"
    page.get_by_role("button", name="Cancel").click()
    page.locator(".told", has_text="Cancelled").wait_for()


def test_the_conversation_stays_where_the_person_has_scrolled_to(page: "Page") -> None:
    finish(page, TOLD)
    finish(page, "flour = 50")
    page.wait_for_function(f"({_AWAY}) < 3")
    say(page, "slowly, what if there are 60 kg of flour?")
    page.get_by_role("button", name="Cancel").wait_for()
    page.wait_for_function(f"({_AWAY}) < 3")
    page.evaluate("document.querySelector('.thread').scrollTop = 0")
    page.get_by_label("your words").press("Escape")
    page.locator(".told", has_text="Cancelled").wait_for(state="attached")
    assert page.evaluate(_AWAY) > 100


def test_a_conversation_goes_on_after_a_reload_even_of_a_turn_in_progress(page: "Page") -> None:
    finish(page, TOLD)
    say(page, "slowly, what if there are 50 kg of flour?")
    page.get_by_role("button", name="Cancel").wait_for()
    page.reload()
    page.get_by_role("button", name="Cancel").click()
    page.locator(".told", has_text="Cancelled").wait_for()
    assert "336 $" in page.locator(".answered").inner_text()


def test_two_tabs_show_the_same_conversation(page: "Page") -> None:
    finish(page, TOLD)
    other = page.context.new_page()
    other.goto(page.url)
    other.locator(".answered").wait_for()
    finish(page, "flour = 50")
    other.locator(".compared").wait_for()


def test_a_file_is_uploaded_and_described(page: "Page", tmp_path: Path) -> None:
    file = tmp_path / "flour use.csv"
    file.write_text("Product,flour\nbread,0.5\ncake,0.8\n")
    page.locator("input[type=file]").set_input_files(file)
    page.locator(".note", has_text="flour_use").wait_for()


def test_a_file_that_is_too_large_is_refused(page: "Page", tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    file.write_text("a,b\n" + "1,2\n" * 200_000)
    page.locator("input[type=file]").set_input_files(file)
    page.locator(".q-notification", has_text="at most").wait_for()


def test_an_export_is_downloaded(page: "Page") -> None:
    finish(page, TOLD)
    finish(page, "/export pyomo")
    with page.expect_download() as download:
        page.locator("a.download").click()
    assert "pyomo" in download.value.path().read_text()


def test_versions_are_gone_back_to_and_compared(page: "Page") -> None:
    finish(page, TOLD)
    finish(page, "flour = 50")
    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name="Undo").click()
    page.locator(".version.current", has_text="as stated").wait_for()
    page.get_by_label("go to version 2").click()
    page.locator(".version.current", has_text="flour = 50").wait_for()


def test_past_conversations_are_listed(page: "Page") -> None:
    finish(page, TOLD)
    first = page.url
    page.get_by_label("conversations").click()
    page.get_by_text("New conversation").last.click()
    page.wait_for_url(lambda url: url != first)
    page.get_by_label("conversations").click()
    page.locator(".q-menu .q-item", has_text="How many loaves").first.click()
    page.locator(".answered").first.wait_for()


def test_a_conversation_is_deleted_after_a_question(page: "Page") -> None:
    finish(page, f"{TOLD} This one goes.")
    page.get_by_label("conversations").click()
    listed = page.locator(".q-item.here").get_attribute("id")
    page.locator(".q-item.here").get_by_role("button").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_label("conversations").click()
    page.locator(f".q-item.here:not(#{listed})").get_by_role("button").click()  # the list is drawn anew
    deleted = page.url
    page.get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_url(lambda url: url != deleted)
    gone = page.request.get(deleted)
    assert gone.status == 404


def test_dark_and_light_are_kept(page: "Page") -> None:
    page.get_by_label("dark or light").click()
    page.locator("body.body--dark").wait_for()
    finish(page, TOLD)
    assert page.locator("body.body--dark").count() == 1
    page.reload()
    page.locator("body.body--dark").wait_for()


def test_it_fits_a_narrow_screen(page: "Page") -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    finish(page, TOLD)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_label("conversation or answer").click()
    page.locator(".answer").wait_for()
    assert not page.locator(".thread").is_visible()


def test_it_works_by_keyboard_alone(page: "Page") -> None:
    page.get_by_label("your words").wait_for()
    page.keyboard.type(TOLD)
    page.keyboard.press("Enter")
    page.locator(".ended").wait_for()
    page.get_by_role("tab", name="Answer").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator(".model math").first.wait_for()
