"""Findings as documents and as tables."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from models.catalogue import say
from models.trail import instant
from states.finding_list import Listed
from states.monev.texts import describe
from states.trail_reader import Record
from zi.output import line, table


def finding_document(one: Listed, *, now: datetime) -> dict[str, Any]:
    finding = one.finding
    text, fix = describe(finding)
    return {
        "id": finding.id,
        "candidacy": one.candidacy,
        "unit": one.unit,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "owner": finding.owner.value,
        "area": finding.area,
        "text": text,
        "fix": fix,
        "state": finding.state.value,
        "days_open": _age(one, now),
        "opened": instant(finding.opened_at),
        "reopened": finding.reopened,
        "response": finding.response,
        "responded": instant(finding.responded_at) if finding.responded_at else None,
        "responded_by": one.responded_by,
        "closed": instant(finding.closed_at) if finding.closed_at else None,
        "closed_by": one.closed_by,
        "accepted_until": finding.accepted_until.isoformat() if finding.accepted_until else None,
    }


def show_list(rows: Sequence[Listed], *, now: datetime) -> None:
    if not rows:
        line(say("empty.findings"))
        return
    columns = [say(f"column.{name}") for name in ("id", "code", "severity", "owner", "finding", "state", "age")]
    table(
        columns,
        [
            (
                one.finding.id,
                one.about,
                say(f"severity.{one.finding.severity.value}"),
                say(f"role.{one.finding.owner.value}"),
                describe(one.finding)[0],
                say(f"finding_state.{one.finding.state.value}"),
                say("age.days", days=_age(one, now)),
            )
            for one in rows
        ],
    )


def show_one(one: Listed, history: Sequence[Record], *, now: datetime) -> None:
    finding = one.finding
    text, fix = describe(finding)
    line(say("finding_show.title", number=finding.id, code=one.about or say("finding_show.installation")))
    line(f"  {text}")
    line(say("finding_show.fix", fix=fix))
    line(
        say(
            "finding_show.state",
            severity=say(f"severity.{finding.severity.value}"),
            owner=say(f"role.{finding.owner.value}"),
            state=say(f"finding_state.{finding.state.value}"),
            days=_age(one, now),
        )
    )
    if finding.response:
        line(say("finding_show.response", person=one.responded_by, response=finding.response))
    if finding.accepted_until:
        line(say("finding_show.accepted_until", date=finding.accepted_until.isoformat()))
    columns = [say(f"column.{name}") for name in ("at", "actor", "action", "text")]
    table(columns, [(record["at"][:19], record["actor"], record["action"], _said(record)) for record in history])


def history_document(record: Record) -> dict[str, Any]:
    return {
        "seq": record["seq"],
        "at": record["at"],
        "actor": record["actor"],
        "action": record["action"],
        "text": _said(record) or None,
    }


def _said(record: Record) -> str:
    return " · ".join(record["texts"].values())


def _age(one: Listed, now: datetime) -> int:
    """Days from when it was opened until it was closed, or until now."""
    return ((one.finding.closed_at or now) - one.finding.opened_at).days
