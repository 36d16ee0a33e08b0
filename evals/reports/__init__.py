"""What people read of runs: a page, Markdown, CSV; of one run or of two compared."""

from steepest.evals.reports.comparison_page import comparison_page
from steepest.evals.reports.markdown import comparison_markdown, run_markdown
from steepest.evals.reports.run_page import html_report
from steepest.evals.reports.tabular import COLUMNS, csv_report, rows_of

__all__ = [
    "COLUMNS",
    "comparison_markdown",
    "comparison_page",
    "csv_report",
    "html_report",
    "rows_of",
    "run_markdown",
]
