"""The table of schedules says what it means, in the agencies' own time."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest

from flows.schedule import BY_NAME, SCHEDULE, Scheduled, Time
from models.catalogue import catalogue


def next_after(time: Time, moment: datetime) -> datetime:
    return time.first + -((time.first - moment) // time.every) * time.every


class TestTimes:
    """A distance of whole days keeps the hour where there is no daylight saving time."""

    @pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
    def test_reminders_are_queued_at_half_past_seven_in_each_zone(self, zone: str) -> None:
        times = {time.parameters.get("zone", "Asia/Jakarta"): time for time in BY_NAME["remind"].times}

        due = next_after(times[zone], datetime(2026, 5, 29, 12, tzinfo=UTC)).astimezone(ZoneInfo(zone))

        assert (due.hour, due.minute) == (7, 30)

    def test_the_last_of_a_day_is_for_everybody(self) -> None:
        last = max(BY_NAME["remind"].times, key=lambda time: time.first)

        assert not last.parameters

    @pytest.mark.parametrize(("name", "weekday"), [("monev", 0), ("watch_designations", 3)])
    def test_weekly_ones_have_their_day(self, name: str, weekday: int) -> None:
        (time,) = BY_NAME[name].times

        assert next_after(time, datetime(2026, 5, 29, tzinfo=UTC)).weekday() == weekday

    def test_messages_go_out_every_five_minutes(self) -> None:
        assert BY_NAME["deliver"].every == timedelta(minutes=5)


class TestRows:
    """Every row is a flow that can be found by its module, and has words in both languages."""

    @pytest.mark.parametrize("one", SCHEDULE, ids=lambda one: one.name)
    def test_is_a_flow(self, one: Scheduled) -> None:
        from prefect import Flow

        module, _, name = one.entry_point.partition(":")
        flow = getattr(import_module(module), name)

        assert isinstance(flow, Flow)
        assert (flow.name, flow.retries) == (one.name, one.retries)

    @pytest.mark.parametrize("one", SCHEDULE, ids=lambda one: one.name)
    @pytest.mark.parametrize("language", ["id", "en"])
    def test_has_words(self, one: Scheduled, language: str) -> None:
        for key in (f"flow.{one.name}", f"flow.{one.name}.when"):
            assert catalogue(language).gettext(key) != key
