"""How a jailed process speaks with its supervisor: a request pipe in, a result pipe out, nothing else.

The process that runs foreign code holds both ends of this channel's job side, so whatever comes out of it is the
claim of that code; the supervisor decodes it as data and never trusts a number that a second process can check.
"""

import json
import os
from dataclasses import dataclass, field
from typing import Any

OUTPUT, ERRORS, RESULT, REQUEST = 1, 2, 3, 4
"""The descriptors of a job; 0 is the null device and there are no others."""
CONFINED = b"\x06"
"""The first byte of every result, sent before any foreign code runs: an end without it is the sandbox's own failure."""
_CHUNK = 1 << 20


def framed(header: dict[str, Any], body: bytes) -> bytes:
    """A request as `Channel.read_request` reads it."""
    return json.dumps({**header, "bytes": len(body)}).encode() + b"\n" + body


@dataclass(slots=True)
class Channel:
    """The job's side of its two pipes."""

    request: int = REQUEST
    result: int = RESULT
    _ahead: bytearray = field(default_factory=bytearray)

    def read_request(self) -> tuple[dict[str, Any], bytes]:
        """The request: a line of JSON, which says how many `bytes` of body follow, and the body.

        Raises:
            EOFError: The supervisor hung up.
        """
        header = json.loads(self.read_line())
        return header, self.read(header["bytes"])

    def read(self, length: int) -> bytes:
        """Exactly so many bytes.

        Raises:
            EOFError: The supervisor hung up.
        """
        while len(self._ahead) < length:
            self._more()
        taken = bytes(self._ahead[:length])
        del self._ahead[:length]
        return taken

    def read_line(self) -> bytes:
        """The next line, without its newline.

        Raises:
            EOFError: The supervisor hung up.
        """
        while (end := self._ahead.find(b"\n")) < 0:
            self._more()
        line = bytes(self._ahead[:end])
        del self._ahead[: end + 1]
        return line

    def write(self, data: bytes) -> None:
        """Send all of the data."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self.result, rest[:_CHUNK]) :]

    def write_line(self, document: dict[str, Any]) -> None:
        """Send one JSON object as a line."""
        self.write(json.dumps(document).encode() + b"\n")

    def _more(self) -> None:
        chunk = os.read(self.request, _CHUNK)
        if not chunk:
            raise EOFError("the supervisor hung up")
        self._ahead += chunk
