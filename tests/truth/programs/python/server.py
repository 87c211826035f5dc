"""Imports a slow module, then answers one request a connection."""

import os
import socket

import slow_module  # noqa: F401  what is measured
import truth_delay

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 21\r\nConnection: close\r\n\r\n"
    b"hello from coldstart\n"
)

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(os.environ["PORT"])))
begin = truth_delay.now()
listener.listen()
truth_delay.log("listen", begin, truth_delay.now())
while True:
    connection, _ = listener.accept()
    connection.recv(4096)
    connection.sendall(ANSWER)
    connection.close()
