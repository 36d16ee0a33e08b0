"""The chat with its lines from a pipe: for scripts."""

import subprocess
from contextlib import closing

import pytest

from steepest.agents.chat.events import Said, Understood
from steepest.agents.chat.intents import Rewrite
from steepest.agents.chat.stores.sqlite import SqliteSessions
from tests.agents.chat.talks import BAKERY, TOLD


def run(command, *arguments, lines="", folder):
    return subprocess.run([*command, *arguments], input=lines, text=True, capture_output=True, timeout=120, cwd=folder)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("", 0),
        ("flour = 50\n/why\n", 0),
        ("add many: bake[cake] >= 31\n", 5),
        ("drop flour_stock\n", 6),
        ("/nonsense\n", 1),
        ("/nonsense\nflour = 50\n", 0),
        ("add many: bake[cake] >= 31\n/undo", 0),
    ],
)
def test_the_exit_code_is_that_of_the_last_turn(command, tmp_path, lines, code):
    ran = run(command, TOLD, lines=lines, folder=tmp_path)
    assert (ran.returncode, "336" in ran.stdout) == (code, True)
    assert "> " not in ran.stdout


def test_results_and_progress_do_not_mix(command, tmp_path):
    ran = run(command, TOLD, lines="flour = 50\n", folder=tmp_path)
    assert "Solving" in ran.stderr
    assert "Solving" not in ran.stdout
    assert "\x1b" not in ran.stdout + ran.stderr
    assert run(command, "--quiet", "--continue", lines="flour = 60\n", folder=tmp_path).stderr == ""


def test_data_are_attached_before_the_problem(command, tmp_path):
    (tmp_path / "profit.csv").write_text("product,profit\nbread,4\ncake,9\n")
    ran = run(command, TOLD, "--data", "profit=profit.csv", lines="/tables\n", folder=tmp_path)
    assert ran.stdout.index("profit: ") < ran.stdout.index("greatest possible value")
    assert "398" in ran.stdout  # 4 for each of 32 loaves, 9 for each of 30 cakes


def test_one_turn_is_one_turn(command, tmp_path):
    run(command, lines="/help\n", folder=tmp_path)
    assert "1 turn " in run(command, "--list", folder=tmp_path).stdout


def test_conversations_of_one_title_are_told_apart(command, tmp_path):
    for _ in range(2):
        run(command, TOLD, folder=tmp_path)
    listed = run(command, "--list", folder=tmp_path).stdout.splitlines()
    assert [line.partition("How many")[2] for line in listed] == [
        " loaves and cakes to bake (2)",
        " loaves and cakes to bake",
    ]


def test_several_formulations_vote_and_the_answer_says_how_far_they_agree(command, tmp_path):
    ran = run(command, TOLD, "--samples", "5", "--sure-at", "0.1", folder=tmp_path)
    assert "3 of 3 formulations (of at most 5) came to this answer: confidence" in ran.stdout
    ran = run(command, TOLD, "--samples", "3", "--sure-at", "1", folder=tmp_path)
    assert "Not sure: confidence" in ran.stdout


def test_a_library_that_is_not_there_is_told_with_what_makes_one(command, tmp_path):
    refused = run(command, "--library", "none.db", folder=tmp_path)
    assert refused.returncode != 0
    assert "`steepest library start`" in refused.stderr


def test_what_is_kept_is_listed(command, tmp_path):
    assert "no conversation is kept yet" in run(command, "--list", folder=tmp_path).stdout
    refused = run(command, "--continue", folder=tmp_path)
    assert (refused.returncode, "no conversation to go on with" in refused.stderr) == (1, True)
    run(command, TOLD, lines="flour = 50\n", folder=tmp_path)
    listed = run(command, "--list", folder=tmp_path).stdout
    assert "How many loaves and cakes to bake" in listed
    assert "2 turns" in listed
    refused = run(command, "--session", "nowhere", folder=tmp_path)
    assert (refused.returncode, "--list shows" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("profit=missing.csv", "there is no file missing.csv"),
        ("profit=empty.csv", "empty.csv is empty"),
        ("profit=binary.csv", "binary.csv is no text"),
        ("tables", "tables is a folder, and a conversation takes files"),
        ("profit=", "say which file"),
    ],
)
def test_data_that_can_not_be_read_end_it_before_the_model_is_asked(command, tmp_path, model, data, said):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "binary.csv").write_bytes(b"a,b\n\0,1\n")
    (tmp_path / "tables").mkdir()
    ran = run(command, TOLD, "--data", data, folder=tmp_path)
    assert (ran.returncode, said in ran.stderr, ran.stdout) == (1, True, "")
    assert model.calls == 0
    assert "no conversation is kept yet" in run(command, "--list", folder=tmp_path).stdout


