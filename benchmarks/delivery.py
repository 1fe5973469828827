"""Delivery: 10,000 messages that wait in the outbox, to an HTTP and an SMTP server on loopback.

Ours addresses, words, leases, sends and records each; what stands beside it sends the same words and does nothing else.
A bare loop makes one Apprise object for each message, as everybody's own address asks for; the keep-alive client is
httpx or smtplib over one connection. The servers are one process that answers at once, or after 50 ms. Each side is in
processes of its own; a share of throughput is ours for one of theirs.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import func, select, update
from sqlmodel import col

from benchmarks.databases import bound_to, postgres_server, postgres_url, settle, sqlite_url
from benchmarks.rows import Bar, Row
from benchmarks.sinks import sink
from benchmarks.sizes import Size
from benchmarks.timing import rate
from models.database import reading, transaction
from models.home import Home, finish_home, make_home
from models.inserts import in_pieces
from models.messages import Channel, Delivery, DeliveryState
from models.sealing import seal
from models.settings import Settings
from notifications.compose import compose
from notifications.parcel import load_parcels
from tests.notifications.crowd import SENDER, gather
from tests.notifications.world import FRIDAY, World

SHARE = Bar(0.6, "at_least")
SPEED_UP = Bar(3, "at_least")
SLOW = 50  # ms that the slow server takes for each message
RUNGS = 5  # messages to each head
ROUNDS = 3

ADDRESSES = {
    "http": "json://127.0.0.1:{port}/ok",
    "smtp": "mailto://127.0.0.1:{port}?from=zi@contoh.invalid&to=kepala@contoh.invalid&format=text",
}

# What is slow to load is loaded before anything is measured, as it is by the others and in a process that stays.
OURS = f"""
from notifications.address import open_address
open_address("json://127.0.0.1")
{SENDER}"""

BARE = """
import json, sys
from apprise import Apprise
letters = json.load(open(sys.argv[1]))
url = sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for title, body in letters:
    one = Apprise()
    one.add(url)
    assert one.notify(body=body, title=title)
"""

KEEP_ALIVE = {
    "http": """
import json, sys, httpx
letters = json.load(open(sys.argv[1]))
url = sys.argv[2].replace("json:", "http:")
print("ready", flush=True)
sys.stdin.readline()
with httpx.Client() as client:
    for title, body in letters:
        message = {"version": "1.0", "title": title, "message": body, "attachments": [], "type": "info"}
        client.post(url, json=message).raise_for_status()
""",
    "smtp": """
import json, sys, smtplib
from email.message import EmailMessage
from urllib.parse import urlsplit
letters = json.load(open(sys.argv[1]))
port = urlsplit(sys.argv[2]).port
print("ready", flush=True)
sys.stdin.readline()
with smtplib.SMTP("127.0.0.1", port) as client:
    for title, body in letters:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "zi@contoh.invalid", "kepala@contoh.invalid", title
        mail.set_content(body)
        client.send_message(mail)
