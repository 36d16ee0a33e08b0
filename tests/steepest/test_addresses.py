"""Addresses that a server listens on."""

import socket

import pytest

from steepest.addresses import is_loopback, listening
from steepest.errors import InputError


@pytest.mark.parametrize(
    ("host", "is_near"),
    [
        ("localhost", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104
        ("192.0.2.7", False),
        ("10.1.1.1", False),
        ("example.org", False),
    ],
)
def test_loopback_is_this_machine(host: str, is_near: bool) -> None:
    assert is_loopback(host) == is_near


def test_a_port_is_ours_before_it_is_told() -> None:
    with listening("127.0.0.1", 0) as ours:
        port = ours.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), timeout=10):
            pass
        with pytest.raises(InputError, match=f"port {port} of 127.0.0.1 is in use"):
            listening("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.7", "no-such-host.invalid"])
def test_what_is_not_of_this_machine_is_refused(host: str) -> None:
    with pytest.raises(InputError, match=f"{host}:8390 can't be listened on"):
        listening(host, 8390)
