"""The rules of monev: each looks at one candidacy and says what it finds, or nothing. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from models.findings import Severity
from models.people import Role
from states.monev.action_rules import OpenItem, late_items
from states.moves import STAGE_OWNER
from states.obligations import missing_by_role
from states.situation import Situation


@dataclass(frozen=True)
class DatedFact:
    """A fact of the unit or its agency that may run out."""

    subject: str
    kind: str
    valid_until: date


@dataclass(frozen=True)
class Observed:
    """One open candidacy as monev sees it."""

    situation: Situation
    last_record_on: date  # the last day anything about it was recorded
    facts: tuple[DatedFact, ...]  # the newest of each kind that has an end
    unheard: tuple[Role, ...]  # roles that owe something and have nobody to tell
    idle_days: int  # setting
    expiry_days: int  # setting
    actions: tuple[OpenItem, ...] = ()  # of the action plan, past their target


@dataclass(frozen=True)
class Found:
    rule: str
    item: str
    severity: Severity
    owner: Role
    params: dict[str, str | int] = field(default_factory=dict)


Rule = Callable[[Observed], Iterator[Found]]


def stage_late(observed: Observed) -> Iterator[Found]:
    """The stage should have been left by now."""
    situation = observed.situation
    due_on = situation.current.due_on
    if due_on and situation.today > due_on:
        late = (situation.today - due_on).days
        yield Found(
            "stage_late",
            "",
            Severity.CRITICAL,
            STAGE_OWNER[situation.stage],
            {"stage": situation.stage.value, "due": due_on.isoformat(), "late": late},
        )


def document_missing(observed: Observed) -> Iterator[Found]:
    """A paper that the way on needs is not on file, and half of the time for it is gone or the date is near."""
    situation = observed.situation
    due_on = situation.current.due_on
    if due_on is None or situation.today < _worry_from(situation.current.entered_on, due_on):
        return
    for role, kinds in missing_by_role(situation).items():
        for kind in kinds:
            yield Found(
                "document_missing",
                kind,
                Severity.WARNING,
                role,
                {"kind": kind, "due": due_on.isoformat(), "code": situation.code},
            )


def lke_incomplete(observed: Observed) -> Iterator[Found]:
    """Items of the LKE are blank, and half of the time for them is gone or the date is near."""
    yield from _lke_behind(observed, "lke_incomplete", observed.situation.blank_items)


def evidence_missing(observed: Observed) -> Iterator[Found]:
    """Questions score without evidence, and half of the time for it is gone or the date is near."""
    yield from _lke_behind(observed, "evidence_missing", observed.situation.missing_evidence)


def no_activity(observed: Observed) -> Iterator[Found]:
    situation = observed.situation
    idle = (situation.today - observed.last_record_on).days
    if idle >= observed.idle_days:
        owner = STAGE_OWNER[situation.stage]
        yield Found("no_activity", "", Severity.WARNING, owner, {"since": observed.last_record_on.isoformat()})


def fact_expired(observed: Observed) -> Iterator[Found]:
    """A prerequisite rests on a fact that has run out, or soon will."""
    today = observed.situation.today
    for fact in observed.facts:
        params: dict[str, str | int] = {
            "kind": fact.kind,
            "subject": fact.subject,
            "until": fact.valid_until.isoformat(),
        }
        if today > fact.valid_until:
            yield Found("fact_expired", f"{fact.subject}:{fact.kind}", Severity.CRITICAL, Role.KOORDINATOR, params)
        elif today + timedelta(days=observed.expiry_days) >= fact.valid_until:
            yield Found("fact_expiring", f"{fact.subject}:{fact.kind}", Severity.INFO, Role.KOORDINATOR, params)


def nobody_to_tell(observed: Observed) -> Iterator[Found]:
    """A role that owes something here is held by nobody."""
    for role in observed.unheard:
        yield Found("nobody_to_tell", role.value, Severity.CRITICAL, Role.KOORDINATOR, {"role": role.value})


def no_due_date(observed: Observed) -> Iterator[Found]:
    """Without a date nothing is ever late, and nobody is reminded."""
    situation = observed.situation
    if situation.current.due_on is None:
        yield Found("no_due_date", "", Severity.INFO, Role.KOORDINATOR, {"stage": situation.stage.value})


def action_late(observed: Observed) -> Iterator[Found]:
    """An item of the action plan should have been done by now."""
    for late in late_items(observed.actions, today=observed.situation.today):
        yield Found("action_late", late.item, late.severity, Role.PIMPINAN_UNIT, late.params)


RULES: tuple[Rule, ...] = (
    stage_late,
    document_missing,
    lke_incomplete,
    evidence_missing,
    no_activity,
    fact_expired,
    nobody_to_tell,
    no_due_date,
    action_late,
)


def find_all(observed: Observed) -> list[Found]:
    return [found for rule in RULES for found in rule(observed)]


def _lke_behind(observed: Observed, rule: str, count: int) -> Iterator[Found]:
    situation = observed.situation
    due_on = situation.current.due_on
    if count and due_on and situation.today >= _worry_from(situation.current.entered_on, due_on):
        owner = STAGE_OWNER[situation.stage]
        params: dict[str, str | int] = {"due": due_on.isoformat(), "code": situation.code, "count": count}
        yield Found(rule, "", Severity.WARNING, owner, params)


def _worry_from(entered_on: date, due_on: date) -> date:
    """Half way, or two weeks before the date: whichever is first."""
    return min(entered_on + (due_on - entered_on) / 2, due_on - timedelta(days=14))
