"""Data come in from files, and what was found goes out into files."""

from collections.abc import Callable, Mapping
from pathlib import Path

from steepest.agents.chat.attachable import place_of, table_file
from steepest.agents.chat.conversation import names_of_data
from steepest.agents.chat.events import Attached, Exported
from steepest.agents.chat.exports.answer_csv import answer_csv
from steepest.agents.chat.exports.paper import latex_document, pdf
from steepest.agents.chat.exports.report import report_page
from steepest.agents.chat.exports.session_paper import report_pdf
from steepest.agents.chat.exports.workbook import workbook
from steepest.agents.chat.intents import Attach, Export, Upload
from steepest.agents.chat.turns.changing import show_next
from steepest.agents.chat.work import Work
from steepest.agents.modeling.tables import describe_tables
from steepest.errors import InputError
from steepest.solvers.changes.self_contained import self_contained
from steepest.solvers.data.binding import bind
from steepest.solvers.export.faces import to_lp, to_pyomo_script
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

__all__ = ["FORMATS", "attach", "attach_file", "export", "upload"]


async def attach(intent: Attach, work: Work) -> None:
    """Note a table; its cells stay in the file.

    Raises:
        InputError: Files may not be named here, or there is none.
        FormulationError: The table can't be read.
    """
    if not work.means.reads_files:
        raise InputError("files come here by upload, not by name.")
    path = table_file(intent.path, work.means.folder)
    await attach_file(path, intent.name or path.stem, work)


async def upload(intent: Upload, work: Work) -> None:
    """Note a table that a page has put into the session's folder.

    Raises:
        InputError: There is no such file in it.
        FormulationError: The table can't be read.
    """
    path = (work.means.folder / Path(intent.file).name).absolute()
    if not path.is_file():
        raise InputError(f"there is no file {intent.file}.")
    await attach_file(path, intent.name or path.stem, work)


async def attach_file(path: Path, name: str, work: Work) -> None:
    """Note a table that is there; where the current formulation has a place for it, solve again with it.

    Raises:
        FormulationError: It can't be read, or does not fit; it is not attached then.
    """
    # a turn that is cancelled does not wait for it: no solve is lost, and a large file is read to its end unheard
    [line] = await work.means.read(lambda: describe_tables({name: str(path)}))
    filled = await _filled(path, name, work)
    work.keep(Attached(name=name, path=str(path), description=line.removeprefix(f"{name}: ")))
    if filled is not None:
        await show_next(filled, work, changes=(f"{name} from {path.name}",))


async def _filled(path: Path, name: str, work: Work) -> Formulation | None:
    """The current formulation with the table in it; None where it has no place for it."""
    current = work.conversation.current
    formulation = current.formulation if current is not None else None
    if formulation is None or name not in names_of_data(formulation):
        return None
    tables, folder = {**work.own_tables, name: str(path)}, work.means.folder
    return await work.means.read(lambda: self_contained(formulation, tables, folder=folder))


async def export(intent: Export, work: Work) -> None:
    """Write a file.

    Raises:
        InputError: There is no such format, nothing to write in it, no room for it, or the file can't be written.
        FormulationError: The formulation can't be brought into this form.
    """
    found = FORMATS.get(intent.format)
    if found is None:
        raise InputError(f"{intent.format!r} is no format; there are {', '.join(FORMATS)}.")
    suffix, write = found
    content = await work.in_thread(lambda: write(work))
    path = _target(intent.path, intent.format, suffix, work)
    if work.means.room_for is not None:
        work.means.room_for(len(content))
    is_there = path.exists()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror or error}.") from error
    work.keep(Exported(format=intent.format, path=str(path), replaced=is_there))


def _target(named: str, format: str, suffix: str, work: Work) -> Path:
    """The file to write: the one that is named, or one in the session's folder that nobody has."""
    folder = work.means.folder
    if named and not work.means.reads_files:
        raise InputError("files go out from here by download, not to a path.")
    if named:
        return place_of(named, folder)
    stem = "session" if format in OF_ALL else f"version-{work.version.number}"
    names = (stem, *(f"{stem}-{count}" for count in range(2, 10_000)))
    free = next((name for name in names if not (folder / (name + suffix)).exists()), None)
    if free is None:
        raise InputError(f"{folder} is full of exported files: name one.")
    return (folder / (free + suffix)).absolute()


def _data(write: Callable[[Formulation, Work], str]) -> Callable[[Work], bytes]:
    return lambda work: write(work.formulation, work).encode()


def _bound(write: Callable[..., str]) -> Callable[[Formulation, Work], str]:
    return lambda formulation, work: write(formulation, bind(formulation, work.own_tables, folder=work.means.folder))


def _xlsx(work: Work) -> bytes:
    version, versions = work.version, work.conversation.versions.values()
    return workbook(version, work.whole_now(), versions)


def _solution(work: Work) -> Solution:
    version = work.version
    if version.solution is None or not version.solution.variables:
        name, outcome = work.conversation.name_of(version.number), version.outcome.replace("_", " ")
        raise InputError(f"version {name} has no decisions to export: its outcome is {outcome}.")
    return version.solution


FORMATS: Mapping[str, tuple[str, Callable[[Work], bytes]]] = {
    "five": (".five", _data(lambda formulation, work: formulation.to_text())),
    "json": (".json", _data(lambda formulation, work: formulation.model_dump_json(indent=1, exclude_defaults=True))),
    "pyomo": (".py", _data(_bound(to_pyomo_script))),
    "lp": (".lp", _data(_bound(to_lp))),
    "latex": (".tex", _data(lambda formulation, work: latex_document(work.version, formulation))),
    "pdf": (".pdf", lambda work: pdf(latex_document(work.version, work.formulation))),
    "xlsx": (".xlsx", _xlsx),
    "csv": (".csv", lambda work: answer_csv(_solution(work)).encode()),
    "html": (".html", lambda work: report_page(work.events).encode()),
    "report": (".pdf", lambda work: report_pdf(work.events)),
}
"""By name: the suffix, and what writes it."""

OF_ALL = ("html", "report")
"""Formats of the whole session, and not of a version."""
