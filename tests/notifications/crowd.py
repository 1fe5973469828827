"""A crowd to send messages to, senders of their own processes, and a sink that counts what arrives."""

import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlmodel import col

from models.agencies import Unit
from models.candidacies import Candidacy, Level, StageEntry
from models.database import reading, transaction
from models.messages import Channel, Delivery, DeliveryState, Notice, OutboxMessage
from models.obligations import Obligation, ObligationKind
from models.people import Membership, Person, Role
from models.sealing import seal
from models.stages import Stage
from notifications.expand import expand_outbox
from states.ladder import LADDER
from tests.notifications.world import DUE, FRIDAY, LONG_AGO, World

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")

SENDER = """
import sys
from datetime import UTC, datetime
from models.database import bind
from models.home import find_home
from models.settings import Settings
from notifications.deliver import deliver

home = find_home(Settings(home=sys.argv[1]))
bind(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
began = datetime.now(UTC)
deliver(home=home, clock=lambda: datetime.fromisoformat(sys.argv[3]) + (datetime.now(UTC) - began))
"""

SINK = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        taken.write(self.rfile.read(int(self.headers["Content-Length"])) + b"\\n")
        taken.flush()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *args):
        pass

taken = open(sys.argv[1], "ab", buffering=0)
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
server.request_queue_size = 128
server.socket.listen(128)
print(server.server_port, flush=True)
server.serve_forever()
"""


Sender = subprocess.Popen[str]


@dataclass(frozen=True)
class Figures:
    messages: int
    arrived: int  # different messages
    copies: int  # beyond the first of each
    kills: int
    seconds: float
    states: dict[DeliveryState, int]


@contextmanager
def sink(path: Path) -> Iterator[int]:
    """The port of a server in a process of its own that writes each message it takes on one line."""
    path.touch()
    with subprocess.Popen([sys.executable, "-c", SINK, str(path)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


def gather(world: World, *, heads: int, url: str) -> None:
    """So many unit heads, each with a unit in its self-assessment and one channel, and every rung up to H queued."""
    rungs = [rung.name for rung in LADDER if "+" not in rung.name]
    for first in range(0, heads, 500):
        with transaction() as session:
            for number in range(first, min(first + 500, heads)):
                unit = Unit(code=f"U{number}", name=f"Unit {number}", agency_id=world.agency.id)
                head = Person(email=f"kepala{number}@kudus.go.id", name=f"Kepala {number}")
                session.add_all([unit, head])
                session.flush()
                case = Candidacy(
                    code=f"U{number}-2026",
                    unit_id=unit.id,
                    cycle_id=world.cycle.id,
                    target=Level.WBK,
                    stage=Stage.SELF_ASSESSMENT,
                )
                sealed = seal(f"{url}/{number}", key_file=world.home.channel_key)
                session.add_all(
                    [
                        case,
                        Membership(person_id=head.id, role=Role.PIMPINAN_UNIT, unit_id=unit.id, since=LONG_AGO),
                        Channel(person_id=head.id, sealed_url=sealed, masked_url=url, kind="json", added_at=FRIDAY),
                    ]
                )
                session.flush()
                entry = StageEntry(
                    candidacy_id=case.id,
                    number=0,
                    stage=Stage.SELF_ASSESSMENT,
                    move="open",
                    entered_on=LONG_AGO,
                    entered_at=FRIDAY,
                    due_on=DUE,
                    recorded_by=world.koordinator.id,
                )
                session.add(entry)
                session.flush()
                owed = Obligation(
                    candidacy_id=case.id,
                    entry_id=entry.id,
                    kind=ObligationKind.STAGE,
                    owed_by=Role.PIMPINAN_UNIT,
                    due_on=DUE,
                    opened_at=FRIDAY,
                )
                session.add(owed)
                session.flush()
                session.execute(insert(OutboxMessage), [_rung(case, owed, name) for name in rungs])
    expand_outbox(now=FRIDAY)


def send_and_kill(
    world: World, database: str, taken: Path, *, processes: int, kills: int, between: tuple[float, float], seed: int
) -> Figures:
    """Several senders at once; now and then one is killed, and another takes its place. Ends when nothing is queued."""
    dice = random.Random(seed)  # the moments differ with the machine's speed; the promise holds at all of them
    began, killed = time.monotonic(), 0
    command = [sys.executable, "-c", SENDER, str(world.home.path), database, FRIDAY.isoformat()]
    senders = [_start(command) for _ in range(processes)]
    for one in senders:
        _line(one)  # all are ready before the first begins
    try:
        for one in senders:
            _go(one)
        while queued():
            time.sleep(dice.uniform(*between))
            alive = [place for place, one in enumerate(senders) if one.poll() is None]
            holders = _lease_holders()
            busy = [place for place in alive if senders[place].pid in holders]
            if busy and killed < kills:  # one that has not begun would show nothing
                place = dice.choice(busy)
                senders[place].kill()
                killed += 1
            elif alive:
                continue
            else:
                place = 0  # whoever comes takes back what the dead had leased
            senders[place].communicate()  # closes its pipes
            senders[place] = _go(_start(command))
    finally:
        for one in senders:
            with one:  # closes its pipes
                try:
                    one.wait(timeout=60)
                finally:
                    one.kill()
    return what_arrived(taken, kills=killed, seconds=time.monotonic() - began)


def what_arrived(taken: Path, *, kills: int, seconds: float = 0.0) -> Figures:
    """What the sink has, beside what the database says."""
    bodies = [json.loads(line)["message"] for line in taken.read_text().splitlines()]
    found = Counter(one for body in bodies for one in ID.findall(body)[-1:])
    with reading() as session:
        rows = session.execute(select(col(Delivery.state), func.count()).group_by(col(Delivery.state)))
        states = {state: count for state, count in rows}
        ids = set(session.execute(select(col(Delivery.message_id))).scalars())
    assert set(found) <= ids, "a message arrived that nobody was to send"
    return Figures(len(ids), len(found), found.total() - len(found), kills, seconds, states)


def queued() -> int:
    with reading() as session:
        query = select(func.count()).select_from(Delivery).where(col(Delivery.state) == DeliveryState.QUEUED)
        left: int = session.execute(query).scalar_one()
        return left


def _lease_holders() -> set[int]:
    """The processes that hold a lease."""
    with reading() as session:
        query = select(col(Delivery.leased_by)).where(col(Delivery.state) == DeliveryState.QUEUED).distinct()
        return {int(holder.split("@")[2]) for holder in session.execute(query).scalars() if holder}


def _start(command: list[str]) -> Sender:
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _line(sender: Sender) -> str:
    assert sender.stdout
    return sender.stdout.readline()


def _go(sender: Sender) -> Sender:
    assert sender.stdin
    sender.stdin.write("go\n")
    sender.stdin.flush()
    return sender


def _rung(case: Candidacy, owed: Obligation, name: str) -> dict[str, object]:
    return {
        "kind": Notice.DUE,
        "subject": f"obligation:{owed.id}:{DUE}:{name}",
        "candidacy_id": case.id,
        "obligation_id": owed.id,
        "due_on": DUE,
        "rung": name,
        "roles": Role.PIMPINAN_UNIT.value,
        "queued_at": FRIDAY,
    }
