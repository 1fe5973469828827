"""A finding is answered by its owner, judged by somebody else, closed, and opened again when its cause returns."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from models.candidacies import Level
from models.database import reading, transaction
from models.errors import BadInput, NotFound, Refused
from models.findings import Finding, FindingState, Origin, Severity
from models.messages import Notice, OutboxMessage
from models.people import Role
from models.stages import Stage
from models.trail import Author, Pending, Via, record
from notifications.deliver import plan_deliveries
from states.cycles import Dated
from states.facts import PredicateData, write_predicate
from states.finding_list import Listed, listed, shown
from states.findings import close_finding, raise_finding, reopen_finding, respond_to_finding, verify_finding
from states.people import Grant, PersonData, add_person, grant_role
from states.verify import verify_trail
from tests.office import TODAY, Office, rules_of
from tests.states.monev.looks import findings, sweep, sweep_holders

EVERYBODY = ("admin", "koordinator", "koordinator2", "pimpinan", "kepala", "pokja", "tpi", "tpi2", "auditor")
LATE = ("stage_late", "")


@pytest.fixture
def of_tpi(office: Office) -> int:
    return office.finding(office.open(stage=Stage.TPI_ASSESSMENT))


@pytest.fixture
def late(office: Office) -> int:
    """A finding of monev that the koordinator owns: a stage over its date."""
    office.open()
    office.days_later(26)
    sweep(office)
    return findings()[LATE].id


@pytest.fixture
def report(office: Office) -> int:
    """A finding of monev about a unit without a candidacy."""
    with transaction() as session:
        held = PredicateData("DINAS", Level.WBK, "12/2017", date(2017, 12, 1))
        write_predicate(session, held, actor=office.actor("koordinator"), now=office.now)
    sweep_holders(office)
    return findings()["report_due", "WBK"].id


def finding(number: int) -> Finding:
    with reading() as session:
        return session.get_one(Finding, number)


def respond(office: Office, number: int, by: str, text: str = "Sudah dilengkapi") -> None:
    respond_to_finding(number, text, actor=office.actor(by), now=office.now)


def verify(office: Office, number: int, by: str, until: date | None = None) -> None:
    verify_finding(number, "cukup", until=until, actor=office.actor(by), now=office.now)


def reopen(office: Office, number: int, by: str, reason: str = "belum cukup") -> None:
    reopen_finding(number, reason, actor=office.actor(by), now=office.now)


def who_may(office: Office, act: Callable[[str], None]) -> set[str]:
    """Who of everybody is not refused; each starts from the same state."""
    may: set[str] = set()
    for name in EVERYBODY:
        before = {row.id: row.model_dump() for row in _all()}
        try:
            act(name)
        except Refused:
            assert {row.id: row.model_dump() for row in _all()} == before
            continue
        may.add(name)
        with transaction() as session:
            for key, values in before.items():
                session.execute(update(Finding).where(col(Finding.id) == key).values(**values))
    return may


def _all() -> list[Finding]:
    with reading() as session:
        return list(session.execute(select(Finding)).scalars())


class TestWho:
    """Its owner answers it, and somebody else, who is entitled to, judges the answer."""

    def test_the_unit_answers_the_tpi(self, office: Office, of_tpi: int) -> None:
        assert who_may(office, lambda by: respond(office, of_tpi, by)) == {"kepala", "pokja"}

    def test_the_tpi_judges_what_the_unit_answered(self, office: Office, of_tpi: int) -> None:
        respond(office, of_tpi, "kepala")

        assert who_may(office, lambda by: verify(office, of_tpi, by)) == {"tpi", "tpi2"}
        assert who_may(office, lambda by: reopen(office, of_tpi, by)) == {"tpi", "tpi2"}
        assert who_may(office, lambda by: _close(office, of_tpi, by)) == {"tpi", "tpi2"}

    def test_the_koordinator_answers_a_late_stage_and_another_one_or_the_head_accepts_that(
        self, office: Office, late: int
    ) -> None:
        assert who_may(office, lambda by: respond(office, late, by)) == {"koordinator", "koordinator2"}

        respond(office, late, "koordinator")

        assert who_may(office, lambda by: verify(office, late, by)) == {"koordinator2", "pimpinan"}
        assert who_may(office, lambda by: reopen(office, late, by)) == {"koordinator", "koordinator2", "pimpinan"}
        assert who_may(office, lambda by: _close(office, late, by)) == set()

    def test_the_same_for_a_unit_without_a_candidacy(self, office: Office, report: int) -> None:
        assert who_may(office, lambda by: respond(office, report, by)) == {"koordinator", "koordinator2"}

        respond(office, report, "koordinator")

        assert who_may(office, lambda by: verify(office, report, by)) == {"koordinator2", "pimpinan"}

    def test_nobody_explains_a_broken_trail_away(self, office: Office) -> None:
        with transaction() as session:
            session.add(
                Finding(
                    origin=Origin.MONEV,
                    rule="trail_broken",
                    item="",
                    severity=Severity.CRITICAL,
                    owner=Role.ADMIN,
                    params='{"fault": "missing", "seq": 1}',
                    opened_at=office.now,
                )
            )
        number = findings()["trail_broken", ""].id

        assert who_may(office, lambda by: respond(office, number, by)) == {"admin"}

        respond(office, number, "admin")

        assert who_may(office, lambda by: verify(office, number, by)) == set()

    def test_a_work_team_answers_for_its_areas(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        _add(office, "pokja-mp", Role.POKJA, "MP", unit="RSUD")
        ours, theirs, whole = (_raise(office, code, area) for area in ("MP", "PP", None))

        respond(office, ours, "pokja-mp")
        for number in (theirs, whole):
            with pytest.raises(Refused) as refused:
                respond(office, number, "pokja-mp")
            assert rules_of(refused) == {"area_not_yours"}

    def test_an_assessor_judges_in_their_areas(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        _add(office, "tpi-mp", Role.TPI, "MP", agency="CONTOH")
        ours, theirs = (_raise(office, code, area) for area in ("MP", "PP"))
        for number in (ours, theirs):
            respond(office, number, "kepala")

        verify(office, ours, "tpi-mp")
        with pytest.raises(Refused) as refused:
            verify(office, theirs, "tpi-mp")
        assert rules_of(refused) == {"area_not_yours"}

    def test_an_area_is_one_of_the_six(self, office: Office) -> None:
        with pytest.raises(BadInput):
            _raise(office, office.open(stage=Stage.TPI_ASSESSMENT), "XX")

    def test_who_answers_for_the_unit_assesses_it_no_more(self, office: Office, of_tpi: int) -> None:
        with transaction() as session:  # the head of a unit above has no role in the unit itself
            author = Author(office.actor("tpi2").person_id, Via.CLI)
            answered = Pending(author, office.now, action="finding_answered", subject="candidacy:RSUD-2026")
            record(session, answered)
        respond(office, of_tpi, "kepala")

        with pytest.raises(Refused) as refused:
            verify(office, of_tpi, "tpi2")
        assert rules_of(refused) == {"assesses_own_work"}

    def test_who_verified_for_the_tpi_answers_for_the_unit_no_more(self, office: Office, of_tpi: int) -> None:
        respond(office, of_tpi, "kepala")
        verify(office, of_tpi, "tpi2")
        other = office.finding("RSUD-2026")
        grant = Grant("tpi2@contoh.invalid", Role.POKJA, unit="RSUD")
        grant_role(grant, actor=office.actor("admin"), now=office.now)

        with pytest.raises(Refused) as refused:
            respond(office, other, "tpi2")
        assert rules_of(refused) == {"answers_own_assessment"}


class TestAnswering:
    """A response waits to be judged; a later one stands in its place."""

    def test_it_says_who_and_when(self, office: Office, of_tpi: int) -> None:
        respond(office, of_tpi, "kepala", "  Notulen diunggah  ")

        row = finding(of_tpi)
        assert (row.state, row.response, row.responded_at) == ("answered", "Notulen diunggah", office.now)
        assert row.responded_by == office.actor("kepala").person_id

    def test_the_later_one_counts(self, office: Office, of_tpi: int) -> None:
        respond(office, of_tpi, "kepala", "satu")
        respond(office, of_tpi, "pokja", "dua")

        assert finding(of_tpi).response == "dua"

    @pytest.mark.parametrize("text", ["", "  \n"])
    def test_an_empty_one_is_refused(self, office: Office, of_tpi: int, text: str) -> None:
        with pytest.raises(Refused) as refused:
            respond(office, of_tpi, "kepala", text)
        assert rules_of(refused) == {"response_without_text"}

    def test_what_is_closed_is_not_answered(self, office: Office, of_tpi: int) -> None:
        _close(office, of_tpi, "tpi")
        with pytest.raises(Refused) as refused:
            respond(office, of_tpi, "kepala")
        assert rules_of(refused) == {"finding_closed_already"}

    @pytest.mark.parametrize("number", [99, 2**70])
    def test_a_number_that_nothing_has(self, office: Office, number: int) -> None:
        with pytest.raises(NotFound):
            respond(office, number, "kepala")

    def test_the_tpi_hears_of_the_first_one(self, office: Office, of_tpi: int) -> None:
        respond(office, of_tpi, "kepala")
        respond(office, of_tpi, "pokja")

        assert _told(f"finding:{of_tpi}:0:answered") == ["tpi"]


class TestHeard:
    """What is told is what still waits: the finding while it is open, a response while it is not judged."""

    def test_first_the_unit_then_the_tpi_then_the_unit_again(self, office: Office, of_tpi: int) -> None:
        heard = [_heard(office)]
        respond(office, of_tpi, "kepala")
        heard.append(_heard(office))
        reopen(office, of_tpi, "tpi")
        heard.append(_heard(office))

        assert heard == [{"kepala"}, {"tpi", "tpi2"}, {"kepala"}]

    def test_nobody_when_it_is_verified(self, office: Office, of_tpi: int) -> None:
        respond(office, of_tpi, "kepala")
        verify(office, of_tpi, "tpi")
        assert _heard(office) == set()

    def test_the_agency_head_hears_of_what_the_koordinator_says_of_their_own(self, office: Office, late: int) -> None:
        respond(office, late, "koordinator")
        assert _told(f"finding:{late}:0:answered") == ["koordinator,pimpinan"]


class TestJudging:
    """Enough, or not."""

    def test_enough_closes_it(self, office: Office, of_tpi: int) -> None:
        respond(office, of_tpi, "kepala")
        verify(office, of_tpi, "tpi2")

        row = finding(of_tpi)
        assert (row.state, row.closed_at, row.closed_by) == ("closed", office.now, office.actor("tpi2").person_id)

    def test_without_a_response_there_is_nothing_to_verify(self, office: Office, of_tpi: int) -> None:
        with pytest.raises(Refused) as refused:
            verify(office, of_tpi, "tpi")
        assert rules_of(refused) == {"finding_not_answered"}

    def test_the_tpi_closes_without_a_response_too(self, office: Office, of_tpi: int) -> None:
        _close(office, of_tpi, "tpi")
        assert finding(of_tpi).state is FindingState.CLOSED

    @pytest.mark.parametrize("closed", [False, True])
    def test_not_enough_opens_it_again_without_the_response_and_tells_its_owner(
        self, office: Office, of_tpi: int, closed: bool
    ) -> None:
        respond(office, of_tpi, "kepala")
        if closed:
            verify(office, of_tpi, "tpi")
        office.days_later(1)

        reopen(office, of_tpi, "tpi")

        row = finding(of_tpi)
        assert (row.state, row.reopened, row.opened_at) == ("open", 1, office.now)
        assert (row.response, row.responded_by, row.closed_by) == (None, None, None)
        assert _told(f"finding:{of_tpi}:1") == ["pimpinan_unit"]

    def test_what_is_open_is_not_opened(self, office: Office, of_tpi: int) -> None:
        with pytest.raises(Refused) as refused:
            reopen(office, of_tpi, "tpi")
        assert rules_of(refused) == {"finding_open_already"}

    def test_it_takes_a_reason(self, office: Office, of_tpi: int) -> None:
        respond(office, of_tpi, "kepala")
        with pytest.raises(Refused) as refused:
            reopen(office, of_tpi, "tpi", " ")
        assert rules_of(refused) == {"reason_missing"}

    def test_a_finding_of_the_tpi_is_closed_for_good(self, office: Office, of_tpi: int) -> None:
        respond(office, of_tpi, "kepala")
        with pytest.raises(Refused) as refused:
            verify(office, of_tpi, "tpi", until=TODAY)
        assert rules_of(refused) == {"until_of_tpi"}


class TestExplained:
    """A response to monev may be taken as an explanation: until a day, or as long as the cause lasts in this stay."""

    @pytest.fixture
    def accepted(self, office: Office, late: int) -> int:
        respond(office, late, "koordinator", "Menunggu pelantikan Bupati")
        verify(office, late, "pimpinan", until=office.now.date() + timedelta(days=7))
        return late

    @pytest.mark.parametrize(("later", "state"), [(7, "closed"), (8, "open")])
    def test_until_that_day(self, office: Office, accepted: int, later: int, state: str) -> None:
        office.days_later(later)
        sweep(office)
        assert finding(accepted).state == state

    def test_opened_again_it_is_told_again(self, office: Office, accepted: int) -> None:
        office.days_later(8)
        sweep(office)
        assert _told(f"finding:{accepted}:1") == ["koordinator"]

    def test_without_a_day_as_long_as_the_cause_lasts(self, office: Office, late: int) -> None:
        respond(office, late, "koordinator")
        verify(office, late, "pimpinan")
        office.days_later(300)
        sweep(office)
        assert finding(late).state is FindingState.CLOSED

    def test_a_cause_that_went_and_came_back_is_a_new_one(self, office: Office, late: int) -> None:
        respond(office, late, "koordinator")
        verify(office, late, "pimpinan")
        office.calendar(Dated(Stage.PENCANANGAN, due=date(2026, 12, 31)))
        sweep(office)
        assert finding(late).closed_by is None

        office.calendar(Dated(Stage.PENCANANGAN, due=date(2026, 2, 27)))
        sweep(office)

        assert finding(late).state is FindingState.OPEN

    def test_in_the_next_stage_monev_asks_anew(self, office: Office, late: int) -> None:
        respond(office, late, "koordinator")
        verify(office, late, "pimpinan")
        office.calendar(Dated(Stage.UNIT_IDENTIFICATION, due=office.now.date() - timedelta(days=1)))
        office.file_required("RSUD-2026", "select_unit")
        office.move("RSUD-2026", "select_unit")

        sweep(office)

        assert finding(late).state is FindingState.OPEN

    def test_a_day_that_has_gone_by_is_refused(self, office: Office, late: int) -> None:
        respond(office, late, "koordinator")
        with pytest.raises(Refused) as refused:
            verify(office, late, "pimpinan", until=office.now.date() - timedelta(days=1))
        assert rules_of(refused) == {"until_in_past"}

    def test_today_is_a_day(self, office: Office, late: int) -> None:
        respond(office, late, "koordinator")
        verify(office, late, "pimpinan", until=office.now.date())
        assert finding(late).accepted_until == office.now.date()

    def test_it_can_be_taken_back(self, office: Office, accepted: int) -> None:
        reopen(office, accepted, "koordinator2")
        sweep(office)
        assert (finding(accepted).state, finding(accepted).accepted_until) == ("open", None)

    def test_what_monev_closed_itself_only_monev_opens(self, office: Office, late: int) -> None:
        office.calendar(Dated(Stage.PENCANANGAN, due=date(2026, 12, 31)))
        sweep(office)
        with pytest.raises(Refused) as refused:
            reopen(office, late, "koordinator")
        assert rules_of(refused) == {"finding_reopens_itself"}

    def test_an_answered_one_closes_by_itself_too(self, office: Office, late: int) -> None:
        respond(office, late, "koordinator")
        office.calendar(Dated(Stage.PENCANANGAN, due=date(2026, 12, 31)))
        sweep(office)
        assert (finding(late).state, finding(late).closed_by) == ("closed", None)

    def test_an_answered_one_stays_answered_while_its_cause_lasts(self, office: Office, late: int) -> None:
        respond(office, late, "koordinator")
        office.days_later(1)
        assert sweep(office).opened == 0
        assert finding(late).state is FindingState.ANSWERED


class TestListed:
    """What is not settled is listed, with its age; one of them is shown with all that happened to it."""

    def test_what_waits_to_be_verified_is_not_settled(self, office: Office, of_tpi: int, report: int) -> None:
        respond(office, of_tpi, "kepala")
        assert [one.finding.id for one in _listed()] == [of_tpi, report]

    def test_one_of_a_unit_stands_under_the_unit(self, office: Office, report: int) -> None:
        [one] = _listed("dinas")
        assert (one.candidacy, one.unit, one.finding.id) == (None, "DINAS", report)

    def test_one_of_a_candidacy_under_the_candidacy(self, office: Office, of_tpi: int) -> None:
        [one] = _listed("rsud-2026")
        assert (one.candidacy, one.unit) == ("RSUD-2026", "RSUD")
        assert _listed("RSUD") == []

    def test_a_code_that_nothing_has(self, office: Office) -> None:
        with pytest.raises(NotFound):
            _listed("LAIN")

    def test_closed_ones_only_where_they_are_asked_for(self, office: Office, of_tpi: int) -> None:
        _close(office, of_tpi, "tpi")
        with reading() as session:
            assert (len(listed(session)), len(listed(session, closed=True))) == (0, 1)

    def test_its_history_is_in_the_trail_with_the_texts(self, office: Office, of_tpi: int) -> None:
        respond(office, of_tpi, "kepala", "satu")
        reopen(office, of_tpi, "tpi", "kurang")
        respond(office, of_tpi, "kepala", "dua")
        verify(office, of_tpi, "tpi2")

        with reading() as session:
            _, history = shown(session, of_tpi)
            assert verify_trail(session).ok
        assert [(one["action"], list(one["texts"].values())) for one in history] == [
            ("finding_raised", ["Bukti belum ada"]),
            ("finding_answered", ["satu"]),
            ("finding_reopened", ["kurang"]),
            ("finding_answered", ["dua"]),
            ("finding_verified", ["cukup"]),
        ]

    def test_no_text_stands_in_a_leaf(self, office: Office, late: int) -> None:
        respond(office, late, "koordinator", "Rahasia-17")
        verify(office, late, "pimpinan")
        with reading() as session:
            _, history = shown(session, late)
        assert not [one for one in history if "Rahasia" in str(one["details"])]
        assert [one["after"] for one in history if one["action"] == "finding_accepted"] == ["closed"]


def _close(office: Office, number: int, by: str) -> None:
    close_finding(number, actor=office.actor(by), now=office.now)


def _raise(office: Office, code: str, area: str | None) -> int:
    return raise_finding(code, "kurang bukti", area=area, actor=office.actor("tpi"), now=office.now)


def _add(office: Office, name: str, role: Role, area: str, **scope: str) -> None:
    email = f"{name}@contoh.invalid"
    add_person(PersonData(email, name), actor=office.actor("admin"), now=office.now)
    grant = Grant(email, role, area=area, since=date(2024, 1, 1), **scope)  # type: ignore[arg-type]
    grant_role(grant, actor=office.actor("admin"), now=office.now)


def _told(subject: str) -> list[str]:
    with reading() as session:
        query = select(col(OutboxMessage.roles)).where(col(OutboxMessage.kind) == Notice.FINDING)
        return list(session.execute(query.where(col(OutboxMessage.subject) == subject)).scalars())


def _heard(office: Office) -> set[str]:
    return {one.recipient.split("@")[0] for one in plan_deliveries(now=office.now) if one.kind == Notice.FINDING}


def _listed(code: str | None = None) -> list[Listed]:
    with reading() as session:
        return list(listed(session, code))
