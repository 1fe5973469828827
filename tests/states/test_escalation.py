"""The head hears of lateness directly only where the agency wants it, and then of what is a week late."""

from datetime import UTC, datetime

import pytest

from models.database import reading
from models.errors import Refused
from notifications.deliver import plan_deliveries
from notifications.remind import remind
from states.escalation import set_escalation
from states.trail_reader import records_of
from tests.office import Office

DUE_IN = datetime(2026, 2, 27, 1, 0, tzinfo=UTC)  # the day on which the first stage ends


def turn(office: Office, *, on: bool, by: str = "koordinator") -> None:
    set_escalation("contoh", to_head=on, actor=office.actor(by), now=office.now)


def heads_told(*days: datetime) -> list[str | None]:
    """The rungs of which the head hears."""
    rungs: list[str | None] = []
    for day in days:
        remind(now=day)
        planned = plan_deliveries(now=day)
        rungs += [one.rung for one in planned if one.recipient == "pimpinan@contoh.invalid" and one.rung not in rungs]
    return rungs


class TestEscalation:
    """Off until a koordinator turns it on; from H+8 on; on record."""

    DAYS = (DUE_IN, DUE_IN.replace(month=3, day=2), DUE_IN.replace(month=3, day=9), DUE_IN.replace(month=3, day=16))

    def test_it_is_off(self, office: Office) -> None:
        office.open()

        assert heads_told(*self.DAYS) == []

    def test_from_a_week_late_on(self, both_offices: Office) -> None:
        both_offices.open()
        turn(both_offices, on=True)

        assert heads_told(*self.DAYS) == ["H+8", "H+15"]

    def test_it_can_be_turned_off_again(self, office: Office) -> None:
        office.open()
        turn(office, on=True)
        turn(office, on=False, by="admin")

        assert heads_told(*self.DAYS) == []

    def test_it_is_in_the_trail(self, office: Office) -> None:
        turn(office, on=True)

        with reading() as session:
            (one,) = records_of(session, "agency:CONTOH")[-1:]
        assert (one["action"], one["after"]) == ("agency_changed", {"escalate_to_head": True})

    @pytest.mark.parametrize("by", ["pimpinan", "kepala", "tpi", "auditor"])
    def test_by_nobody_else(self, office: Office, by: str) -> None:
        with pytest.raises(Refused):
            turn(office, on=True, by=by)
