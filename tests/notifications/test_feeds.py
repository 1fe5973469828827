"""A calendar feed shows what its owner may see on the day it is fetched, and to whoever holds its token only."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlmodel import col

from models.audit import AuditRecord
from models.catalogue import current_language, use_language
from models.database import reading
from models.errors import NotFound, Refused, UsageError
from models.feeds import Feed
from models.people import Role
from models.preferences import Language
from models.stages import Stage
from models.windows import WindowKind
from notifications.feeds import add_feed, feed_for, list_feeds, own_feed, revoke_feed
from notifications.icalendar_text import Entry, render
from states.closures import close_agency
from states.cycles import Dated
from states.due_dates import Window
from states.people import Grant, end_role
from states.preferences import Changes, To, set_preferences
from states.windows import set_window
from tests.office import Office

JUNE = Window(date(2026, 6, 1), date(2026, 6, 30), "Surat Deputi")
MADE = datetime(2026, 2, 2, 2, 0, tzinfo=UTC)


def token_of(office: Office, by: str, *, unit: str | None = None, agency: str | None = None) -> str:
    return add_feed(unit=unit, agency=agency, actor=office.actor(by), now=office.now)[1]


def fetched(office: Office, token: str) -> bytes:
    with reading() as session:
        return feed_for(session, token, office.now)


def events(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def titles(content: bytes) -> list[str]:
    return [str(event["SUMMARY"]) for event in events(content)]


@pytest.fixture
def busy(both_offices: Office) -> Office:
    """RSUD in TPI assessment until 31 May, DINAS at its first stage until 27 February, and a window in June."""
    both_offices.open(stage=Stage.TPI_ASSESSMENT)
    both_offices.open(unit="DINAS")
    actor = both_offices.actor("koordinator")
    set_window(both_offices.cycle, WindowKind.PROPOSAL, JUNE, actor=actor, now=both_offices.now)
    return both_offices


class TestWhatItShows:
    """Open dated things, as whole days; a person's own feed has what their roles owe."""

    def test_an_agencys_feed_has_all_of_it(self, busy: Office) -> None:
        content = fetched(busy, token_of(busy, "auditor", agency="CONTOH"))

        assert [(event["DTSTART"].dt, event["DTEND"].dt) for event in events(content)] == [
            (date(2026, 2, 27), date(2026, 2, 28)),
            (date(2026, 5, 31), date(2026, 6, 1)),
            (date(2026, 5, 31), date(2026, 6, 1)),
            (date(2026, 6, 1), date(2026, 7, 1)),
            (date(2026, 6, 30), date(2026, 7, 1)),
        ]
        assert b"DTSTART;VALUE=DATE:20260531\r\n" in content

    def test_a_units_feed_has_only_the_unit_and_the_windows(self, busy: Office) -> None:
        shown = titles(fetched(busy, token_of(busy, "kepala", unit="RSUD")))

        assert len(shown) == 4
        assert not any("Dinas" in title for title in shown)

    @pytest.mark.parametrize(
        ("by", "count"),
        [("tpi", 1), ("koordinator", 4), ("kepala", 0), ("auditor", 0), ("admin", 0)],
    )
    def test_a_persons_feed_has_what_their_roles_owe(self, busy: Office, by: str, count: int) -> None:
        assert len(events(fetched(busy, token_of(busy, by)))) == count

    def test_without_a_token_somebody_sees_the_same_of_their_own(self, busy: Office) -> None:
        with reading() as session:
            mine = own_feed(session, busy.actor("tpi"), busy.now)

        assert mine == fetched(busy, token_of(busy, "tpi"))

    def test_what_is_done_disappears(self, busy: Office) -> None:
        token = token_of(busy, "koordinator", agency="CONTOH")
        busy.move("DINAS-2026", "withdraw", reason="x")
        busy.file("RSUD-2026", "surat_usulan")
        busy.file("RSUD-2026", "sptjm")

        assert [event["DTSTART"].dt.month for event in events(fetched(busy, token))] == [5, 6, 6]

    def test_a_window_that_closed_disappears(self, busy: Office) -> None:
        token = token_of(busy, "koordinator", agency="CONTOH")
        busy.days_later(149)  # 1 July

        assert not any("Jendela" in title for title in titles(fetched(busy, token)))

    def test_it_speaks_the_readers_language(self, busy: Office) -> None:
        token = token_of(busy, "tpi")
        try:
            use_language("en")
            assert titles(fetched(busy, token)) == ["RSUD Contoh: TPI assessment is due (TPI)"]
        finally:
            use_language("id")

    def test_it_speaks_the_language_that_its_owner_has_chosen(self, busy: Office) -> None:
        token, actor = token_of(busy, "tpi"), busy.actor("tpi")
        set_preferences(actor.email, Changes(language=To(Language.EN)), actor=actor, now=busy.now)

        with reading() as session:
            mine = own_feed(session, actor, busy.now)

        assert titles(fetched(busy, token)) == titles(mine) == ["RSUD Contoh: TPI assessment is due (TPI)"]
        assert current_language() == "id"


