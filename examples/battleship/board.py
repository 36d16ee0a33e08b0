"""The game in its salvo form: ships on a square board, and a policy that shoots several times before it sees more."""

import random
from dataclasses import dataclass

SIZE = 8
SHIPS = (4, 3, 3, 2)
SALVOS = 6
SALVO = 5
"""Shots of a salvo."""

HIT, MISS, UNKNOWN = "X", "o", "."


@dataclass(frozen=True)
class Game:
    """What happened in a game."""

    found: int
    """Ship cells that were hit."""
    shots: list[list[int]]
    wasted: int
    """Shots at a cell that had been shot at, or off the board."""
    chances: int
    """Unknown cells beside a hit that the next salvo had shots for and left out."""


def ships_of(board: int) -> set[tuple[int, int]]:
    """The cells of the ships on a board of this number; ships don't touch, not even at corners."""
    rng = random.Random(f"battleship/{board}")
    while True:
        placed = _placed(rng)
        if placed is not None:
            return placed


def _placed(rng: random.Random) -> set[tuple[int, int]] | None:
    taken: set[tuple[int, int]] = set()
    for length in SHIPS:
        lines = [
            _line(row, column, down, right, length)
            for row in range(SIZE)
            for column in range(SIZE)
            for down, right in ((1, 0), (0, 1))
        ]
        options = [line for line in lines if _fits(line, taken)]
        if not options:
            return None
        taken.update(rng.choice(options))
    return taken


def _fits(line: list[tuple[int, int]], taken: set[tuple[int, int]]) -> bool:
    is_on_board = all(row < SIZE and column < SIZE for row, column in line)
    return is_on_board and not any(abs(r - a) <= 1 and abs(c - b) <= 1 for r, c in line for a, b in taken)


def _line(row: int, column: int, down: int, right: int, length: int) -> list[tuple[int, int]]:
    return [(row + step * down, column + step * right) for step in range(length)]


def play(board: int, next_shots) -> Game:
    """Play one game.

    Args:
        board: Its number.
        next_shots: Takes what is known, a list of rows of "X" (hit), "o" (miss) and "." (unknown), and gives the rows
            and columns of the next shots, counted from 0; more than a salvo are not fired.
    """
    ships = ships_of(board)
    seen = [[UNKNOWN] * SIZE for _ in range(SIZE)]
    shots, wasted, chances = [], 0, 0
    for _ in range(SALVOS):
        beside_hits = _beside_hits(seen)
        salvo = [[int(row), int(column)] for row, column in next_shots(seen)][:SALVO]
        chances += len([cell for cell in beside_hits if list(cell) not in salvo]) if len(beside_hits) <= SALVO else 0
        for row, column in salvo:
            shots.append([row, column])
            if not (0 <= row < SIZE and 0 <= column < SIZE) or seen[row][column] != UNKNOWN:
                wasted += 1
            else:
                seen[row][column] = HIT if (row, column) in ships else MISS
    return Game(sum(cell == HIT for line in seen for cell in line), shots, wasted, chances)


def _beside_hits(seen: list[list[str]]) -> set[tuple[int, int]]:
    return {
        (row + down, column + right)
        for row in range(SIZE)
        for column in range(SIZE)
        if seen[row][column] == HIT
        for down, right in ((1, 0), (-1, 0), (0, 1), (0, -1))
        if 0 <= row + down < SIZE and 0 <= column + right < SIZE and seen[row + down][column + right] == UNKNOWN
    }
