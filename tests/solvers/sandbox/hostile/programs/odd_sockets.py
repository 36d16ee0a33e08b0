# Opens the sockets nobody thinks of: netlink talks to the kernel, raw and packet sockets forge, AF_ALG had holes.
# job: function | ends: completed | unconfined: breach
import socket

FAMILIES = {
    "netlink": (16, socket.SOCK_RAW, 0),
    "packet": (17, socket.SOCK_RAW, 0x0300),
    "raw": (2, socket.SOCK_RAW, 1),
    "alg": (38, socket.SOCK_SEQPACKET, 0),
    "vsock": (40, socket.SOCK_STREAM, 0),
    "bluetooth": (31, socket.SOCK_RAW, 1),
    "can": (29, socket.SOCK_RAW, 1),
    "xdp": (44, socket.SOCK_RAW, 0),
    "tipc": (30, socket.SOCK_RDM, 0),
}


def attack():
    return breaches(**{name: lambda kind=kind: socket.socket(*kind).fileno() for name, kind in FAMILIES.items()})
