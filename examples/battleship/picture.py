"""A board before and after learning, as SVG."""

from examples.battleship.board import SIZE, Game, ships_of

CELL = 26
GAP = 40


def draw(board: int, before: Game, after: Game) -> str:
    """Both games on the same board: ships in grey, shots numbered, hits in red."""
    width, height = 2 * SIZE * CELL + GAP + 20, SIZE * CELL + 50
    parts = [_game(board, before, 10, "before"), _game(board, after, 10 + SIZE * CELL + GAP, "after")]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _game(board: int, game: Game, left: int, title: str) -> str:
    ships = ships_of(board)
    numbers = {(row, column): str(number) for number, (row, column) in reversed(list(enumerate(game.shots, start=1)))}
    cells = [
        _cell(left + column * CELL, 30 + row * CELL, (row, column) in ships, numbers.get((row, column), ""))
        for row in range(SIZE)
        for column in range(SIZE)
    ]
    words = f"{title}: {game.found} of {len(ships)} in {len(game.shots)} shots"
    return f'<text x="{left}" y="20" font-size="14">{words}</text>{"".join(cells)}'


def _cell(x: int, y: int, is_ship: bool, number: str) -> str:
    ground = ("#d6453d" if number else "#9aa5b1") if is_ship else ("#e8eef4" if number else "#fff")
    ink = "#fff" if is_ship else "#52606d"
    label = f'<text x="{x + CELL / 2}" y="{y + 17}" font-size="11" text-anchor="middle" fill="{ink}">{number}</text>'
    return f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill="{ground}" stroke="#cbd2d9"/>{label}'
