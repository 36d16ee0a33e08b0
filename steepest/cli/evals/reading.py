"""Data sets as the arguments name them."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from steepest.cli.console import Console

if TYPE_CHECKING:
    from steepest.evals.datasets.dataset import Dataset

MOST_FINDINGS = 10


def read_datasets(paths: Sequence[str], arguments: argparse.Namespace, console: Console) -> "tuple[Dataset, ...]":
    """Read data sets, and tell which of their records were left out.

    Raises:
        InputError: One of them can't be read.
    """
    from steepest.evals.datasets.dataset import load_datasets

    datasets = load_datasets(paths, arguments.dataset_format, arguments.skip_bad)
    for dataset in datasets:
        for finding in dataset.findings[:MOST_FINDINGS]:
            console.say(f"left out: {finding}")
        for warning in dataset.warnings[:MOST_FINDINGS]:
            console.say(f"note: {warning}")
        if dataset.skipped > MOST_FINDINGS:
            console.say(f"left out: {dataset.skipped - MOST_FINDINGS:,} more records of {dataset.reference.path}")
    return datasets
