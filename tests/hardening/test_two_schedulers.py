"""Two machines that both keep the schedule: every rung and finding is there once, and neither hinders the other."""

import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from models.agencies import Agency, Unit
from models.database import reading, transaction
from models.findings import UNSETTLED, Finding
from models.home import Home
from models.messages import Delivery, DeliveryState, OutboxMessage
from models.obligations import Obligation, ObligationKind, Said
from models.people import Membership, Person, Role
from tests.hardening.wholeness import assert_whole
from tests.office import NOW, Office

ROOT = Path(__file__).parents[2]
UNITS = 6
DUE = date(2026, 2, 27)  # of the pencanangan, a Friday
RUNGS = {-14: "H-14", -3: "H-3", 0: "H", 3: "H+1"}  # by days from it; H+1 waits for the Monday

SCHEDULER = """
import sys
from datetime import datetime
from models.database import bind
from models.home import find_home
from models.settings import Settings
from notifications import sweeps

settings = Settings(home=sys.argv[1], database_url=sys.argv[2])
home = find_home(settings)
bind(home.database_url)
print("ready", flush=True)
for line in sys.stdin:
    now = datetime.fromisoformat(line.strip())
    for work in (sweeps.remind, sweeps.monev, sweeps.deliver, sweeps.quarterly_monev, sweeps.tidy, sweeps.remind):
        work(home, settings, clock=lambda: now)
    print("done", flush=True)
"""


class TestTwoSchedulers:
    """Both do the same at the same moment, day after day."""

    def test_all_is_there_once(self, both_offices: Office, work_home: Home) -> None:
        many_candidacies(both_offices)
        days = [datetime.combine(DUE, NOW.timetz()) + timedelta(days=days) for days in RUNGS]

        run_side_by_side(work_home, both_offices.url, days)

        assert_whole(work_home)
        with reading() as session:
            stages = select(col(Obligation.id)).where(col(Obligation.kind) == ObligationKind.STAGE)
            owed = session.execute(stages).scalars().all()
            assert len(owed) == UNITS
            rungs = select(col(OutboxMessage.obligation_id), col(OutboxMessage.rung)).where(
                col(OutboxMessage.obligation_id).in_(owed)
            )
            assert Counter(tuple(row) for row in session.execute(rungs)) == Counter(
                (one, rung) for one in owed for rung in RUNGS.values()
            )
            said = session.execute(select(col(Said.obligation_id), col(Said.rung), col(Said.person_id)))
            assert set(Counter(tuple(row) for row in said).values()) == {1}
            open_ones = (
                select(func.count())
                .where(col(Finding.state).in_(UNSETTLED))
                .group_by(col(Finding.candidacy_id), col(Finding.unit_id), col(Finding.rule), col(Finding.item))
            )
            assert set(session.execute(open_ones).scalars()) == {1}
            deliveries = session.execute(select(col(Delivery.message_id), col(Delivery.state))).all()
        assert {state for _, state in deliveries} == {DeliveryState.SENT}
        assert Counter(one for one, _ in deliveries) == Counter(path.stem for path in work_home.mail.iterdir())


def many_candidacies(office: Office) -> None:
    """Units with a head, each in its pencanangan."""
    with transaction() as session:
        agency = session.execute(select(Agency)).scalar_one()
        for number in range(UNITS):
            unit = Unit(code=f"U{number}", name=f"Unit {number}", agency_id=agency.id)
            head = Person(email=f"kepala{number}@contoh.invalid", name=f"Kepala {number}")
            session.add_all([unit, head])
            session.flush()
            session.add(Membership(person_id=head.id, role=Role.PIMPINAN_UNIT, unit_id=unit.id, since=date(2024, 1, 1)))
    for number in range(UNITS):
        office.open(unit=f"U{number}")


def run_side_by_side(home: Home, url: str, moments: list[datetime], *, how_many: int = 2) -> None:
    """Every moment's work is begun by all at once, and the next when all are done."""
    command = [sys.executable, "-c", SCHEDULER, str(home.path), url]
    with ExitStack() as stack:
        ones = [
            stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(how_many)
        ]
        for one in ones:
            assert one.stdout
            assert one.stdout.readline() == "ready\n"
        for moment in moments:
            for one in ones:
                assert one.stdin
                one.stdin.write(f"{moment.isoformat()}\n")
                one.stdin.flush()
            for one in ones:
                assert one.stdout
                assert one.stdout.readline() == "done\n", "a scheduler failed; its words are above"
        for one in ones:
            assert one.stdin
            one.stdin.close()
    assert [one.returncode for one in ones] == [0] * how_many
