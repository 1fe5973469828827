"""The clock jumps a year ahead and back: nobody hears a thing twice, and nothing waits for that year to come."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update

from models.accounts import Account
from models.clock import AHEAD
from models.database import reading, transaction
from models.errors import ClockBehind, Refused
from models.messages import Delivery, DeliveryState, OutboxMessage
from models.obligations import Obligation, Said
from models.settings import Settings
from models.trail import SKEW
from notifications import sweeps
from notifications.deliver import deliver
from notifications.expand import expand_outbox
from notifications.leases import LEASE
from notifications.remind import remind
from states.accounts.signing_in import FREE_TRIES, Limits, find_signed_in, sign_in
from states.verify import verify_trail
from tests.notifications.conftest import bound as bound_to
from tests.notifications.conftest import home, kind  # noqa: F401 - fixtures
from tests.notifications.conftest import world as world_of
from tests.notifications.world import FRIDAY, World, stored
from tests.office import NOW, Office
from tests.web.conftest import site  # noqa: F401 - a fixture
from tests.web.site import PASSWORD, Site

YEAR = timedelta(days=365)
SECOND = timedelta(seconds=1)

bound, world = bound_to, world_of


class TestTrail:
    """A clock behind the last record writes nothing; one that is only a little behind takes the last record's time."""

    @pytest.mark.parametrize("behind", [SKEW + SECOND, YEAR])
    def test_refused_beyond_the_skew(self, both_offices: Office, behind: timedelta) -> None:
        office = both_offices
        code = office.open()
        office.now = NOW - behind

        with pytest.raises(ClockBehind):
            office.move(code, "withdraw", reason="x")

        office.now = NOW
        assert office.situation(code).current.entry_id
        office.move(code, "withdraw", reason="x")

    def test_taken_within_it(self, both_offices: Office) -> None:
        code = both_offices.open()
        both_offices.now = NOW - SKEW

        both_offices.move(code, "withdraw", reason="x")

        with reading() as session:
            assert verify_trail(session).ok


class TestReminders:
    """What was said in a year that has not come counts as said; what falls due from now on is said in its time."""

    @pytest.fixture
    def owing(self, world: World) -> World:
        with transaction() as session:
            session.get_one(Obligation, world.obligation.id).next_at = FRIDAY - timedelta(days=20)
        return world

    def test_back_and_forth_says_nothing_twice(self, owing: World) -> None:
        said = []
        for now in (FRIDAY, FRIDAY - YEAR, FRIDAY + SECOND, FRIDAY - SKEW, FRIDAY):
            remind(now=now)
            deliver(home=owing.home, clock=lambda now=now: now)  # type: ignore[misc]
            said.append(sorted(path.name for path in owing.home.mail.iterdir()))

        assert said[0]
        assert all(mails == said[0] for mails in said)
        assert len({row.message_id for row in stored(Delivery)}) == len(stored(Delivery))

    def test_after_a_jump_ahead_the_rest_is_said_in_its_time(self, owing: World) -> None:
        told = []
        for days in (-14, 365, 0, 0, 4):
            now = FRIDAY + timedelta(days=days)
            sweeps.remind(owing.home, Settings(), clock=lambda now=now: now)  # type: ignore[misc]
            told.append([row.rung for row in stored(OutboxMessage) if row.rung])

        assert told[0] == ["H-14"]
        assert told[1] == ["H-14", "H+15"]  # as it seemed
        assert told[2] == told[3] == ["H-14", "H+15", "H"]  # the clock is right again, and it is the last working day
        assert told[4] == ["H-14", "H+15", "H", "H+1"]
        heard = Counter((row.obligation_id, row.rung, row.person_id) for row in stored(Said))
        assert set(heard.values()) == {1}
        assert len({row.message_id for row in stored(Delivery)}) == len(stored(Delivery))


class TestDeliveries:
    """What was leased, put off or queued in a year that has not come goes now."""

    def test_a_lease_of_that_year_binds_nobody(self, world: World) -> None:
        world.queue_rung("H")
        self.leave_queued(world)
        with transaction() as session:
            session.execute(update(Delivery).values(leased_by="elsewhere@1@1@x", leased_until=FRIDAY + YEAR))

        deliver(home=world.home, clock=lambda: FRIDAY)

        assert {row.state for row in stored(Delivery)} == {DeliveryState.SENT}

    def test_a_lease_of_a_clock_a_little_ahead_does(self, world: World) -> None:
        world.queue_rung("H")
        self.leave_queued(world)
        with transaction() as session:
            session.execute(update(Delivery).values(leased_by="elsewhere@1@1@x", leased_until=FRIDAY + LEASE + AHEAD))

        deliver(home=world.home, clock=lambda: FRIDAY)

        assert {row.state for row in stored(Delivery)} == {DeliveryState.QUEUED}

    @pytest.mark.parametrize("column", ["queued_at", "first_tried_at"])
    def test_what_waits_for_that_year_goes_now(self, world: World, column: str) -> None:
        world.queue_rung("H")
        self.leave_queued(world)
        with transaction() as session:
            session.execute(update(Delivery).values({"next_try_at": FRIDAY + YEAR, column: FRIDAY + YEAR}))

        deliver(home=world.home, clock=lambda: FRIDAY)

        assert {row.state for row in stored(Delivery)} == {DeliveryState.SENT}

    def leave_queued(self, world: World) -> None:
        expand_outbox(now=FRIDAY)
        assert {row.state for row in stored(Delivery)} == {DeliveryState.QUEUED}


class TestSessions:
    """One that a clock ahead began is over when the clock is right; nobody is kept out for a year."""

    def test_a_session_of_that_year(self, site: Site) -> None:  # noqa: F811
        email = site.account("kepala")
        now = sign_in(email, PASSWORD, agent="x", now=NOW)
        later = sign_in(email, PASSWORD, agent="x", now=NOW + YEAR)

        assert find_signed_in(now, limits=Limits(), now=NOW)
        assert find_signed_in(now, limits=Limits(), now=NOW - SKEW)
        assert find_signed_in(now, limits=Limits(), now=NOW - SKEW - SECOND) is None
        assert find_signed_in(later, limits=Limits(), now=NOW) is None

    def test_a_wait_of_that_year(self, site: Site) -> None:  # noqa: F811
        email = site.account("kepala")
        for _ in range(FREE_TRIES + 1):
            with pytest.raises(Refused):
                sign_in(email, "salah", agent="x", now=NOW)
        with pytest.raises(Refused, match=r"\d"):
            sign_in(email, PASSWORD, agent="x", now=NOW + SECOND)

        with transaction() as session:
            session.execute(update(Account).values(slowed_until=NOW + YEAR))

        assert sign_in(email, PASSWORD, agent="x", now=NOW)
