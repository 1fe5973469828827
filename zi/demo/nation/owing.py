"""What each stay owed: obligations, open and done, and the rungs that were said of them until yesterday."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from models.messages import Delivery, DeliveryState, Notice, OutboxMessage
from models.obligations import Obligation, ObligationKind, ObligationState, Said
from models.people import Role
from notifications.routes import MAIL
from states.ladder import DatedRung, dated_rungs, next_after
from states.moves import PROPOSE, STAGE_OWNER, way_on
from states.notices import join_roles
from zi.demo.nation.cases import Case, Stay
from zi.demo.nation.papers import next_move, wanted
from zi.demo.nation.places import MORNING

OBLIGATION = (
    "id",
    "candidacy_id",
    "entry_id",
    "kind",
    "item",
    "owed_by",
    "due_on",
    "next_at",
    "state",
    "reason",
    "opened_at",
    "closed_at",
)
OUTBOX = (
    "id",
    "kind",
    "subject",
    "candidacy_id",
    "obligation_id",
    "due_on",
    "rung",
    "roles",
    "queued_at",
    "expanded_at",
)
SAID = ("obligation_id", "due_on", "rung", "person_id", "message_id", "at")
DELIVERY = (
    "message_id",
    "outbox_id",
    "person_id",
    "route",
    "state",
    "attempts",
    "first_tried_at",
    "next_try_at",
    "sent_at",
    "queued_at",
)


@dataclass(frozen=True)
class Owed:
    kind: ObligationKind
    owed_by: Role
    due_on: date | None
    item: str = ""
    closed_at: datetime | None = None
    reason: str | None = None  # why it was cancelled


def put_obligations(case: Case) -> None:
    for stay in case.stays:
        for owed in _owed(case, stay):
            _put(case, stay, owed)


def _owed(case: Case, stay: Stay) -> Iterator[Owed]:
    """As the stay began, and how it was met."""
    owner = STAGE_OWNER.get(stay.step.stage)
    if owner is None:
        return
    left = stay.step.left_at
    yield Owed(ObligationKind.STAGE, owner, stay.due_on, closed_at=left)
    by_role: dict[Role, list[str]] = {}
    for kind in wanted(case, next_move(stay)):
        paper = case.papers.get(kind)
        if paper is None or paper.at > stay.step.at:
            by_role.setdefault(case.ground.rules.documents[kind].filed_by[0], []).append(kind)
    leaving = case.stays[stay.number + 1].step.move if left else None
    for role, kinds in by_role.items():
        if role is owner:
            continue
        filed = [case.papers[kind].at for kind in kinds if kind in case.papers]
        if len(filed) == len(kinds) and (left is None or max(filed) <= left):
            yield Owed(ObligationKind.DOCUMENTS, role, stay.due_on, role.value, closed_at=max(filed))
        else:
            yield Owed(ObligationKind.DOCUMENTS, role, stay.due_on, role.value, closed_at=left, reason=leaving)
    window = case.place.office.window
    if window and not case.last_year and way_on(stay.step.stage, own_route=False) is PROPOSE:
        reason = None if leaving in (None, PROPOSE.name) else leaving
        yield Owed(ObligationKind.PROPOSAL, PROPOSE.by, window.closes, closed_at=left, reason=reason)


def _put(case: Case, stay: Stay, owed: Owed) -> None:
    key = next(case.numbers.obligations)
    rungs = dated_rungs(owed.due_on, case.place.office.calendar) if owed.due_on else ()
    state = ObligationState.OPEN
    if owed.closed_at:
        state = ObligationState.CANCELLED if owed.reason else ObligationState.DONE
    next_at = None if owed.closed_at else next_after(rungs, now=case.ground.swept)
    case.ground.rows.put_many(
        Obligation,
        OBLIGATION,
        [
            (
                key,
                case.id,
                stay.id,
                owed.kind.value,
                owed.item,
                owed.owed_by.value,
                owed.due_on,
                next_at,
                state.value,
                owed.reason,
                stay.step.at,
                owed.closed_at,
            )
        ],
    )
    until = min(owed.closed_at or case.ground.swept, case.ground.swept)
    for dated in rungs:
        if stay.step.at < dated.at <= until:
            _put_said(case, key, owed, dated)


def _put_said(case: Case, obligation: int, owed: Owed, dated: DatedRung) -> None:
    """On the morning that it came due, to whom it was for then."""
    rows, key, rung = case.ground.rows, next(case.numbers.outbox), dated.rung.name
    assert owed.due_on  # noqa: S101 - what has no day has no rungs
    at = dated.at + MORNING
    roles = (owed.owed_by, *dated.rung.also)
    subject = f"obligation:{obligation}:{owed.due_on}:{rung}"
    rows.put_many(
        OutboxMessage,
        OUTBOX,
        [(key, Notice.DUE.value, subject, case.id, obligation, owed.due_on, rung, join_roles(roles), at, at)],
    )
    for person in dict.fromkeys(case.place.person(role) for role in roles):
        message = case.ground.ids.due(obligation, owed.due_on, rung, person)
        rows.put_many(Said, SAID, [(obligation, owed.due_on, rung, person, message, at)])
        rows.put_many(Delivery, DELIVERY, [(message, key, person, MAIL, DeliveryState.SENT.value, 1, at, at, at, at)])
