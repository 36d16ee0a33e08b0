from steepest.evals.reports.notebook import notebook_html
from steepest.evals.statistics import compare, summarize
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


def test_a_comparison_can_be_printed_and_shown() -> None:
    asked = [problem("kiosks/0"), problem("kiosks/1")]
    first = RememberedRun(asked, [sample("kiosks/0", "wrong_value"), sample("kiosks/1")], method="<img src=x>")
    found = compare(first, RememberedRun(asked, [sample("kiosks/0"), sample("kiosks/1")]))
    assert str(found).startswith("## five+repair against ")
    html = found._repr_html_()
    assert '<th scope="row">kiosks/0</th><td>gained</td><td>wrong value</td><td>correct</td>' in html
    assert "+50.0 points" in html
    assert "<img" not in html
