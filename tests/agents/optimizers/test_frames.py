import pytest

import steepest
from steepest.traces import Between, node

pytest.importorskip("pandas")


def test_a_frame_has_a_row_for_each_candidate() -> None:
    size = node(1.0, "size", trainable=True, constraint=Between(0, 10))
    found = steepest.optimize(lambda x: size * x, [1.0, 2.0], guide=lambda x, y: -abs(y - 3 * x), budget=40)
    frame = found.frame()
    assert len(frame) == found.tried
    assert list(frame["number"]) == sorted(frame["number"])
    assert frame["outcome"].iloc[0] == "seed"
    assert frame.loc[frame["number"] == found.best.number, "score"].item() == pytest.approx(found.score)
    assert set(frame["outcome"]) <= {"seed", "admitted", "not better"}
