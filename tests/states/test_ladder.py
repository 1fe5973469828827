"""When each rung is said: a missed day loses nothing, a day off moves it, and no rung is said before it is true."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInput
from states.calendar import WorkCalendar
from states.holidays import published_days
from states.ladder import LADDER, Rung, dated_rungs, days_named, newest_due, next_after, next_after_change, read_ladder

JAKARTA = ZoneInfo("Asia/Jakarta")
JAYAPURA = ZoneInfo("Asia/Jayapura")
HOLIDAYS = frozenset(one.day for year in (2025, 2026, 2027) for one in published_days(year))
CALENDAR = WorkCalendar(JAKARTA, HOLIDAYS)
PLAIN = WorkCalendar(JAKARTA)  # weekends only


def days_of(due_on: date, calendar: WorkCalendar = CALENDAR) -> dict[str, date]:
    return {dated.rung.name: dated.day for dated in dated_rungs(due_on, calendar)}


def at(day: date, hour: int = 7, zone: ZoneInfo = JAKARTA) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 30, tzinfo=zone)


class TestDaysOff:
    """A rung on a day off is said on the last working day before it; a late one waits for the next working day."""

    def test_the_deadline_of_31_may_2026_is_said_on_friday_29_may(self) -> None:
        days = days_of(date(2026, 5, 31))  # a Sunday, and Waisak

        assert days["H"] == date(2026, 5, 29)
        assert days["H-1"] == date(2026, 5, 29)  # Saturday
        assert days["H-3"] == date(2026, 5, 26)  # cuti bersama and Idul Adha before it
        assert days["H-7"] == date(2026, 5, 22)  # Sunday
        assert days["H+1"] == date(2026, 6, 2)  # 1 June is a holiday

    @pytest.mark.parametrize(
        ("due_on", "said"),
        [
            (date(2026, 3, 24), date(2026, 3, 17)),  # inside the Lebaran leave: the last working day before it
            (date(2026, 12, 25), date(2026, 12, 23)),  # Christmas, with the leave of the day before
            (date(2027, 1, 1), date(2026, 12, 31)),  # across the year's end
            (date(2026, 8, 12), date(2026, 8, 12)),  # a working day stays
        ],
    )
    def test_cases_of_the_calendar(self, due_on: date, said: date) -> None:
        assert days_of(due_on)["H"] == said

    @given(st.dates(date(2025, 1, 20), date(2027, 11, 30)))
    def test_every_rung_falls_on_a_working_day_and_never_claims_lateness_too_early(self, due_on: date) -> None:
        for dated in dated_rungs(due_on, CALENDAR):
            assert CALENDAR.is_working(dated.day)
            if dated.rung.days > 0:
                assert dated.day > due_on
            else:
                assert dated.day <= due_on

    @given(st.dates(date(2025, 1, 20), date(2027, 11, 30)))
    def test_rungs_come_in_order(self, due_on: date) -> None:
        moments = [dated.at for dated in dated_rungs(due_on, CALENDAR)]
        assert moments == sorted(moments)


class TestNewestRung:
    """The newest rung that came due is said, whichever day the run happens to be."""

    @pytest.mark.parametrize(
        ("days_late", "newest"),
        [
            (-15, None),
            (-14, "H-14"),
            (-8, "H-14"),
            (-7, "H-7"),
            (-2, "H-3"),
            (0, "H"),
            (1, "H+1"),
            (5, "H+1"),
            (40, "H+15"),
        ],
    )
    def test_what_is_newest(self, days_late: int, newest: str | None) -> None:
        due_on = date(2026, 9, 16)  # a Wednesday with working days around it
        rungs = dated_rungs(due_on, WorkCalendar(JAKARTA, frozenset()))
        today = due_on + timedelta(days=days_late)

        found = newest_due(rungs, now=at(today))

        assert (found and found.rung.name) == newest

    def test_a_rung_is_due_from_the_start_of_its_day_in_the_agencys_zone(self) -> None:
        due_on = date(2026, 9, 16)
        for zone in (JAKARTA, JAYAPURA):
            rungs = dated_rungs(due_on, WorkCalendar(zone))
            midnight = datetime(2026, 9, 16, tzinfo=zone)
            before = newest_due(rungs, now=midnight - timedelta(seconds=1))
            after = newest_due(rungs, now=midnight)
            assert (before and before.rung.name, after and after.rung.name) == ("H-1", "H")

    def test_there_are_eight_rungs_and_then_silence(self) -> None:
        rungs = dated_rungs(date(2026, 9, 16), PLAIN)
        assert len(rungs) == len(LADDER) == 8
        assert next_after(rungs, now=rungs[-1].at) is None
        assert next_after(rungs, now=rungs[0].at) == rungs[1].at


class TestWorkingDays:
    """A window of N working days skips weekends, holidays and cuti bersama."""

    @pytest.mark.parametrize(
        ("start", "count", "end"),
        [
            (date(2026, 2, 2), 5, date(2026, 2, 9)),
            (date(2026, 5, 26), 1, date(2026, 5, 29)),  # Idul Adha and its leave lie between
            (date(2026, 5, 30), 1, date(2026, 6, 2)),
        ],
    )
    def test_counts_only_working_days(self, start: date, count: int, end: date) -> None:
        assert CALENDAR.add_working_days(start, count) == end


class TestReadingRungs:
    """A cycle's own rungs are written as people say them, put in order, and held to what can be kept."""

    def test_they_are_put_in_order_and_written_back_alike(self) -> None:
        ladder = read_ladder(["H+1:pimpinan_unit,koordinator", "h-30", "H", "H-1:pimpinan_unit"])

        assert [rung.written for rung in ladder] == ["H-30", "H-1:pimpinan_unit", "H", "H+1:pimpinan_unit,koordinator"]

    def test_the_common_ladder_reads_back_as_itself(self) -> None:
        assert read_ladder(rung.written for rung in LADDER) == LADDER

    @pytest.mark.parametrize(
        ("words", "wrong"),
        [
            ([], "ladder_length"),
            ([f"H-{n}" for n in range(1, 10)], "ladder_length"),
            (["H-1", "H-01"], "rung_twice"),
            (["H", "H-0"], "rung_twice"),
            (["H-91"], "rung_too_far"),
            (["H+61"], "rung_too_far"),
            (["H-1:bupati"], "rung_role"),
            (["H-1:"], "rung_role"),
            (["tujuh"], "bad_rung"),
            (["H-"], "bad_rung"),
            (["H1"], "bad_rung"),
            (["H-٣"], "bad_rung"),
        ],
    )
    def test_what_is_no_ladder_is_refused(self, words: list[str], wrong: str) -> None:
        with pytest.raises(BadInput) as refused:
            read_ladder(words)

        assert refused.value.key == wrong

    @pytest.mark.parametrize("name", ["H-90", "H-1", "H", "H+1", "H+60"])
    def test_a_rungs_name_tells_its_day(self, name: str) -> None:
        assert Rung(days_named(name)).name == name


