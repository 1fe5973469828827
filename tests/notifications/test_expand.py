"""Outbox rows become deliveries to people."""

from datetime import date, timedelta

import pytest

from models.agencies import Agency, Unit
from models.database import transaction
from models.messages import Delivery, Notice, OutboxMessage
from models.obligations import Obligation, ObligationState, Said
from models.people import Membership, Role
from notifications.expand import expand_outbox
from tests.notifications.world import DUE, FRIDAY, World, kept, stored

in_both = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


class TestExpanding:
    """One recipient is one delivery, and an outbox row is expanded once."""

    def test_who_has_no_channel_is_told_by_mail(self, world: World) -> None:
        world.queue_rung("H-3")

        counts = expand_outbox(now=FRIDAY)

        assert counts.queued == 1
        assert world.deliveries()["budi@kudus.go.id"].route == "mail"

    def test_who_has_two_channels_is_told_by_the_first(self, world: World) -> None:
        world.channel(world.head, "json://127.0.0.1/two", position=2)
        first = world.channel(world.head, "json://127.0.0.1/one", position=1)
        world.queue_rung("H-3")

        expand_outbox(now=FRIDAY)

        assert [row.route for row in stored(Delivery)] == [f"channel:{first.id}"]

    def test_who_holds_two_of_the_roles_is_told_once(self, world: World) -> None:
        world.role(world.head, Role.KOORDINATOR)
        world.queue_rung("H+1")

        expand_outbox(now=FRIDAY)

        assert sorted(world.deliveries()) == ["ani@kudus.go.id", "budi@kudus.go.id"]
        assert len(stored(Delivery)) == 2

    def test_a_second_run_adds_nothing(self, world: World) -> None:
        world.queue_rung("H-3")
        expand_outbox(now=FRIDAY)

        again = expand_outbox(now=FRIDAY)

        assert again.queued == 0
        assert len(stored(Delivery)) == 1

    @in_both
    def test_a_row_that_is_expanded_again_after_a_crash_adds_nothing(self, world: World) -> None:
        row = world.queue_rung("H-3")
        expand_outbox(now=FRIDAY)
        with transaction() as session:
            session.get_one(OutboxMessage, row.id).expanded_at = None

        again = expand_outbox(now=FRIDAY)

        assert again.queued == 0
        assert (len(stored(Delivery)), len([row for row in stored(Said) if row.covered_by is None])) == (1, 1)

    @in_both
    def test_many_rows_are_taken_in_batches(self, world: World) -> None:
        for name in ("H-14", "H-7", "H-3", "H-1", "H"):
            world.queue_rung(name)

        counts = expand_outbox(now=FRIDAY, limit=2)

        assert counts.queued == 5
        assert all(row.expanded_at == FRIDAY for row in stored(OutboxMessage))

    def test_what_is_owed_no_more_is_told_to_nobody(self, world: World) -> None:
        row = world.queue_rung("H-3")
        with transaction() as session:
            owed = session.get_one(Obligation, world.obligation.id)
            owed.state, owed.closed_at = ObligationState.DONE, FRIDAY

        counts = expand_outbox(now=FRIDAY)

        assert counts.queued == 0
        assert stored(Said) == []
        assert [one.id for one in stored(OutboxMessage) if one.expanded_at == FRIDAY] == [row.id]

    def test_a_date_that_was_moved_is_told_to_nobody(self, world: World) -> None:
        world.queue_rung("H-3")
        with transaction() as session:
            session.get_one(Obligation, world.obligation.id).due_on = DUE + timedelta(days=14)

        assert expand_outbox(now=FRIDAY).queued == 0

    def test_who_asks_for_a_correction_is_not_asked_to_confirm_it(self, world: World) -> None:
        world.queue(Notice.CORRECTION, world.correction(), Role.KOORDINATOR, Role.PIMPINAN, Role.TPI)

        expand_outbox(now=FRIDAY)

        assert sorted(world.deliveries()) == ["citra@kudus.go.id"]


