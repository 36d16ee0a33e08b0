"""`steepest library import`: bring files into a library."""

import argparse
from pathlib import Path
from typing import Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.options import add_library, open_library
from steepest.cli.options import add_command, add_format
from steepest.errors import InputError

MARKDOWN = (".md", ".markdown")
EPILOG = """\
examples:
  steepest library import lib.db lib.md                            what a person edited in an export
  steepest library import new.db lib.json
  steepest library import lib.db library.json latest_taxonomy.json   AlphaOPT's own files

All files are brought in by one event, or none is. A library that is not there is made."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "import", "bring Markdown, JSON or AlphaOPT's files into a library", EPILOG)
    add_library(parser)
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="one Markdown file, or JSON files")
    parser.add_argument(
        "--replace", action="store_true", help="of JSON: write over insights that the library has in another form"
    )
    parser.add_argument(
        "--delete", action="store_true", help="of Markdown: take away the insights that were deleted in the file"
    )
    parser.add_argument(
        "--prefix", metavar="WORD", default="alphaopt", help="of the ids of AlphaOPT's insights (default: alphaopt)"
    )
    parser.add_argument("--reason", default="", help="why, for the record")
    add_format(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Read the files, then write."""
    from steepest.agents.library.exchange.files import read_parcel
    from steepest.agents.library.exchange.markdown import put_back, read_markdown
    from steepest.agents.library.exchange.parcels import bring_in
    from steepest.cli.library.documents import brought_document
    from steepest.cli.library.texts import brought_text

    files: list[Path] = arguments.files
    are_pages = [file.suffix.lower() in MARKDOWN for file in files]
    if any(are_pages) and len(files) > 1:
        raise InputError("a Markdown file is imported by itself: it is checked against the library as it is.")
    if arguments.delete and not any(are_pages):
        raise InputError("--delete is for Markdown: a JSON file does not say what was deleted in it.")
    if arguments.replace and any(are_pages):
        raise InputError("--replace is for JSON: an edit in Markdown is refused when the library has changed since.")
    texts = [(read_file(file), str(file)) for file in files]
    reason = arguments.reason or f"import of {', '.join(file.name for file in files)}"
    if any(are_pages):
        page = read_markdown(*texts[0])
        with open_library(arguments, must_exist=False) as library:
            brought = put_back(library, page, reason, deletes=arguments.delete)
    else:
        parcels = [read_parcel(*each, prefix=arguments.prefix) for each in texts]
        with open_library(arguments, must_exist=False) as library:
            brought = bring_in(library, parcels, reason, replace=arguments.replace)
    if arguments.format == "json":
        console.document(brought_document(brought))
    else:
        console.result(brought_text(brought))
    return ExitCode.SOLVED


def read_file(path: Path) -> str:
    """The text of a file.

    Raises:
        InputError: It is not there, or is no text.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no text in UTF-8.") from error
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror or error}.") from error
