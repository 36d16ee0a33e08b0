# Looks names up: a DNS query carries data in the name, so it is a way out even where connections are refused.
# job: function | ends: completed | unconfined: breach
import socket


def attack():
    query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06secret\x07example\x00\x00\x01\x00\x01"
    return breaches(
        localhost=lambda: socket.getaddrinfo("localhost", 80),
        by_file=lambda: socket.gethostbyname("localhost"),
        query=lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(query, ("127.0.0.1", SCENE["udp"])),
    )
