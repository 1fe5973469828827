"""Channels: checked when saved, sealed at once, shown masked."""

import json
from datetime import timedelta

import pytest

from models.audit import AuditRecord, AuditText
from models.database import reading
from models.errors import BadInput, NotFound, Refused
from models.messages import Channel, Delivery, DeliveryState
from models.people import Person, Role
from models.sealing import unseal
from models.trail import Via
from notifications.address import masked, open_address, without_secrets
from notifications.channels import (
    ChannelRow,
    add_channel,
    check_channel,
    list_channels,
    order_channels,
    remove_channel,
)
from notifications.deliver import deliver
from notifications.expand import expand_outbox
from states.actors import Actor, find_actor
from tests.notifications.peers import WebPeer
from tests.notifications.world import FRIDAY, World, stored

SECRET = "s3cr3t-p4ss"
URL = f"json://zi:{SECRET}@127.0.0.1:9/hooks/T0KEN/?+Authorization=Bearer%20{SECRET}"


def actor(person: Person) -> Actor:
    with reading() as session:
        return find_actor(session, person.email, today=FRIDAY.date(), via=Via.CLI)


def add(world: World, person: Person, url: str = URL, *, by: Person | None = None) -> str:
    key = world.home.channel_key
    return add_channel(person.email, url, actor=actor(by or person), now=FRIDAY, key_file=key, untested=True).masked_url


