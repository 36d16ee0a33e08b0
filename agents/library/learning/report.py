"""A run of learning as one page that loads nothing: curves, figures by iteration, what came of tasks and insights."""

from collections.abc import Mapping, Sequence
from string import Template

from steepest.agents.library.learning.curves import accuracy_curve, size_curve
from steepest.agents.library.learning.figures import IterationFigures, figures_of
from steepest.agents.library.learning.journal import END_OF_ITERATION, StepRecord, TaskRecord
from steepest.agents.library.learning.run_folder import LearningEntry
from steepest.agents.llm.kept_replies import Paid
from steepest.traces.rendering.figures import count_of, duration, money, number, percent
from steepest.traces.rendering.frame import asset, framed, page_words, table_style
from steepest.traces.rendering.markup import Content, Markup, element, joined, text

__all__ = ["report_page"]

_ITERATION_HEADS = (
    *("iteration", "solved", "share", "helped", "hurt", "learned", "refused"),
    *("merged", "refined", "set aside", "retired", "library", "time"),
)
_DIAGNOSIS_HEADS = (
    "iteration",
    "failures diagnosed",
    "issues",
    "positive",
    "invalid",
    "negative",
    "irrelevant",
    "solved with the positive alone",
    "solved with insights not found",
)
_STEP_HEADS = ("iteration", "what was done", "insight", "what came of it", "time")
_TASK_HEADS = ("iteration", "task", "came to", "value", "insights used", "what it taught", "time")


def report_page(
    records: Sequence[TaskRecord | StepRecord],
    entry: LearningEntry,
    titles: Mapping[str, str],
    paid: Paid | None = None,
) -> str:
    """A run of learning as an HTML page; all words of problems and models stand in it as text.

    Args:
        records: Its journal; that of a run that is going on gives a page of what there is.
        entry: What it is of.
        titles: Of the library's insights, by id.
        paid: What the models took.
    """
    style, body, script = (asset(__package__, f"page.{kind}") for kind in ("css", "html", "js"))
    words = {
        **page_words(text("What a library learned"), table_style() + style, script),
        "subtitle": text(_subtitle(records, entry, paid)),
        "sections": _sections(records, titles),
    }
    return Template(framed(body)).substitute(words)


def _subtitle(records: Sequence[TaskRecord | StepRecord], entry: LearningEntry, paid: Paid | None) -> str:
    teacher = f"taught by {entry.teacher}" if entry.teacher != entry.model else ""
    spent = f"{money(paid.money)}, {count_of(paid.tokens, 'token')}" if paid is not None and paid.tokens else ""
    tasks = f"{count_of(len({each.task for each in _tasks_in(records)}), 'task')} of {len(entry.tasks):,}"
    return " · ".join(filter(None, (entry.run, entry.model, teacher, tasks, spent)))


def _tasks_in(records: Sequence[TaskRecord | StepRecord]) -> list[TaskRecord]:
    return [each for each in records if isinstance(each, TaskRecord)]


def _sections(records: Sequence[TaskRecord | StepRecord], titles: Mapping[str, str]) -> Markup:
    tasks, figures = _tasks_in(records), figures_of(records)
    if not tasks:
        return _section("Nothing yet", element("p", "No task is done."))
    known = {one.insight.id: one.insight.title for each in tasks for one in each.effects.accepted} | dict(titles)
    return joined(
        _section(
            "Solved, and what was learned",
            element(
                "div",
                _figure("Share of tasks solved so far, by iteration", accuracy_curve(tasks)),
                _figure("Active insights in the library", size_curve(records)),
                class_="plots",
            ),
        ),
        _section("By iteration", _table(_ITERATION_HEADS, [_iteration(each) for each in figures])),
        _diagnoses([each for each in figures if each.diagnosis.failures]),
        _steps([each for each in records if isinstance(each, StepRecord)], known),
        _section("By task", _table(_TASK_HEADS, [_task(each, known) for each in tasks])),
    )


