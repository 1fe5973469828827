"""A pull gives one agency what it proposed itself, on both databases, and keeps what it gave."""

import json
from datetime import date

import pytest

from models.agencies import Agency, AgencyKind, Unit
from models.candidacies import Candidacy, Level
from models.cycles import Cycle, Route
from models.database import transaction
from models.stages import Stage
from models.windows import CycleWindow, WindowKind
from states.portal.evidence_page import visit_evidence
from states.portal.links import LinkTo, link_token
from states.portal.pulling import pull_answers, pull_units
from states.portal.refusals import PortalRefused
from states.portal.tokens import Caller, add_token, caller_of
from tests.office import Office
from tests.portals import CLOSES, KEY, OPENS, id_of, open_window, proposed, prove, rename

QUESTION = "A.I.1.i.a"


def caller(office: Office, agency: str = "CONTOH") -> Caller:
    return caller_of(add_token(agency, actor=office.actor("admin"), now=office.now), now=office.now)


def another_agency(office: Office) -> Caller:
    """With its own open window and its own proposed unit."""
    with transaction() as session:
        agency = Agency(code="LAIN", name="Kota Lain", kind=AgencyKind.KABKOTA, zone="Asia/Makassar")
        session.add(agency)
        session.flush()
        unit = Unit(code="LAIN-RSUD", name="RSUD Lain", agency_id=agency.id)
        cycle = Cycle(
            code="LAIN-2026",
            agency_id=agency.id,
            year=2026,
            ruleset="permen-90-2021-5-2024",
            ruleset_hash="h",
            route=Route.TPN,
        )
        session.add_all([unit, cycle])
        session.flush()
        stage = Stage.SUBMISSION_DESK
        session.add(Candidacy(code="LAIN-RSUD-2026", unit_id=unit.id, cycle_id=cycle.id, target=Level.WBK, stage=stage))
        window = CycleWindow(
            cycle_id=cycle.id,
            kind=WindowKind.PROPOSAL,
            opens=OPENS,
            closes=CLOSES,
            made_at=office.now,
            set_at=office.now,
        )
        session.add(window)
        session.flush()
    return caller(office, "LAIN")


def units(who: Caller, office: Office) -> list[str]:
    return [unit["nama"] for unit in json.loads(pull_units(who, Level.WBK, now=office.now))["units"]]


def sheet(who: Caller, unit: str, office: Office) -> dict[str, object]:
    found: dict[str, object] = json.loads(
        pull_answers(who, unit, key=KEY, address=lambda token: f"https://x.invalid/{token}", now=office.now)
    )
    return found


class TestPull:
    """Of an agency's own units; a name that was given once is given again."""

    def test_gives_and_keeps(self, both_offices: Office) -> None:
        open_window(both_offices)
        code = proposed(both_offices)
        prove(both_offices, code, QUESTION)
        who = caller(both_offices)
        assert units(who, both_offices) == ["RSUD Contoh"]
        first = sheet(who, "RSUD", both_offices)

        rename("RSUD", "RSUD Baru")

        assert units(who, both_offices) == ["RSUD Contoh"]
        assert sheet(who, "RSUD", both_offices) == first
        token = link_token(KEY, LinkTo(id_of(code), QUESTION), 1)
        assert token in str(first)
        page = visit_evidence(token, key=KEY, visitor="192.0.2.1", now=both_offices.now)
        assert (page.unit, len(page.pieces)) == ("RSUD Contoh", 1)

    def test_gives_nothing_of_another_agency(self, office: Office) -> None:
        open_window(office)
        proposed(office)
        ours, theirs = caller(office), another_agency(office)

        assert (units(ours, office), units(theirs, office)) == (["RSUD Contoh"], ["RSUD Lain"])
        for who, unit in ((ours, "LAIN-RSUD"), (theirs, "RSUD")):
            with pytest.raises(PortalRefused) as refused:
                sheet(who, unit, office)
            assert refused.value.status_code == 404

    def test_is_of_the_cycle_whose_window_is_open(self, office: Office) -> None:
        """Last year's window is over, though its unit still stands before the TPN."""
        open_window(office, date(2026, 1, 2), date(2026, 1, 30))
        proposed(office)
        who = caller(office)

        with pytest.raises(PortalRefused) as refused:
            units(who, office)

        assert refused.value.portal_code == "OUTSIDE_PROPOSAL_PERIOD"
