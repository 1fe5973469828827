"""The sweep's work by hand: set-based SQL through the bare driver, with the rules as far as SQL can say them.

It knows neither working days nor cycles' own ladders, neither deputies nor areas, and finds missing evidence where it
is: in the answers and the evidence themselves.
"""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import make_url

from rulesets.library import find_ruleset
from rulesets.lke import Lke
from states.evidence.access import COLLECTING
from states.ladder import LADDER
from states.notices import join_roles
from zi.demo.nation.build import RULESET

WORTH = "CREATE TEMPORARY TABLE worth (item VARCHAR, value VARCHAR, question VARCHAR)"
RUNG = "CREATE TEMPORARY TABLE rung (days INTEGER, name VARCHAR, also VARCHAR)"

QUEUE = """
INSERT INTO outbox_message (kind, subject, candidacy_id, obligation_id, due_on, rung, roles, queued_at)
SELECT 'due', 'obligation:' || o.id || ':' || o.due_on || ':' || r.name, o.candidacy_id, o.id, o.due_on, r.name,
       o.owed_by || r.also, {now}
  FROM obligation o
  JOIN rung r ON r.days = (SELECT max(days) FROM rung WHERE {said_on} <= {today})
 WHERE o.state = 'open' AND o.next_at IS NOT NULL AND o.next_at <= {now}
ON CONFLICT DO NOTHING
"""
MOVE_ON = """
UPDATE obligation AS o SET next_at = (SELECT min({said_at}) FROM rung WHERE {said_on} > {today})
 WHERE o.state = 'open' AND o.next_at IS NOT NULL AND o.next_at <= {now}
"""
UNPROVEN = """
SELECT c.id, c.unit_id, w.question
  FROM candidacy c
  JOIN answer a ON a.candidacy_id = c.id AND a.layer = 'unit'
  JOIN worth w ON w.item = a.item AND w.value = a.value
 WHERE c.stage IN ({stages})
   AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.candidacy_id = c.id AND e.question = w.question
                      AND e.state IN ('waiting', 'accepted'))
"""
TELL = """
INSERT INTO outbox_message (kind, subject, person_id, roles, queued_at)
SELECT DISTINCT 'evidence', 'person:' || m.person_id || ':' || {today}, m.person_id, '', {now}
  FROM ({unproven}) AS x
  JOIN membership m ON m.unit_id = x.unit_id AND m.role = 'pokja'
ON CONFLICT DO NOTHING
"""


class Bare:
    """One connection of the bare driver."""

    def __init__(self, url: str, now: datetime) -> None:
        self._sqlite = make_url(url).get_backend_name() == "sqlite"
        self._now = now
        self._connection: Any = _sqlite(url) if self._sqlite else psycopg.connect(_dsn(url), autocommit=True)
        lke = find_ruleset(RULESET).lke
        self._all(WORTH, [], "INSERT INTO worth VALUES ({0}, {0}, {0})", list(_worth(lke)))
        self._all(RUNG, [], "INSERT INTO rung VALUES ({0}, {0}, {0})", list(_rungs()))

    def sweep(self) -> None:
        """One transaction for the reminders, and one for the notices."""
        for statements in ((QUEUE, MOVE_ON), (TELL,)):
            self._run("BEGIN")
            for statement in statements:
                self._run(self._filled(statement))
            self._run("COMMIT")

    def listed(self) -> int:
        """Every unproven question, one by one."""
        return len(self._run(self._filled("{unproven} ORDER BY c.id, w.question")).fetchall())

    def close(self) -> None:
        self._connection.close()

    def _filled(self, statement: str) -> str:
        stages = ", ".join(f"'{stage.value}'" for stage in COLLECTING)
        day, at = self._now.date().isoformat(), f"{self._now:%Y-%m-%d %H:%M:%S.%f}"
        words = {
            "now": f"'{at}'" if self._sqlite else f"timestamptz '{at}+00'",
            "today": f"'{day}'" if self._sqlite else f"date '{day}'",
            "said_on": "date(o.due_on, days || ' days')" if self._sqlite else "(o.due_on + days)",
            "said_at": "datetime(o.due_on, days || ' days', '-7 hours')"
            if self._sqlite
            else "(o.due_on + days)::timestamptz",
            "unproven": UNPROVEN.format(stages=stages),
        }
        return statement.format(**words)

    def _run(self, statement: str) -> Any:
        return self._connection.execute(statement)

    def _all(self, *steps: Any) -> None:
        table, _, insert, rows = steps
        self._run(table)
        cursor = self._connection.cursor()
        cursor.executemany(insert.format("?" if self._sqlite else "%s"), rows)


def _sqlite(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _dsn(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _worth(lke: Lke) -> Iterator[tuple[str, str, str]]:
    """Each answer that is worth something. A formula's by whether its part is anything at all."""
    for code, question in lke.questions.items():
        if code not in lke.asking_evidence:
            continue
        for item in lke.items_of[code]:
            if item.letters:
                yield from ((item.code, letter, code) for letter, worth in item.letters.items() if worth)
            elif question.ratio and item.input and item.input.key in question.ratio.part:
                yield from ((item.code, str(number), code) for number in range(1, 100))


def _rungs() -> Iterator[tuple[int, str, str]]:
    for rung in LADDER:
        also = join_roles(rung.also)
        yield rung.days, rung.name, f",{also}" if also else ""
