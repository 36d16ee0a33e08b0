"""Data: attached as tables, before a problem and after it, and asked for where the text lacks them."""

import asyncio
import threading
from zipfile import ZipFile

import pytest

from steepest.agents.chat.events import Compared
from steepest.agents.llm.chat import run_sync
from tests.agents.chat.talks import BAKERY, TOLD, Baker, objectives, say, session, told

TABLE = BAKERY.replace(
    'profit[Product] = {bread: 3, cake: 8}   # [$/item] "$3" "$8"',
    'table profit[Product] from "profit" (product, profit)',
)


def test_attached_tables_are_named_to_the_model_and_fill_the_formulation(store, tmp_path):
    (tmp_path / "profit.csv").write_text("product,profit\nbread,4\ncake,9\n")
    formulation = BAKERY.replace(
        'profit[Product] = {bread: 3, cake: 8}   # [$/item] "$3" "$8"',
        'table profit[Product] from "profit" (product, profit)',
    )
    baker = Baker(formulation=formulation)
    talk = session(store, baker, tmp_path)
    events = say(talk, "/data profit.csv", TOLD)
    assert "product, profit" in next(each for each in events if each.type == "attached").description
    assert "profit: columns product, profit" in baker.requests[0].messages[-1].content
    assert objectives(talk)[1] == pytest.approx(4 * 32 + 9 * 30)
    say(talk, "profit[cake] = 1")
    assert talk.conversation.current.outcome == "solved"


def test_a_change_to_attached_data_outlives_the_next_change(store, tmp_path):
    (tmp_path / "profit.csv").write_text("product,profit\nbread,4\ncake,9\n")
    talk = session(store, Baker(formulation=TABLE), tmp_path)
    say(talk, "/data profit.csv", TOLD, "profit[cake] = 1", "flour = 50")
    assert objectives(talk)[3] == pytest.approx(4 * 100)


def test_a_table_that_the_problem_has_no_place_for_disturbs_nothing(store, tmp_path):
    (tmp_path / "weather.csv").write_text("day,rain\nmonday,3\n")
    talk = session(store, Baker(), tmp_path)
    say(talk, TOLD, "/data weather.csv", "flour = 50", "/why", "/export lp")
    assert [each.event.outcome for each in talk.events if each.event.type == "ended"] == ["done"] * 5


def test_data_that_come_later_are_solved_with_and_compared(store, tmp_path):
    (tmp_path / "new.csv").write_text("product,profit\nbread,4\ncake,9\n")
    talk = session(store, Baker(), tmp_path)
    events = say(talk, TOLD, "profit[bread] = 1", "/data profit=new.csv")
    assert objectives(talk)[3] == pytest.approx(4 * 32 + 9 * 30)
    assert talk.conversation.current.changes == ("profit from new.csv",)
    assert events[-2] == Compared(numbers=(2, 3))
    say(talk, "profit[cake] = 0")
    assert objectives(talk)[4] == pytest.approx(4 * 80)


def test_data_that_do_not_fit_leave_the_answer_that_there_was(store, tmp_path):
    (tmp_path / "profit.csv").write_text("product,profit\nbread,lots\n")
    talk = session(store, Baker(), tmp_path)
    events = say(talk, TOLD, "/data profit.csv")
    assert events[-1].outcome == "failed"
    assert talk.conversation.current_number == 1


def test_data_that_do_not_fit_do_not_stay(store, tmp_path):
    (tmp_path / "profit.csv").write_text("product,profit\nbread,lots\n")
    talk = session(store, Baker(), tmp_path)
    say(talk, TOLD, "/data profit.csv", "flour = 50")
    assert objectives(talk)[2] == pytest.approx(396)


MISSING = BAKERY.replace('flour = 40   # [kg] "40 kg of flour"', "flour = missing   # [kg] flour in stock").replace(
    'most_cakes = 30   # [item] "at most 30 cakes"', "most_cakes = missing   # [item]"
)


def test_data_that_the_text_lacks_are_asked_for_one_after_another(store, tmp_path):
    baker = Baker(formulation=MISSING)
    talk = session(store, baker, tmp_path)
    [asked] = [each for each in say(talk, TOLD) if each.type == "asked"]
    assert "flour" in asked.question
    [asked] = [each for each in say(talk, "flour = 40") if each.type == "asked"]
    assert "most_cakes" in asked.question
    assert talk.conversation.current.outcome == "missing_data"
    say(talk, "most_cakes = 30")
    assert talk.conversation.question is None
    assert talk.conversation.current.solution.objective == pytest.approx(336)
    assert len(baker.requests) == 1


def test_an_answer_in_words_goes_into_the_problem(store, tmp_path):
    baker = Baker(formulation=MISSING)
    talk = session(store, baker, tmp_path)
    say(talk, TOLD)
    baker.formulation = BAKERY
    say(talk, "There are 40 kg, and at most 30 cakes sell.")
    assert "There are 40 kg" in talk.conversation.current.problem
    assert talk.conversation.current.outcome == "solved"


def test_a_question_that_a_failed_turn_answered_is_asked_still(store, tmp_path):
    talk = session(store, Baker(formulation=MISSING), tmp_path)
    say(talk, TOLD, "/versions")
    question = talk.conversation.question
    say(talk, "/nonsense")
    assert talk.conversation.question == question is not None


def test_a_damaged_workbook_is_told_and_the_conversation_goes_on(store, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    openpyxl.Workbook().save(tmp_path / "whole.xlsx")
    with ZipFile(tmp_path / "whole.xlsx") as whole, ZipFile(tmp_path / "profit.xlsx", "w") as damaged:
        for name in whole.namelist():
            damaged.writestr(name, whole.read(name)[: 150 if "sheet1" in name else None])
    talk = session(store, Baker(), tmp_path)
    events = say(talk, TOLD, "/data profit.xlsx")
    assert "error[unreadable-file] profit.xlsx is no Excel workbook that can be read" in told(events)
    assert events[-1].outcome == "failed"
    say(talk, "flour = 50")
    assert objectives(talk)[2] == pytest.approx(396)


def test_a_cancel_does_not_wait_for_a_file_to_be_read(store, tmp_path, monkeypatch):
    (tmp_path / "profit.csv").write_text("product,profit\nbread,4\ncake,9\n")
    begun, over = threading.Event(), threading.Event()

    def read_slowly(tables):
        begun.set()
        assert over.wait(10)
        return ("profit: late",)

    monkeypatch.setattr("steepest.agents.chat.turns.files.describe_tables", read_slowly)
    talk = session(store, Baker(), tmp_path)

    async def cancelled():
        turn = asyncio.create_task(talk.turn("/data profit.csv"))
        await asyncio.to_thread(begun.wait, 10)
        talk.cancel()
        await turn
        assert not over.is_set()
        over.set()

    run_sync(cancelled())
    assert [each.event.type for each in talk.events] == ["said", "told", "ended"]
    assert talk.events[-1].event.outcome == "cancelled"
