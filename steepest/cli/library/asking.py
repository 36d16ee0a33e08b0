"""The model that an action on a library asks, and what it may cost."""

import argparse
from typing import TYPE_CHECKING

from steepest.cli.options import argument
from steepest.quantities import read_cost, read_count

if TYPE_CHECKING:
    from steepest.agents.llm.chat import ChatModel


def add_model(parser: argparse.ArgumentParser, what: str) -> None:
    """`--model` and its limits."""
    parser.add_argument("--model", metavar="SPEC", help=f"{what} (`steepest models`)")
    parser.add_argument("--budget", metavar="USD", type=argument(read_cost), help="the most that the model may cost")
    parser.add_argument("--max-tokens", metavar="N", type=argument(read_count), help="the most that it may take")


def opened_model(arguments: argparse.Namespace) -> "ChatModel":
    """The model that `--model` or the settings name, within its limits.

    Raises:
        InputError: There is none of this name.
    """
    from steepest.agents.llm.budget import Budget, Budgeted
    from steepest.agents.llm.specs import open_model
    from steepest.settings import read_settings

    settings = read_settings()
    budget = Budget(arguments.budget or settings.max_cost, arguments.max_tokens or settings.max_tokens)
    return Budgeted(open_model(arguments.model or settings.model), budget)
