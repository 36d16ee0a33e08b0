"""`steepest library export`: a library, or a part of it, as a file."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.evals.files import form_of, replaced, size_of
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.options import add_library, add_part, entry_of, open_library, part_of
from steepest.cli.options import add_command
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.agents.library.library import Library
    from steepest.agents.library.stores.protocol import Entry

FORMS = ("json", "md", "alphaopt", "alphaopt-taxonomy")
EPILOG = """\
examples:
  steepest library export lib.db --out lib.md                       to be edited and imported again
  steepest library export lib.db --out some.md --label "network flow"
  steepest library export lib.db --out lib.json                     all of it, with counts
  steepest library export lib.db --to alphaopt --out library.json
  steepest library export lib.db --to alphaopt-taxonomy --out latest_taxonomy.json"""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "export", "write a library, or a part of it, as a file", EPILOG)
    add_library(parser)
    parser.add_argument("ids", metavar="ID", nargs="*", help="only these insights")
    add_part(parser)
    parser.add_argument("--to", metavar="FORM", help=f"{', '.join(FORMS)}; told from the ending of --out unless given")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="file to write")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Write the file."""
    form = arguments.to or form_of(arguments.out, FORMS[:2])
    if form not in FORMS:
        raise InputError(f"--to {form}: a library is exported to {', '.join(FORMS)}.")
    with open_library(arguments) as library:
        entries = part_of(library, arguments)
        if arguments.ids:
            wanted = {entry_of(library, name).insight.id for name in arguments.ids}
            entries = [each for each in entries if each.insight.id in wanted]
        text = _text(library, entries, form)
    with replaced(arguments.out) as draft:
        draft.write_text(text, encoding="utf-8")
    console.say(f"wrote {arguments.out} ({size_of(arguments.out)})")
    return ExitCode.SOLVED


def _text(library: "Library", entries: "list[Entry]", form: str) -> str:
    from steepest.agents.library.exchange import alphaopt
    from steepest.agents.library.exchange.documents import document
    from steepest.agents.library.exchange.markdown import markdown

    match form:
        case "md":
            return markdown(each.insight for each in entries)
        case "alphaopt":
            return alphaopt.as_json(alphaopt.library_json(entries))
        case "alphaopt-taxonomy":
            return alphaopt.as_json(alphaopt.taxonomy_json(library.store.definitions()))
        case _:
            return document(entries, library.store.definitions())
