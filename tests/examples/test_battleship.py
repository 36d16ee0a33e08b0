"""The Battleship example: its games are right, and a short search learns to play better."""

import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from examples.battleship.board import SALVO, SALVOS, SHIPS, SIZE, play, ships_of
from examples.battleship.rules import AFTER_A_HIT, FIRST, POLICY, SCANS
from tests.solvers.sandbox.conftest import why_no_sandbox

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("board", range(36))
def test_ships_have_their_lengths_and_never_touch(board: int) -> None:
    ships = ships_of(board)
    assert len(ships) == sum(SHIPS)
    diagonal = [(r + d, c + e) in ships for r, c in ships for d, e in ((1, 1), (1, -1))]
    assert not any(diagonal)


def test_a_policy_that_sees_through_the_board_hits_all_of_it() -> None:
    cells = [list(cell) for cell in sorted(ships_of(3))]
    game = play(3, lambda seen: [cell for cell in cells if seen[cell[0]][cell[1]] == "."])
    assert game.found == sum(SHIPS)
    assert game.wasted == 0


def test_shots_off_the_board_and_at_known_cells_are_wasted() -> None:
    game = play(0, lambda seen: [[0, 0], [0, 0], [-1, 3], [SIZE, 0]])
    assert game.wasted == SALVOS * 4 - 1


def test_no_salvo_has_more_shots_than_are_allowed() -> None:
    everything = [[row, column] for row, column in product(range(SIZE), repeat=2)]
    assert len(play(0, lambda seen: everything).shots) == SALVOS * SALVO


@pytest.mark.parametrize("rules", [*product(AFTER_A_HIT, FIRST, SCANS)], ids=" / ".join)
def test_every_policy_of_the_grammar_plays(rules: tuple[str, str, str]) -> None:
    hit, first, scan = rules
    surroundings: dict[str, object] = {}
    exec(POLICY.format(hit=AFTER_A_HIT[hit], first=FIRST[first], scan=SCANS[scan]), surroundings)  # noqa: S102
    assert play(5, surroundings["next_shots"]).wasted == 0


@pytest.mark.slow
@pytest.mark.skipif(bool(why_no_sandbox()), reason=why_no_sandbox() or "there is a sandbox")
def test_a_short_search_plays_better_and_draws_it(tmp_path: Path) -> None:
    picture = tmp_path / "board.svg"
    command = [sys.executable, "-m", "examples.battleship", "--metric-calls", "140", "--picture", str(picture)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    scores = re.search(r"^score (\S+) to (\S+) on", done.stdout, re.MULTILINE)
    assert scores is not None
    assert float(scores[2]) > float(scores[1])
    assert "after:" in picture.read_text()
