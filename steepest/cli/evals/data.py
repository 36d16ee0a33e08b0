"""`steepest eval data`: what the readers find in data sets."""

import argparse
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.evals.options import add_datasets, add_reading
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_format

if TYPE_CHECKING:
    from steepest.evals.datasets.manifests import Manifest

EPILOG = """\
examples:
  steepest eval data problems.jsonl
  steepest eval data OptiBench.json --format json
  steepest eval data broken.jsonl --skip-bad"""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "data", "tell what is in data sets, and what is known of them", EPILOG)
    add_datasets(parser, metavar="DATASET", nargs="+")
    add_format(parser)
    add_reading(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Read them and print their manifests."""
    from steepest.cli.evals.reading import read_datasets

    datasets = read_datasets(arguments.datasets, arguments, console)
    if arguments.format == "json":
        found = [
            {
                **each.manifest.model_dump(mode="json"),
                "left_out": [str(finding) for finding in each.findings],
                "notes": [str(warning) for warning in each.warnings],
            }
            for each in datasets
        ]
        console.document({"datasets": found})
    else:
        console.result("\n\n".join(_text(each.manifest, each.skipped) for each in datasets))
    return ExitCode.SOLVED


def _text(manifest: "Manifest", skipped: int) -> str:
    from steepest.cli.tables import aligned
    from steepest.traces.rendering.figures import count_of

    rows = [
        ("title", manifest.title),
        ("file", manifest.path),
        ("format", manifest.format),
        ("problems", _problems(manifest)),
        ("left out", count_of(skipped, "record") if skipped else ""),
        ("labels", _counted(manifest.statuses)),
        ("with notes", f"{manifest.with_notes:,}" if manifest.with_notes else ""),
        ("types", _counted(manifest.types) if set(manifest.types) != {"none"} else ""),
        ("variant", manifest.variant),
        ("source", f"{manifest.source} {manifest.commit}".strip()),
        ("licence", manifest.license),
        ("sha256", manifest.sha256),
        *(("known", remark) for remark in manifest.remarks),
    ]
    return "\n".join([manifest.name, *(f"  {line}" for line in aligned([row for row in rows if row[1]]))])


def _problems(manifest: "Manifest") -> str:
    of = f" of {manifest.size:,} published" if manifest.size and manifest.size != manifest.problems else ""
    stories = f", {manifest.groups:,} distinct stories" if manifest.groups != manifest.problems else ""
    return f"{manifest.problems:,}{of}{stories}"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
