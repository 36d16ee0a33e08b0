# Speaks to the server by its control socket, if that is among its descriptors, and passes descriptors of its own.
# job: function | ends: completed | reaches: out
import array
import socket


def attack():
    roads = {}
    for fd in range(64):
        roads[f"said_{fd}"] = lambda fd=fd: socket.socket(fileno=os.dup(fd)).send(b'{"kind": "script"}')
        roads[f"passed_{fd}"] = lambda fd=fd: passed(fd)
    return breaches(pair=lambda: socket.socketpair(), **roads)


def passed(fd):
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2, 3]))]
    return socket.socket(fileno=os.dup(fd)).sendmsg([b"x"], rights)
