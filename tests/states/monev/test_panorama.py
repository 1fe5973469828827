"""Monev at a glance says what the report says, by as few queries for thousands as for one."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from models.agencies import Agency
from models.database import bound_engine, reading, transaction
from models.findings import Finding, Severity
from models.lke import Layer
from models.people import Role
from models.stages import Stage
from states.lke.answers import Given, record_answers
from states.lookups import find
from states.monev.panorama import Panorama, Wanted
from states.monev.quarters import Quarter
from states.monev.rounds import take_round
from states.reports.contents import Signature, load_contents
from states.reports.open_findings import by_age
from tests.lkes import full_marks
from tests.neighbours import Neighbour
from tests.office import Office


def seen_by(office: Office, name: str, agency: str = "") -> Panorama:
    return Panorama(office.actor(name), office.now, agency)


def half_filled(office: Office, code: str) -> None:
    """By the TPI, which doubts every third answer and has not come to the rest yet."""
    situation = office.situation(code, lke=True)
    assert situation.lke
    answers = list(full_marks(situation.lke.lke).items())
    given = [Given(item, value) for at, (item, value) in enumerate(answers[: len(answers) // 2]) if at % 3]
    record_answers(code, Layer.TPI, given, actor=office.actor("tpi"), now=office.now)


@pytest.fixture
def busy(both_offices: Office) -> Office:
    """Two units that have answered, of which the TPI has looked at one; findings of several ages; two rounds."""
    office = both_offices
    Neighbour.moved_in(office)
    first = office.open(stage=Stage.SELF_ASSESSMENT)
    office.open(unit="DINAS", stage=Stage.SELF_ASSESSMENT)
    office.file_required(first, "submit_to_tpi")
    office.move(first, "submit_to_tpi", by="kepala")
    half_filled(office, first)
    take_round("CONTOH", now=office.now, actor=office.actor("koordinator"))
    numbers = [office.finding(first, f"Bukti {at}") for at in range(4)]
    ages = (3, 20, 60, 200)
    with transaction() as session:
        for number, days in zip(numbers, ages, strict=True):
            session.get_one(Finding, number).opened_at = office.now - timedelta(days=days)
        session.get_one(Finding, numbers[3]).severity = Severity.CRITICAL
    office.days_later(89)  # the next quarter
    for number, days in zip(numbers, ages, strict=True):
        with transaction() as session:
            session.get_one(Finding, number).opened_at = office.now - timedelta(days=days)
    take_round("CONTOH", now=office.now, actor=office.actor("koordinator"))
    return office


class TestFigures:
    """They are those of the report, over what the visitor sees."""

    def test_the_funnel_counts_who_is_there_and_who_ever_was(self, busy: Office) -> None:
        busy.move("DINAS-2026", "withdraw", reason="Unit digabung")

        with reading() as session:
            steps = {one.stage: (one.now, one.ever) for one in seen_by(busy, "koordinator").funnel(session)}

        assert steps["tpi_assessment"] == (1, 1)
        assert steps["self_assessment"] == (0, 2)
        assert steps["withdrawn"] == (1, 1)
        assert steps["pencanangan"] == (0, 0)
        assert "coaching" not in steps

    def test_the_areas_are_the_reports(self, busy: Office) -> None:
        with reading() as session:
            agency = find(session, Agency, "CONTOH")
            contents = load_contents(session, agency, now=busy.now, signature=Signature())
            areas = seen_by(busy, "koordinator").areas(session)

        assert any(one.gap and one.tpi_below for one in areas)
        assert {one.code: one for one in areas} == {one.code: one for one in contents.areas}

    def test_the_ages_are_the_reports(self, busy: Office) -> None:
        with reading() as session:
            agency = find(session, Agency, "CONTOH")
            contents = load_contents(session, agency, now=busy.now, signature=Signature())
            ages = seen_by(busy, "koordinator").ages(session)

        assert ages == list(by_age(contents.findings))
        assert [sum(counts.values()) for _, counts in ages] == [1, 1, 1, 1]

    def test_the_trend_is_the_rounds(self, busy: Office) -> None:
        with reading() as session:
            agency = find(session, Agency, "CONTOH")
            past = load_contents(session, agency, now=busy.now, signature=Signature()).history.rounds
            trend = seen_by(busy, "koordinator").trend(session)

        assert [one.quarter for one in trend] == [Quarter(2026, 1), Quarter(2026, 2)]
        for mine, theirs in zip(trend, (one.totals for one in past), strict=True):
            for name in ("candidacies", "open", "late", "designated", "unit_mean", "tpi_mean", "findings"):
                assert getattr(mine, name) == getattr(theirs, name), name
            assert mine.missing_evidence == theirs.missing_evidence
        assert trend[0].unit_mean is not None

    def test_a_units_people_see_their_own(self, busy: Office) -> None:
        with reading() as session:
            mine = seen_by(busy, "kepala")
            funnel = {one.stage: one.now for one in mine.funnel(session)}
            found = mine.count(session, Wanted())
            beside = seen_by(busy, "tetangga")
            theirs = (beside.trend(session), beside.areas(session), beside.count(session, Wanted()))

        assert (funnel["tpi_assessment"], funnel["self_assessment"], found) == (1, 0, 4)
        assert theirs == ([], [], 0)

    def test_one_agency_of_many(self, busy: Office) -> None:
        with reading() as session:
            everywhere = seen_by(busy, "admin").funnel(session)
            there = seen_by(busy, "admin", "tetangga").funnel(session)

        assert (sum(one.now for one in everywhere), sum(one.now for one in there)) == (3, 1)


class TestFindings:
    """The open ones, the weightiest first, then the oldest."""

    def test_in_order_and_narrowed(self, busy: Office) -> None:
        mine = seen_by(busy, "koordinator")
        with reading() as session:
            days = [one.days for one in mine.findings(session, Wanted())]
            critical = mine.findings(session, Wanted(severity=Severity.CRITICAL))
            others = mine.count(session, Wanted(owner=Role.PIMPINAN))
            owners = set(session.execute(select(col(Finding.owner))).scalars())
            owned = [mine.count(session, Wanted(owner=owner)) for owner in owners]

        assert days == [200, 60, 20, 3]
        assert [one.finding.text for one in critical] == ["Bukti 3"]
        assert (others, sum(owned)) == (0, 4)


class TestManyUnits:
    """A page takes as many queries for many units as for a few."""

    def test_the_same_number_of_queries(self, office: Office) -> None:
        asked: list[str] = []
        event.listen(bound_engine(), "before_cursor_execute", lambda *args: asked.append(args[2]))

        def queries() -> int:
            asked.clear()
            mine = seen_by(office, "koordinator")
            with reading() as session:
                mine.funnel(session), mine.trend(session), mine.areas(session), mine.ages(session)
                mine.count(session, Wanted()), mine.findings(session, Wanted())
            return len([one for one in asked if one.startswith(("SELECT", "WITH"))])

        office.open()
        few = queries()
        office.open(unit="DINAS", stage=Stage.TPI_ASSESSMENT, since=date(2026, 1, 5))
        office.fill_lke("DINAS-2026", layer=Layer.TPI)
        office.finding("DINAS-2026")

        assert queries() == few == 7
