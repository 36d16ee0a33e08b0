"""Seeing a search: a page that needs nothing else, and a summary in Markdown.

Both are made from what a run keeps (its step records and `run.json`), so a search that is going on, was killed or is
long over is seen in the same way, without the workflow, its data or a model.
"""

from steepest.agents.optimizers.reports.history import Entry, History, history_of
from steepest.agents.optimizers.reports.markdown import report_markdown
from steepest.agents.optimizers.reports.page import report_page

__all__ = ["Entry", "History", "history_of", "report_markdown", "report_page"]
