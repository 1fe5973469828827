"""A password opens a session; wrong ones slow the next down; sessions end by themselves, and can be ended."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.accounts import WebSession
from models.audit import AuditRecord
from models.database import reading
from models.errors import BadInput, NotFound, Refused
from states.accounts.keeping import change_password, close_account, open_account
from states.accounts.signing_in import (
    FREE_TRIES,
    Limits,
    end_session,
    find_signed_in,
    forget_sessions,
    open_sessions,
    sign_in,
    sign_out,
)
from tests.office import Office, rules_of

LIMITS = Limits()
EMAIL = "kepala@contoh.invalid"
NEW = "sawah hijau di pagi hari"


def account(office: Office, *, by: str = "koordinator") -> str:
    return open_account(EMAIL, actor=office.actor(by), now=office.now)


def enter(office: Office, password: str, *, email: str = EMAIL) -> str:
    return sign_in(email, password, agent="Peramban", now=office.now)


def who(office: Office, token: str) -> str | None:
    found = find_signed_in(token, limits=LIMITS, now=office.now)
    return found.actor.email if found else None


def actions() -> list[str]:
    with reading() as session:
        return list(session.execute(select(col(AuditRecord.action)).order_by(col(AuditRecord.seq))).scalars())


class TestSigningIn:
    """The right password opens a session, on both databases; the trail has it."""

    def test_with_the_password_that_was_given(self, both_offices: Office) -> None:
        password = account(both_offices)

        token = enter(both_offices, password, email=" Kepala@Contoh.invalid ")

        signed = find_signed_in(token, limits=LIMITS, now=both_offices.now)
        assert signed and signed.actor.email == EMAIL and signed.must_change
        assert actions()[-2:] == ["account_opened", "signed_in"]

    def test_the_token_is_kept_nowhere(self, office: Office) -> None:
        token = enter(office, account(office))

        with reading() as session:
            kept = session.execute(select(WebSession)).scalar_one()
        assert token not in (kept.token_hash, kept.agent)
        assert who(office, kept.token_hash) is None

    @pytest.mark.parametrize("email", [EMAIL, "nobody@contoh.invalid", "pokja@contoh.invalid"])
    def test_wrong_passwords_and_unknown_people_sound_the_same(self, office: Office, email: str) -> None:
        account(office)

        with pytest.raises(Refused) as refused:
            enter(office, "salah sekali", email=email)

        assert rules_of(refused) == {"sign_in_failed"}

    def test_not_by_a_closed_account(self, office: Office) -> None:
        password = account(office)
        token = enter(office, password)

        close_account(EMAIL, actor=office.actor("koordinator"), now=office.now)

        assert who(office, token) is None
        with pytest.raises(Refused):
            enter(office, password)
        with pytest.raises(NotFound):
            close_account(EMAIL, actor=office.actor("koordinator"), now=office.now)


class TestWrongPasswords:
    """Five are free; each further one doubles the wait, to a quarter of an hour; the right one ends it."""

    def test_slow_the_next_down(self, both_offices: Office) -> None:
        password = account(both_offices)
        for _ in range(FREE_TRIES):
            with pytest.raises(Refused):
                enter(both_offices, "salah sekali")

        with pytest.raises(Refused) as sixth:
            enter(both_offices, "salah sekali")
        with pytest.raises(Refused) as right_but_too_soon:
            enter(both_offices, password)

        assert rules_of(sixth) == rules_of(right_but_too_soon) == {"sign_in_slowed"}
        both_offices.now += timedelta(seconds=31)
        enter(both_offices, password)
        with pytest.raises(Refused) as afterwards:
            enter(both_offices, "salah sekali")
        assert rules_of(afterwards) == {"sign_in_failed"}

    def test_never_longer_than_a_quarter_of_an_hour(self, office: Office) -> None:
        account(office)
        waits: list[object] = []
        for _ in range(FREE_TRIES + 8):
            with pytest.raises(Refused) as refused:
                enter(office, "salah sekali")
            waits.append(refused.value.refusals[0].obstacle.params.get("seconds"))
            office.now += timedelta(minutes=16)

        assert waits[FREE_TRIES:] == [30, 60, 120, 240, 480, 900, 900, 900]

    def test_are_in_the_trail_as_nobodys(self, office: Office) -> None:
        account(office)
        with pytest.raises(Refused):
            enter(office, "salah sekali")

        with reading() as session:
            query = select(AuditRecord).order_by(col(AuditRecord.seq).desc()).limit(1)
            record = session.execute(query).scalar_one()
        assert (record.action, record.actor) == ("sign_in_failed", "system")
        assert "salah" not in record.leaf


class TestSessions:
    """End unused after an hour, in any case after twelve, and when somebody ends them."""

    @pytest.mark.parametrize(
        ("used_every", "until", "lives"),
        [
            (timedelta(minutes=59), timedelta(minutes=59), True),
            (timedelta(minutes=61), timedelta(minutes=61), False),
            (timedelta(minutes=30), timedelta(hours=11, minutes=30), True),
            (timedelta(minutes=30), timedelta(hours=12), False),
        ],
    )
    def test_by_time(self, office: Office, used_every: timedelta, until: timedelta, lives: bool) -> None:
        token, began = enter(office, account(office)), office.now

        seen = True
        while office.now < began + until:
            office.now += used_every
            seen = who(office, token) is not None

        assert seen is lives

    def test_signing_out_ends_this_one_alone(self, office: Office) -> None:
        password = account(office)
        first, second = enter(office, password), enter(office, password)
        signed = find_signed_in(first, limits=LIMITS, now=office.now)
        assert signed

        sign_out(signed, now=office.now)

        assert (who(office, first), who(office, second)) == (None, EMAIL)

    def test_only_ones_own_are_listed_and_ended(self, office: Office) -> None:
        enter(office, account(office))
        (listed,) = open_sessions(office.actor("kepala"), limits=LIMITS, now=office.now)

        assert not end_session(listed.id, actor=office.actor("pokja"), now=office.now)
        assert end_session(listed.id, actor=office.actor("kepala"), now=office.now)
        assert open_sessions(office.actor("kepala"), limits=LIMITS, now=office.now) == []

    def test_changing_the_password_ends_the_others(self, office: Office) -> None:
        password = account(office)
        here, elsewhere = enter(office, password), enter(office, password)
        signed = find_signed_in(here, limits=LIMITS, now=office.now)
        assert signed

        change_password(password, NEW, keep=signed.session_id, actor=signed.actor, now=office.now)

        assert (who(office, here), who(office, elsewhere)) == (EMAIL, None)
        again = find_signed_in(here, limits=LIMITS, now=office.now)
        assert again and not again.must_change
        enter(office, NEW)


class TestPasswords:
    """A new one is long enough, not easily guessed, and not the old one."""

    @pytest.mark.parametrize(
        ("new", "why"),
        [
            ("pendek", "password_short"),
            ("x" * 201, "password_long"),
            ("kepala-dinas-2026", "password_guessable"),
            ("aaaaaaaaaaaa", "password_guessable"),
        ],
    )
    def test_that_are_refused(self, office: Office, new: str, why: str) -> None:
        old = account(office)

        with pytest.raises(BadInput) as bad:
            change_password(old, new, keep=0, actor=office.actor("kepala"), now=office.now)

        assert bad.value.key == why

    def test_the_old_one_must_be_right_and_another(self, office: Office) -> None:
        old = account(office)
        for given, new, why in (("bukan itu", NEW, "password_wrong"), (old, old, "password_same")):
            with pytest.raises(BadInput) as bad:
                change_password(given, new, keep=0, actor=office.actor("kepala"), now=office.now)
            assert bad.value.key == why


class TestWhoOpensAccounts:
    """Who manages every place in which the person holds a role: a password opens all of these."""

    def test_an_admin_and_the_koordinator_there(self, office: Office) -> None:
        assert account(office) != account(office, by="admin")

    @pytest.mark.parametrize("by", ["kepala", "tpi", "auditor", "pimpinan"])
    def test_nobody_else(self, office: Office, by: str) -> None:
        with pytest.raises(Refused):
            account(office, by=by)

    def test_no_koordinator_takes_over_an_admin(self, office: Office) -> None:
        with pytest.raises(Refused):
            open_account("admin@contoh.invalid", actor=office.actor("koordinator"), now=office.now)

    def test_a_new_password_ends_what_was_open(self, office: Office) -> None:
        token = enter(office, account(office))

        account(office)

        assert who(office, token) is None


def test_the_day_of_the_clock_decides_which_roles_count(office: Office) -> None:
    """A role that has ended is none any more, also in a session that was open before."""
    from models.people import Role
    from states.people import Grant, end_role

    token = enter(office, account(office))
    grant = Grant(EMAIL, Role.PIMPINAN_UNIT, unit="RSUD")
    end_role(grant, on=office.now.date(), actor=office.actor("koordinator"), now=office.now)

    now: datetime = office.now + timedelta(hours=20)
    found = find_signed_in(token, limits=Limits(idle=timedelta(days=2), longest=timedelta(days=2)), now=now)

    assert found and found.actor.roles == frozenset()


def test_sessions_of_long_ago_are_forgotten(both_offices: Office) -> None:
    """Those last used before a day go; others stay, ended ones too."""
    password = account(both_offices)
    enter(both_offices, password)
    both_offices.days_later(100)
    token = enter(both_offices, password)

    assert forget_sessions(before=both_offices.now - timedelta(days=90)) == 1
    assert who(both_offices, token) == EMAIL