def _diagnoses(figures: Sequence[IterationFigures]) -> Markup:
    if not figures:
        return joined()
    rows = [[each.iteration + 1, *each.diagnosis.model_dump().values()] for each in figures]
    told = element("p", "Insights in the prompts of tasks that failed, as the teacher judges them.", class_="soft")
    return _section("Why tasks failed", told, _table(_DIAGNOSIS_HEADS, rows))


def _steps(steps: Sequence[StepRecord], titles: Mapping[str, str]) -> Markup:
    rows = [_step(each, titles) for each in steps if each.name != END_OF_ITERATION]
    return _section("What became of insights", _table(_STEP_HEADS, rows)) if rows else joined()


def _step(each: StepRecord, titles: Mapping[str, str]) -> list[Content]:
    what, _, name = each.name.partition(" ")
    is_about_one = name in titles
    return [
        each.iteration + 1,
        what if is_about_one else each.name,
        (titles[name] or name) if is_about_one else "",
        element("span", each.note, class_=None if each.effects.changes else "soft"),
        duration(each.seconds),
    ]


def _section(title: str, *contents: Content) -> Markup:
    return element("section", element("h2", title), *contents)


def _figure(title: str, drawn: Markup) -> Markup:
    return element("div", element("h3", title), drawn)


def _table(heads: Sequence[str], rows: Sequence[Sequence[Content]]) -> Markup:
    head = element("tr", *(element("th", each) for each in heads))
    body = [element("tr", *(element("td", each) for each in row)) for row in rows]
    whole = element("table", element("thead", head), element("tbody", *body))
    return element("div", whole, class_="scroll")


def _iteration(each: IterationFigures) -> list[Content]:
    return [
        each.iteration + 1,
        f"{each.solved:,} of {each.tasks:,}",
        percent(each.share),
        f"{each.helped:,}",
        f"{each.hurt:,}",
        f"{each.learned:,}",
        f"{each.refused:,}",
        f"{each.merged:,}",
        f"{each.refined:,}",
        f"{each.quarantined:,}",
        f"{each.retired:,}",
        f"{each.size:,}",
        duration(each.seconds),
    ]


def _task(each: TaskRecord, titles: Mapping[str, str]) -> list[Content]:
    verdict = "right" if each.solved else "wrong" if each.outcome == "solved" else each.outcome.replace("_", " ")
    effect = ", which helped" if each.helped else ", which hurt" if each.hurt else ""
    used = "; ".join(titles.get(name) or name for name in each.used)
    return [
        each.iteration + 1,
        each.task,
        element("span", verdict, class_="right" if each.solved else "wrong"),
        number(each.value) if each.value is not None else "",
        f"{used}{effect}",
        _taught(each, titles),
        duration(each.seconds),
    ]


def _taught(each: TaskRecord, titles: Mapping[str, str]) -> Markup:
    entered = [element("p", element("b", one.insight.title), f" {one.reason}") for one in each.effects.accepted]
    refused = [element("p", f"refused: {one.title}: {one.reason}", class_="soft") for one in each.refused]
    note = [element("p", each.note, class_="soft")] if each.note else []
    return joined(*_found_out(each, titles), *entered, *refused, *note)


def _found_out(each: TaskRecord, titles: Mapping[str, str]) -> list[Markup]:
    """The diagnosis of a failure."""
    if each.diagnosis is None:
        return []
    diagnosis = each.diagnosis
    issues = [element("p", one.issue) for one in diagnosis.issues]
    judged = [
        element("p", f"{titles.get(name) or name}: {one.verdict}. {one.reason}", class_="soft")
        for name, one in diagnosis.judged.items()
    ]
    missed = "; ".join(titles.get(name) or name for name in diagnosis.unretrieved)
    return [*issues, *judged, *([element("p", f"solved with what was not found: {missed}")] if missed else [])]
