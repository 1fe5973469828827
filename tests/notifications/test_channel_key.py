"""The key is changed, and whatever happens meanwhile every address still opens."""

import random
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models.audit import AuditRecord, AuditText
from models.database import reading, transaction
from models.errors import Refused, StorageFailed
from models.messages import Channel
from models.people import Person, Role
from models.sealing import add_key, new_key, opens_with_newest, unseal
from models.trail import Via
from notifications.channel_key import forget_old_key, rotate_channel_key, seal_anew
from notifications.channels import add_channel
from states.actors import Actor, find_actor
from tests.notifications.world import FRIDAY, World, stored

in_both = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
URLS = [f"json://zi:s3cr3t@127.0.0.1:9/{number}" for number in range(40)]

ROTATE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from models.database import bind, reading
from models.trail import Via
from notifications.channel_key import rotate_channel_key
from states.actors import find_actor

bind(sys.argv[1])
now = datetime.fromisoformat(sys.argv[3])
with reading() as session:
    admin = find_actor(session, "admin@kudus.go.id", today=now.date(), via=Via.CLI)
while True:
    rotate_channel_key(actor=admin, now=now, key_file=Path(sys.argv[2]))
    print("once more", flush=True)
"""


@pytest.fixture
def key_file(world: World) -> Path:
    """Of a home with some channels."""
    for url in URLS:
        world.channel(world.head, url)
    world.person("admin@kudus.go.id", "Admin", Role.ADMIN)
    return world.home.channel_key


def actor(email: str) -> Actor:
    with reading() as session:
        return find_actor(session, email, today=FRIDAY.date(), via=Via.CLI)


def rotate(key_file: Path, *, by: str = "admin@kudus.go.id") -> int:
    return rotate_channel_key(actor=actor(by), now=FRIDAY, key_file=key_file)


def opened(key_file: Path) -> list[str]:
    return [unseal(row.sealed_url, key_file=key_file) for row in sorted(stored(Channel), key=lambda row: row.id)]


class TestRotating:
    """All addresses are sealed with the new key, and the old one opens none of them."""

    @in_both
    def test_the_new_key_alone_opens_all(self, key_file: Path) -> None:
        old = key_file.read_bytes()

        assert rotate(key_file) == len(URLS)

        assert opened(key_file) == URLS
        assert (len(key_file.read_bytes().split()), stat.S_IMODE(key_file.stat().st_mode)) == (1, 0o600)
        key_file.write_bytes(old)
        with pytest.raises(StorageFailed):
            opened(key_file)

    def test_the_trail_tells_how_many_and_no_key(self, key_file: Path) -> None:
        rotate(key_file)

        leaves = [row.leaf for row in stored(AuditRecord)]
        assert '"action":"channel_key_rotated"' in leaves[-1]
        assert '"details":{"channels":40}' in leaves[-1]
        assert stored(AuditText) == []
        assert not any(key.decode() in leaf for key in key_file.read_bytes().split() for leaf in leaves)

    def test_only_an_admin_may(self, key_file: Path) -> None:
        before = key_file.read_bytes()

        with pytest.raises(Refused):
            rotate(key_file, by="ani@kudus.go.id")

        assert key_file.read_bytes() == before

    def test_an_address_that_no_key_opens_stops_it_and_nothing_is_lost(self, key_file: Path) -> None:
        with transaction() as session:
            session.get_one(Channel, 1).sealed_url = b"nonsense"

        with pytest.raises(StorageFailed):
            rotate(key_file)

        assert [unseal(row.sealed_url, key_file=key_file) for row in stored(Channel) if row.id > 1] == URLS[1:]

    def test_a_key_file_that_is_gone_is_not_made_anew(self, key_file: Path) -> None:
        key_file.unlink()

        with pytest.raises(StorageFailed):
            rotate(key_file)

        assert not key_file.exists()


class TestKilledBetween:
    """Each step may be the last: every address opens, new ones can be sealed, and a later rotation ends the work."""

    def test_after_the_new_key_was_written(self, key_file: Path) -> None:
        add_key(key_file)

        assert opened(key_file) == URLS
        rotate(key_file)
        assert opened(key_file) == URLS
        assert len(key_file.read_bytes().split()) == 1

    def test_after_the_addresses_were_committed(self, key_file: Path) -> None:
        seal_anew(actor=actor("admin@kudus.go.id"), now=FRIDAY, key_file=key_file)

        assert len(key_file.read_bytes().split()) == 2
        assert opened(key_file) == URLS
        rotate(key_file)
        assert opened(key_file) == URLS

    def test_an_older_key_is_kept_while_an_address_needs_it(self, key_file: Path) -> None:
        """One process was killed with a new key written, while another was about to forget."""
        add_key(key_file)

        assert not forget_old_key(key_file=key_file)

        assert opened(key_file) == URLS

    def test_an_address_added_in_between_is_sealed_with_the_new_key(self, world: World, key_file: Path) -> None:
        seal_anew(actor=actor("admin@kudus.go.id"), now=FRIDAY, key_file=key_file)
        person: Person = world.head

        row = add_channel(
            person.email,
            "json://127.0.0.1:9/n",
            actor=actor(person.email),
            now=FRIDAY,
            key_file=key_file,
            untested=True,
        )

        sealed = next(one.sealed_url for one in stored(Channel) if one.id == row.id)
        assert opens_with_newest(sealed, key_file=key_file)
        assert forget_old_key(key_file=key_file)

    @in_both
    def test_at_any_moment(self, bound: str, key_file: Path) -> None:
        dice = random.Random(7)  # the moments differ with the machine's speed; the promise holds at all of them
        command = [sys.executable, "-c", ROTATE, bound, str(key_file), FRIDAY.isoformat()]

        for _ in range(2):
            with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
                assert process.stdout
                process.stdout.readline()
                time.sleep(dice.uniform(0.0, 0.1))
                process.kill()
            assert opened(key_file) == URLS

    def test_a_draft_of_somebody_who_died_is_in_nobodys_way(self, key_file: Path) -> None:
        key_file.with_name(f".{key_file.name}.new").write_bytes(new_key())

        rotate(key_file)

        assert opened(key_file) == URLS
        assert [file.name for file in key_file.parent.iterdir()] == [key_file.name]
