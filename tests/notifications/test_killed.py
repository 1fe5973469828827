"""kill -9 at any moment: nothing is lost, and nothing has a second id."""

import random
import subprocess
import sys
import time
from pathlib import Path

from models.database import transaction
from models.messages import Delivery, DeliveryState, OutboxMessage
from models.people import Membership, Person, Role
from notifications.counts import Counts
from notifications.deliver import deliver
from tests.notifications.peers import WebPeer
from tests.notifications.world import FRIDAY, LONG_AGO, World, stored

PEOPLE = 300
WITH_CHANNEL = 5  # of them; each is a post over HTTP

SENDER = """
import sys
from datetime import datetime
from models.database import bind
from models.home import find_home
from models.settings import Settings
from notifications.deliver import deliver

home = find_home(Settings(home=sys.argv[1]))
bind(home.database_url)
print("ready", flush=True)
deliver(home=home, clock=lambda: datetime.fromisoformat(sys.argv[2]))
"""


class TestKilled:
    """A sender that was killed is followed by one that sends the rest, without waiting for its leases."""

    def test_nothing_is_lost_and_no_mail_is_there_twice(self, world: World, web: WebPeer) -> None:
        self.many_heads(world)
        for person in stored(Person)[-WITH_CHANNEL:]:
            world.channel(person, web.url("ok"))
        world.queue_rung("H")
        dice = random.Random(7)  # the moments differ with the machine's speed; the promise holds at all of them

        for _ in range(3):
            self.run_and_kill(world.home.path, after=dice.uniform(0.0, 0.25))
        left = deliver(home=world.home, clock=lambda: FRIDAY)

        rows = stored(Delivery)
        mails = {row.message_id for row in rows if row.route == "mail"}
        assert left != Counts(), "every kill came too late to show anything"
        assert len(rows) == PEOPLE + 1
        assert {row.state for row in rows} == {DeliveryState.SENT}
        assert {file.name for file in world.home.mail.iterdir()} == {f"{one}.eml" for one in mails}
        posted = {row.message_id for row in rows if row.route != "mail"}
        assert all(any(one in body for body in web.taken) for one in posted)
        assert stored(OutboxMessage)[0].expanded_at == FRIDAY

    def many_heads(self, world: World) -> None:
        with transaction() as session:
            for number in range(PEOPLE):
                person = Person(email=f"p{number}@kudus.go.id", name=f"Person {number}")
                session.add(person)
                session.flush()
                session.add(
                    Membership(person_id=person.id, role=Role.PIMPINAN_UNIT, unit_id=world.unit.id, since=LONG_AGO)
                )

    def run_and_kill(self, home: Path, *, after: float) -> None:
        command = [sys.executable, "-c", SENDER, str(home), FRIDAY.isoformat()]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as sender:
            assert sender.stdout
            sender.stdout.readline()
            time.sleep(after)
            sender.kill()
