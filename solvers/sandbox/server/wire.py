"""The messages between a supervisor and its fork server.

A request is one message on the control socket together with a job's four descriptors: a status socket of its own,
the request pipe, the output pipe and the result pipe. On the status socket the server sends a `Started` and an
`Ended`; one byte to it, or its end, kills the job. All of these are written by our own code on both sides.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, get_args

from steepest.solvers.sandbox.flavours import Kind

LARGEST_MESSAGE = 1 << 16
DESCRIPTORS = 4
KILL = b"k"


@dataclass(frozen=True, slots=True)
class ForkRequest:
    """A job to fork, with the limits that the kernel is told."""

    kind: Kind
    memory_bytes: int
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Started:
    """The job runs."""

    pid: int
    """As the supervisor sees it."""


@dataclass(frozen=True, slots=True)
class NotStarted:
    """The system refused the fork."""

    reason: str


@dataclass(frozen=True, slots=True)
class CounterHandedOver:
    """Precedes a timing job's first reading; its descriptor, if there is one, counts the job's instructions."""

    available: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The job is gone."""

    status: int
    """As `os.wait4` gives it."""
    cpu_seconds: float
    peak_bytes: int
    """Resident memory at its peak, what the fork shares with the server included."""


@dataclass(frozen=True, slots=True)
class ServerReady:
    """What a server is, once it can fork."""

    isolation: str
    inherited_bytes: int
    """Resident memory that a job begins with, since it is the server's."""


@dataclass(frozen=True, slots=True)
class ServerUnavailable:
    """No isolation that may be used is in force, so no job is run."""

    reasons: tuple[str, ...]


Message = ForkRequest | Started | NotStarted | CounterHandedOver | Ended | ServerReady | ServerUnavailable
_KINDS: dict[str, Callable[..., Message]] = {kind.__name__: kind for kind in get_args(Message)}


def encode(message: Message) -> bytes:
    """A message as one packet."""
    return json.dumps({"message": type(message).__name__, **asdict(message)}).encode()


def decode(packet: bytes) -> Message:
    """The message of a packet."""
    fields: dict[str, Any] = json.loads(packet)
    kind = _KINDS[fields.pop("message")]
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()})
