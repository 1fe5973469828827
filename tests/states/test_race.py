"""Two people at once: one is served, the other hears why not, and no guard agrees to what is no longer so."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from models.agencies import Agency
from models.candidacies import Candidacy, StageEntry
from models.closures import Closure
from models.database import bound_engine, reading, transaction
from models.documents import Document
from models.errors import Refusal, Refused
from models.messages import OutboxMessage
from models.obligations import Obligation, ObligationKind, ObligationState
from models.stages import Stage
from states import advance, documents
from states.cycles import Dated
from states.days_off import change_calendar
from states.documents import withdraw_document
from states.lookups import Named, lock_candidacies
from states.moves import Move
from states.situation import Situation
from states.subjects import lock_covered
from states.trail_reader import records_of
from states.verify import verify_trail
from tests.office import NOW, Office

RACERS = 20
PATIENCE = 30.0  # seconds for what has to come
SOON = 0.3  # seconds in which what is not held up would have come


class Pause:
    """A place in the code where one thread waits until it is let on."""

    def __init__(self) -> None:
        self.reached, self.let_on = Event(), Event()

    def after(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def paused(*args: Any, **named: Any) -> Any:
            result = function(*args, **named)
            self.reached.set()
            assert self.let_on.wait(PATIENCE)
            return result

        return paused


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def rules_of(refused: Refused) -> list[str]:
    return [refusal.obstacle.rule for refusal in refused.refusals]


def actions(code: str) -> list[str]:
    with reading() as session:
        return [record["action"] for record in records_of(session, f"candidacy:{code}")]


def stored(table: Any) -> list[Any]:
    with reading() as session:
        return list(session.execute(select(table).order_by(table.id)).scalars())


def trail_is_ok() -> bool:
    with reading() as session:
        return verify_trail(session).ok


def ready_to_select(office: Office, *, scope: str = "candidacy") -> tuple[str, int]:
    """A candidacy with all papers of its first move, and the number of one that covers it from `scope`."""
    code = office.open()
    where = {"candidacy": code, "unit": "RSUD", "cycle": office.cycle, "agency": "CONTOH"}
    number = office.file(where[scope], "piagam_pencanangan")
    office.file_required(code, "select_unit")
    return code, number


class TestTwentyProcesses:
    """One move tried by twenty processes at once happens once."""

    def test_one_moves_and_nineteen_hear_that_it_is_no_longer_there(self, both_offices: Office) -> None:
        office = both_offices
        code, _ = ready_to_select(office)
        told_before = len(stored(OutboxMessage))

        outcome = Counter(race(office.url, code, "select_unit"))

        assert outcome == {"moved": 1, "move_not_from_here": RACERS - 1}
        assert Counter(actions(code))["moved"] == 1
        assert Counter(actions(code))["refused"] == RACERS - 1
        assert [(entry.stage, entry.left_at is None) for entry in stored(StageEntry)] == [
            (Stage.PENCANANGAN, False),
            (Stage.UNIT_IDENTIFICATION, True),
        ]
        assert self.owed_now() == Counter([(ObligationKind.STAGE, ""), (ObligationKind.DOCUMENTS, "pimpinan_unit")])
        assert len(stored(OutboxMessage)) == told_before + 1
        assert trail_is_ok()

    def owed_now(self) -> Counter[tuple[ObligationKind, str]]:
        (current,) = [entry.id for entry in stored(StageEntry) if entry.left_at is None]
        rows = stored(Obligation)
        assert all(row.entry_id == current for row in rows if row.state is ObligationState.OPEN)
        return Counter((row.kind, row.item) for row in rows if row.entry_id == current)


def race(url: str, code: str, move: str) -> list[str]:
    command = [sys.executable, "-m", "tests.racers", url, code, move, str(RACERS)]
    root = Path(__file__).parents[2]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=True)
    return ran.stdout.splitlines()


class TestPaperTakenAway:
    """No move is kept whose paper was gone before it was kept."""

    @pytest.mark.parametrize("scope", ["candidacy", "unit", "cycle", "agency"])
    def test_a_withdrawal_waits_for_a_move_whose_guards_have_agreed(
        self, both_offices: Office, monkeypatch: pytest.MonkeyPatch, pool: ThreadPoolExecutor, scope: str
    ) -> None:
        office, pause = both_offices, Pause()
        code, number = ready_to_select(office, scope=scope)
        monkeypatch.setattr(advance, "obstacles_of", pause.after(advance.obstacles_of))

        moving = pool.submit(office.move, code, "select_unit")
        assert pause.reached.wait(PATIENCE)
        withdrawing = pool.submit(withdraw, office, number)
        assert waits(withdrawing)
        pause.let_on.set()

        assert moving.result(PATIENCE).dest is Stage.UNIT_IDENTIFICATION
        withdrawing.result(PATIENCE)
        assert self.order() == ["moved", "document_withdrawn"]
        assert trail_is_ok()

    @pytest.mark.parametrize("scope", ["candidacy", "unit", "cycle", "agency"])
    def test_a_move_waits_for_a_withdrawal_and_is_refused(
        self, both_offices: Office, monkeypatch: pytest.MonkeyPatch, pool: ThreadPoolExecutor, scope: str
    ) -> None:
        office, pause = both_offices, Pause()
        code, number = ready_to_select(office, scope=scope)
        monkeypatch.setattr(documents, "lock_covered", pause.after(lock_covered))

        withdrawing = pool.submit(withdraw, office, number)
        assert pause.reached.wait(PATIENCE)
        moving = pool.submit(office.move, code, "select_unit")
        assert waits(moving)
        pause.let_on.set()

        withdrawing.result(PATIENCE)
        with pytest.raises(Refused) as refused:
            moving.result(PATIENCE)
        assert rules_of(refused.value) == ["document_missing"]
        assert self.order() == ["document_withdrawn", "refused"]
        assert office.situation(code).stage is Stage.PENCANANGAN

    def order(self) -> list[str]:
        told = ("moved", "document_withdrawn", "refused")
        with reading() as session:
            return [record["action"] for record in records_of(session) if record["action"] in told]


class TestRoundTheLock:
    """Whoever changes the row without the lock is noticed by the UPDATE itself."""

    @pytest.mark.parametrize(
        "behind_the_back",
        ["UPDATE candidacy SET version = version + 1", "UPDATE candidacy SET stage = 'unit_identification'"],
    )
    def test_a_row_that_changed_after_the_guards_looked_is_not_written(
        self, both_offices: Office, monkeypatch: pytest.MonkeyPatch, behind_the_back: str
    ) -> None:
        office = both_offices
        code, _ = ready_to_select(office)
        before = (stored(Candidacy), stored(StageEntry), stored(Obligation), stored(OutboxMessage), stored(Document))
        sessions: list[Session] = []
        look_at = advance.obstacles_of

        def remember(session: Session, codes: Sequence[str]) -> list[Named]:
            sessions.append(session)
            return lock_candidacies(session, codes)

        def agree_and_change(situations: Sequence[Situation], move: Move) -> list[Refusal]:
            found = look_at(situations, move)
            sessions[0].execute(text(behind_the_back))
            return found

        monkeypatch.setattr(advance, "lock_candidacies", remember)
        monkeypatch.setattr(advance, "obstacles_of", agree_and_change)
        with pytest.raises(Refused) as refused:
            office.move(code, "select_unit")

        assert rules_of(refused.value) == ["changed_meanwhile"]
        assert code in str(refused.value)
        after = (stored(Candidacy), stored(StageEntry), stored(Obligation), stored(OutboxMessage), stored(Document))
        assert after == before
        assert actions(code)[-1] == "refused"
        assert "moved" not in actions(code)
        assert trail_is_ok()

    def test_nobody_else_can_change_it_between_guard_and_update(
        self, both_offices: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office = both_offices
        code, _ = ready_to_select(office)
        look_at = advance.obstacles_of
        kept_out: list[str] = []

        def agree_and_try(situations: Sequence[Situation], move: Move) -> list[Refusal]:
            found = look_at(situations, move)
            kept_out.append(self.change_from_outside())
            return found

        monkeypatch.setattr(advance, "obstacles_of", agree_and_try)
        office.move(code, "select_unit")

        assert "lock" in kept_out[0]
        assert office.situation(code).stage is Stage.UNIT_IDENTIFICATION

    def change_from_outside(self) -> str:
        """What the database says to another connection that would change the row, and does not like to wait."""
        with bound_engine().connect() as other:
            impatient = "PRAGMA busy_timeout = 100" if other.dialect.name == "sqlite" else "SET lock_timeout = '100ms'"
            other.exec_driver_sql(impatient)
            try:
                other.execute(text("UPDATE candidacy SET stage = 'withdrawn'"))
            except OperationalError as error:
                return str(error.orig)
            finally:
                other.rollback()
                other.invalidate()  # or the next one to use it would be as impatient
        return "went through"


def withdraw(office: Office, number: int) -> None:
    withdraw_document(number, reason="salah unggah", actor=office.actor("koordinator"), now=office.now)


def waits(future: "Future[Any]") -> bool:
    try:
        future.result(SOON)
    except NotYet:
        return True
    return False


class TestTheCalendarIsChangedMeanwhile:
    """No date is set by days off that are no longer so: whoever sets dates and whoever changes days take turns."""

    def test_a_move_waits_for_a_closure_and_counts_it(self, both_offices: Office) -> None:
        both_offices.calendar(Dated(Stage.SUBMISSION_OBJECTION, working_days=5))
        code = both_offices.open(stage=Stage.SUBMISSION_ADMINISTRATIVE)
        closed, go_on = Event(), Event()

        def close() -> None:
            with transaction() as session:
                change_calendar(session)
                agency = session.execute(select(col(Agency.id))).scalar_one()
                session.add(Closure(agency_id=agency, day=date(2026, 2, 5), name="HUT", added_by=1, added_at=NOW))
                session.flush()
                closed.set()
                assert go_on.wait(PATIENCE)

        def move() -> None:
            assert closed.wait(PATIENCE)
            both_offices.move(code, "fail_administrative", reason="x")

        both_offices.actor("koordinator")
        with ThreadPoolExecutor(2) as pool:
            closing, moving = pool.submit(close), pool.submit(move)
            assert closed.wait(PATIENCE)
            with pytest.raises(NotYet):
                moving.result(timeout=SOON)
            go_on.set()
            for ended in (closing, moving):
                ended.result(timeout=PATIENCE)

        assert both_offices.situation(code).current.due_on == date(2026, 2, 10)  # the 9th, and a day for the closure
