from pathlib import Path

import pytest

from steepest.cli.evals.options import read_assignment, read_ids, read_shard
from steepest.errors import InputError


def test_a_shard_is_a_part_of_so_many() -> None:
    assert read_shard("2/8") == (2, 8)


@pytest.mark.parametrize("text", ["0/8", "9/8", "2", "2/", "a/b", "-1/2", "2/8/3"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no part such as 2/8"):
        read_shard(text)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("votes=5", ("votes", 5)),
        ("a=b=c", ("a", "b=c")),
        ("greedy=true", ("greedy", True)),
        ("t=0.7", ("t", 0.7)),
    ],
)
def test_a_setting_is_json_or_a_text(text: str, pair: tuple[str, object]) -> None:
    assert read_assignment(text) == pair


@pytest.mark.parametrize("text", ["votes", "=5"])
def test_a_setting_needs_a_name_and_a_value(text: str) -> None:
    with pytest.raises(InputError, match="votes=5"):
        read_assignment(text)


def test_ids_stand_in_the_option_or_in_a_file(tmp_path: Path) -> None:
    listed = tmp_path / "ids.txt"
    listed.write_text("kiosks/1\n\n kiosks/2, in the rain \n", encoding="utf-8-sig")
    assert read_ids("kiosks/1, kiosks/2") == ("kiosks/1", "kiosks/2")
    assert read_ids(f"@{listed}") == ("kiosks/1", "kiosks/2, in the rain")


@pytest.mark.parametrize(("text", "complaint"), [(" , ", "names no problem"), ("@/nowhere", "can't read the ids")])
def test_no_ids_is_an_error(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read_ids(text)
