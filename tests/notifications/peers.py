"""Real servers on loopback for messages to arrive at, or not."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class WebPeer:
    """Answers by path.

    /ok takes it, /broken says 500, /status/404 says 404, /busy says 429 with Retry-After, /hang takes it and
    never answers, /cut takes it and closes in the middle of its answer, /mended says 404 until it is `mended`.
    """

    port: int = 0
    taken: list[str] = field(default_factory=list)
    asked: int = 0
    mended: bool = False
    retry_after: str = "120"
    body: str = ""  # of every answer that is none of success
    freed: Event = field(default_factory=Event)

    def url(self, path: str, *, login: str = "", query: str = "") -> str:
        return f"json://{login}127.0.0.1:{self.port}/{path}{query}"

    def status(self, path: str) -> int:
        word, _, number = path.strip("/").partition("/")
        if word == "status":
            return int(number.split("/")[0].split("?")[0])
        return {"broken": 500, "busy": 429, "mended": 200 if self.mended else 404}.get(word.split("?")[0], 200)


@contextmanager
def web_peer() -> Iterator[WebPeer]:
    peer = WebPeer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            peer.asked += 1
            status = peer.status(self.path)
            if self.path.startswith(("/ok", "/hang", "/cut", "/mended")) and status == 200:
                peer.taken.append(body)
            if self.path.startswith("/hang"):
                peer.freed.wait(10)
                return
            answer = b"" if status == 200 else peer.body.encode()
            self.send_response(status)
            if self.path.startswith("/busy"):
                self.send_header("Retry-After", peer.retry_after)
            self.send_header("Content-Length", "1000" if self.path.startswith("/cut") else str(len(answer)))
            self.end_headers()
            self.wfile.write(b"half" if self.path.startswith("/cut") else answer)

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
    """Takes everything, but for recipients named in `refused` and whatever `after_data` says instead."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)  # by address: the answer, such as "550 5.1.1 no such user"
    after_data: str = "250 OK"
    login: bool = True  # whether it takes the password

    def url(self, to: str) -> str:
        return f"mailto://zi:pw@127.0.0.1:{self.port}?to={to}&from=zi@kudus.go.id"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if answer := self.refused.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        if self.after_data.startswith("250"):
            self.taken.append(message_from_bytes(envelope.content, policy=default))
        return self.after_data


@contextmanager
def mail_peer() -> Iterator[MailPeer]:
    peer = MailPeer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        peer.port = free.getsockname()[1]
    controller = Controller(
        peer,
        hostname="127.0.0.1",
        port=peer.port,
        authenticator=lambda *_: AuthResult(success=peer.login, handled=False),
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield peer
    finally:
        controller.stop()
