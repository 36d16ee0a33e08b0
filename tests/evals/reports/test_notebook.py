from steepest.evals.reports.notebook import notebook_html
from steepest.evals.statistics import summarize
from tests.evals.runs_for_tests import RememberedRun, large_run, problem, sample


def html_of(run: RememberedRun) -> str:
    return notebook_html(run.specification(), summarize(run.problems(), run.samples()))


def test_each_data_set_has_a_row_with_its_n() -> None:
    html = html_of(large_run(60))
    assert all(f'<th scope="row">{name}</th>' in html for name in ("all", "kiosks", "ferries", "orchards"))
    assert "<td>20</td>" in html


def test_one_data_set_is_not_told_twice() -> None:
    assert 'scope="row">kiosks' not in html_of(RememberedRun([problem("a")], [sample("a")]))


def test_names_are_texts_and_not_markup() -> None:
    html = html_of(RememberedRun([problem("a")], [sample("a")], method="<img src=x>"))
    assert "<img" not in html


def test_a_run_that_has_nothing_yet_can_be_shown() -> None:
    assert "none yet" in html_of(RememberedRun([problem("a")], []))
