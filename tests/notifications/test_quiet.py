"""Quiet hours as one table of cases: three zones, the night, the end of the year, Lebaran, a deadline on a holiday."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.errors import BadInput
from models.messages import Notice, OutboxMessage
from models.preferences import Zone
from notifications.quiet import STILL_OF_USE, due_ends, held_until
from states.calendar import WorkCalendar
from states.digest_times import next_daily, next_weekly
from states.quiet_hours import LEAST_ROOM, QuietHours, Window, checked, read_window

WIB, WITA, WIT = (ZoneInfo(zone.place) for zone in Zone)

HOLIDAYS = frozenset(
    {
        date(2026, 1, 1),
        *(date(2026, 3, day) for day in (18, 19, 20, 21, 22, 23, 24)),  # Nyepi and Lebaran with cuti bersama
        date(2026, 5, 27),
        date(2026, 5, 28),  # Idul Adha with cuti bersama
        date(2026, 5, 31),  # Waisak, a Sunday
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2027, 1, 1),
    }
)

NIGHT = QuietHours(Window(time(21), time(6)))
LUNCH = QuietHours(Window(time(12), time(13)))
WORKING_DAYS = QuietHours(working_days_only=True)
OFFICE = QuietHours(working_days_only=True, work=Window(time(7, 30), time(16)))
OFFICE_AND_LATE_MORNING = QuietHours(
    Window(time(20), time(9)), working_days_only=True, work=Window(time(7, 30), time(16))
)
NOTHING = QuietHours()


@dataclass(frozen=True)
class Case:
    """A message that is due at a local time, and the local time at which it goes; the same time = at once."""

    what: str
    hours: QuietHours
    due: str
    goes: str
    zone: ZoneInfo = WIB
    due_on: date | None = None  # of a reminder that looks ahead

    def __str__(self) -> str:
        return self.what


CASES = [
    Case("nobody who has set nothing waits", NOTHING, "2026-05-27 02:00", "2026-05-27 02:00"),
    # The night
    Case("by day a message goes at once", NIGHT, "2026-06-02 20:59", "2026-06-02 20:59"),
    Case("quiet hours begin with their first minute", NIGHT, "2026-06-02 21:00", "2026-06-03 06:00"),
    Case("before midnight until the next morning", NIGHT, "2026-06-02 23:30", "2026-06-03 06:00"),
    Case("after midnight until the same morning", NIGHT, "2026-06-03 00:10", "2026-06-03 06:00"),
    Case("the end does not belong to them", NIGHT, "2026-06-03 06:00", "2026-06-03 06:00"),
    Case("a window within one day", LUNCH, "2026-06-03 12:15", "2026-06-03 13:00"),
    Case("the night from the last of a month", NIGHT, "2026-02-28 22:00", "2026-03-01 06:00"),
    # Three zones
    Case("in Makassar by its own clock", NIGHT, "2026-06-02 22:00", "2026-06-03 06:00", zone=WITA),
    Case("in Jayapura by its own clock", NIGHT, "2026-06-02 22:00", "2026-06-03 06:00", zone=WIT),
    # The end of the year
    Case("half past eleven on New Year's Eve", NIGHT, "2026-12-31 23:30", "2027-01-01 06:00"),
    Case("and with working days past New Year and its weekend", OFFICE, "2026-12-31 23:30", "2027-01-04 07:30"),
    Case("New Year's Eve in Jayapura", OFFICE, "2026-12-31 16:00", "2027-01-04 07:30", zone=WIT),
    Case("Christmas with its cuti bersama and weekend", WORKING_DAYS, "2026-12-24 08:00", "2026-12-28 00:00"),
    # Days off and working hours
    Case("a Saturday until Monday", WORKING_DAYS, "2026-06-06 10:00", "2026-06-08 00:00"),
    Case("a Saturday until work begins on Monday", OFFICE, "2026-06-06 10:00", "2026-06-08 07:30"),
    Case("before work", OFFICE, "2026-06-02 05:00", "2026-06-02 07:30"),
    Case("at the end of work", OFFICE, "2026-06-02 16:00", "2026-06-03 07:30"),
    Case("Friday evening", OFFICE, "2026-06-05 18:00", "2026-06-08 07:30"),
    Case("whichever ends last", OFFICE_AND_LATE_MORNING, "2026-06-05 18:00", "2026-06-08 09:00"),
    Case("a long Lebaran", OFFICE, "2026-03-17 16:30", "2026-03-25 07:30"),
    Case("a holiday in the middle of the week", OFFICE, "2026-05-26 19:00", "2026-05-29 07:30"),
    # Reminders that look ahead
    Case("H-1 at night, due tomorrow", NIGHT, "2026-06-02 22:30", "2026-06-03 06:00", due_on=date(2026, 6, 3)),
    Case("H at night is of no use tomorrow", NIGHT, "2026-06-03 22:30", "2026-06-03 22:30", due_on=date(2026, 6, 3)),
    Case(
        "H-1 on the eve of Idul Adha, due on the holiday", OFFICE, "2026-05-26 19:00", "2026-05-26 19:00",
        due_on=date(2026, 5, 28),
    ),
    Case(
        "H rung on a day off, due on Waisak Sunday", WORKING_DAYS, "2026-05-30 09:00", "2026-05-30 09:00",
        due_on=date(2026, 5, 31),
    ),
    Case(
        "a deadline within Lebaran", OFFICE, "2026-03-17 17:00", "2026-03-17 17:00", due_on=date(2026, 3, 20),
    ),
    Case(
        "a deadline on the first day after Lebaran waits", OFFICE, "2026-03-17 17:00", "2026-03-25 07:30",
        due_on=date(2026, 3, 25),
    ),
    Case(
        "a hold that ends two hours before the day does", QuietHours(Window(time(20), time(21, 59))),
        "2026-06-03 20:30", "2026-06-03 21:59", due_on=date(2026, 6, 3),
    ),
    Case(
        "and one that ends later than that is none", QuietHours(Window(time(20), time(22, 30))),
        "2026-06-03 20:30", "2026-06-03 20:30", due_on=date(2026, 6, 3),
    ),
]  # fmt: skip


def local(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def reminder(rung: str, due_on: date) -> OutboxMessage:
    return OutboxMessage(
        kind=Notice.DUE, subject="x", candidacy_id=1, roles="tpi", queued_at=datetime.now(UTC), rung=rung, due_on=due_on
    )


class TestHeldUntil:
    """A message waits until the person can be reached again; a reminder never past the use of it."""

    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_case(self, case: Case) -> None:
        due, goes = local(case.due, case.zone), local(case.goes, case.zone)
        ends = due_ends(reminder("H-1", case.due_on), str(case.zone)) if case.due_on else None

        held = held_until(due, case.hours, WorkCalendar(case.zone, HOLIDAYS), due_ends=ends)

        assert held == (None if goes == due else goes)

    def test_at_one_moment_it_is_night_in_jayapura_and_not_yet_in_jakarta(self) -> None:
        moment = datetime(2026, 6, 2, 12, 30, tzinfo=UTC)  # 19:30 WIB, 20:30 WITA, 21:30 WIT

        held = [held_until(moment, NIGHT, WorkCalendar(zone, HOLIDAYS)) for zone in (WIB, WITA, WIT)]

        assert held == [None, None, datetime(2026, 6, 2, 21, 0, tzinfo=UTC)]

    def test_at_one_moment_the_new_year_has_begun_in_jayapura(self) -> None:
        moment = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)  # 22:30 WIB, a Thursday; 00:30 WIT, New Year

        held = [held_until(moment, WORKING_DAYS, WorkCalendar(zone, HOLIDAYS)) for zone in (WIB, WIT)]

        assert held == [None, local("2027-01-04 00:00", WIT)]

    def test_a_closure_of_the_agency_is_a_day_off(self) -> None:
        closed = WorkCalendar(WIB, HOLIDAYS | {date(2026, 6, 3)})

        assert held_until(local("2026-06-03 08:00", WIB), OFFICE, closed) == local("2026-06-04 07:30", WIB)

    @pytest.mark.parametrize("rung", ["H+1", "H+8"])
    def test_a_late_rung_can_wait(self, rung: str) -> None:
        assert due_ends(reminder(rung, date(2026, 6, 3)), "Asia/Jakarta") is None

    def test_the_due_day_ends_where_the_agency_is(self) -> None:
        ends = [due_ends(reminder("H", date(2026, 6, 3)), zone.place) for zone in Zone]

        assert [one and one.astimezone(UTC).hour for one in ends] == [16, 15, 14]

    def test_hours_without_room_hold_nothing(self) -> None:
        never = QuietHours(Window(time(6), time(20)), working_days_only=True, work=Window(time(8), time(16)))

        assert never.room == 0
        assert held_until(local("2026-06-03 09:00", WIB), never, WorkCalendar(WIB, HOLIDAYS)) is None


minutes = st.times().map(lambda one: one.replace(second=0, microsecond=0))
windows = st.builds(Window, minutes, minutes).filter(lambda one: one.begins != one.ends)
hours = st.one_of(
    st.builds(QuietHours, windows),
    st.builds(QuietHours, st.none() | windows, st.just(True), st.none() | windows.filter(lambda one: not one.wraps)),
).filter(lambda one: one.room >= LEAST_ROOM)
moments = st.integers(0, 427 * 24 * 60 * 60).map(lambda s: datetime(2025, 12, 1, tzinfo=UTC) + timedelta(seconds=s))
calendars = st.builds(
    WorkCalendar,
    st.sampled_from([WIB, WITA, WIT]),
    st.frozensets(st.dates(date(2025, 12, 1), date(2027, 3, 1)), max_size=60).map(lambda more: more | HOLIDAYS),
)


class TestAnyHours:
    """Whatever somebody has set."""

    @given(hours=hours, moment=moments, calendar=calendars)
    def test_it_never_goes_in_quiet_hours_nor_before_its_time_and_waits_once(
        self, hours: QuietHours, moment: datetime, calendar: WorkCalendar
    ) -> None:
        held = held_until(moment, hours, calendar)

        goes = (held or moment).astimezone(calendar.zone)
        assert goes >= moment
        assert not (hours.quiet and hours.quiet.has(goes.time()))
        assert not hours.working_days_only or calendar.is_working(goes.date())
        assert hours.work is None or hours.work.has(goes.time())
        assert held is None or held_until(held, hours, calendar) is None

    @given(hours=hours, moment=moments, calendar=calendars, ahead=st.integers(0, 20))
    def test_a_reminder_that_waits_still_arrives_in_time(
        self, hours: QuietHours, moment: datetime, calendar: WorkCalendar, ahead: int
    ) -> None:
        ends = due_ends(reminder("H-3", calendar.today(moment) + timedelta(days=ahead)), str(calendar.zone))
        assert ends

        held = held_until(moment, hours, calendar, due_ends=ends)

        assert held is None or moment < held <= ends - STILL_OF_USE

    @given(hours=hours, moment=moments, calendar=calendars)
    def test_no_minute_in_between_was_free(self, hours: QuietHours, moment: datetime, calendar: WorkCalendar) -> None:
        held = held_until(moment, hours, calendar)
        assume(held is not None and held - moment < timedelta(days=5))
        assert held

        step = timedelta(minutes=7)
        between = (moment + step * count for count in range((held - moment) // step + 1))
        assert all(one >= held or held_until(one, hours, calendar) == held for one in between)


class TestHours:
    """What can be set leaves an hour of every working day at least."""

    @pytest.mark.parametrize(
        ("hours", "rule"),
        [
            (QuietHours(Window(time(6), time(6))), "window_empty"),
            (QuietHours(Window(time(6), time(5, 30))), "no_room_left"),
            (QuietHours(working_days_only=True, work=Window(time(22), time(6))), "work_over_midnight"),
            (QuietHours(work=Window(time(8), time(16))), "work_without_days"),
            (
                QuietHours(Window(time(15, 59), time(8)), working_days_only=True, work=Window(time(7), time(8, 30))),
                "no_room_left",
            ),
        ],
    )
    def test_what_is_refused(self, hours: QuietHours, rule: str) -> None:
        with pytest.raises(BadInput) as refused:
            checked(hours)

        assert refused.value.key == rule

    @pytest.mark.parametrize("text", ["21:00-06:00", " 21:00 - 6:00 ", "00:00-23:00"])
    def test_what_is_read(self, text: str) -> None:
        assert checked(QuietHours(read_window(text))).quiet

    @pytest.mark.parametrize("text", ["", "21:00", "21-06", "24:00-06:00", "21:00-06:00:30", "21:5-06:00", "x-y", "-"])
    def test_what_is_no_window(self, text: str) -> None:
        with pytest.raises(BadInput, match="jam"):
            read_window(text)


class TestDigestTimes:
    """Half past seven where the person is; on the next working day for who wants none on days off."""

    @pytest.mark.parametrize(
        ("now", "only", "daily", "weekly"),
        [
            ("2026-06-02 07:29", False, "2026-06-02", "2026-06-08"),
            ("2026-06-02 07:30", False, "2026-06-03", "2026-06-08"),
            ("2026-06-05 12:00", True, "2026-06-08", "2026-06-08"),
            ("2026-06-01 06:00", False, "2026-06-01", "2026-06-01"),
            ("2026-03-16 08:00", True, "2026-03-17", "2026-03-25"),  # Monday the 23rd is in Lebaran
            ("2026-03-23 08:00", True, "2026-03-25", "2026-03-25"),
            ("2026-03-23 08:00", False, "2026-03-24", "2026-03-30"),
            ("2026-12-31 08:00", True, "2027-01-04", "2027-01-04"),
        ],
    )
    @pytest.mark.parametrize("zone", [WIB, WITA, WIT], ids=["WIB", "WITA", "WIT"])
    def test_the_next(self, zone: ZoneInfo, now: str, only: bool, daily: str, weekly: str) -> None:
        calendar, moment = WorkCalendar(zone, HOLIDAYS), local(now, zone)

        times = [one(moment, calendar, working_days_only=only) for one in (next_daily, next_weekly)]

        assert times == [local(f"{day} 07:30", zone) for day in (daily, weekly)]

    @given(moment=moments, calendar=calendars, only=st.booleans())
    def test_it_is_always_ahead(self, moment: datetime, calendar: WorkCalendar, only: bool) -> None:
        daily, weekly = (one(moment, calendar, working_days_only=only) for one in (next_daily, next_weekly))

        assert moment < daily <= weekly
