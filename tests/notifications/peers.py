"""Real servers on loopback for messages to arrive at, or not."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class WebPeer:
    """Answers by path: /ok takes it, /broken says 500, /hang never answers."""

    port: int = 0
    taken: list[str] = field(default_factory=list)
    freed: Event = field(default_factory=Event)

    def url(self, path: str, *, login: str = "", query: str = "") -> str:
        return f"json://{login}127.0.0.1:{self.port}/{path}{query}"


@contextmanager
def web_peer() -> Iterator[WebPeer]:
    peer = WebPeer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path.startswith("/hang"):
                peer.freed.wait(10)
                return
            if self.path.startswith("/ok"):
                peer.taken.append(body)
            self.send_response(500 if self.path.startswith("/broken") else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    peer.port = server.server_port
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield peer
    finally:
        peer.freed.set()
        server.shutdown()
        server.server_close()


@dataclass
class MailPeer:
    port: int = 0
    taken: list[Message] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@contextmanager
def mail_peer() -> Iterator[MailPeer]:
    peer = MailPeer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        peer.port = free.getsockname()[1]
    controller = Controller(
        peer,
        hostname="127.0.0.1",
        port=peer.port,
        authenticator=lambda *_: AuthResult(success=True),
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield peer
    finally:
        controller.stop()
