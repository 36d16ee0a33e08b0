"""The replies that a run paid for, in a file and in a database."""

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from steepest.agents.llm import ChatReply, Usage
from steepest.agents.llm.kept_replies import Paid, RepliesError, ReplyFile
from steepest.evals.stores.places import open_replies


@pytest.fixture
def replies(begin):
    """Opens the replies of a run that has begun; all are closed in the end."""
    address = begin().replies
    opened = []

    def open_again():
        opened.append(open_replies(address))
        return opened[-1]

    yield open_again
    for each in opened:
        each.close()


def reply(text="3 loaves", **fields):
    usage = fields.pop("usage", Usage(input_tokens=100, output_tokens=20))
    return ChatReply(text=text, model="m", provider="p", cost=Decimal("0.001"), usage=usage, seconds=2.5, **fields)


def keep(log, key, given):
    log.keep(key, given).result(timeout=20)


def test_a_reply_is_found_as_it_was_first_given(replies):
    keep(replies(), "a", reply(attempts=3))
    assert replies().find("a") == reply(attempts=3)


def test_what_was_never_asked_is_not_found(replies):
    assert replies().find("a") is None


@pytest.mark.parametrize("stop", ["refusal", "length"])
def test_refused_and_cut_off_replies_are_kept_too(replies, stop):
    keep(replies(), "a", reply("", stop=stop))
    assert replies().find("a") == reply("", stop=stop)


def test_what_was_paid_is_summed_exactly(replies):
    log = replies()
    for key in "abc":
        keep(log, key, reply())
    assert replies().paid() == Paid(Decimal("0.003"), 360)


def test_replies_without_price_or_count_are_summed_as_nothing(replies):
    log = replies()
    keep(log, "a", reply(usage=Usage()).model_copy(update={"cost": None}))
    assert log.paid() == Paid(Decimal(0), 0)


def test_many_replies_at_once_are_all_kept(replies):
    log = replies()
    kept = [log.keep(f"{number}", reply(f"{number}")) for number in range(300)]
    for each in kept:
        each.result(timeout=20)
    assert [log.find(f"{number}").text for number in range(300)] == [f"{number}" for number in range(300)]


def test_two_shards_share_what_was_paid_for(replies):
    one, other = replies(), replies()
    keep(one, "a", reply())
    assert other.find("a") == reply()


def test_a_reply_of_another_version_is_asked_again(tmp_path):
    log = ReplyFile(tmp_path / "replies.sqlite")
    keep(log, "a", reply())
    with log._database:
        log._database.execute("UPDATE replies SET reply = '{}'")
    assert log.find("a") is None
    log.close()


def test_a_file_that_is_no_database_is_told(tmp_path):
    path = tmp_path / "replies.sqlite"
    path.write_text("a shopping list, long enough to be taken for the head of a database " * 20)
    with pytest.raises(RepliesError, match=r"replies.sqlite, can't be used \(file is not a database\)"):
        ReplyFile(path)


FULL_DISK = """
import resource, sys
from steepest.agents.llm.kept_replies import ReplyFile, RepliesError
from tests.evals.stores.test_replies import keep, reply

log = ReplyFile(sys.argv[1])
keep(log, "a", reply())
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, -1))
try:
    keep(log, "b", reply("x" * 200_000))
except RepliesError as error:
    print(error)
print(log.find("a").text, log.find("b"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_is_told_and_loses_nothing(tmp_path):
    path = tmp_path / "replies.sqlite"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    said = subprocess.run(
        [sys.executable, "-c", FULL_DISK, path], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert "can't be used" in said.stdout
    assert "3 loaves None" in said.stdout
    log = ReplyFile(path)
    assert log.find("a") == reply()
    log.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_failure_of_sqlite_on_a_full_disk_is_called_by_its_name(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    full = FULL_DISK.replace(
        "import resource",
        "import shutil\nshutil.disk_usage = lambda path: shutil._ntuple_diskusage(1, 1, 0)\nimport resource",
    )
    said = subprocess.run(
        [sys.executable, "-c", full, tmp_path / "replies.sqlite"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "can't be used (the disk is full)" in said.stdout
