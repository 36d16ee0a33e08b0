"""Columns of text, aligned."""

from collections.abc import Sequence

Row = Sequence[str]


def aligned(rows: Sequence[Row], *, right: Sequence[int] = (), widest: int | None = None) -> list[str]:
    """Rows as lines with their columns aligned; columns without any text are left out.

    Args:
        rows: Cells, as many in each row.
        right: Columns that are aligned to the right.
        widest: Characters after which a cell is cut.
    """
    if not rows:
        return []
    cells = [[_cut(cell, widest) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(_padded(row, widths, right)).rstrip() for row in cells]


def _padded(row: Row, widths: Sequence[int], right: Sequence[int]) -> list[str]:
    columns = enumerate(zip(row, widths, strict=True))
    return [cell.rjust(width) if at in right else cell.ljust(width) for at, (cell, width) in columns if width]


def _cut(cell: str, widest: int | None) -> str:
    return cell if widest is None or len(cell) <= widest else cell[: widest - 3] + "..."
