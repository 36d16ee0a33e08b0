import io

from steepest.evals.reports import comparison_page
from steepest.evals.statistics import compare
from tests.evals.reports.pages import index_of, records_of
from tests.evals.runs_for_tests import RememberedRun, problem, sample

ASKED = [problem(f"kiosks/{number}") for number in range(4)]


def test_every_flipped_problem_opens_with_both_attempts() -> None:
    first = RememberedRun(
        ASKED, [sample("kiosks/0"), sample("kiosks/1", "wrong_value", formulation="old"), sample("kiosks/2")]
    )
    second = RememberedRun(
        ASKED, [sample("kiosks/0"), sample("kiosks/1", formulation="new"), sample("kiosks/2", "infeasible")]
    )
    stream = io.StringIO()
    comparison_page(compare(first, second), first, second, stream)
    page = stream.getvalue()
    values = index_of(page)["listing"]["values"]
    assert values["id"] == ["kiosks/1", "kiosks/2"]
    assert values["flip"] == ["gained", "lost"]
    attempts = records_of(page)[0]["attempts"]
    assert [(each["title"], each["formulation"]) for each in attempts] == [("A", "old"), ("B", "new")]
    assert "+0.0 points" in page
    assert "n = 3 problems of 3 distinct stories" in page


def test_epochs_of_a_flipped_problem_are_all_there() -> None:
    first = RememberedRun(ASKED[:1], [sample("kiosks/0", "wrong_value", epoch=epoch) for epoch in (1, 2)])
    second = RememberedRun(ASKED[:1], [sample("kiosks/0", epoch=epoch) for epoch in (1, 2)])
    stream = io.StringIO()
    comparison_page(compare(first, second), first, second, stream)
    titles = [each["title"] for each in records_of(stream.getvalue())[0]["attempts"]]
    assert titles == ["A, epoch 1", "A, epoch 2", "B, epoch 1", "B, epoch 2"]
