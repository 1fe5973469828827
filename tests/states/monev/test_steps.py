"""What becomes of one finding: whatever happens to its cause, a second look changes nothing."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from models.agencies import Unit
from models.database import reading, transaction
from models.findings import Finding, FindingState, Origin, Severity
from models.people import Role
from states.monev.keeping import About, Step, Swept, keep_findings, step_for
from states.monev.rule import Found
from states.trail_reader import records_of
from states.verify import verify_trail
from tests.office import Office
from tests.states.monev.looks import findings

TODAY = date(2026, 2, 2)
NOW = datetime.fromisoformat("2026-02-02T02:00:00+00:00")
ENTRY = 7


def row(state: FindingState, *, closed_by: int | None = None, until: date | None = None, entry: int = ENTRY) -> Finding:
    return Finding(
        candidacy_id=1,
        entry_id=entry,
        origin=Origin.MONEV,
        rule="stage_late",
        item="",
        severity=Severity.CRITICAL,
        owner=Role.KOORDINATOR,
        state=state,
        opened_at=NOW,
        closed_by=closed_by,
        accepted_until=until,
    )


CLOSED = FindingState.CLOSED


class TestStep:
    """Pure: what is stored, what is found, and in which stay."""

    @pytest.mark.parametrize(
        ("stored", "found", "step"),
        [
            (None, True, Step.OPEN),
            (None, False, Step.NOTHING),
            (row(FindingState.OPEN), True, Step.FOLLOW),
            (row(FindingState.OPEN), False, Step.CLOSE),
            (row(FindingState.ANSWERED), True, Step.FOLLOW),
            (row(FindingState.ANSWERED), False, Step.CLOSE),
            (row(CLOSED), True, Step.OPEN),
            (row(CLOSED), False, Step.NOTHING),
            (row(CLOSED, closed_by=1), True, Step.NOTHING),
            (row(CLOSED, closed_by=1), False, Step.END_ACCEPTANCE),
            (row(CLOSED, closed_by=1, until=TODAY), True, Step.NOTHING),
            (row(CLOSED, closed_by=1, until=TODAY - timedelta(days=1)), True, Step.OPEN),
            (row(CLOSED, closed_by=1, entry=ENTRY - 1), True, Step.OPEN),
        ],
    )
    def test_each_case(self, stored: Finding | None, found: bool, step: Step) -> None:
        assert step_for(stored, found=found, entry_id=ENTRY, today=TODAY) is step


KEYS = [(rule, item) for rule in ("one", "two") for item in ("", "a", "b")]
looks = st.lists(st.sets(st.sampled_from(KEYS)), min_size=1, max_size=6)


class TestAnyHistory:
    """Whatever the rules find day after day: open is exactly what was found last, and a second look changes nothing."""

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(looks=looks)
    def test_open_is_what_was_found_last(self, office: Office, looks: list[set[tuple[str, str]]]) -> None:
        before: set[tuple[str, str]] = set(findings())
        for seen in looks:
            swept = keep(office, seen)

            assert set(findings()) == seen
            assert set(findings(CLOSED)) >= before - seen
            assert (swept.opened, swept.closed, swept.open_now) == (len(seen - before), len(before - seen), len(seen))
            records = len_of_trail()
            again = keep(office, seen)
            assert (again.opened, again.closed, again.open_now) == (0, 0, len(seen))
            assert (set(findings()), len_of_trail()) == (seen, records)
            before = seen
        with reading() as session:
            assert verify_trail(session).ok


def keep(office: Office, keys: set[tuple[str, str]]) -> Swept:
    with transaction() as session:
        unit = session.execute(select(Unit).where(col(Unit.code) == "RSUD")).scalar_one()
        rows = session.execute(select(Finding).where(col(Finding.unit_id) == unit.id)).scalars().all()
        found = [Found(rule, item, Severity.WARNING, Role.KOORDINATOR) for rule, item in sorted(keys)]
        return keep_findings(session, About(TODAY, unit=unit), found, rows, now=office.now)


def len_of_trail() -> int:
    with reading() as session:
        return len(records_of(session, "unit:RSUD"))
