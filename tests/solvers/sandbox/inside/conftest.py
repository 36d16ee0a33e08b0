"""A worker's two ends without a jail: pipes and a thread."""

import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from steepest.solvers.sandbox.inside.channel import Channel

Worker = Callable[[dict[str, Any], bytes, Channel], None]


@dataclass
class Conversation:
    """The supervisor's ends of a worker that runs in a thread."""

    pid: int
    counter: None
    _send: int
    _receive: int
    _thread: threading.Thread

    def send(self, data: bytes) -> None:
        os.write(self._send, data)

    def read_line(self) -> bytes:
        line = bytearray()
        while (byte := os.read(self._receive, 1)) != b"\n":
            assert byte, "the worker hung up"
            line += byte
        return bytes(line)

    def close(self) -> list[dict[str, Any]]:
        """Hang up, and give the lines that are left."""
        os.close(self._send)
        rest = b"".join(iter(lambda: os.read(self._receive, 1 << 20), b""))
        self._thread.join()
        os.close(self._receive)
        return [json.loads(line) for line in rest.splitlines()]


Start = Callable[[Worker, Mapping[str, Any], Mapping[str, Any]], Conversation]


@pytest.fixture
def start() -> Start:
    """Starts a worker: `start(run, {"function": "f", "screening": True}, {"source": ..., "calls": [...]})`."""

    def begin(run: Worker, header: Mapping[str, Any], request: Mapping[str, Any]) -> Conversation:
        (worker_reads, we_send), (we_receive, worker_writes) = os.pipe(), os.pipe()

        def work() -> None:
            try:
                run(dict(header), json.dumps(request).encode(), Channel(worker_reads, worker_writes))
            finally:
                os.close(worker_writes)
                os.close(worker_reads)

        thread = threading.Thread(target=work)
        thread.start()
        return Conversation(os.getpid(), None, we_send, we_receive, thread)

    return begin
