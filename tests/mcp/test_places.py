"""The folder of tables is taken out of what clients read, and nothing else is."""

from pathlib import Path

import pytest

from steepest.mcp.places import in_all_words, without_folder
from steepest.mcp.results import CheckResult, Finding, RunResult, SolveResult

FOLDER = Path("/srv/data")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("there is no file /srv/data/cost.csv", "there is no file cost.csv"),
        ("'/srv/data/deep/cost.csv': no", "'deep/cost.csv': no"),
        ("nothing in /srv/data.", "nothing in the folder of tables."),
        ("nothing in /srv/data", "nothing in the folder of tables"),
        ("/srv/database and /srv/data-2, /srv/data.old/a.csv", "/srv/database and /srv/data-2, /srv/data.old/a.csv"),
        ("home/srv/data/a.csv", "home/srv/data/a.csv"),
        ("data are missing: missing_data, srv/data", "data are missing: missing_data, srv/data"),
    ],
)
def test_only_the_whole_path_at_its_ends_is_the_folder(text: str, told: str) -> None:
    assert without_folder(FOLDER)(text) == told


def test_the_root_of_the_disk_is_in_every_path_and_stays() -> None:
    assert without_folder(Path("/"))("no file /cost.csv, 3 $/item") == "no file /cost.csv, 3 $/item"


def test_what_a_client_works_on_with_stays_as_it_is() -> None:
    place = "/srv/data/a.csv"
    solved = SolveResult(outcome="solved", explanation=place, formulation=f'table a from "{place}"')
    told = in_all_words(solved, without_folder(FOLDER))
    assert (told.formulation, told.explanation) == (f'table a from "{place}"', "a.csv")
    ran = in_all_words(RunResult(status=place, message=place, binding=[place]), without_folder(FOLDER))
    assert (ran.status, ran.message, ran.binding) == (place, "a.csv", [place])
    found = Finding(severity="error", code=place, message=place, repair=place)
    [finding] = in_all_words(CheckResult(usable=False, findings=[found]), without_folder(FOLDER)).findings
    assert (finding.code, finding.message, finding.repair) == (place, "a.csv", "a.csv")
