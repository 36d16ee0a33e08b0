# Listens by TCP, so that somebody outside can talk to the job, or take the port of a real service.
# job: function | ends: completed | unconfined: breach
import socket
import socketserver


def attack():
    return breaches(
        listens=lambda: socket.socket().listen(),
        binds=lambda: socket.socket().bind(("127.0.0.1", 0)),
        serves=lambda: socketserver.TCPServer(("127.0.0.1", 0), None).server_address[0],
        everywhere=lambda: socket.create_server(("", 0)).fileno() >= 0,
    )
