"""The board's filter, as SQL, finds what the same words say of the rows one by one."""

from datetime import date

import pytest

from models.agencies import Agency, AgencyKind, Unit
from models.candidacies import Level
from models.database import reading, transaction
from models.people import Role
from models.stages import Stage
from states.actors import Actor
from states.board import BoardRow, board, board_page
from states.board_query import Count, Filter, Order, counts, total
from states.people import Grant, PersonData, add_person, grant_role
from tests.office import NOW, Office


def found(office: Office, **wanted: object) -> list[str]:
    with reading() as session:
        return [row.code for row in board(session, Filter(**wanted), now=office.now)]  # type: ignore[arg-type]


def two_candidacies(office: Office) -> None:
    office.open()  # due on 27 February
    office.open(unit="DINAS", target=Level.WBK, stage=Stage.TPI_ASSESSMENT)  # due on 31 May
    office.days_later(40)  # 14 March: the first is late


class TestFilter:
    """All that is given has to hold."""

    @pytest.mark.parametrize(
        ("wanted", "codes"),
        [
            ({}, ["DINAS-2026", "RSUD-2026"]),
            ({"late": True}, ["RSUD-2026"]),
            ({"stage": "tpi_assessment"}, ["DINAS-2026"]),
            ({"stage": "submission"}, []),
            ({"target": Level.WBBM}, []),
            ({"text": "rsud con"}, ["RSUD-2026"]),
            ({"text": "2026"}, ["DINAS-2026", "RSUD-2026"]),
            ({"text": "%"}, []),  # no pattern of the database's
            ({"agency": "CONTOH", "cycle": "CONTOH-2026"}, ["DINAS-2026", "RSUD-2026"]),
            ({"agency": "LAIN"}, []),
        ],
    )
    def test_each_word(self, both_offices: Office, wanted: dict[str, object], codes: list[str]) -> None:
        two_candidacies(both_offices)

        assert found(both_offices, **wanted) == codes

    @pytest.mark.parametrize(
        ("who", "codes"),
        [
            ("koordinator", ["RSUD-2026"]),
            ("tpi", ["DINAS-2026"]),
            ("kepala", []),  # of the RSUD, whose stage is the koordinator's
            ("auditor", []),
            ("admin", []),
        ],
    )
    def test_mine_is_what_waits_for_a_role_of_mine(self, office: Office, who: str, codes: list[str]) -> None:
        two_candidacies(office)

        assert found(office, seen_by=office.actor(who), mine=True) == codes


class TestSight:
    """People see what their roles cover, and nothing of others."""

    @pytest.mark.parametrize(
        ("who", "codes"),
        [
            ("admin", ["DINAS-2026", "RSUD-2026"]),
            ("auditor", ["DINAS-2026", "RSUD-2026"]),
            ("kepala", ["RSUD-2026"]),
            ("pokja", ["RSUD-2026"]),
        ],
    )
    def test_by_role(self, both_offices: Office, who: str, codes: list[str]) -> None:
        two_candidacies(both_offices)

        assert found(both_offices, seen_by=both_offices.actor(who)) == codes

    def test_a_unit_sees_those_below_it_and_no_other_agency(self, office: Office) -> None:
        two_candidacies(office)
        with transaction() as session:
            other = Agency(code="LAIN", name="Kota Lain", kind=AgencyKind.KABKOTA, zone="Asia/Jayapura")
            session.add(other)
            session.flush()
            session.add(Unit(code="LAIN-DINAS", name="Dinas Lain", agency_id=other.id))
        admin = office.actor("admin")
        for email, grant in (
            ("jauh@contoh.invalid", {"role": Role.AUDITOR, "agency": "LAIN"}),
            ("dinas@contoh.invalid", {"role": Role.PIMPINAN_UNIT, "unit": "DINAS"}),
        ):
            add_person(PersonData(email, "Orang"), actor=admin, now=NOW)
            grant_role(Grant(email, **grant), actor=admin, now=NOW)  # type: ignore[arg-type]
        with transaction() as session:
            dinas = session.get_one(Unit, 2)
            assert dinas.code == "DINAS"
            session.get_one(Unit, 1).parent_id = dinas.id

        assert found(office, seen_by=office.actor("jauh")) == []
        assert found(office, seen_by=office.actor("dinas")) == ["DINAS-2026", "RSUD-2026"]
        assert found(office, seen_by=Actor(99, "x@contoh.invalid", frozenset(), admin.via)) == []


class TestPages:
    """The most urgent first; those without a day last; counted by stage."""

    def test_order(self, both_offices: Office) -> None:
        two_candidacies(both_offices)

        assert [row.code for row in page(both_offices, Order.DUE)] == ["RSUD-2026", "DINAS-2026"]
        assert [row.code for row in page(both_offices, Order.CODE)] == ["DINAS-2026", "RSUD-2026"]
        assert [row.code for row in page(both_offices, Order.UNIT, down=True)] == ["RSUD-2026", "DINAS-2026"]
        assert [row.code for row in page(both_offices, Order.STAGE)] == ["RSUD-2026", "DINAS-2026"]
        assert [row.code for row in page(both_offices, Order.DUE, limit=1, offset=1)] == ["DINAS-2026"]

    def test_counts_agree_with_the_rows(self, both_offices: Office) -> None:
        two_candidacies(both_offices)

        with reading() as session:
            counted = counts(session, Filter(), now=both_offices.now)

        assert counted == {Stage.PENCANANGAN: Count(1, 1), Stage.TPI_ASSESSMENT: Count(1, 0)}
        assert total(counted.values()) == Count(2, 1)
        assert [row.late for row in page(both_offices, Order.DUE)] == [True, False]

    def test_a_day_ends_at_midnight_where_the_agency_is(self, office: Office) -> None:
        office.open()
        office.now = office.now.replace(day=27, hour=16, minute=59)  # 23:59 in Jakarta on the due day
        before = found(office, late=True)
        office.now = office.now.replace(hour=17, minute=0)

        assert (before, found(office, late=True)) == ([], ["RSUD-2026"])
        assert office.now.date() == date(2026, 2, 27)


def page(office: Office, order: Order, *, down: bool = False, limit: int = 10, offset: int = 0) -> list[BoardRow]:
    with reading() as session:
        return board_page(session, Filter(), now=office.now, order=order, down=down, limit=limit, offset=offset)
