"""What is told at a unit, an agency, everywhere, or to one person: it needs no candidacy."""

from datetime import date
from email.parser import BytesParser
from email.policy import default

import pytest
from sqlmodel import Session

from models.database import transaction
from models.findings import Finding
from models.messages import Notice, OutboxMessage
from models.people import Role
from notifications.deliver import deliver, plan_deliveries
from notifications.expand import expand_outbox
from states.holders import EVERYWHERE, Where
from states.notices import queue_at, queue_for, where_of
from tests.notifications.world import FRIDAY, World, stored


@pytest.fixture
def finding(world: World) -> Finding:
    return world.finding(rule="no_activity", params='{"since": "2026-01-01"}')


def tell(where: Where, role: Role, finding: Finding) -> None:
    with transaction() as session:
        _queue(session, where, role, finding)


def _queue(session: Session, where: Where, role: Role, finding: Finding) -> None:
    queue_at(session, Notice.FINDING, where=where, about="x", reference_id=finding.id, roles=(role,), now=FRIDAY)


def heard(world: World) -> set[str]:
    """Who would be told; the same people then are."""
    planned = {one.recipient for one in plan_deliveries(now=FRIDAY)}
    assert all(one.candidacy is None for one in plan_deliveries(now=FRIDAY))
    expand_outbox(now=FRIDAY)
    assert {one.recipient for one in plan_deliveries(now=FRIDAY)} == planned
    return planned


class TestWhoHears:
    """The same ladder of places as for a candidacy: the unit, those above it, the agency, everywhere."""

    def test_at_a_unit_its_own_head(self, world: World, finding: Finding) -> None:
        tell(("unit", world.unit.id), Role.PIMPINAN_UNIT, finding)

        assert heard(world) == {world.head.email}

    def test_at_a_unit_without_a_head_the_koordinator(self, world: World, finding: Finding) -> None:
        tell(("unit", world.dinas.id), Role.PIMPINAN_UNIT, finding)

        assert heard(world) == {world.koordinator.email}

    def test_at_an_agency_who_has_the_role_there(self, world: World, finding: Finding) -> None:
        tell(("agency", world.agency.id), Role.TPI, finding)

        assert heard(world) == {world.assessor.email}

    def test_everywhere_only_who_has_the_role_everywhere(self, world: World, finding: Finding) -> None:
        admin = world.person("admin@kudus.go.id", "Admin", Role.ADMIN)

        tell(EVERYWHERE, Role.ADMIN, finding)

        assert heard(world) == {admin.email}

    def test_one_person_whatever_their_role(self, world: World, finding: Finding) -> None:
        nobody = world.person("dewi@kudus.go.id", "Dewi")
        with transaction() as session:
            queue_for(session, Notice.FINDING, person_id=nobody.id, about="x", reference_id=finding.id, now=FRIDAY)

        assert heard(world) == {nobody.email}

    def test_a_role_begins_on_its_day_in_the_agencys_zone(self, world: World, finding: Finding) -> None:
        new = world.person("eka@kudus.go.id", "Eka")
        world.role(new, Role.AUDITOR, since=date(2026, 5, 30))
        tell(("agency", world.agency.id), Role.AUDITOR, finding)

        assert not plan_deliveries(now=FRIDAY)
        assert [one.recipient for one in plan_deliveries(now=FRIDAY.replace(hour=17, minute=0))] == [new.email]


class TestWords:
    """A message without a candidacy speaks of the place that it has."""

    @pytest.mark.parametrize(
        ("place", "subject"),
        [("unit", "RSUD dr. Loekmono Hadi: temuan monev"), ("agency", "Kabupaten Kudus: temuan monev")],
    )
    def test_it_names_the_unit_or_the_agency(self, world: World, finding: Finding, place: str, subject: str) -> None:
        key = world.unit.id if place == "unit" else world.agency.id
        tell((place, key), Role.KOORDINATOR, finding)  # type: ignore[arg-type]

        assert deliver(home=world.home, clock=lambda: FRIDAY).sent == 1

        (mail,) = (BytesParser(policy=default).parsebytes(one.read_bytes()) for one in world.home.mail.glob("*.eml"))
        assert mail["Subject"] == subject


@pytest.mark.parametrize("scope", ["candidacy", "unit", "agency", "everywhere"])
def test_a_row_gives_back_the_place_that_it_was_given(world: World, finding: Finding, scope: str) -> None:
    places: dict[str, Where] = {
        "candidacy": world.candidacy.id,
        "unit": ("unit", world.dinas.id),
        "agency": ("agency", world.agency.id),
        "everywhere": EVERYWHERE,
    }

    tell(places[scope], Role.KOORDINATOR, finding)

    (row,) = stored(OutboxMessage)
    assert where_of(row) == places[scope]