class TestAdding:
    """The address is sealed, and nothing but its masked form is ever seen again."""

    def test_it_is_sealed_and_shown_masked(self, world: World) -> None:
        shown = add(world, world.head)

        row = stored(Channel)[0]
        assert shown == row.masked_url == "json://zi:****@127.0.0.1:9/h...s/T...N"
        assert SECRET.encode() not in row.sealed_url
        assert unseal(row.sealed_url, key_file=world.home.channel_key) == URL

    def test_the_trail_tells_the_scheme_and_no_more(self, world: World) -> None:
        add(world, world.head)

        record = json.loads(stored(AuditRecord)[-1].leaf)
        assert record["action"] == "channel_added"
        assert record["subject"] == f"person:{world.head.id}"
        assert record["details"] == {"channel": 1, "scheme": "json", "tested": False}
        assert stored(AuditText) == []

    @pytest.mark.parametrize(
        "url",
        [
            "nonsense",
            f"nosuch://{SECRET}@127.0.0.1",
            "",
            f"json://127.0.0.1/a, json://{SECRET}@127.0.0.1/b",
            f"mailto://{SECRET}",
        ],
    )
    def test_an_address_that_no_service_takes_is_refused_without_repeating_it(
        self, world: World, url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with caplog.at_level("DEBUG"), pytest.raises(BadInput) as refused:
            add(world, world.head, url)

        assert refused.value.key == "bad_channel_url"
        assert SECRET not in f"{refused.value}{refused.value.fix}{caplog.text}{capfd.readouterr()}"
        assert refused.value.__cause__ is None
        assert stored(Channel) == []

    def test_the_same_one_twice_is_refused(self, world: World) -> None:
        add(world, world.head)

        with pytest.raises(BadInput, match=r"h\.\.\.s"):
            add(world, world.head)

    def test_an_unknown_person_has_no_channel(self, world: World) -> None:
        nobody = Person(email="nobody@kudus.go.id", name="Nobody")

        with pytest.raises(NotFound):
            add(world, nobody, by=world.head)


class TestWhoMay:
    """Everybody for themselves; for others an admin, or a koordinator of theirs."""

    @pytest.mark.parametrize(
        ("by", "allowed"), [("head", True), ("koordinator", True), ("admin", True), ("assessor", False)]
    )
    def test_who_may_add_a_channel_for_the_unit_head(self, world: World, by: str, allowed: bool) -> None:
        admin = world.person("admin@kudus.go.id", "Admin", Role.ADMIN)
        who = {"head": world.head, "koordinator": world.koordinator, "admin": admin, "assessor": world.assessor}[by]

        if allowed:
            add(world, world.head, by=who)
        else:
            with pytest.raises(Refused):
                add(world, world.head, by=who)

        assert len(stored(Channel)) == int(allowed)

    def test_a_koordinator_does_not_look_into_another_agency(self, world: World) -> None:
        stranger = world.person("far@away.go.id", "Far")

        with pytest.raises(Refused):
            list_channels(stranger.email, actor=actor(world.koordinator), now=FRIDAY)

    def test_the_list_shows_masked_addresses(self, world: World) -> None:
        shown = add(world, world.head)

        rows = list_channels("BUDI@kudus.go.id", actor=actor(world.head), now=FRIDAY)

        assert rows == [ChannelRow(1, "budi@kudus.go.id", shown, FRIDAY)]


class TestRemoving:
    """A channel that is gone takes no message with it."""

    def test_what_waits_for_it_goes_into_the_mail_folder(self, world: World) -> None:
        add(world, world.head)
        world.queue_rung("H-3")
        expand_outbox(now=FRIDAY)

        remove_channel(1, actor=actor(world.head), now=FRIDAY)
        counts = deliver(home=world.home, clock=lambda: FRIDAY + timedelta(minutes=1))

        assert stored(Channel) == []
        assert counts.sent == 1
        assert (world.home.mail / f"{stored(Delivery)[0].message_id}.eml").exists()
        assert [row.route for row in stored(Delivery) if row.state is DeliveryState.SENT] == ["mail"]

    def test_one_that_is_not_there_is_not_found(self, world: World) -> None:
        with pytest.raises(NotFound):
            remove_channel(99, actor=actor(world.head), now=FRIDAY)


class TestMasking:
    """What is shown of an address opens nothing."""

    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            (
                "mailto://zi:s3cr3t@mail.kudus.go.id:587/budi@kudus.go.id",
                "mailto://zi:****@mail.kudus.go.id:587/budi@kudus.go.id",
            ),
            ("json://127.0.0.1/?+X-Token=s3cr3t&-key=s3cr3t", "json://127.0.0.1"),
            ("ntfy://127.0.0.1/s3cr3t-topic", "ntfy://127.0.0.1/s...c"),
            ("tgram://123456789:abcdefghijklmnop-s3cr3t/12345/", "tgram://1...t/1...5"),
        ],
    )
    def test_no_secret_shows(self, url: str, shown: str) -> None:
        assert masked(open_address(url)) == shown

    def test_no_piece_of_an_address_stays_in_a_reason(self) -> None:
        url = "json://zi:p%40ss-w0rd@10.0.0.7/hooks/T0KEN-1?+Authorization=Bearer%20abcdef"
        reason = f"POST {url} failed: p@ss-w0rd, T0KEN-1, Bearer abcdef at 10.0.0.7; see https://x.test/T0KEN-1"

        cleaned = without_secrets(reason, url=url, shown="json://zi:****@10.0.0.7/h...s/T...1")

        assert not any(secret in cleaned for secret in ("ss-w0rd", "T0KEN", "abcdef"))
        assert "at 10.0.0.7" in cleaned

    @pytest.mark.parametrize("query", ["?optional=yes", "?retry=5&wait=30", "?rto=3600&cto=3600"])
    def test_an_address_may_not_hide_failures_or_outlast_the_lease(self, query: str) -> None:
        service = open_address(f"json://127.0.0.1/{query}")

        assert not service.optional
        assert service.retry == 0
        assert service.socket_read_timeout <= 15


class TestTesting:
    """A channel is kept once a short message has arrived by it; why it has not is said without the address."""

    def test_what_arrives_is_kept(self, world: World, web: WebPeer) -> None:
        row = add_tested(world, web.url("ok"))

        assert "Pesan uji" in web.taken[0]
        assert [one.id for one in stored(Channel)] == [row.id]
        assert trail()[-2:] == ["channel_tested", "channel_added"]

    @pytest.mark.parametrize("path", ["status/404", "broken", "busy"])
    def test_what_does_not_is_not(self, world: World, web: WebPeer, path: str) -> None:
        with pytest.raises(BadInput) as failed:
            add_tested(world, web.url(f"{path}/T0KEN-1", login=f"zi:{SECRET}@"))

        assert failed.value.key == "channel_test_failed"
        assert "kode" in str(failed.value)
        assert not any(secret in str(failed.value) for secret in (SECRET, "T0KEN"))
        assert stored(Channel) == []
        assert trail()[-1] == "channel_tested"
        assert not any(secret in row.leaf for row in stored(AuditRecord) for secret in (SECRET, "T0KEN", "127.0.0.1"))

    def test_nothing_is_sent_for_somebody_who_may_not_add_it(self, world: World, web: WebPeer) -> None:
        with pytest.raises(Refused):
            add_tested(world, web.url("ok"), by=world.assessor)

        assert web.asked == 0

    def test_a_test_that_arrives_takes_the_mark_away(self, world: World, web: WebPeer) -> None:
        row = mended(world, web)

        with pytest.raises(BadInput):
            check_channel(row.id, actor=actor(world.head), now=FRIDAY, key_file=world.home.channel_key)
        assert stored(Channel)[0].failed_at
        web.mended = True
        check_channel(row.id, actor=actor(world.head), now=FRIDAY, key_file=world.home.channel_key)

        assert (stored(Channel)[0].failed_at, stored(Channel)[0].failure) == (None, None)

    def test_so_does_adding_it_again(self, world: World, web: WebPeer) -> None:
        mended(world, web)
        web.mended = True

        add_tested(world, web.url("mended"))

        assert [one.failed_at for one in stored(Channel)] == [None]

    def test_nobody_else_may_test_it(self, world: World, web: WebPeer) -> None:
        row = add_tested(world, web.url("ok"))

        with pytest.raises(Refused):
            check_channel(row.id, actor=actor(world.assessor), now=FRIDAY, key_file=world.home.channel_key)

        assert web.asked == 1


