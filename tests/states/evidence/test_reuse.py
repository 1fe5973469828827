"""One content in several places is noticed, and shown as far as one may see."""

import pytest

from models.agencies import Agency, AgencyKind, Unit
from models.database import reading, transaction
from models.errors import NotFound
from models.evidence import EvidenceState
from models.people import Role
from models.stages import Stage
from states.documents import Content
from states.evidence.listing import list_evidence
from states.evidence.reuse import Reused, reused
from states.evidence.reviewing import Verdict
from tests.states.evidence.cabinet import MEMBERS, PLAN, SOP, TEAM, Cabinet


def report(cabinet: Cabinet, *, by: str | None = None) -> list[Reused]:
    with reading() as session:
        return reused(session, cabinet.code, actor=cabinet.office.actor(by) if by else None)


def at_dinas(cabinet: Cabinet, content: Content) -> str:
    """The same content for another unit of the agency."""
    cabinet.person("kadis", Role.PIMPINAN_UNIT, unit="DINAS")
    code = cabinet.office.open(unit="DINAS", stage=Stage.SELF_ASSESSMENT)
    cabinet.add(TEAM, content=content, code=code, by="kadis")
    return code


def at_another_agency(cabinet: Cabinet, content: Content) -> str:
    with transaction() as session:
        agency = Agency(code="LAIN", name="Kota Lain", kind=AgencyKind.KABKOTA, zone="Asia/Makassar")
        session.add(agency)
        session.flush()
        session.add(Unit(code="LAIN-RS", name="RS Lain", agency_id=agency.id))
    koordinator = cabinet.person("kolain", Role.KOORDINATOR, agency="LAIN")
    cabinet.person("kalain", Role.PIMPINAN_UNIT, unit="LAIN-RS")
    code = cabinet.open_elsewhere("LAIN", "LAIN-RS", by=koordinator)
    cabinet.add(TEAM, content=content, code=code, by="kalain")
    return code


class TestNoticed:
    """Whoever adds a file hears at once where it stands already."""

    def test_for_another_question(self, both_cabinets: Cabinet) -> None:
        file = both_cabinets.file()
        first = both_cabinets.one(TEAM, content=file)

        places = both_cabinets.add(MEMBERS, PLAN, content=file).elsewhere.places

        assert [(place.evidence, place.question, place.state) for place in places] == [
            (first, TEAM, EvidenceState.WAITING)
        ]

    def test_for_another_unit(self, cabinet: Cabinet) -> None:
        link = cabinet.link()
        other = at_dinas(cabinet, link)

        place = cabinet.add(TEAM, content=link).elsewhere.places[0]

        assert (place.candidacy, place.unit, place.unit_name, place.year) == (other, "DINAS", "Dinas Contoh", 2026)

    def test_for_another_year(self, cabinet: Cabinet) -> None:
        file = cabinet.file()
        cabinet.add(TEAM, content=file)
        cabinet.set_stage(Stage.COACHING)
        later = cabinet.open_next_year()

        place = cabinet.add(TEAM, content=file, code=later).elsewhere.places[0]

        assert (place.candidacy, place.year) == ("RSUD-2026", 2026)

    def test_that_it_was_rejected_there(self, assessed: Cabinet) -> None:
        file = assessed.file()
        assessed.review(assessed.one(TEAM, content=file), Verdict.REJECT, "buram")

        assert assessed.add(MEMBERS, content=file).elsewhere.places[0].state is EvidenceState.REJECTED

    def test_nothing_of_what_was_withdrawn_or_replaced(self, cabinet: Cabinet) -> None:
        first, second = cabinet.file(), cabinet.link()
        cabinet.withdraw(cabinet.one(TEAM, content=first))
        cabinet.one(TEAM, replaces=cabinet.one(TEAM, content=second))

        assert cabinet.add(MEMBERS, content=first).elsewhere.places == ()
        assert cabinet.add(MEMBERS, content=second).elsewhere.places == ()


class TestScope:
    """Other agencies' places are counted and not named; an admin sees all."""

    def test_places_of_another_agency(self, both_cabinets: Cabinet) -> None:
        file = both_cabinets.file()
        other = at_another_agency(both_cabinets, file)
        here = at_dinas(both_cabinets, file)

        seen = both_cabinets.add(TEAM, content=file).elsewhere

        assert ([place.candidacy for place in seen.places], seen.hidden) == ([here], 1)
        assert [place.candidacy for place in report(both_cabinets, by="admin")[0].uses.places] == [
            here,
            other,
            both_cabinets.code,
        ]

    def test_who_has_a_role_in_both_sees_both(self, cabinet: Cabinet) -> None:
        file = cabinet.file()
        other = at_another_agency(cabinet, file)
        cabinet.person("kolain", Role.AUDITOR, unit="RSUD")
        cabinet.add(TEAM, content=file)

        uses = report(cabinet, by="kolain")[0].uses

        assert ([place.candidacy for place in uses.places], uses.hidden) == ([other, cabinet.code], 0)

    def test_nobody_in_particular_sees_the_candidacys_agency(self, cabinet: Cabinet) -> None:
        file = cabinet.file()
        at_another_agency(cabinet, file)
        cabinet.add(TEAM, content=file)

        uses = report(cabinet)[0].uses

        assert ([place.candidacy for place in uses.places], uses.hidden) == ([cabinet.code], 1)


class TestReport:
    """What of one candidacy stands in more than one place, in the LKE's order."""

    def test_names_each_content_once(self, cabinet: Cabinet) -> None:
        file, link = cabinet.file(), cabinet.link()
        cabinet.add(SOP, PLAN, content=link, title="SOP")
        cabinet.add(MEMBERS, TEAM, content=file)
        cabinet.add(PLAN)

        found = report(cabinet)

        assert [(one.title, [place.question for place in one.uses.places]) for one in found] == [
            ("sk tim.pdf", [MEMBERS, TEAM]),
            ("SOP", [SOP, PLAN]),
        ]

    def test_of_an_unknown_candidacy(self, cabinet: Cabinet) -> None:
        cabinet.code = "TIDAK-ADA"
        with pytest.raises(NotFound):
            report(cabinet)


class TestList:
    """All that is on record, in the LKE's order, with where else it stands."""

    def test_every_version_with_its_places(self, cabinet: Cabinet) -> None:
        link = cabinet.link()
        plan = cabinet.one(PLAN, content=link)
        first = cabinet.one(TEAM)
        second = cabinet.one(TEAM, content=link, replaces=first)

        with reading() as session:
            rows = list_evidence(session, "rsud-2026", now=cabinet.now)
            of_plan = list_evidence(session, cabinet.code, PLAN.lower(), now=cabinet.now)

        assert [(one.row.id, one.row.state.value) for one in rows] == [
            (first, "replaced"),
            (second, "waiting"),
            (plan, "waiting"),
        ]
        assert [[place.evidence for place in one.elsewhere.places] for one in rows] == [[], [plan], [second]]
        assert [one.row.id for one in of_plan] == [plan]
        assert {one.added_by for one in rows} == {"kepala@contoh.invalid"}
