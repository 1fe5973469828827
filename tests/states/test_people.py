"""Who may change what is known of people, and that nobody is left without a koordinator."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.agencies import Agency, AgencyKind
from models.database import reading, transaction
from models.errors import Refused
from models.people import Membership, Person, Role
from states.people import Grant, PersonData, add_person, end_role, grant_role
from tests.office import TODAY, Office, rules_of


@pytest.fixture
def stranger(office: Office) -> str:
    """A koordinator of another agency."""
    with transaction() as session:
        session.add(Agency(code="LAIN", name="Lain", kind=AgencyKind.KL, zone="Asia/Jayapura"))
    data = PersonData("asing@contoh.invalid", "Asing")
    add_person(data, actor=office.actor("admin"), now=office.now)
    grant = Grant(data.email, Role.KOORDINATOR, agency="LAIN", since=date(2024, 1, 1))
    grant_role(grant, actor=office.actor("admin"), now=office.now)
    return "asing"


class TestChangingPeople:
    """A koordinator changes people of the own agency, and makes no admin."""

    @pytest.mark.parametrize(
        ("whose", "allowed"), [("asing", True), ("kepala", False), ("tpi", False), ("admin", False)]
    )
    def test_of_another_agency_they_are_out_of_reach(
        self, office: Office, stranger: str, whose: str, allowed: bool
    ) -> None:
        data = PersonData(f"{whose}@contoh.invalid", "Nama Baru", whatsapp="+62811000111")
        if allowed:
            add_person(data, actor=office.actor(stranger), now=office.now)
            with reading() as session:
                assert session.execute(
                    select(col(Person.name)).where(col(Person.email) == data.email)
                ).scalar_one() == ("Nama Baru")
            return
        with pytest.raises(Refused) as refused:
            add_person(data, actor=office.actor(stranger), now=office.now)
        assert rules_of(refused) == {"role_needed"}

    @pytest.mark.parametrize("by", ["kepala", "tpi", "auditor", "pimpinan"])
    def test_nobody_else_adds_people_or_gives_roles(self, office: Office, by: str) -> None:
        with pytest.raises(Refused):
            add_person(PersonData("baru@contoh.invalid", "Baru"), actor=office.actor(by), now=office.now)
        grant = Grant("pokja@contoh.invalid", Role.TPI, agency="CONTOH")
        with pytest.raises(Refused):
            grant_role(grant, actor=office.actor(by), now=office.now)

    def test_a_role_given_again_after_its_end_is_a_new_one(self, office: Office) -> None:
        held = Grant("tpi2@contoh.invalid", Role.TPI, agency="CONTOH")
        end_role(held, on=TODAY - timedelta(days=1), actor=office.actor("koordinator"), now=office.now)

        grant_role(held, actor=office.actor("koordinator"), now=office.now)

        with reading() as session:
            person = session.execute(select(col(Person.id)).where(col(Person.email) == held.email)).scalar_one()
            query = select(Membership).where(col(Membership.person_id) == person).order_by(col(Membership.since))
            rows = session.execute(query).scalars().all()
            assert [(row.since, row.until) for row in rows] == [
                (date(2024, 1, 1), TODAY - timedelta(days=1)),
                (TODAY, None),
            ]
