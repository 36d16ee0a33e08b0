"""Seeing a search: a page that needs nothing else, and a summary in Markdown.

Both are made from what a run keeps (its step records and `run.json`), so a search that is going on, was killed or is
long over is seen in the same way, without the workflow, its data or a model.
"""

from steepest.agents.optimizers.reports.history import Entry, History, history_of
from steepest.agents.optimizers.reports.markdown import report_markdown
from steepest.agents.optimizers.reports.page import report_page
from steepest.agents.optimizers.reports.result import read_run, result_of, write_report

__all__ = [
    "Entry",
    "History",
    "history_of",
    "read_run",
    "report_markdown",
    "report_page",
    "result_of",
    "write_report",
]
