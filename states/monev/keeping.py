"""Brings stored findings in step with what the rules find: opens, follows, closes, and opens again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from sqlmodel import Session

from models.agencies import Unit
from models.candidacies import Candidacy
from models.findings import Finding, FindingState, Origin, Severity
from models.trail import Json, Pending, record
from states.actors import SYSTEM
from states.monev.rule import Found
from states.monev.telling import tell_opened

TOLD_AT_ONCE = (Severity.CRITICAL,)  # the others are read in the list; reminders name missing papers already


@dataclass(frozen=True)
class Swept:
    looked_at: int = 0
    opened: int = 0
    closed: int = 0
    open_now: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(
            self.looked_at + other.looked_at,
            self.opened + other.opened,
            self.closed + other.closed,
            self.open_now + other.open_now,
        )


@dataclass(frozen=True)
class About:
    """What findings are kept of: a candidacy in one of its stays, a unit, or, with neither, the installation."""

    today: date
    candidacy: Candidacy | None = None
    entry_id: int | None = None
    unit: Unit | None = None

    @property
    def subject(self) -> str:
        """As the trail writes it."""
        if self.candidacy:
            return f"candidacy:{self.candidacy.code}"
        return f"unit:{self.unit.code}" if self.unit else "installation:trail"


class Step(Enum):
    OPEN = auto()  # or open again
    FOLLOW = auto()  # it is open already: its figures may have changed
    CLOSE = auto()
    END_ACCEPTANCE = auto()  # what was accepted as explained is gone by itself
    NOTHING = auto()


def step_for(row: Finding | None, *, found: bool, entry_id: int | None, today: date) -> Step:
    """What becomes of one stored finding, or of none, where the rules find its cause or do not. Pure."""
    if row is None:
        return Step.OPEN if found else Step.NOTHING
    if row.state is not FindingState.CLOSED:
        return Step.FOLLOW if found else Step.CLOSE
    if found:
        return Step.NOTHING if _explained(row, entry_id=entry_id, today=today) else Step.OPEN
    return Step.END_ACCEPTANCE if row.closed_by is not None else Step.NOTHING


def keep_findings(
    session: Session, about: About, found: Sequence[Found], rows: Sequence[Finding], *, now: datetime
) -> Swept:
    """`rows` are all of monev's findings about this; running again changes nothing."""
    by_key = {one.key: one for one in found}
    stored = {(row.rule, row.item): row for row in rows}
    opened: list[Finding] = []
    closed = 0
    for key in dict.fromkeys((*by_key, *stored)):
        one, row = by_key.get(key), stored.get(key)
        match step_for(row, found=one is not None, entry_id=about.entry_id, today=about.today):
            case Step.OPEN if one:
                opened.append(_opened(session, about, one, row, now=now))
            case Step.FOLLOW if one and row:
                _follow(row, one)
            case Step.CLOSE if row:
                row.state, row.closed_at = FindingState.CLOSED, now
                _note(session, about, row, "finding_closed", now=now)
                closed += 1
            case Step.END_ACCEPTANCE if row:
                row.closed_by, row.accepted_until = None, None
                _note(session, about, row, "finding_acceptance_ended", now=now)
    session.flush()
    for row in opened:
        if row.severity in TOLD_AT_ONCE:
            tell_opened(session, row, candidacy=about.candidacy, unit=about.unit, now=now)
        if about.candidacy or about.unit:  # a broken trail can't vouch that it was found broken
            _note(session, about, row, "finding_opened", now=now)
    return Swept(looked_at=1, opened=len(opened), closed=closed, open_now=_unsettled(by_key, stored, opened))


def open_again(row: Finding, *, now: datetime) -> None:
    """As new: what was answered and accepted before is in the trail."""
    row.state, row.opened_at, row.closed_at, row.closed_by, row.accepted_until = (
        FindingState.OPEN,
        now,
        None,
        None,
        None,
    )
    row.response, row.responded_by, row.responded_at = None, None, None
    row.reopened += 1


def _opened(session: Session, about: About, one: Found, row: Finding | None, *, now: datetime) -> Finding:
    if row is None:
        row = Finding(
            candidacy_id=about.candidacy.id if about.candidacy else None,
            unit_id=about.unit.id if about.unit else None,
            origin=Origin.MONEV,
            rule=one.rule,
            item=one.item,
            severity=one.severity,
            owner=one.owner,
            opened_at=now,
        )
        session.add(row)
    else:
        open_again(row, now=now)
    row.entry_id = about.entry_id
    _follow(row, one)
    return row


def _follow(row: Finding, one: Found) -> None:
    row.params = json.dumps(one.params, sort_keys=True)
    row.severity, row.owner, row.area = one.severity, one.owner, one.area


def _explained(row: Finding, *, entry_id: int | None, today: date) -> bool:
    """Whether somebody accepted a response in this very stay, and until a day that has not gone by."""
    if row.closed_by is None or row.entry_id != entry_id:
        return False
    return row.accepted_until is None or today <= row.accepted_until


def _unsettled(
    found: dict[tuple[str, str], Found], stored: dict[tuple[str, str], Finding], opened: Sequence[Finding]
) -> int:
    following = sum(1 for key in found if key in stored and stored[key].state is not FindingState.CLOSED)
    return following + sum(1 for row in opened if (row.rule, row.item) not in stored)


def _note(session: Session, about: About, row: Finding, action: str, *, now: datetime) -> None:
    details: dict[str, Json] = {"finding": row.id, "item": row.item, "severity": row.severity.value}
    record(session, Pending(SYSTEM, now, action=action, subject=about.subject, rule=row.rule, details=details))
