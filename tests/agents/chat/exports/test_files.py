"""Files of exports: where they go, and where none may."""

from pathlib import Path

import pytest

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
