"""Sending: at least once, in order, with an end to trying, and no secret in what is kept."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email.parser import BytesParser
from email.policy import default

import pytest

from models.database import transaction
from models.findings import Finding, FindingState
from models.messages import Channel, Delivery, DeliveryState, Notice, OutboxMessage
from models.obligations import Obligation, ObligationState
from models.people import Role
from models.sealing import seal
from notifications.counts import Counts
from notifications.deliver import deliver, plan_deliveries
from notifications.expand import expand_outbox
from notifications.leases import LEASE, claim, record
from notifications.patience import LAST_CHANNEL, LONGEST_WAIT
from notifications.send import BATCH_SECONDS, deliver_queued
from tests.notifications.peers import MailPeer, WebPeer
from tests.notifications.world import DUE, FRIDAY, World, stored

in_both = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


def run(world: World, now: datetime = FRIDAY) -> Counts:
    return deliver(home=world.home, clock=lambda: now)


class TestSending:
    """What is queued is sent once, and recorded."""

    @in_both
    def test_without_a_channel_it_lands_in_the_mail_folder(self, world: World) -> None:
        world.queue_rung("H-3")

        counts = run(world)

        sent = stored(Delivery)[0]
        assert counts == Counts(queued=1, sent=1)
        assert (sent.state, sent.sent_at, sent.attempts, sent.leased_by) == (DeliveryState.SENT, FRIDAY, 1, None)
        assert [file.name for file in world.home.mail.iterdir()] == [f"{sent.message_id}.eml"]

    def test_a_second_run_sends_nothing(self, world: World) -> None:
        world.queue_rung("H-3")
        run(world)

        assert run(world) == Counts()

    def test_by_mail_server(self, world: World, smtp: MailPeer) -> None:
        world.channel(world.head, f"mailto://zi:pw@127.0.0.1:{smtp.port}?to=budi@kudus.go.id&from=zi@kudus.go.id")
        world.queue_rung("H-3")

        counts = run(world)

        assert (counts.sent, stored(Delivery)[0].error) == (1, None)
        mail = smtp.taken[0]
        assert mail["Subject"] == "RSUD dr. Loekmono Hadi: tahap Penilaian mandiri, 2 hari lagi"
        assert stored(Delivery)[0].message_id in mail.as_string()
        html = BytesParser(policy=default).parsebytes(mail.as_bytes()).get_body(("html",))
        assert html
        assert '<html lang="id"' in html.get_content()
        assert "zi candidacy show RSUD-2026" in " ".join(re.sub("<[^>]+>", "", html.get_content()).split())

    def test_a_mail_server_that_wants_plain_text_gets_no_html(self, world: World, smtp: MailPeer) -> None:
        to = "to=budi@kudus.go.id&from=zi@kudus.go.id&format=text"
        world.channel(world.head, f"mailto://zi:pw@127.0.0.1:{smtp.port}?{to}")
        world.queue_rung("H-3")

        run(world)

        mail = smtp.taken[0]
        assert {one.get_content_type() for one in mail.walk()} == {"text/plain"}
        assert "<" not in str(mail.get_payload())

    def test_by_web_hook(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("ok"))
        world.queue_rung("H-3")

        counts = run(world)

        assert counts.sent == 1
        assert stored(Delivery)[0].message_id in web.taken[0]
        assert "<div" not in web.taken[0]

    def test_the_oldest_first(self, world: World) -> None:
        for day, rung in enumerate(("H", "H-14", "H-3")):
            world.queue_rung(rung)
            expand_outbox(now=FRIDAY + timedelta(days=day))

        for _ in range(3):
            deliver_queued(home=world.home, worker_id="me", clock=lambda: FRIDAY + timedelta(days=3), limit=1)

        written = sorted(world.home.mail.iterdir(), key=lambda file: file.stat().st_mtime_ns)
        by_age = sorted(stored(Delivery), key=lambda row: row.queued_at)
        assert [file.stem for file in written] == [row.message_id for row in by_age]

    def test_it_is_true_on_the_day_it_is_sent(self, world: World) -> None:
        world.queue_rung("H-3")
        expand_outbox(now=FRIDAY)

        run(world, FRIDAY + timedelta(days=2))

        assert "hari ini" in next(world.home.mail.iterdir()).read_text()

    def test_a_dry_run_names_who_would_hear_what_and_writes_nothing(self, world: World) -> None:
        world.queue_rung("H-3")
        expand_outbox(now=FRIDAY)
        world.queue_rung("H-1")

        planned = [one.as_dict() for one in plan_deliveries(now=FRIDAY)]

        assert [(one["candidacy"], one["kind"], one["rung"], one["recipient"], one["due_on"]) for one in planned] == [
            ("RSUD-2026", "stage", "H-1", "budi@kudus.go.id", "2026-05-31"),
            ("RSUD-2026", "stage", "H-3", "budi@kudus.go.id", "2026-05-31"),
        ]
        assert len(stored(Delivery)) == 1
        run(world)
        assert {one["message_id"] for one in planned} == {row.message_id for row in stored(Delivery)}


class TestNoLongerTrue:
    """What has stopped being true before its turn is not sent."""

    def test_a_reminder_of_what_is_done(self, world: World) -> None:
        world.queue_rung("H-3")
        expand_outbox(now=FRIDAY)
        with transaction() as session:
            owed = session.get_one(Obligation, world.obligation.id)
            owed.state, owed.closed_at = ObligationState.DONE, FRIDAY

        counts = run(world)

        assert counts == Counts()
        assert stored(Delivery)[0].state is DeliveryState.CANCELLED

    def test_a_reminder_of_a_date_that_was_moved(self, world: World) -> None:
        world.queue_rung("H-3")
        expand_outbox(now=FRIDAY)
        with transaction() as session:
            session.get_one(Obligation, world.obligation.id).due_on = DUE + timedelta(days=1)

        run(world)

        assert stored(Delivery)[0].state is DeliveryState.CANCELLED

    def test_a_finding_that_was_closed(self, world: World) -> None:
        finding = world.finding()
        world.queue(Notice.FINDING, finding, Role.PIMPINAN_UNIT)
        expand_outbox(now=FRIDAY)
        with transaction() as session:
            row = session.get_one(Finding, finding.id)
            row.state, row.closed_at = FindingState.CLOSED, FRIDAY

        run(world)

        assert stored(Delivery)[0].state is DeliveryState.CANCELLED
        assert list(world.home.mail.iterdir()) == []


class TestFailing:
    """A failure is tried again, less and less often; where it has been long enough, somebody hears of it."""

    def test_a_refusal_is_tried_again_later(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("broken"))
        world.queue_rung("H-3")

        counts = run(world)

        row = stored(Delivery)[0]
        assert counts == Counts(queued=1, retrying=1)
        assert (row.state, row.first_tried_at) == (DeliveryState.QUEUED, FRIDAY)
        assert timedelta(seconds=30) <= row.next_try_at - FRIDAY <= timedelta(minutes=2)
        assert "500" in (row.error or "")
        assert run(world) == Counts()

    def test_a_server_that_never_answers_is_not_waited_for(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("hang", query="?rto=0.2"))
        world.queue_rung("H-3")

        assert run(world).retrying == 1

    def test_a_server_that_is_not_there(self, world: World) -> None:
        world.channel(world.head, "mailto://zi:s3cr3t@127.0.0.1:9?to=budi@kudus.go.id&from=zi@kudus.go.id")
        world.queue_rung("H-3")

        assert run(world).retrying == 1
        assert "refused" in (stored(Delivery)[0].error or "")

    @in_both
    def test_after_the_last_attempt_the_mail_folder_has_it_and_the_koordinator_knows(
        self, world: World, web: WebPeer
    ) -> None:
        channel = world.channel(world.head, web.url("broken"))
        world.queue(Notice.MOVED, world.entry, Role.PIMPINAN_UNIT)
        now, total = FRIDAY, Counts()

        while now < FRIDAY + LAST_CHANNEL + LONGEST_WAIT:
            total += run(world, now)
            now += LONGEST_WAIT

        failed = next(row for row in stored(Delivery) if row.channel_id == channel.id)
        assert failed.state is DeliveryState.FAILED
        assert failed.attempts > 10
        assert (total.failed, total.retrying, total.sent) == (1, failed.attempts - 1, 2)
        told = world.deliveries()["ani@kudus.go.id"]
        assert {file.stem for file in world.home.mail.iterdir()} == {failed.message_id, told.message_id}
        text = (world.home.mail / f"{told.message_id}.eml").read_text()
        assert "Budi Santoso" in text
        assert channel.masked_url in text

    def test_the_koordinator_hears_of_a_dead_channel_once(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("broken"))
        for rung in ("H-14", "H-7"):
            world.queue_rung(rung)
        now = FRIDAY
        for _ in range(20):
            run(world, now)
            now += LONGEST_WAIT

        assert [row.kind for row in stored(OutboxMessage) if row.kind is Notice.UNREACHABLE] == [Notice.UNREACHABLE]

    def test_the_koordinators_own_dead_channel_ends_in_the_mail_folder(self, world: World, web: WebPeer) -> None:
        world.channel(world.koordinator, web.url("broken"))
        world.queue(Notice.MOVED, world.entry, Role.KOORDINATOR)
        now = FRIDAY
        for _ in range(60):
            run(world, now)
            now += LONGEST_WAIT

        assert len(list(world.home.mail.iterdir())) == 2
        assert not [row for row in stored(Delivery) if row.state is DeliveryState.QUEUED]

    def test_an_address_that_is_understood_no_longer_has_failed_at_once(self, world: World) -> None:
        channel = world.channel(world.head, "json://127.0.0.1/x")
        with transaction() as session:
            row = session.get_one(Channel, channel.id)
            row.sealed_url = seal("nosuch://s3cr3t", key_file=world.home.channel_key)
        world.queue_rung("H-3")

        counts = run(world)

        assert counts.failed == 1
        assert stored(Delivery)[0].error == "Alamat saluran ini tidak lagi dikenali."

    def test_one_message_without_words_does_not_stop_the_others(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        broken = world.finding(rule="no_such_rule")
        world.queue(Notice.FINDING, broken, Role.PIMPINAN_UNIT)
        world.queue_rung("H-3")

        counts = run(world)

        assert (counts.sent, counts.retrying) == (1, 1)
        assert "has no words" in caplog.text

    def test_no_secret_is_kept_or_logged(
        self, world: World, web: WebPeer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        world.channel(world.head, web.url("broken/T0KEN-1", login="zi:s3cr3t@", query="?+X-Key=s3cr3t&-q=s3cr3t"))
        world.channel(world.koordinator, "mailto://zi:s3cr3t@127.0.0.1:9?to=ani@kudus.go.id&from=zi@kudus.go.id")
        world.queue_rung("H+1")

        with caplog.at_level(logging.DEBUG):
            run(world)

        everything = [caplog.text, str(capfd.readouterr()), *(row.error or "" for row in stored(Delivery))]
        assert [row.error for row in stored(Delivery) if row.error]
        assert not any(secret in text for text in everything for secret in ("s3cr3t", "T0KEN"))


@in_both
class TestLeases:
    """Two senders never hold the same delivery; who dies with one loses it."""

    def test_what_one_has_claimed_another_does_not_get(self, world: World) -> None:
        world.queue_rung("H+1")
        expand_outbox(now=FRIDAY)

        first = claim(now=FRIDAY, worker_id="one", limit=1).ids
        second = claim(now=FRIDAY, worker_id="two", limit=9).ids

        assert len(first) == len(second) == 1
        assert first != second

    def test_a_lease_that_ran_out_is_anybodys(self, world: World) -> None:
        world.queue_rung("H-3")
        expand_outbox(now=FRIDAY)
        ids = claim(now=FRIDAY, worker_id="dead", limit=9).ids

        assert claim(now=FRIDAY + LEASE, worker_id="other", limit=9).ids == []
        assert claim(now=FRIDAY + LEASE + timedelta(seconds=1), worker_id="other", limit=9).ids == ids

    def test_who_lost_the_lease_records_nothing(self, world: World) -> None:
        world.queue_rung("H-3")
        expand_outbox(now=FRIDAY)
        ids = claim(now=FRIDAY, worker_id="slow", limit=9).ids
        claim(now=FRIDAY + 2 * LEASE, worker_id="other", limit=9)

        with transaction() as session:
            hit = record(session, ids, worker_id="slow", state=DeliveryState.SENT, sent_at=FRIDAY)

        assert hit == 0
        assert stored(Delivery)[0].leased_by == "other"


@in_both
class TestSeveralSenders:
    """Any number of senders share the work, and none of it is done twice."""

    def test_three_at_once_send_everything_once(self, world: World, web: WebPeer) -> None:
        for number in range(30):
            head = world.person(f"p{number}@kudus.go.id", f"Person {number}", Role.PIMPINAN_UNIT)
            world.channel(head, web.url("ok"))
        world.queue_rung("H-3")
        expand_outbox(now=FRIDAY)

        def send(name: str) -> Counts:
            return deliver_queued(home=world.home, worker_id=name, clock=lambda: FRIDAY)[0]

        with ThreadPoolExecutor(3) as pool:
            counts = list(pool.map(send, ("one", "two", "three")))

        assert sum(one.sent for one in counts) == 31
        assert len(web.taken) == 30
        assert all(row.state is DeliveryState.SENT and row.attempts == 1 for row in stored(Delivery))


class TestLeaseLength:
    """Nobody's lease runs out while they may still be waiting for an answer."""

    def test_a_lease_outlasts_a_batch(self) -> None:
        assert LEASE.total_seconds() > 2 * BATCH_SECONDS
