"""No table that grows with the nation is read whole by the daily sweep, on either database."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from models.database import bound_engine, reading
from notifications.evidence_notices import queue_evidence_notices
from notifications.expand import expand_outbox
from states.evidence.missing import missing_evidence
from states.reminders import queue_due_rungs
from tests.nation.conftest import NOW

LATER = NOW + timedelta(days=9)
GREAT = ("answer", "delivery", "evidence", "membership", "obligation", "outbox_message", "said", "stage_entry")
PARTIAL = ("ix_outbox_unexpanded", "ix_obligation_waiting")  # hold only what is still to be done

Asked = dict[str, Any]
"""What was asked of the driver, with its values."""


@contextmanager
def listening() -> Iterator[Asked]:
    asked: Asked = {}

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if not many and statement.startswith(("SELECT", "UPDATE", "WITH")):
            asked.setdefault(re.sub(r"\?, (\?, )*", "", statement), (statement, values))

    event.listen(bound_engine(), "before_cursor_execute", note)
    yield asked
    event.remove(bound_engine(), "before_cursor_execute", note)


def plan_of(statement: str, values: Any, kind: str) -> list[str]:
    with reading() as session:
        connection = session.connection()
        if kind == "sqlite":
            return [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
        connection.execute(
            text("SET LOCAL enable_seqscan = off")
        )  # what is still read whole has no index to be read by
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values)]


def read_whole(plan: list[str]) -> list[str]:
    """The lines of a plan that go through one of the great tables from end to end."""
    great = "|".join(GREAT)
    found = [line for line in plan if re.search(rf"SCAN ({great})\b|Seq Scan on ({great})\b", line)]
    return [line for line in found if not any(index in line for index in PARTIAL)]


def list_missing() -> object:
    with reading() as session:
        return list(missing_evidence(session, now=LATER))


SWEEPS: dict[str, Callable[[], object]] = {
    "reminders": lambda: queue_due_rungs(now=LATER),
    "evidence notices": lambda: queue_evidence_notices(now=LATER),
    "missing evidence": list_missing,
    "addressing": lambda: (queue_due_rungs(now=LATER), queue_evidence_notices(now=LATER), expand_outbox(now=LATER)),
}


class TestPlans:
    """Every statement of a sweep finds its rows by an index."""

    @pytest.mark.parametrize("sweep", SWEEPS)
    def test_no_great_table_is_read_whole(self, nation: str, sweep: str) -> None:
        with listening() as asked:
            SWEEPS[sweep]()

        plans = {statement: plan_of(statement, values, nation) for statement, values in asked.values()}

        assert {statement: lines for statement, plan in plans.items() if (lines := read_whole(plan))} == {}
        assert plans

    def test_what_is_due_is_found_by_the_index_of_what_waits(self, nation: str) -> None:
        with listening() as asked:
            queue_due_rungs(now=LATER)

        finds = [
            plan_of(statement, values, nation)
            for statement, values in asked.values()
            if "obligation.next_at IS NOT NULL" in statement
        ]

        assert [any("ix_obligation_waiting" in line for line in plan) for plan in finds] == [True]

    def test_a_table_without_an_index_would_be_noticed(self, nation: str) -> None:
        assert read_whole(plan_of("SELECT count(*) FROM answer WHERE note IS NOT NULL", (), nation))
