# Sends by UDP, which Landlock's network rules do not cover.
# job: function, script | ends: completed | unconfined: breach
import socket

PLACE = ("127.0.0.1", SCENE["udp"])


def attack():
    return breaches(
        sends=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", PLACE),
        connects=connects,
        binds=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(("127.0.0.1", 0)),
    )


def connects():
    caller = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    caller.connect(PLACE)
    return caller.send(b"hello")
