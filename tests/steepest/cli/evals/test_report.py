import json
from pathlib import Path

import pytest

from steepest.cli import main
from tests.evals.reports.pages import records_of

Captured = pytest.CaptureFixture[str]


def test_the_page_stands_beside_the_run_unless_named(five: str, capsys: Captured) -> None:
    assert main(["eval", "report", five]) == 0
    page = Path(f"{five}.html")
    out, err = capsys.readouterr()
    assert "91.7 %" in out
    assert f"wrote {page}" in err
    assert "12 attempts" in err
    assert len(records_of(page.read_text(encoding="utf-8"))) == 12


def test_the_page_shows_what_the_model_was_asked(five: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "page.html"
    assert main(["eval", "report", five, "--out", str(path)]) == 0
    rota = next(each for each in records_of(path.read_text("utf-8")) if "clinic" in each["problem"]["question"])
    (attempt,) = rota["attempts"]
    assert [call["step"] for call in attempt["calls"]] == ["formulate", "repair"]
    assert "enough_morning" in attempt["formulation"]


@pytest.mark.parametrize(("ending", "begins"), [("md", "## five"), ("csv", "id,epoch,"), ("json", "{")])
def test_other_forms_are_told_by_the_ending(five: str, tmp_path: Path, ending: str, begins: str) -> None:
    path = tmp_path / f"report.{ending}"
    assert main(["eval", "report", five, "--out", str(path)]) == 0
    assert path.read_text(encoding="utf-8").startswith(begins)


def test_other_forms_are_printed_without_a_file(five: str, capsys: Captured) -> None:
    assert main(["eval", "report", five, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["overall"]["problems"] == 12


def test_a_kept_run_is_graded_by_a_further_profile_and_stays_as_it_is(
    five: str, tmp_path: Path, capsys: Captured
) -> None:
    before = {path.name: path.read_bytes() for path in Path(five).iterdir() if path.is_file()}
    page = tmp_path / "page.html"
    assert main(["eval", "report", five, "--profile", "nemo", "--out", str(page)]) == 0
    assert "\nnemo     91.7 %" in capsys.readouterr().out
    assert [each["profile"] for each in records_of(page.read_text("utf-8"))[0]["attempts"][0]["grades"]] == [
        "strict",
        "orlm",
        "nemo",
    ]
    for form, told in (("csv", ",correct_nemo\n"), ("md", "| nemo | 91.7 % |"), ("json", '"profile": "nemo"')):
        assert main(["eval", "report", five, "--profile", "nemo", "--format", form]) == 0
        assert told in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in Path(five).iterdir() if path.is_file()} == before


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere"], "no run"),
        (["{run}", "--out", "page.pdf"], "its ending tells no form"),
        (["{run}", "--out", "/dev/null/page.html"], "can't write"),
        (["postgresql://nobody@127.0.0.1:1/none#a"], ""),
    ],
)
def test_what_cant_be_read_or_written_is_said(
    five: str, arguments: list[str], complaint: str, capsys: Captured
) -> None:
    assert main(["eval", "report", *(each.format(run=five) for each in arguments)]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("steepest: ")
    assert complaint in captured.err
