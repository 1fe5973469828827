"""A second agency beside the small one, with a koordinator of its own, whom the first must never read about."""

from dataclasses import dataclass
from datetime import date

from models.agencies import Agency, AgencyKind, Unit
from models.candidacies import Level
from models.cycles import Route
from models.database import transaction
from models.people import Role
from states.candidacies import Opening, open_candidacy
from states.cycles import open_cycle
from states.people import Grant, PersonData, add_person, grant_role
from tests.office import Office

NAME = "RSUD Tetangga"


@dataclass(frozen=True)
class Neighbour:
    """Kota Tetangga: TETANGGA, its unit TET-RSUD, and who works there."""

    office: Office
    code: str  # of its one candidacy

    @classmethod
    def moved_in(cls, office: Office) -> "Neighbour":
        with transaction() as session:
            agency = Agency(code="TETANGGA", name="Kota Tetangga", kind=AgencyKind.KABKOTA, zone="Asia/Makassar")
            session.add(agency)
            session.flush()
            session.add(Unit(code="TET-RSUD", name=NAME, agency_id=agency.id))
        admin = office.actor("admin")
        for name, role, unit in (("tetangga", Role.KOORDINATOR, None), ("kepala-tet", Role.PIMPINAN_UNIT, "TET-RSUD")):
            email = f"{name}@contoh.invalid"
            add_person(PersonData(email, name.capitalize()), actor=admin, now=office.now)
            place = Grant(email, role, agency=None if unit else "TETANGGA", unit=unit, since=date(2024, 1, 1))
            grant_role(place, actor=admin, now=office.now)
        there = office.actor("tetangga")
        open_cycle("TETANGGA", 2026, ruleset="permen-90-2021-5-2024", route=Route.TPN, actor=there, now=office.now)
        opening = Opening("TET-RSUD", "TETANGGA-2026", Level.WBK)
        return cls(office, open_candidacy(opening, actor=there, now=office.now))
