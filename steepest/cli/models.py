"""`steepest models`: which models can be asked from here, and what a call costs."""

import argparse
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_format

if TYPE_CHECKING:
    from steepest.agents.llm import ProviderStatus

EPILOG = """\
The price is that of a million tokens read / written. No call is made that costs anything."""
HEADS = ("provider", "model", "state", "configured by", "price [$]", "")


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "models", "tell which models are set up and answer, and what a call costs", EPILOG)
    add_format(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Ask every provider that is set up whether it answers, and print a table."""
    from steepest.agents.llm import list_providers
    from steepest.settings import read_settings

    providers = list_providers()
    default = read_settings().model
    if arguments.format == "json":
        models = [provider.model_dump(mode="json") for provider in providers]
        console.document({"default": default, "models": models})
    else:
        console.result(_table(providers, default))
    return ExitCode.SOLVED


def _table(providers: Sequence["ProviderStatus"], default: str) -> str:
    from steepest.agents.llm import FORMS
    from steepest.cli.tables import aligned

    rows = [HEADS, *(_row(provider) for provider in providers)]
    lines = [*aligned(rows), "", f"--model unless another is named: {default} (STEEPEST_MODEL sets it)"]
    return "\n".join([*lines, "", "Forms of a model's name:", FORMS])


def _row(provider: "ProviderStatus") -> tuple[str, ...]:
    return (
        provider.provider,
        provider.model,
        provider.state,
        ", ".join(provider.configured_by) or "-",
        _price(provider.input_price, provider.output_price),
        provider.detail,
    )


def _price(read: Decimal | None, written: Decimal | None) -> str:
    if read is None or written is None:
        return "unknown"
    return f"{read:f} / {written:f}" if read or written else "free"