def test_a_formulation_finds_its_tables_beside_it_and_keeps_their_data(command, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "worth.csv").write_text("product,worth\nbread,4\ncake,9\n")
    line = 'profit[Product] = {bread: 3, cake: 8}   # [$/item] "$3" "$8"'
    reads = BAKERY.replace(line, 'table profit[Product] from "worth.csv" (product, worth)')
    (tmp_path / "there" / "bakery.five").write_text(reads)
    ran = run(command, "there/bakery.five", folder=tmp_path)
    assert (ran.returncode, "398" in ran.stdout) == (0, True)
    again = run(command, "--continue", lines="profit[bread] = 3\n", folder=tmp_path)
    assert "366" in again.stdout
    again = run(command, "--continue", "there/bakery.five", folder=tmp_path)
    assert (again.returncode, "398" in again.stdout) == (0, True)


def test_a_turn_that_was_killed_is_told_of_on_standard_error(command, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "bakery.five").write_text(BAKERY)
    store = SqliteSessions(tmp_path / "talks.db")
    begun = store.begin("me")
    formulation = Rewrite(text=BAKERY, folder=str(tmp_path / "there"))
    store.add(begun, Said(text="The formulation is bakery.five."), after=0)
    store.add(begun, Understood(intent=formulation), after=1)
    store.close()
    ran = run(command, "--continue", folder=tmp_path)
    assert "the last turn was cut short and is carried out again" in ran.stderr
    assert "336" in ran.stdout
    assert "cut short" not in run(command, "--continue", folder=tmp_path).stderr


def cut_short(folder, *words):
    """A conversation whose only turn was begun with each of these words, and killed."""
    with closing(SqliteSessions(folder / "talks.db")) as store:
        begun = store.begin("me")
        for number, each in enumerate(words):
            store.add(begun, Said(text=each), after=number)
    return begun


def test_a_new_problem_leaves_a_turn_that_was_cut_short(command, tmp_path, model):
    cut_short(tmp_path, "a problem that kills")
    ran = run(command, "--continue", lines=f"/problem {TOLD}\n", folder=tmp_path)
    assert "carried out again" not in ran.stderr
    assert "not carried out again" in ran.stdout
    assert (model.calls, "336" in ran.stdout) == (1, True)


def test_a_turn_that_was_cut_short_twice_is_not_carried_out_by_itself(command, tmp_path, model):
    cut_short(tmp_path, TOLD, TOLD)
    ran = run(command, "--continue", folder=tmp_path)
    assert ("cut short 2 times" in ran.stderr, model.calls) == (True, 0)
    ran = run(command, "--continue", lines=f"{TOLD}\n", folder=tmp_path)
    assert ("is carried out again" in ran.stderr, "336" in ran.stdout) == (True, True)
    assert "cut short" not in run(command, "--continue", folder=tmp_path).stderr


def test_a_turn_that_goes_on_in_another_window_is_left_to_it(command, tmp_path, model):
    begun = cut_short(tmp_path)
    with closing(SqliteSessions(tmp_path / "talks.db")) as store:
        store.begin_turn(begun, Said(text=TOLD), after=0, holder="a page")
        ran = run(command, "--session", begun, lines="/help\n", folder=tmp_path)
        assert (ran.returncode, "going on in another window" in ran.stderr) == (1, True)
        assert (store.last_number(begun), model.calls) == (1, 0)
