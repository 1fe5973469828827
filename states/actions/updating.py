"""Reporting on an item, and planning it anew."""

from dataclasses import dataclass
from datetime import date, datetime

from models.actions import ActionItem
from models.errors import Refused
from states.actions.access import require_reporting
from states.actions.finding import code_of, hold
from states.actions.following import follow_plan
from states.actions.noting import note, put_evidence, seen
from states.actions.progress import report_progress
from states.actions.words import optional_line
from states.actors import Actor, current
from states.documents import Content
from states.people import find_person
from states.writing import writing


@dataclass(frozen=True)
class Report:
    """What is said of an item; None leaves a thing as it is, an empty text takes it away."""

    progress: int | None = None
    done_on: date | None = None
    obstacle: str | None = None
    follow_up: str | None = None
    evidence: Content | None = None
    target_on: date | None = None
    pic: str | None = None  # e-mail; empty = nobody
    reason: str = ""

    @property
    def replans(self) -> bool:
        """Whether it changes the plan itself, which is not the PIC's."""
        return self.target_on is not None or self.pic is not None


def update_item(number: int, report: Report, *, actor: Actor, now: datetime) -> bool:
    """Keep what is reported; returns whether it changed anything.

    Raises NotFound (item, PIC), BadInput (texts, percent), Refused (role, area, dropped, a target moved for no reason,
    a day to come).
    """
    code = code_of(number)
    with writing("action_update", author=actor.author, now=now, subject=f"candidacy:{code}") as session:
        actor = current(session, actor, now=now)
        held = hold(session, number, now=now)
        item = held.item
        require_reporting(session, actor, held.place, item, replans=report.replans, subject=code, now=now)
        if item.dropped_at is not None:
            raise Refused.because("action_dropped_already", subject=code, number=number)
        before = seen(item)
        report_progress(item, report.progress, report.done_on, today=held.today, subject=code)
        _move_target(item, report, subject=code)
        if report.obstacle is not None:
            item.obstacle = optional_line(report.obstacle, name="--obstacle")
        if report.follow_up is not None:
            item.follow_up = optional_line(report.follow_up, name="--follow-up")
        if report.pic is not None:
            item.pic_id = find_person(session, report.pic).id if report.pic.strip() else None
        put_evidence(item, report.evidence)
        if seen(item) == before:
            return False
        reason = optional_line(report.reason, name="--reason") or ""
        session.flush()
        note(session, item, code, "action_item_updated", author=actor.author, now=now, before=before, reason=reason)
        follow_plan(session, [held.candidacy], now=now)
        return True


def _move_target(item: ActionItem, report: Report, *, subject: str) -> None:
    if report.target_on is None or report.target_on == item.target_on:
        return
    if not report.reason.strip():
        raise Refused.because("reason_missing", subject=subject)
    item.target_on = report.target_on
