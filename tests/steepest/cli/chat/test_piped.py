"""The chat with its lines from a pipe: for scripts."""

import subprocess

import pytest

from tests.agents.chat.talks import TOLD


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
