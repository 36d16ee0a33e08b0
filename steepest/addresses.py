"""Addresses that a server listens on."""

import errno
import socket
from ipaddress import ip_address

from steepest.errors import InputError

__all__ = ["is_loopback", "listening"]


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the host."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def listening(host: str, port: int) -> socket.socket:
    """A socket that nobody else listens on, so that an address is told only where it is ours.

    Raises:
        InputError: The port is taken, or the host is none of this machine's.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((str(address[0]), port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise InputError(f"port {port} of {host} is in use: take another, or end what listens there.") from error
        raise InputError(f"{host}:{port} can't be listened on: {error.strerror or error}.") from error