class TestEntriesStay:
    """The same thing is the same entry in every feed and after every change, and a newer version says so."""

    def test_ids_stay_and_versions_grow(self, busy: Office) -> None:
        token = token_of(busy, "tpi")
        (before,) = events(fetched(busy, token))
        assert UUID(str(before["UID"])).version == 5
        assert before["SEQUENCE"] == 0

        busy.days_later(1)
        busy.calendar(Dated(Stage.TPI_ASSESSMENT, due=date(2026, 6, 15)))

        (after,) = events(fetched(busy, token))
        assert after["UID"] == before["UID"]
        assert after["DTSTART"].dt == date(2026, 6, 15)
        assert after["SEQUENCE"] > before["SEQUENCE"]
        assert after["LAST-MODIFIED"].dt == before["LAST-MODIFIED"].dt + timedelta(days=1)

    def test_a_day_that_follows_a_closure_is_a_newer_version(self, office: Office) -> None:
        office.calendar(Dated(Stage.TPI_ASSESSMENT, working_days=10))
        office.open(stage=Stage.TPI_ASSESSMENT)
        token = token_of(office, "tpi")
        (before,) = events(fetched(office, token))
        office.days_later(1)

        close_agency("CONTOH", date(2026, 2, 5), name="HUT", actor=office.actor("koordinator"), now=office.now)

        (after,) = events(fetched(office, token))
        assert after["DTSTART"].dt > before["DTSTART"].dt
        assert after["SEQUENCE"] > before["SEQUENCE"]

    def test_nothing_new_is_the_same_to_the_byte(self, busy: Office) -> None:
        token = token_of(busy, "koordinator", agency="CONTOH")
        first = fetched(busy, token)
        busy.days_later(3)
        assert fetched(busy, token) == first

    def test_two_feeds_agree_on_an_entry(self, busy: Office) -> None:
        mine, all_of_it = (fetched(busy, token_of(busy, "tpi", agency=agency)) for agency in (None, "CONTOH"))
        assert {event["UID"] for event in events(mine)} < {event["UID"] for event in events(all_of_it)}

    def test_a_text_can_not_break_out_of_its_line(self) -> None:
        text = "a;b,c\\d\r\nEND:VEVENT\nBEGIN:VEVENT\x00\r" + "panjang " * 20
        entry = Entry("u", text, text, JUNE.opens, JUNE.closes, MADE, MADE)

        content = render("x\nBEGIN:VEVENT", [entry])

        (event,) = events(content)
        assert str(event["SUMMARY"]).startswith("a;b,c\\d END:VEVENT BEGIN:VEVENT panjang")
        assert str(event["DESCRIPTION"]).splitlines()[1] == "END:VEVENT"
        assert content.count(b"\r\nBEGIN:VEVENT") == 1
        assert max(len(line) for line in content.split(b"\r\n")) <= 75
        assert b"\x00" not in content


class TestWhoSees:
    """The role is asked when the feed is made and whenever it is fetched; the token is kept nowhere."""

    @pytest.mark.parametrize(("by", "unit", "agency"), [("kepala", "DINAS", None), ("pokja", None, "CONTOH")])
    def test_not_what_no_role_covers(self, office: Office, by: str, unit: str | None, agency: str | None) -> None:
        with pytest.raises(Refused):
            token_of(office, by, unit=unit, agency=agency)

    def test_one_scope(self, office: Office) -> None:
        with pytest.raises(UsageError):
            token_of(office, "koordinator", unit="RSUD", agency="CONTOH")

    def test_who_lost_the_role_gets_an_empty_feed(self, busy: Office) -> None:
        tokens = [token_of(busy, "koordinator2", **scope) for scope in ({}, {"unit": "RSUD"}, {"agency": "CONTOH"})]
        assert all(events(fetched(busy, token)) for token in tokens)
        grant = Grant("koordinator2@contoh.invalid", Role.KOORDINATOR, agency="CONTOH")
        end_role(grant, on=busy.now.date(), actor=busy.actor("koordinator"), now=busy.now)
        busy.days_later(1)

        shown = [fetched(busy, token) for token in tokens]

        assert [events(one) for one in shown] == [[], [], []]
        assert all(one.startswith(b"BEGIN:VCALENDAR") for one in shown)

    def test_a_revoked_token_and_an_unknown_one_are_the_same(self, office: Office) -> None:
        row, token = add_feed(unit=None, agency=None, actor=office.actor("tpi"), now=office.now)
        revoke_feed(row.id, actor=office.actor("tpi"), now=office.now)

        said = []
        for asked in (token, "no such token", ""):
            with pytest.raises(NotFound) as missing:
                fetched(office, asked)
            said.append((missing.value.key, dict(missing.value.params), str(missing.value)))

        assert said == [said[0]] * 3
        assert list_feeds(actor=office.actor("tpi"))[0].revoked_at == office.now

    def test_somebody_elses_is_revoked_by_its_koordinator_and_no_one_else(self, office: Office) -> None:
        row, _ = add_feed(unit=None, agency=None, actor=office.actor("kepala"), now=office.now)
        with pytest.raises(Refused):
            revoke_feed(row.id, actor=office.actor("tpi"), now=office.now)

        revoke_feed(row.id, actor=office.actor("koordinator"), now=office.now)

        with pytest.raises(NotFound):
            revoke_feed(row.id + 99, actor=office.actor("koordinator"), now=office.now)

    def test_the_token_stands_nowhere(self, office: Office) -> None:
        tokens = [token_of(office, "tpi") for _ in range(2)]

        with reading() as session:
            kept = str([vars(row) for row in session.execute(select(Feed)).scalars()])
            leaves = session.execute(select(col(AuditRecord.leaf))).scalars().all()
            hashes = session.execute(select(col(Feed.token_hash))).scalars().all()

        assert len(set(tokens)) == 2
        assert all(len(token) >= 43 for token in tokens)  # 256 bits
        assert not any(token in place for token in tokens for place in (kept, *leaves))
        assert not any(one in leaf for one in hashes for leaf in leaves)
        assert sum('"action":"feed_added"' in leaf for leaf in leaves) == 2
