import json

import pytest

from steepest.cli import main


def test_a_set_is_contaminated_by_itself(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "overlap", asked[0], asked[0], "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["contaminated"]) == found["test_problems"] == 12
    assert main(["eval", "overlap", asked[0], asked[0]]) == 0
    assert "12 of 12 test problems (100.0 %)" in capsys.readouterr().out


def test_a_threshold_is_a_share(asked: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["eval", "overlap", asked[0], asked[0], "--threshold", "50"])
    assert ended.value.code == 2
