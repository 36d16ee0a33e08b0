# Dials out by TCP in several ways: whoever can dial out can carry away whatever he reads.
# job: function, script | ends: completed | unconfined: breach
import asyncio
import socket
import urllib.request

PLACE = ("127.0.0.1", SCENE["tcp"])


def attack():
    return breaches(
        create_connection=lambda: socket.create_connection(PLACE, 1),
        plain=lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(PLACE),
        nonblocking=nonblocking,
        fast_open=lambda: socket.socket().sendto(b"hello", getattr(socket, "MSG_FASTOPEN", 0x20000000), PLACE),
        mapped=lambda: socket.socket(socket.AF_INET6).connect(("::ffff:127.0.0.1", SCENE["tcp"])),
        urlopen=lambda: urllib.request.urlopen("http://127.0.0.1:%d" % SCENE["tcp"], timeout=0.2),
        event_loop=lambda: asyncio.run(asyncio.open_connection(*PLACE)),
    )


def nonblocking():
    caller = socket.socket()
    caller.setblocking(False)
    return caller.connect_ex(PLACE) in (0, 115)
