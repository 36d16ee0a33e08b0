import pytest

from steepest.evals.stores.atomic import write_atomically


def test_a_file_is_replaced_whole(tmp_path):
    target = tmp_path / "run.json"
    target.write_text("old")
    write_atomically(target, ["new ", "content"])
    assert target.read_text() == "new content"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_in_the_middle_leaves_the_old_file(tmp_path):
    target = tmp_path / "run.json"
    target.write_text("old")

    def pieces():
        yield "half of the new"
        raise KeyError

    with pytest.raises(KeyError):
        write_atomically(target, pieces())
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
