"""`steepest library why`: what the library had to do with a task."""

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.options import add_library, nearest, open_library
from steepest.cli.options import add_command, add_format
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.agents.library.events import Event, Outcome
    from steepest.agents.library.insights import Insight

    Outcomes: TypeAlias = list[tuple[Event, Outcome]]
    Taught: TypeAlias = list[tuple[int, Insight]]

KINDS = ("retrieved", "used", "helped", "hurt", "verified")
EPILOG = """\
examples:
  steepest library why lib.db task-17
  steepest library why lib.db task-17 --format json"""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "why", "tell which insights a task used, and which it taught", EPILOG)
    add_library(parser)
    parser.add_argument("task", metavar="TASK", help="id of a task")
    add_format(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Look for the task in the events, and print what is there."""
    with open_library(arguments) as library:
        events = library.history()
        titles = {each.insight.id: each.insight.title for each in library.entries()}
    outcomes = [(each, body) for each, body in _outcomes(events) if body.task == arguments.task]
    taught = [(number, insight) for number, insight in _added(events) if arguments.task in insight.provenance.tasks]
    if not outcomes and not taught:
        known = {body.task for _, body in _outcomes(events)}
        known |= {task for _, insight in _added(events) for task in insight.provenance.tasks}
        raise InputError(f"{arguments.library} knows no task {arguments.task}{nearest(arguments.task, sorted(known))}")
    if arguments.format == "json":
        console.document(_document(arguments.task, outcomes, taught))
    else:
        console.result("\n".join(_lines(arguments.task, outcomes, taught, titles)))
    return ExitCode.SOLVED


def _outcomes(events: "Iterable[Event]") -> "Iterable[tuple[Event, Outcome]]":
    from steepest.agents.library.events import Outcome

    return ((event, event.body) for event in events if isinstance(event.body, Outcome))


def _added(events: "Iterable[Event]") -> "Iterable[tuple[int, Insight]]":
    """Insights at the event that first brought them; a merge brings what its parts were taught."""
    from steepest.agents.library.events import Change

    seen: set[str] = set()
    for event in events:
        if not isinstance(event.body, Change):
            continue
        for name, insight in event.body.insights.items():
            if insight is not None and name not in seen:
                seen.add(name)
                yield event.number, insight


def _document(task: str, outcomes: "Outcomes", taught: "Taught") -> dict[str, Any]:
    return {
        "task": task,
        "outcomes": [
            {
                "event": event.number,
                "time": event.time.isoformat(),
                **{kind: list(getattr(body, kind)) for kind in KINDS},
                "tokens": body.tokens,
            }
            for event, body in outcomes
        ],
        "taught": [{"event": number, "id": insight.id, "title": insight.title} for number, insight in taught],
    }


def _lines(task: str, outcomes: "Outcomes", taught: "Taught", titles: dict[str, str]) -> Iterable[str]:
    yield task
    for event, body in outcomes:
        yield f"  event {event.number}, {event.time:%Y-%m-%d %H:%M}"
        for kind in KINDS:
            names = getattr(body, kind)
            yield from (f"    {kind}: {name}  {titles.get(name, '(gone)')}".rstrip() for name in names)
        if not any(getattr(body, kind) for kind in KINDS):
            yield "    nothing was retrieved"
    for number, insight in taught:
        gone = "" if insight.id in titles else " (gone by now)"
        yield f"  taught {insight.id}  {insight.title}".rstrip() + f" at event {number}{gone}"
