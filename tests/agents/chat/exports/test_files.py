"""Files of exports: where they go, and where none may."""

from pathlib import Path

import pytest

from steepest.errors import InputError
from tests.agents.chat.talks import TOLD, Baker, say, session, told


@pytest.mark.parametrize("name", ["five", "json", "pyomo", "lp", "latex", "csv"])
def test_exports_are_files_that_do_not_overwrite_each_other(store, tmp_path, name):
    talk = session(store, Baker(), tmp_path)
    events = say(talk, TOLD, f"/export {name}", f"/export {name}", f"/export {name} named.txt")
    paths = [Path(each.path) for each in events if each.type == "exported"]
    assert len(set(paths)) == 3
    assert all(path.read_text() for path in paths)
    assert paths[-1] == tmp_path / "named.txt"


def test_a_page_reads_and_writes_no_path_that_somebody_types(store, tmp_path):
    talk = session(store, Baker(), tmp_path, reads_files=False)
    events = say(talk, TOLD, "/data /etc/passwd", "/export five ../out.five", "/export five")
    assert "by upload" in told(events)
    assert "by download" in told(events)
    assert [Path(each.path).parent for each in events if each.type == "exported"] == [tmp_path]


@pytest.mark.parametrize("written", ['"my model.five"', "'my model.five'", "my model.five", "my\\ model.five"])
def test_a_path_may_have_spaces_and_a_file_that_was_there_is_told(store, tmp_path, written):
    talk = session(store, Baker(), tmp_path)
    events = say(talk, TOLD, f"/export five {written}", f"/export five {written}")
    made = [each for each in events if each.type == "exported"]
    assert {each.path for each in made} == {str(tmp_path / "my model.five")}
    assert [each.replaced for each in made] == [False, True]


@pytest.mark.parametrize("written", ['"a=b c.csv"', 'profit="a=b c.csv"', "profit=a=b c.csv", "profit=a=b\\ c.csv"])
def test_a_table_may_have_spaces_in_its_path(store, tmp_path, written):
    talk = session(store, Baker(), tmp_path)
    (tmp_path / "a=b c.csv").write_text("product,profit\nbread,4\ncake,9\n")
    assert [each.path for each in say(talk, f"/data {written}") if each.type == "attached"] == [
        str(tmp_path / "a=b c.csv")
    ]


@pytest.mark.parametrize("named", ["~nobody-of-this-name/a.csv", "a" * 300 + ".csv", "a\0b.csv"])
def test_a_path_that_can_not_be_one_is_told_and_is_no_defect(store, tmp_path, named):
    talk = session(store, Baker(), tmp_path)
    said = told(say(talk, TOLD, f"/export csv {named}", f"/data {named}"))
    assert said.count("can't be looked up") == 2
    assert "bug" not in said


def test_an_export_asks_for_room_before_it_is_written(store, tmp_path):
    asked = []

    def room_for(size):
        asked.append(size)
        if size > 100:
            raise InputError("there is no room for it.")

    talk = session(store, Baker(), tmp_path, room_for=room_for)
    events = say(talk, TOLD, "/export csv", "/export five")
    [made] = [Path(each.path) for each in events if each.type == "exported"]
    assert asked[0] == made.stat().st_size
    assert asked[1] > 100
    assert [path for path in tmp_path.iterdir() if path.suffix == ".five"] == []
    assert "there is no room for it." in told(events)


def test_tables_are_read_as_the_face_says(store, tmp_path):
    (tmp_path / "profit.csv").write_text("product,profit\nbread,4\ncake,9\n")
    read = []

    async def one_at_a_time(work):
        read.append(work)
        return work()

    talk = session(store, Baker(), tmp_path, read=one_at_a_time)
    say(talk, TOLD, "/data profit.csv")
    assert len(read) == 2  # to describe it, and to put it into the formulation
    assert talk.conversation.versions[2].solution.objective == pytest.approx(4 * 32 + 9 * 30)
