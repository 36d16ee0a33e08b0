from steepest.evals.reports import comparison_markdown, run_markdown
from steepest.evals.statistics import compare, summarize
from tests.evals.runs_for_tests import RememberedRun, large_run, problem, sample


def markdown_of(run: RememberedRun) -> str:
    return run_markdown(run.specification(), summarize(run.problems(), run.samples()))


def test_a_run_in_markdown_has_every_share_with_its_n() -> None:
    text = markdown_of(large_run(90))
    assert "right by the strict profile (n = " in text
    assert "| profile | right | 95 % interval | n |" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(row.endswith("|") for row in rows)


def test_average_solving_times_are_told_of_llmopt() -> None:
    asked = [problem("kiosks/0"), problem("kiosks/1"), problem("kiosks/2")]
    done = [sample("kiosks/0", rounds=0), sample("kiosks/1", rounds=3), sample("kiosks/2", "wrong_value", rounds=12)]
    text = markdown_of(RememberedRun(asked, done, method="llmopt"))
    assert "Average solving times of right answers: 2.50 (n = 2 right attempts)." in text
    assert "solving times" not in markdown_of(RememberedRun(asked, done, method="code+repair"))
    assert "solving times" not in markdown_of(RememberedRun(asked, [], method="llmopt"))


def test_a_name_of_anybodys_stays_a_name() -> None:
    name = "@team | [x](http://a) <img>\n# _y_ `z`"
    heading = markdown_of(RememberedRun([problem("a")], [sample("a")], method=name)).splitlines()[0]
    assert heading.startswith("## &#64;team &#124; \\[x\\](http://a) &#60;img&#62; \\# \\_y\\_ &#96;z&#96; with")


def test_nothing_graded_is_said_in_words() -> None:
    assert "No attempt was graded yet; 0 infrastructure errors, 1 problem not tried yet." in markdown_of(
        RememberedRun([problem("a")], [])
    )


def test_a_comparison_lists_what_flipped() -> None:
    asked = [problem("kiosks/0"), problem("kiosks/1")]
    first = RememberedRun(asked, [sample("kiosks/0", "wrong_value"), sample("kiosks/1")], method="code")
    second = RememberedRun(asked, [sample("kiosks/0"), sample("kiosks/1")])
    text = comparison_markdown(compare(first, second))
    assert text.startswith("## five+repair against code\n")
    assert "B less A: **+50.0 points**" in text
    assert "1 gained, 0 lost, p 1.00" in text
    gained = text.partition("### Gained: right in B only (1)\n\n")[2].splitlines()
    assert gained == ["| problem | A | B |", "| --- | --- | --- |", "| kiosks/0 | wrong value | correct |"]
    assert "Lost" not in text


def test_the_most_frequent_reasons_are_told_with_their_counts() -> None:
    asked = [problem("kiosks/0"), problem("kiosks/1")]
    text = markdown_of(RememberedRun(asked, [sample(each.id, "llm_error", message="cut off | here") for each in asked]))
    assert "| the most frequent reasons | attempts |\n| --- | --- |\n| llm error: cut off &#124; here | 2 |" in text


def test_errors_as_wrong_are_told_only_where_there_are_errors() -> None:
    asked = [problem("kiosks/0"), problem("kiosks/1")]
    right = RememberedRun(asked, [sample("kiosks/0"), sample("kiosks/1")])
    failed = RememberedRun(asked, [sample("kiosks/0"), sample("kiosks/1", "infrastructure_error")])
    assert "as wrong" not in markdown_of(right)
    assert "50.0 % of all 2 problems with 1 infrastructure error as wrong" in markdown_of(failed)
    assert "as wrong" not in comparison_markdown(compare(right, right))
    assert "With infrastructure errors as wrong: -50.0 points (n = 2)" in comparison_markdown(compare(right, failed))
