# Reaches local services by unix sockets (the Docker daemon, an ssh agent, D-Bus), by path and by abstract name.
# job: function, script | ends: completed | unconfined: breach
import socket


def attack():
    return breaches(
        by_path=lambda: socket.socket(socket.AF_UNIX).connect(SCENE["unix"]),
        by_abstract_name=lambda: socket.socket(socket.AF_UNIX).connect(SCENE["abstract"]),
        pair=lambda: [end.fileno() for end in socket.socketpair()],
        binds=lambda: socket.socket(socket.AF_UNIX).bind("\0" + SCENE["mark"] + "-server"),
        datagram=lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).connect(SCENE["abstract"]),
    )