class TestNextAfterAChange:
    """What was said stays said: the next is the first rung that was not, on its new day."""

    DUE = date(2026, 9, 16)

    @pytest.mark.parametrize("said", range(len(LADDER) + 1))
    def test_a_day_off_moves_the_next_rung_and_says_none_twice(self, said: int) -> None:
        """`said` rungs of the ladder were said so far."""
        before = dated_rungs(self.DUE, PLAIN)
        after = dated_rungs(self.DUE, WorkCalendar(JAKARTA, frozenset(dated.day for dated in before)))
        next_at = before[said].at if said < len(before) else None

        moved = next_after_change(before, after, next_at=next_at)

        assert moved == (after[said].at if said < len(after) else None)

    def test_another_ladder_goes_on_where_the_old_one_stood(self) -> None:
        before = dated_rungs(self.DUE, PLAIN)
        after = dated_rungs(self.DUE, PLAIN, read_ladder(["H-30", "H-10", "H-2", "H+30"]))

        by_next = {dated.rung.name: next_after_change(before, after, next_at=dated.at) for dated in before}

        days = {dated.at: dated.rung.name for dated in after}
        assert {name: days[at] for name, at in by_next.items() if at} == {
            "H-14": "H-10",
            "H-7": "H-2",
            "H-3": "H-2",
            "H-1": "H+30",
            "H": "H+30",
            "H+1": "H+30",
            "H+8": "H+30",
            "H+15": "H+30",
        }
        assert next_after_change(before, after, next_at=None) == after[-1].at  # all was said: this is later than all
