"""The log of deliveries: who may see what of it, in pages; and what was given up is tried again."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from models.agencies import Unit
from models.audit import AuditRecord
from models.database import reading
from models.errors import NotFound, Refused
from models.messages import Delivery, DeliveryState
from models.people import Person, Role
from models.trail import Via
from notifications.deliver import deliver
from notifications.delivery_log import Wanted, list_deliveries, show_message
from notifications.retry import retry_deliveries, retry_failed
from states.actors import Actor, find_actor
from tests.notifications.peers import WebPeer
from tests.notifications.world import FRIDAY, World, kept, stored

in_both = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


def actor(person: Person) -> Actor:
    with reading() as session:
        return find_actor(session, person.email, today=FRIDAY.date(), via=Via.CLI)


def told(world: World, *paths: str, web: WebPeer) -> None:
    """The unit head is told of one rung, by these channels as far as needed; the koordinator of what failed."""
    for position, path in enumerate(paths):
        world.channel(world.head, web.url(path, query=f"?n={position}"), position=position)
    world.queue_rung("H-3")
    deliver(home=world.home, clock=lambda: FRIDAY)


def somebody(world: World, role: Role) -> Person:
    return world.person(f"{role.value}.lain@kudus.go.id", "Lain", role)


class TestSeeing:
    """Koordinator and auditor see what concerns their units, an admin all, everybody what went to themselves."""

    @in_both
    @pytest.mark.parametrize(
        ("who", "seen"),
        [
            (lambda world: world.koordinator, {"budi@kudus.go.id", "ani@kudus.go.id"}),
            (lambda world: somebody(world, Role.AUDITOR), {"budi@kudus.go.id", "ani@kudus.go.id"}),
            (lambda world: somebody(world, Role.ADMIN), {"budi@kudus.go.id", "ani@kudus.go.id"}),
            (lambda world: world.head, {"budi@kudus.go.id"}),
            (lambda world: world.assessor, set()),
            (lambda world: somebody(world, Role.VIEWER), set()),
        ],
        ids=["koordinator", "auditor", "admin", "head", "assessor", "viewer"],
    )
    def test_who_sees_what(self, world: World, web: WebPeer, who: Callable[[World], Person], seen: set[str]) -> None:
        told(world, "status/404", web=web)

        rows = list_deliveries(Wanted(), actor=actor(who(world))).rows

        assert {row.person for row in rows} == seen

    def test_an_auditor_of_a_unit_sees_it_with_all_below(self, world: World, web: WebPeer) -> None:
        told(world, "ok", web=web)
        above = world.person("atas@kudus.go.id", "Atas")
        world.role(above, Role.AUDITOR, unit=world.dinas)
        beside = world.person("samping@kudus.go.id", "Samping")
        other = kept(Unit(code="LAIN", name="Lain", agency_id=world.agency.id))
        world.role(beside, Role.AUDITOR, unit=other)

        assert len(list_deliveries(Wanted(), actor=actor(above)).rows) == 1
        assert len(list_deliveries(Wanted(), actor=actor(beside)).rows) == 0

    def test_asking_for_somebody_else_is_refused_to_who_follows_nobody(self, world: World) -> None:
        with pytest.raises(Refused):
            list_deliveries(Wanted(person="budi@kudus.go.id"), actor=actor(world.assessor))

    def test_one_message_with_all_its_ways(self, world: World, web: WebPeer) -> None:
        told(world, "status/404/T0KEN-1", "ok", web=web)
        message = stored(Delivery)[0].message_id

        rows = show_message(message.upper(), actor=actor(world.head))

        assert [(row.route, row.state.value, row.attempts) for row in rows] == [
            ("channel:1", "failed", 1),
            ("channel:2", "sent", 1),
        ]
        assert "404" in (rows[0].error or "")
        assert "T0KEN" not in str(rows)

    def test_somebody_elses_message_is_refused_and_an_unknown_one_not_found(self, world: World, web: WebPeer) -> None:
        told(world, "ok", web=web)

        with pytest.raises(Refused):
            show_message(stored(Delivery)[0].message_id, actor=actor(world.assessor))
        with pytest.raises(NotFound):
            show_message("nothing", actor=actor(world.head))


class TestAsking:
    """What is asked for narrows the list; it comes newest first, in pages."""

    @in_both
    @pytest.mark.parametrize(
        ("wanted", "count"),
        [
            (Wanted(), 3),
            (Wanted(person="BUDI@kudus.go.id"), 2),
            (Wanted(state=DeliveryState.FAILED), 1),
            (Wanted(state=DeliveryState.SENT), 2),
            (Wanted(candidacy="rsud-2026"), 3),
            (Wanted(since=FRIDAY), 3),
            (Wanted(since=FRIDAY + timedelta(seconds=1)), 0),
            (Wanted(person="budi@kudus.go.id", state=DeliveryState.FAILED, undelivered=True), 1),
        ],
    )
    def test_narrowed(self, world: World, web: WebPeer, wanted: Wanted, count: int) -> None:
        told(world, "status/404", web=web)

        assert len(list_deliveries(wanted, actor=actor(world.koordinator)).rows) == count

    def test_page_by_page(self, world: World) -> None:
        for rung in ("H-14", "H-7", "H-3", "H-1", "H"):
            world.queue_rung(rung)
        deliver(home=world.home, clock=lambda: FRIDAY)
        pages, before = [], None

        while True:
            page = list_deliveries(Wanted(), actor=actor(world.head), limit=2, before=before)
            pages.append([row.id for row in page.rows])
            if (before := page.before) is None:
                break

        assert pages == [[5, 4], [3, 2], [1]]


class TestTryingAgain:
    """What failed goes once more by its channel: because the person, their koordinator or an admin says so."""

    @in_both
    def test_it_is_sent_and_in_the_trail(self, world: World, web: WebPeer) -> None:
        told(world, "mended", web=web)
        web.mended = True

        assert retry_deliveries([1], actor=actor(world.head), now=FRIDAY) == [1]
        deliver(home=world.home, clock=lambda: FRIDAY)

        assert len(web.taken) == 1
        assert next(row for row in stored(Delivery) if row.id == 1).state is DeliveryState.SENT
        leaf = json.loads(stored(AuditRecord)[-1].leaf)
        assert (leaf["action"], leaf["subject"]) == ("delivery_retried", "candidacy:RSUD-2026")
        assert leaf["details"] == {"deliveries": [1]}

    def test_where_it_fails_again_nobody_is_told_again(self, world: World, web: WebPeer) -> None:
        told(world, "mended", web=web)
        before = len(stored(Delivery))

        retry_deliveries([1], actor=actor(world.head), now=FRIDAY)
        counts = deliver(home=world.home, clock=lambda: FRIDAY)

        assert (counts.failed, counts.queued, len(stored(Delivery))) == (1, 0, before)

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.VIEWER, Role.TPI])
    def test_who_only_looks_may_not(self, world: World, web: WebPeer, role: Role) -> None:
        told(world, "status/404", web=web)

        with pytest.raises(Refused):
            retry_deliveries([1], actor=actor(somebody(world, role)), now=FRIDAY)

        assert stored(Delivery)[0].state is DeliveryState.FAILED
        assert json.loads(stored(AuditRecord)[-1].leaf)["action"] == "refused"

    def test_all_or_none(self, world: World, web: WebPeer) -> None:
        told(world, "status/404", web=web)

        with pytest.raises(Refused) as refused:  # the second is in the mail folder
            retry_deliveries([1, 2], actor=actor(world.koordinator), now=FRIDAY)

        assert [one.obstacle.rule for one in refused.value.refusals] == ["delivery_not_failed"]
        assert stored(Delivery)[0].state is DeliveryState.FAILED

    def test_an_unknown_number_is_not_found(self, world: World) -> None:
        with pytest.raises(NotFound):
            retry_deliveries([99], actor=actor(world.koordinator), now=FRIDAY)

    def test_all_that_failed(self, world: World, web: WebPeer) -> None:
        told(world, "mended", web=web)
        world.queue_rung("H-1")
        deliver(home=world.home, clock=lambda: FRIDAY)  # into the mail folder: the channel is marked

        assert retry_failed(Wanted(undelivered=True), actor=actor(world.koordinator), now=FRIDAY) == [1]
        assert retry_failed(Wanted(undelivered=True), actor=actor(world.koordinator), now=FRIDAY) == []

    def test_but_not_what_went_by_another_channel(self, world: World, web: WebPeer) -> None:
        told(world, "status/404", "ok", web=web)

        assert retry_failed(Wanted(undelivered=True), actor=actor(world.koordinator), now=FRIDAY) == []

    def test_of_one_message_only_the_first_channel(self, world: World, web: WebPeer) -> None:
        told(world, "status/404", "status/410", web=web)

        assert retry_failed(Wanted(undelivered=True), actor=actor(world.koordinator), now=FRIDAY) == [1]

    def test_of_others_not(self, world: World, web: WebPeer) -> None:
        told(world, "status/404", web=web)

        assert retry_failed(Wanted(undelivered=True), actor=actor(world.assessor), now=FRIDAY) == []
