"""Every new checkpoint reaches every witness once, whole: what lies in their mailbox verifies by itself."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.checkpoints import Checkpoint
from models.database import reading, transaction
from models.errors import NotFound, Refused
from models.messages import Notice, OutboxMessage
from models.notes import BadNote, TreeHead, VerifierKey, opened
from models.settings import Settings
from models.trail import Pending, Via, record
from notifications.sweeps import checkpoint, deliver
from states.actors import SYSTEM, Actor, find_actor
from states.people import PersonData, add_person, first_admin
from states.trail_reader import records_of
from states.witnesses import add_witness, list_witnesses, remove_witness
from tests.notifications.test_words import letter_to
from tests.notifications.world import FRIDAY, World, stored

WITNESS = "saksi@provinsi.invalid"


@pytest.fixture
def admin(world: World) -> Actor:
    """Of a world with one witness, who has no role anywhere."""
    with transaction() as session:
        first_admin(session, PersonData("admin@kudus.go.id", "Admin"), author=SYSTEM, now=FRIDAY)
    found = acting("admin@kudus.go.id")
    add_person(PersonData(WITNESS, "Inspektorat Provinsi"), actor=found, now=FRIDAY)
    add_witness(WITNESS, actor=found, now=FRIDAY)
    return found


def acting(email: str) -> Actor:
    with reading() as session:
        return find_actor(session, email, today=FRIDAY.date(), via=Via.CLI)


def something_happens() -> None:
    with transaction() as session:
        record(session, Pending(SYSTEM, FRIDAY, action="noted", subject="unit:RSUD"))


def a_day(world: World) -> list[int]:
    """Signs and sends; how many were new, were queued, were sent."""
    signed = checkpoint(world.home, Settings(), clock=lambda: FRIDAY)
    return [signed.planned, signed.queued, deliver(world.home, Settings(), clock=lambda: FRIDAY).sent]


def mails(world: World) -> list[EmailMessage]:
    found = [message_from_bytes(path.read_bytes(), policy=default) for path in world.home.mail.glob("*.eml")]
    return [mail for mail in found if WITNESS in mail["To"]]


def copied(mail: EmailMessage) -> tuple[str, str]:
    """The note and the key, as somebody copies them out of the text, from between the marks."""
    body = mail.get_body(("plain",))
    assert body
    note, key, *_ = re.findall(r"(?ms)^```\n(.*?)^```$", body.get_content().replace("\r\n", "\n"))
    return note, key


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
class TestTheMail:
    """Its text holds the signed note, exactly."""

    def test_the_note_in_it_verifies_with_the_key_in_it(self, world: World, admin: Actor) -> None:
        assert a_day(world) == [1, 1, 1]

        [mail] = mails(world)
        note, key = copied(mail)
        [kept] = stored(Checkpoint)
        head = TreeHead.parsed(opened(note, VerifierKey.parsed(key)))
        assert note == kept.note
        assert (head.size, head.root.hex()) == (kept.size, kept.root)
        assert str(kept.size) in mail["Subject"]
        assert admin.email not in note

    def test_a_changed_letter_does_not(self, world: World, admin: Actor) -> None:
        a_day(world)

        note, key = copied(mails(world)[0])

        with pytest.raises(BadNote):
            opened(note.replace("zi/", "zI/", 1), VerifierKey.parsed(key))

    def test_the_short_text_holds_the_note_too(self, world: World, admin: Actor) -> None:
        checkpoint(world.home, Settings(), clock=lambda: FRIDAY)
        [outbox] = [one for one in stored(OutboxMessage) if one.kind is Notice.CHECKPOINT]

        letter = letter_to(world, world.head, outbox)

        assert stored(Checkpoint)[0].note in letter.short


class TestOnceToEach:
    """However often it runs; nothing where nothing happened; to whoever is a witness."""

    def test_ten_runs_send_one(self, world: World, admin: Actor) -> None:
        assert [a_day(world) for _ in range(10)] == [[1, 1, 1], *([[0, 0, 0]] * 9)]
        assert len(mails(world)) == 1

    def test_what_happens_then_makes_the_next(self, world: World, admin: Actor) -> None:
        a_day(world)
        something_happens()

        assert a_day(world) == [1, 1, 1]
        assert len({copied(mail)[0] for mail in mails(world)}) == 2

    def test_who_is_chosen_later_hears_from_the_next_one_on(self, world: World, admin: Actor) -> None:
        a_day(world)
        add_witness(world.head.email, actor=admin, now=FRIDAY)

        assert a_day(world) == [1, 2, 2]  # that somebody was chosen is news, too

    def test_who_was_released_is_not_sent_what_still_waits(self, world: World, admin: Actor) -> None:
        checkpoint(world.home, Settings(), clock=lambda: FRIDAY)
        remove_witness(WITNESS, actor=admin, now=FRIDAY)

        deliver(world.home, Settings(), clock=lambda: FRIDAY)

        assert mails(world) == []


class TestWhoChooses:
    """Admins and auditors; the trail has it."""

    def test_it_stands_in_the_trail(self, admin: Actor) -> None:
        remove_witness(WITNESS, actor=admin, now=FRIDAY)

        with reading() as session:
            [*_, added, removed] = records_of(session)
        assert (added["action"], removed["action"]) == ("witness_added", "witness_removed")
        assert added["subject"] == removed["subject"]
        assert {added["actor"], removed["actor"]} == {admin.email}

    def test_nobody_else(self, world: World, admin: Actor) -> None:
        head = acting(world.head.email)

        for choose in (add_witness, remove_witness):
            with pytest.raises(Refused, match="admin"):
                choose(WITNESS, actor=head, now=FRIDAY)
        with pytest.raises(Refused):
            list_witnesses(actor=head, now=FRIDAY)
        assert [one.email for one in list_witnesses(actor=admin, now=FRIDAY + timedelta(days=1))] == [WITNESS]

    def test_twice_or_not_at_all(self, admin: Actor) -> None:
        with pytest.raises(Refused, match="sudah menjadi saksi"):
            add_witness(WITNESS, actor=admin, now=FRIDAY)
        remove_witness(WITNESS, actor=admin, now=FRIDAY)
        with pytest.raises(NotFound, match="bukan saksi"):
            remove_witness(WITNESS, actor=admin, now=FRIDAY)
        with reading() as session:
            kinds = session.execute(select(col(OutboxMessage.kind))).scalars().all()
        assert kinds == []