class TestOrdering:
    """The named ones come first, in this order; the others stay behind them as they were."""

    @pytest.mark.parametrize(
        ("wanted", "order"), [([3], [3, 1, 2]), ([2, 3], [2, 3, 1]), ([3, 2, 1], [3, 2, 1]), ([], [1, 2, 3])]
    )
    def test_order(self, world: World, wanted: list[int], order: list[int]) -> None:
        three(world)

        rows = order_channels(world.head.email, wanted, actor=actor(world.head), now=FRIDAY)

        listed = list_channels(world.head.email, actor=actor(world.head), now=FRIDAY)
        assert [row.id for row in rows] == [row.id for row in listed] == order
        assert json.loads(stored(AuditRecord)[-1].leaf)["details"] == {"channels": order}

    def test_a_new_one_is_the_last(self, world: World) -> None:
        three(world)
        order_channels(world.head.email, [3, 2, 1], actor=actor(world.head), now=FRIDAY)

        add(world, world.head, "json://127.0.0.1:9/4")

        listed = list_channels(world.head.email, actor=actor(world.head), now=FRIDAY)
        assert [row.id for row in listed] == [3, 2, 1, 4]

    def test_one_of_somebody_else_is_not_found(self, world: World) -> None:
        three(world)
        add(world, world.assessor, "json://127.0.0.1:9/4")

        with pytest.raises(NotFound):
            order_channels(world.head.email, [4], actor=actor(world.head), now=FRIDAY)

    def test_one_given_twice_is_refused(self, world: World) -> None:
        three(world)

        with pytest.raises(BadInput):
            order_channels(world.head.email, [1, 1], actor=actor(world.head), now=FRIDAY)

    def test_nobody_else_may_order_them(self, world: World) -> None:
        three(world)

        with pytest.raises(Refused):
            order_channels(world.head.email, [2], actor=actor(world.assessor), now=FRIDAY)


class TestRemovingWithAnother:
    """What waits for a channel that is removed goes by the person's next one."""

    def test_it_goes_by_the_next(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("broken"), position=1)
        world.channel(world.head, web.url("ok"), position=2)
        world.queue_rung("H-3")
        deliver(home=world.home, clock=lambda: FRIDAY)

        remove_channel(1, actor=actor(world.head), now=FRIDAY)
        counts = deliver(home=world.home, clock=lambda: FRIDAY)

        assert (counts.sent, len(web.taken)) == (1, 1)
        assert [row.state for row in stored(Delivery)] == [DeliveryState.CANCELLED, DeliveryState.SENT]


def add_tested(world: World, url: str, *, by: Person | None = None) -> ChannelRow:
    key = world.home.channel_key
    return add_channel(world.head.email, url, actor=actor(by or world.head), now=FRIDAY, key_file=key)


def mended(world: World, web: WebPeer) -> Channel:
    """A channel that failed for good, whose server can be mended."""
    channel = world.channel(world.head, web.url("mended"))
    world.queue_rung("H-3")
    deliver(home=world.home, clock=lambda: FRIDAY)
    return channel


def three(world: World) -> None:
    for number in (1, 2, 3):
        add(world, world.head, f"json://127.0.0.1:9/{number}")


def trail() -> list[str]:
    return [str(row.action) for row in stored(AuditRecord)]
