"""Every date can be explained: which holiday, which closure, which weekend, and where it came from."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.calendar import WorkCalendar
from states.holidays import published_days
from states.ladder import LADDER, Rung, dated_rungs, newest_due
from states.reasons import OffDay, OffKind, counted_from, rung_reasons

WIB, WITA, WIT = (ZoneInfo(f"Asia/{city}") for city in ("Jakarta", "Makassar", "Jayapura"))
NAMES = {
    one.day: OffDay(one.day, OffKind.HOLIDAY, one.name, one.estimated)
    for year in (2025, 2026, 2027)
    for one in published_days(year)
}
CALENDAR = WorkCalendar(WIB, frozenset(NAMES))
H = (Rung(0),)

# The due date, when its H is said, and what moved it, nearest to the due date first.
CASES = [
    ("a working day", date(2026, 8, 12), date(2026, 8, 12), []),
    ("31 May 2026, Waisak on a Sunday", date(2026, 5, 31), date(2026, 5, 29), ["Hari Raya Waisak", "weekend"]),
    ("Independence Day, a Monday", date(2026, 8, 17), date(2026, 8, 14), ["Hari Kemerdekaan", "weekend", "weekend"]),
    (
        "Lebaran with its cuti bersama",
        date(2026, 3, 24),
        date(2026, 3, 17),
        [
            "Cuti Bersama Hari Raya Idul Fitri",
            "Cuti Bersama Hari Raya Idul Fitri",
            "Hari kedua dari Hari Raya Idul Fitri",
            "Hari Raya Idul Fitri",
            "Cuti Bersama Hari Raya Idul Fitri",
            "Hari Suci Nyepi",
            "Cuti Bersama Hari Suci Nyepi",
        ],
    ),
    (
        "New Year's Day, said in the old year",
        date(2027, 1, 1),
        date(2026, 12, 31),
        ["Tahun Baru Masehi"],
    ),
    (
        "Christmas, with the leave of the day before",
        date(2026, 12, 25),
        date(2026, 12, 23),
        ["Hari Raya Natal", "Cuti Bersama Hari Raya Natal"],
    ),
]


class TestWhenARungIsSaid:
    """The explanation names each day that was passed over, and agrees with what the reminders do."""

    @pytest.mark.parametrize(
        ("due_on", "said", "passed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
    )
    def test_cases_of_the_calendar(self, due_on: date, said: date, passed: list[str]) -> None:
        (reason,) = rung_reasons(due_on, H, CALENDAR, NAMES)

        assert (reason.own_day, reason.dated.day) == (due_on, said)
        named = [off.name or off.kind.value for off in reason.skipped]
        assert len(named) == len(passed)
        assert all(name.startswith(start) for name, start in zip(named, passed, strict=True)), named

    def test_a_late_rung_waits_and_names_what_it_waits_for_in_order(self) -> None:
        (reason,) = rung_reasons(date(2026, 5, 29), (Rung(1),), CALENDAR, NAMES)  # H+1 is Saturday 30 May

        assert reason.dated.day == date(2026, 6, 2)
        assert [off.day.day for off in reason.skipped] == [30, 31, 1]

    def test_a_closure_is_named_as_one(self) -> None:
        founding = date(2026, 8, 12)
        calendar = WorkCalendar(WIB, frozenset({founding}))

        (reason,) = rung_reasons(founding, H, calendar, {founding: OffDay(founding, OffKind.CLOSURE, "HUT Kabupaten")})

        assert reason.dated.day == date(2026, 8, 11)
        assert reason.skipped == (OffDay(founding, OffKind.CLOSURE, "HUT Kabupaten"),)

    def test_it_says_which_days_rest_on_an_estimate(self) -> None:
        lebaran = next(off.day for off in NAMES.values() if off.estimated and off.day.year == 2027)

        (reason,) = rung_reasons(lebaran, H, CALENDAR, NAMES)

        assert reason.skipped[0].estimated

    @given(st.dates(date(2025, 5, 1), date(2027, 9, 1)))
    def test_every_rung_is_explained_by_all_the_days_off_between(self, due_on: date) -> None:
        for reason in rung_reasons(due_on, LADDER, CALENDAR, NAMES):
            moved = abs((reason.dated.day - reason.own_day).days)
            assert len(reason.skipped) == moved
            assert not any(CALENDAR.is_working(off.day) for off in reason.skipped)
            assert CALENDAR.is_working(reason.dated.day)


class TestWorkingDays:
    """N working days from entering a stage: each day that was not counted is named."""

    def test_five_days_over_idul_adha(self) -> None:
        reason = counted_from(date(2026, 5, 25), 5, CALENDAR, NAMES, note="SE")

        named = [off.name or off.kind.value for off in reason.skipped]
        assert named == [
            "Hari Raya Idul Adha",
            "Cuti Bersama Hari Raya Idul Adha",
            "weekend",
            "Hari Raya Waisak",
            "Hari Lahir Pancasila",
        ]
        assert (reason.working_days, reason.note) == (5, "SE")

    @given(st.dates(date(2025, 1, 1), date(2027, 6, 1)), st.integers(1, 40))
    def test_counted_and_not_counted_days_are_all_the_days(self, entered_on: date, count: int) -> None:
        reason = counted_from(entered_on, count, CALENDAR, NAMES)

        due_on = CALENDAR.add_working_days(entered_on, count)
        assert (due_on - entered_on).days == count + len(reason.skipped)


class TestThreeZones:
    """The same day begins two hours earlier in Jayapura than in Jakarta, and so does its reminder."""

    DUE = date(2026, 5, 31)
    FRIDAY = date(2026, 5, 29)

    @pytest.mark.parametrize(
        ("zone", "begins"),
        [
            (WIB, datetime(2026, 5, 28, 17, 0, tzinfo=UTC)),
            (WITA, datetime(2026, 5, 28, 16, 0, tzinfo=UTC)),
            (WIT, datetime(2026, 5, 28, 15, 0, tzinfo=UTC)),
        ],
        ids=["WIB", "WITA", "WIT"],
    )
    def test_the_day_begins_at_its_own_midnight(self, zone: ZoneInfo, begins: datetime) -> None:
        rungs = dated_rungs(self.DUE, WorkCalendar(zone, frozenset(NAMES)))

        (said,) = (dated for dated in rungs if dated.rung.days == 0)
        before, after = (newest_due(rungs, now=begins + timedelta(seconds=second)) for second in (-1, 0))

        assert (said.day, said.at) == (self.FRIDAY, begins)
        assert (before and before.rung.name, after and after.rung.name) == ("H-3", "H")

    def test_at_one_moment_the_three_have_said_different_things(self) -> None:
        now = datetime(2026, 5, 28, 15, 30, tzinfo=UTC)  # 22:30 WIB and 23:30 WITA of Thursday, 00:30 WIT of Friday

        newest = [
            newest_due(dated_rungs(self.DUE, WorkCalendar(zone, frozenset(NAMES))), now=now)
            for zone in (WIB, WITA, WIT)
        ]

        assert [dated and dated.rung.name for dated in newest] == ["H-3", "H-3", "H"]
