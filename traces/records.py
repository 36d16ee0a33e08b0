"""What is kept of the call of a bundle."""

from types import CodeType
from typing import NamedTuple


class Record(NamedTuple):
    """One call; never changed. Its inputs and its output are its node's."""

    names: tuple[str, ...]
    """The parameter that each input of the node went to; nodes that were read without being passed come last."""
    seconds: float
    """Wall clock."""
    externals: int = 0
    """How many of the inputs were read inside and not passed."""
    tokens: int = 0
    """Of the model calls inside, read and written."""
    money: float = 0.0
    """US dollars, likewise."""
    exception: str = ""
    """`ZeroDivisionError: division by zero` if the call raised."""
    caller: CodeType | None = None
    line: int = 0
    updates: int = -1
    """Of parameters, in the process, before the call began: `parameters.value_read` tells by it which value a call has
    read; -1 if that is not known."""

    @property
    def position(self) -> str:
        """Where the call stands, `file.py:12`."""
        return f"{self.caller.co_filename}:{self.line}" if self.caller is not None else ""
