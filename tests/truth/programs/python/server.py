"""Imports a slow module, then answers one request a connection."""

import time

BEGUN = time.clock_gettime_ns(time.CLOCK_MONOTONIC)

import os
import signal
import socket

import slow_module  # noqa: F401  what is measured
import truth_delay

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 21\r\nConnection: close\r\n\r\n"
    b"hello from coldstart\n"
)

truth_delay.log("main", BEGUN, BEGUN)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(os.environ["PORT"])))
begin = truth_delay.now()
listener.listen()
truth_delay.log("listen", begin, truth_delay.now())
while True:
    begin = truth_delay.now()
    connection, _ = listener.accept()
    connection.recv(4096)
    received = truth_delay.now()
    # The client has its answer before we have logged when we sent it, and ends us then.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    begin_send = truth_delay.now()
    connection.sendall(ANSWER)
    sent = truth_delay.now()
    truth_delay.log("receive", begin, received)
    truth_delay.log("send", begin_send, sent)
    connection.close()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