""",
}


def measure(size: Size) -> Iterator[Row]:
    number = size.of(10_000, 200)
    with sqlite_url() as url, bound_to(url), post_office(url, number) as post:
        yield from _beside_loops(post, "SQLite", size)
    with postgres_server() as server, postgres_url(server) as url, bound_to(url), post_office(url, number) as post:
        yield from _beside_loops(post, "PostgreSQL", size)
        yield from _many(post, size)


@dataclass
class Post:
    """So many messages, each addressed, worded once for the others, and sent as often as is measured."""

    home: Home
    url: str
    letters: Path
    number: int

    def aim(self, kind: str, port: int) -> str:
        """Let every channel lead there; returns the address."""
        address = ADDRESSES[kind].format(port=port)
        with transaction() as session:
            sealed = seal(address, key_file=self.home.channel_key)
            session.execute(update(Channel).values(sealed_url=sealed, kind=address.partition(":")[0]))
        return address

    def sent_by(self, processes: int, number: int) -> float:
        """Seconds in which so many senders at once have sent them all."""
        queued = {"state": DeliveryState.QUEUED, "attempts": 0, "sent_at": None, "first_tried_at": None}
        others = col(Delivery.id) > select(func.min(col(Delivery.id)) + number - 1).scalar_subquery()
        with transaction() as session:
            session.execute(update(Delivery).values(**queued, next_try_at=FRIDAY))
            session.execute(update(Delivery).where(others).values(state=DeliveryState.CANCELLED))
        settle()
        command = [sys.executable, "-c", OURS, str(self.home.path), self.url, FRIDAY.isoformat()]
        took = together([command] * processes)
        with reading() as session:
            sent = select(func.count()).where(col(Delivery.state) == DeliveryState.SENT)
            arrived = session.execute(sent).scalar_one()
        if arrived != number:
            raise RuntimeError(f"{arrived} of {number} messages were sent")
        return took


@contextmanager
def post_office(url: str, number: int) -> Iterator[Post]:
    with tempfile.TemporaryDirectory(prefix="zi-bench-") as folder:
        home = make_home(Settings(home=Path(folder) / "home", database_url=url), sandbox=True)
        finish_home(home)
        gather(World(home), heads=number // RUNGS, url="json://127.0.0.1")
        letters = Path(folder) / "letters.json"
        letters.write_text(json.dumps(list(_worded())), encoding="utf-8")
        yield Post(home, url, letters, number)


def together(commands: Sequence[list[str]]) -> float:
    """Seconds from the moment when all of them are ready until the last has ended."""
    with ExitStack() as stack:
        ones = [stack.enter_context(_ready(command)) for command in commands]
        began = perf_counter()
        for one in ones:
            assert one.stdin  # noqa: S101
            one.stdin.write("go\n")
            one.stdin.flush()
        codes = [one.wait() for one in ones]
        took = perf_counter() - began
    if any(codes):
        raise RuntimeError(f"they ended with {codes}, see above")
    return took


def _ready(command: list[str]) -> "subprocess.Popen[str]":
    """A process that has said that it is."""
    one = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    assert one.stdout  # noqa: S101
    one.stdout.readline()
    return one


def _beside_loops(post: Post, database: str, size: Size) -> Iterator[Row]:
    """One process of ours beside one of each of theirs, in turns."""
    for kind in ADDRESSES:
        with sink(kind) as port:
            address = post.aim(kind, port)
            bare = [sys.executable, "-c", BARE, str(post.letters), address]
            alive = [sys.executable, "-c", KEEP_ALIVE[kind], str(post.letters), address]
            took: dict[str, list[float]] = {"ours": [], "bare": [], "alive": []}
            for _ in range(size.of(ROUNDS, 1)):
                took["ours"].append(post.sent_by(1, post.number))
                took["bare"].append(together([bare]))
                took["alive"].append(together([alive]))
        ours, loop, kept = (median(took[one]) for one in ("ours", "bare", "alive"))
        what, said = f"{post.number:,} messages over {kind.upper()}, {database}", rate(post.number, ours, "messages")
        yield Row(what, said, "a bare apprise.notify loop", rate(post.number, loop, "messages"), loop / ours, SHARE)
        yield Row(what, said, "a keep-alive client", rate(post.number, kept, "messages"), kept / ours)


def _many(post: Post, size: Size) -> Iterator[Row]:
    """Two and four processes beside one, at the slow server and at one that answers at once."""
    for wait, number in ((SLOW, size.of(4_000, 200)), (0, post.number)):
        with sink("http", wait_ms=wait) as port:
            post.aim("http", port)
            took = {processes: post.sent_by(processes, number) for processes in (1, 2, 4)}
        for processes in (2, 4):
            what = f"{number:,} messages, {processes} processes, a server of {wait} ms"
            bar = SPEED_UP if (processes, wait) == (4, SLOW) else None
            one, many = (rate(number, took[count], "messages") for count in (1, processes))
            yield Row(what, many, "one process", one, took[1] / took[processes], bar)


def _worded() -> Iterator[tuple[str, str]]:
    """Subject and text of each message, as they are sent."""
    with reading() as session:
        ids = session.execute(select(col(Delivery.id)).order_by(col(Delivery.id))).scalars().all()
        for piece in in_pieces(ids, 500):
            letters = compose(session, load_parcels(session, piece), now=FRIDAY)
            yield from ((letter.subject, letter.body) for letter in letters.values() if letter)


if __name__ == "__main__":
    for row in measure(Size(quick="--quick" in sys.argv)):
        print(row.what, "|", row.ours, "|", row.beside, "|", row.theirs, "|", row.figure, row.verdict, flush=True)
