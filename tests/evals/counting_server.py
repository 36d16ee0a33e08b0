"""A server of answers that counts how often each question is asked."""

import hashlib
import json
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Server(socketserver.ThreadingTCPServer):
    """Answers questions, and counts how often each is asked."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked = Counter()
        self.lock = threading.Lock()

    def handle_error(self, request, address):
        """A killed client hangs up, which is what the tests are about."""

    @property
    def port(self):
        return self.server_address[1]


class Answering(socketserver.StreamRequestHandler):
    def handle(self):
        question = json.loads(self.rfile.readline())
        with self.server.lock:
            self.server.asked[question] += 1
        draw = int(hashlib.sha256(question.encode()).hexdigest()[:4], 16)
        seconds = draw % 30 / 1000
        time.sleep(seconds)
        reply = {
            "text": str(draw % 7),
            "tokens": draw % 20,
            "cost": f"0.{draw % 1000:04d}",
            "seconds": seconds,
        }
        self.wfile.write(json.dumps(reply).encode() + b"\n")


@contextmanager
def serving() -> Iterator[Server]:
    """A server at work."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