class TestSaying:
    """A rung is said once to each person, and covers the older ones that this person would have heard."""

    def test_older_rungs_are_covered_by_the_one_that_is_said(self, world: World) -> None:
        world.queue_rung("H-3")

        expand_outbox(now=FRIDAY)

        said = {row.rung: row.covered_by for row in stored(Said)}
        assert said == {"H-14": "H-3", "H-7": "H-3", "H-3": None}

    @in_both
    def test_what_was_said_before_is_not_covered(self, world: World) -> None:
        world.queue_rung("H-14")
        expand_outbox(now=FRIDAY - timedelta(days=12))
        world.queue_rung("H-3")

        expand_outbox(now=FRIDAY)

        said = {row.rung: row.covered_by for row in stored(Said)}
        assert said == {"H-14": None, "H-7": "H-3", "H-3": None}

    def test_a_koordinator_covers_only_the_rungs_that_koordinators_hear(self, world: World) -> None:
        world.queue_rung("H+8")

        expand_outbox(now=FRIDAY)

        heard = {row.rung for row in stored(Said) if row.person_id == world.koordinator.id}
        assert heard == {"H+1", "H+8"}

    def test_the_message_of_a_rung_is_known_by_its_id(self, world: World) -> None:
        world.queue_rung("H-1")

        expand_outbox(now=FRIDAY)

        sent = {row.message_id for row in stored(Delivery)}
        assert {row.message_id for row in stored(Said)} == sent


class TestWhoHears:
    """The nearest holder of the role hears it, and somebody always does while there is an admin."""

    @pytest.mark.parametrize(
        ("role", "left", "hears"),
        [
            (Role.PIMPINAN_UNIT, (Role.PIMPINAN_UNIT, Role.KOORDINATOR), "budi@kudus.go.id"),
            (Role.PIMPINAN_UNIT, (Role.KOORDINATOR,), "ani@kudus.go.id"),
            (Role.TPI, (Role.PIMPINAN_UNIT, Role.KOORDINATOR), "ani@kudus.go.id"),
            (Role.TPI, (), "admin@kudus.go.id"),
            (Role.KOORDINATOR, (), "admin@kudus.go.id"),
        ],
    )
    def test_where_a_role_has_nobody_another_hears(
        self, world: World, role: Role, left: tuple[Role, ...], hears: str
    ) -> None:
        world.person("admin@kudus.go.id", "Admin", Role.ADMIN)
        with transaction() as session:
            for row in stored(Membership):
                if row.role not in (*left, Role.ADMIN):
                    session.get_one(Membership, row.id).until = date(2026, 5, 28)
        world.queue(Notice.MOVED, world.entry, role)

        expand_outbox(now=FRIDAY)

        assert list(world.deliveries()) == [hears]

    def test_nobody_at_all_is_no_error(self, world: World) -> None:
        world.queue(Notice.MOVED, world.entry, Role.PIMPINAN)

        assert expand_outbox(now=FRIDAY).queued == 0

    def test_the_head_of_the_unit_above_hears_only_where_the_unit_has_none(self, world: World) -> None:
        world.person("dinkes@kudus.go.id", "Kepala Dinkes", Role.PIMPINAN_UNIT, unit=world.dinas)
        world.queue_rung("H-7")
        expand_outbox(now=FRIDAY)
        assert sorted(world.deliveries()) == ["budi@kudus.go.id"]

        with transaction() as session:
            for row in stored(Membership):
                if row.person_id == world.head.id:
                    session.get_one(Membership, row.id).until = date(2026, 5, 28)
        world.queue_rung("H-3")
        expand_outbox(now=FRIDAY)

        assert sorted(world.deliveries()) == ["budi@kudus.go.id", "dinkes@kudus.go.id"]

    def test_a_role_begins_on_its_day_in_the_agencys_zone(self, world: World) -> None:
        with transaction() as session:
            session.get_one(Agency, world.agency.id).zone = "Asia/Jayapura"
        new = world.person("new@kudus.go.id", "Baru")
        world.role(new, Role.PIMPINAN_UNIT, since=date(2026, 5, 30))
        world.queue_rung("H-3")

        expand_outbox(now=FRIDAY.replace(hour=15, minute=30))  # half past midnight of the 30th in Jayapura

        assert sorted(world.deliveries()) == ["budi@kudus.go.id", "new@kudus.go.id"]

    def test_people_of_another_unit_hear_nothing(self, world: World) -> None:
        other = kept(Unit(code="DUKCAPIL", name="Dinas Dukcapil", agency_id=world.agency.id))
        world.person("other@kudus.go.id", "Lain", Role.PIMPINAN_UNIT, unit=other)
        world.queue_rung("H")

        expand_outbox(now=FRIDAY)

        assert sorted(world.deliveries()) == ["budi@kudus.go.id"]
