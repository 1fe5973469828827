"""Where all messages go: a server that counts how often each arrives, and takes its time as real ones do."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from zi.loopback import HERE

MESSAGE_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
TAKES = 0.15  # seconds for one message


class Sink:
    """`arrived` has the id of each message, and how many copies came."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.server = server
        self.arrived: Counter[bytes] = Counter()
        self.lock = Lock()

    @property
    def address(self) -> str:
        return f"json://{HERE}:{self.server.server_port}"

    def take(self, body: bytes) -> None:
        found = MESSAGE_ID.search(body)
        with self.lock:
            self.arrived[found.group() if found else b"no id"] += 1


@contextmanager
def open_sink() -> Iterator[Sink]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sink.take(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(TAKES)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            with suppress(OSError):  # whoever posted has gone
                self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    with Server((HERE, 0), Handler) as server:
        sink = Sink(server)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        try:
            yield sink
        finally:
            server.shutdown()
