"""On which days people are told what they still have to prove."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.stages import Stage
from states.calendar import WorkCalendar
from states.evidence.occasions import newest_occasion

JAKARTA = ZoneInfo("Asia/Jakarta")
EID = frozenset({date(2026, 3, 23), date(2026, 3, 24)})  # a Monday and a Tuesday
CALENDAR = WorkCalendar(JAKARTA, EID)

ENTERED, DUE = date(2026, 3, 4), date(2026, 5, 31)  # a Wednesday and a Sunday
HALF = date(2026, 4, 17)


def occasion(
    today: date, *, stage: Stage = Stage.SELF_ASSESSMENT, entered_on: date = ENTERED, due_on: date | None = DUE
) -> date | None:
    return newest_occasion(stage, entered_on=entered_on, due_on=due_on, calendar=CALENDAR, today=today)


class TestMondays:
    """Every week while the unit assesses itself, on the first working day from Monday on."""

    @pytest.mark.parametrize(
        ("today", "said_on"),
        [
            (date(2026, 3, 8), None),  # the Sunday before the first Monday
            (date(2026, 3, 9), date(2026, 3, 9)),
            (date(2026, 3, 15), date(2026, 3, 9)),  # nobody ran it since: the Monday's is still to be said
            (date(2026, 3, 23), date(2026, 3, 16)),  # Eid: not yet
            (date(2026, 3, 25), date(2026, 3, 25)),  # the Wednesday after
        ],
    )
    def test_from_the_stage_on(self, today: date, said_on: date | None) -> None:
        assert occasion(today, due_on=None) == said_on

    def test_not_before_the_tpi_or_the_tpn(self) -> None:
        assert occasion(date(2026, 3, 16), stage=Stage.TPI_ASSESSMENT) is None


class TestBeforeTheEnd:
    """At half time, and 14, 7, 3 and 1 days before the end, on a working day on which somebody can still act."""

    @pytest.mark.parametrize(
        ("today", "said_on"),
        [
            (HALF - timedelta(days=1), None),
            (HALF, HALF),
            (date(2026, 5, 15), date(2026, 5, 15)),  # H-14 is Sunday the 17th: said on Friday
            (date(2026, 5, 24), date(2026, 5, 22)),  # H-7
            (date(2026, 5, 28), date(2026, 5, 28)),  # H-3
            (date(2026, 5, 29), date(2026, 5, 29)),  # H-1 is Saturday
            (date(2026, 6, 30), date(2026, 5, 29)),  # past the end nothing is added
        ],
    )
    def test_in_every_stage_that_collects(self, today: date, said_on: date | None) -> None:
        assert occasion(today, stage=Stage.TPI_ASSESSMENT) == said_on

    def test_what_came_before_the_stage_is_not_made_up_for(self) -> None:
        assert occasion(date(2026, 5, 26), stage=Stage.TPI_ASSESSMENT, entered_on=date(2026, 5, 26)) is None


@given(
    days=st.integers(-10, 200),
    stay=st.integers(0, 150),
    stage=st.sampled_from([Stage.SELF_ASSESSMENT, Stage.SUBMISSION_DESK]),
)
def test_it_is_a_working_day_of_the_stay_that_has_come(days: int, stay: int, stage: Stage) -> None:
    today = ENTERED + timedelta(days=days)

    said_on = occasion(today, stage=stage, due_on=ENTERED + timedelta(days=stay))

    if said_on is not None:
        assert ENTERED <= said_on <= today
        assert CALENDAR.is_working(said_on)
