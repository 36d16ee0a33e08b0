"""What goes between this process and a solver's: a line of words and numbers, and arrays behind it, never code."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import RawIOBase
from typing import IO, Any

import numpy as np
import numpy.typing as npt

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, eq=False)
class Message:
    """One message."""

    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    """What JSON can hold; numbers may be infinite."""
    arrays: Mapping[str, npt.NDArray[np.generic]] = field(default_factory=dict)
    """Of one dimension."""

    @cached_property
    def header(self) -> bytes:
        """The line of words and numbers that stands before the arrays."""
        layout = [(name, array.dtype.str, len(array)) for name, array in self.arrays.items()]
        return json.dumps([self.kind, self.fields, layout]).encode()

    @property
    def size(self) -> int:
        """How many bytes are sent."""
        return _LENGTH.size + len(self.header) + sum(array.nbytes for array in self.arrays.values())


def write_message(stream: IO[bytes], message: Message) -> None:
    """Write a message to a pipe.

    Raises:
        OSError: Nobody reads it.
    """
    stream.write(_LENGTH.pack(len(message.header)) + message.header)
    for array in message.arrays.values():
        stream.write(array.tobytes())
    stream.flush()


def read_message(stream: RawIOBase) -> Message | None:
    """The next message of a pipe; None where it has ended, in the middle of a message too."""
    try:
        (length,) = _LENGTH.unpack(_read(stream, _LENGTH.size))
        kind, fields, layout = json.loads(_read(stream, length))
        arrays = {name: _array(stream, np.dtype(kind_of), count) for name, kind_of, count in layout}
    except EOFError:
        return None
    return Message(kind, fields, arrays)


def _array(stream: RawIOBase, dtype: np.dtype[np.generic], count: int) -> npt.NDArray[np.generic]:
    return np.frombuffer(_read(stream, dtype.itemsize * count), dtype)


def _read(stream: RawIOBase, size: int) -> bytearray:
    content = bytearray(size)
    free = memoryview(content)
    while free:
        count = stream.readinto(free)
        if not count:
            raise EOFError
        free = free[count:]
    return content
