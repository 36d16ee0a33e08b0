"""Where a run is kept: a folder, or a database, with the same promises.

What was appended is there after a kill at any moment; a record is whole or not there. One runner at a time holds a
shard. Merging the shards of a run is putting their samples together.
"""

from collections.abc import Iterator
from typing import Protocol

from steepest.evals.problems import Problem
from steepest.evals.samples import Sample, SampleKey, Verdict
from steepest.evals.specification import RunSpecification

__all__ = ["RunReader", "RunWriter"]


class RunReader(Protocol):
    """A run that is read: nothing is locked, a runner may be at work on it."""

    @property
    def place(self) -> str:
        """How a person names it: the folder, or the address without its password."""

    def specification(self) -> RunSpecification:
        """What the run is."""

    def problems(self) -> Iterator[Problem]:
        """The problems that were selected, labels included, in the data set's order; those of all shards."""

    def samples(self) -> Iterator[Sample]:
        """The last whole record of each problem and epoch, in the order of problems, then epochs."""


class RunWriter(RunReader, Protocol):
    """A run that this process continues; no other process may append to the same shard."""

    @property
    def replies(self) -> str:
        """Where the replies that the run paid for are kept, for `WorkOrder.cache`."""

    def verdicts(self) -> dict[SampleKey, Verdict]:
        """What each sample came to so far, found without reading all of it."""

    def append(self, sample: Sample) -> None:
        """Keep a sample for good; safe to call from several threads.

        Raises:
            InputError: It can't be written (a full disk); what was appended before is whole.
        """

    def close(self) -> None:
        """Let others continue the run."""
