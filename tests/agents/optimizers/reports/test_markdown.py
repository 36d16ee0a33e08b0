from steepest.agents.optimizers.reports import report_markdown
from steepest.agents.optimizers.search.records import Birth, StepRecord
from tests.agents.optimizers.reports.searches import RESULT, RUN, scored, search


def test_it_tells_figures_changes_and_refusals() -> None:
    told = report_markdown(search(60), RUN, RESULT)
    assert told.startswith("## Optimization of agent\n")
    assert "- on the sealed test split: 0.71, the seed 0.43" in told
    assert told.index("sealed test") < told.index("best score")
    assert "split, by which the best was chosen, so that it is too high\n" in told
    assert "a test split would give" in report_markdown(search(60), RUN)
    assert "```diff\n--- a/" in told
    assert "| refused | component | reason |" in told


def test_a_text_with_fences_and_pipes_breaks_nothing() -> None:
    value = "a\n```\nb | <script>\n````\n"
    birth = Birth(number=1, values={"prompt": value}, parents=(0,), origin="a|b", reason="*better* <b>\n| x")
    records = [
        StepRecord(step=0, evaluated=(scored(0, 0.1),)),
        StepRecord(step=1, births=(birth,), evaluated=(scored(1, 0.5),)),
    ]
    told = report_markdown(records, RUN)
    assert told.count("`````diff") == 1
    assert told.count("\n`````\n") == 1
    (row,) = [line for line in told.splitlines() if line.startswith("| 1 |")]
    assert row.replace("\\|", "").count("|") == 7
    assert "<b>" not in row
