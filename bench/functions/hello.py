"""The sample function on Python: the HTTP server of the standard library.

A request with the header X-Coldstart-Duration-Us is answered so many microseconds later.
Port and address come from $PORT (8080) and $HOST (127.0.0.1).
"""

import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY = b"hello from coldstart\n"


class Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # buffer the answer: head and body leave in one write
    disable_nagle_algorithm = True

    def do_GET(self):
        work_us = int(self.headers.get("X-Coldstart-Duration-Us", "0"))
        if work_us > 0:
            time.sleep(work_us / 1e6)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, format, *args):
        pass


# Process 1 of a container gets no signal that it does not handle. Elsewhere SIGTERM ends it at once: a
# handler waits for the interpreter, which looks at most twice a second while nothing is requested, if the
# signal comes at the wrong moment.
if os.getpid() == 1:
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(0))

address = (os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8080")))
ThreadingHTTPServer(address, Hello).serve_forever()
