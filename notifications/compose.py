"""Puts messages into words: what each kind of notice says, as it is true on the day of sending."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.candidacies import Correction, StageEntry
from models.catalogue import say, speaking
from models.checkpoints import Checkpoint
from models.findings import Finding
from models.messages import Delivery, Notice
from models.obligations import Obligation, ObligationKind
from models.people import Role
from models.summaries import Summary
from notifications.backlog_words import backlog_values
from notifications.checkpoint_words import checkpoint_values
from notifications.commands import (
    action_command,
    actions_command,
    correct_command,
    document_command,
    evidence_command,
    move_command,
    show_command,
)
from notifications.digest_words import Item, digest_values
from notifications.letter import Letter
from notifications.markup import Lines
from notifications.parcel import Parcel
from notifications.post import takes_html
from notifications.relevance import WEEKLY
from notifications.render import render
from notifications.scene import Scene, load_scene
from notifications.summary_words import summary_values
from states.areas import area_named
from states.monev.telling import ANSWERED
from states.monev.texts import describe
from states.moves import STAGE_OWNER
from states.notices import where_of
from states.situation import Situation, Stay
from states.way_on import missing_by_role, next_move

Values = dict[str, object]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Missing:
    """A paper that is not on file, and how to file it."""

    title: str
    command: str


def compose(session: Session, parcels: Sequence[Parcel], *, now: datetime) -> dict[int, Letter | None]:
    """A letter for each delivery, in the language of its person.

    None where one can't be put into words, which is logged and stops no other.
    """
    scene = load_scene(session, parcels, now=now)
    return {parcel.delivery_id: _letter(scene, parcel) for parcel in parcels}


def _letter(scene: Scene, parcel: Parcel) -> Letter | None:
    kind, person = parcel.outbox.kind, parcel.person
    try:
        with speaking(parcel.language):
            values = _common(scene, parcel) | _VALUES[kind](scene, parcel)
            template = str(values.get("template", kind.value))
            return render(
                template,
                values,
                message_id=parcel.message_id,
                name=person.name,
                email=person.email,
                opening=_opening(scene, parcel),
                as_html=takes_html(parcel.masked_url),
            )
    except Exception:  # a bug in one message must not keep all the others from being sent
        log.exception("message %s (%s) has no words", parcel.message_id, parcel.outbox.subject)
        return None


def _opening(scene: Scene, parcel: Parcel) -> str:
    """In whose place it is told, if in anybody's."""
    absent = [" ".join(name.split()) for name in scene.told_for.get(parcel.message_id, ())]
    return say("message.in_place_of", names=", ".join(absent)) if absent else ""


def _common(scene: Scene, parcel: Parcel) -> Values:
    """What every template may name; None for what the message does not belong to."""
    unit, agency = scene.unit(parcel), scene.agency(parcel)
    situation = scene.situation(parcel) if parcel.outbox.candidacy_id is not None else None
    return {
        "unit": unit.name if unit else None,
        "agency": agency.name if agency else None,
        "code": situation.code if situation else None,
        "level": situation.target.value if situation else None,
        "stage": say(f"stage.{situation.stage.value}") if situation else None,
        "show_command": show_command(situation.code) if situation else None,
    }


def _due(scene: Scene, parcel: Parcel) -> Values:
    situation, obligation = scene.situation(parcel), scene.told_of(parcel, Obligation)
    assert obligation.due_on  # noqa: S101 - what is said of an obligation without a date is not true any more
    if obligation.kind is ObligationKind.ACTION:
        return _due_action(scene, parcel, obligation, days_left=(obligation.due_on - situation.today).days)
    papers = obligation.kind is ObligationKind.DOCUMENTS
    return {
        "papers": papers,
        "proposal": obligation.kind is ObligationKind.PROPOSAL,
        "due_on": obligation.due_on,
        "days_left": (obligation.due_on - situation.today).days,
        "missing": _missing(situation, Role(obligation.item) if papers else obligation.owed_by),
        "blank_items": 0 if papers else situation.blank_items,
        "missing_evidence": 0 if papers else situation.missing_evidence,
        "evidence_command": evidence_command(situation.code),
        **_owner(scene, parcel, obligation.owed_by),
        **_next(situation),
    }


def _due_action(scene: Scene, parcel: Parcel, obligation: Obligation, *, days_left: int) -> Values:
    """What is to be done, how far it is and what stands in its way; by its PIC, or the unit's head in their place."""
    item, person = scene.actions[int(obligation.item)], scene.named.get(obligation.id)
    area = area_named(item.area)
    owner = _owner(scene, parcel, obligation.owed_by)
    if person:
        owner |= {"owners": [person.name], "is_owner": person.id == parcel.person.id}
    return {
        "template": "due_action",
        "due_on": obligation.due_on,
        "days_left": days_left,
        "area": say("action.area", area=area, name=item.area) if area and area != item.area else item.area,
        "activity": item.activity,
        "progress": item.progress,
        "obstacle": item.obstacle,
        "follow_up": item.follow_up,
        "pic": scene.people[obligation.person_id].name if obligation.person_id else None,
        "pic_has_left": obligation.person_id is not None and person is None,
        "command": action_command(item.id),
        "list_command": actions_command(scene.situation(parcel).code),
        **owner,
    }


def _moved(scene: Scene, parcel: Parcel) -> Values:
    situation, entry = scene.situation(parcel), scene.told_of(parcel, StageEntry)
    owner = STAGE_OWNER.get(situation.stage)
    return {
        "source": _stage_before(situation, entry.number),
        "dest": say(f"stage.{entry.stage.value}"),
        "moved_by": scene.people[entry.recorded_by].name,
        "decided_by": entry.decided_by,
        "effective_on": entry.entered_on,
        "moved_on_since": entry.id != situation.current.entry_id,
        "due_on": situation.current.due_on,
        "missing": _missing(situation, owner) if owner else [],
        **_owner(scene, parcel, owner),
        **_next(situation),
    }


def _finding(scene: Scene, parcel: Parcel) -> Values:
    finding = scene.told_of(parcel, Finding)
    found, fix = describe(finding)
    return {
        "found": Lines(found),
        "fix": Lines(fix),
        "number": finding.id,
        "raised_by": None if finding.raised_by is None else scene.people[finding.raised_by].name,
        "response": Lines(finding.response or "") if parcel.outbox.subject.endswith(ANSWERED) else None,
        "responded_by": None if finding.responded_by is None else scene.people[finding.responded_by].name,
        **_owner(scene, parcel, finding.owner),
    }


def _correction(scene: Scene, parcel: Parcel) -> Values:
    situation, correction = scene.situation(parcel), scene.told_of(parcel, Correction)
    stay = next(stay for stay in situation.stays if stay.entry_id == correction.entry_id)
    return {
        "requested_by": scene.people[correction.requested_by].name,
        "reason": correction.reason,
        "source": say(f"stage.{stay.stage.value}"),
        "dest": _stage_before(situation, stay.number),
        "command": correct_command(situation.code),
    }


def _corrected(scene: Scene, parcel: Parcel) -> Values:
    situation, correction = scene.situation(parcel), scene.told_of(parcel, Correction)
    return _correction(scene, parcel) | {
        "confirmed_by": scene.people[correction.confirmed_by or correction.requested_by].name,
        "due_on": situation.current.due_on,
        **_owner(scene, parcel, STAGE_OWNER.get(situation.stage)),
    }


def _evidence(scene: Scene, parcel: Parcel) -> Values:
    return backlog_values(scene.backlogs[parcel.person.id], parcel.person, now=scene.now)


def _summary(scene: Scene, parcel: Parcel) -> Values:
    summary, agency = scene.told_of(parcel, Summary), scene.agency(parcel)
    assert agency  # noqa: S101 - a summary is of one
    return summary_values(summary.id, agency.name, json.loads(summary.content), summary.note)


def _unreachable(scene: Scene, parcel: Parcel) -> Values:
    delivery = scene.told_of(parcel, Delivery)
    assert delivery.channel_id is not None  # noqa: S101 - once the channel is removed this is not true any more
    person = scene.people[delivery.person_id]
    return {
        "who": person.name,
        "email": person.email,
        "masked_url": scene.channels[delivery.channel_id].masked_url,
        "test_command": f"zi user channel test {delivery.channel_id}",
        "why": delivery.error or say("delivery.unexplained"),
        "attempts": delivery.attempts,
    }


def _checkpoint(scene: Scene, parcel: Parcel) -> Values:
    made = scene.told_of(parcel, Checkpoint)
    return checkpoint_values(made, scene.keys[made.key_number])


def _digest(scene: Scene, parcel: Parcel) -> Values:
    """Each item in the words that it would have had alone; one that can't be put into words is named by its kind."""
    weekly = f":{WEEKLY}:" in parcel.outbox.subject
    letters = [(item, _letter(scene, item)) for item in scene.items.get(parcel.outbox.id, ())]
    items = [
        Item(
            title=letter.subject if letter else say(f"notice.{item.outbox.kind.value}"),
            text=Lines(letter.gist) if letter else None,
            due_on=item.outbox.due_on,
        )
        for item, letter in letters
    ]
    told = {item.outbox.obligation_id for item, _ in letters}
    late = [one for one in scene.late.get(parcel.person.id, ()) if one.obligation_id not in told] if weekly else []
    return digest_values(items, late, weekly=weekly)


_VALUES: Mapping[Notice, Callable[[Scene, Parcel], Values]] = {
    Notice.DUE: _due,
    Notice.MOVED: _moved,
    Notice.FINDING: _finding,
    Notice.CORRECTION: _correction,
    Notice.CORRECTED: _corrected,
    Notice.EVIDENCE: _evidence,
    Notice.RELEASE: _summary,
    Notice.SUMMARY: _summary,
    Notice.UNREACHABLE: _unreachable,
    Notice.CHECKPOINT: _checkpoint,
    Notice.DIGEST: _digest,
}


def _owner(scene: Scene, parcel: Parcel, role: Role | None) -> Values:
    """Who has to act; none where the candidacy is closed."""
    owners = scene.holders[where_of(parcel.outbox), role] if role else ()
    return {
        "owner": say(f"role.{role.value}") if role else None,
        "owners": [person.name for person in owners],
        "is_owner": any(person.id == parcel.person.id for person in owners),
    }


def _next(situation: Situation) -> Values:
    move = next_move(situation)
    return {
        "move": say(f"move.{move.name}") if move else None,
        "move_by": say(f"role.{move.by.value}") if move else None,
        "move_command": move_command(situation, move) if move else None,
    }


def _missing(situation: Situation, role: Role) -> list[Missing]:
    kinds = missing_by_role(situation).get(role, [])
    return [Missing(say(f"document.{kind}"), document_command(situation, kind)) for kind in kinds]


def _stage_before(situation: Situation, number: int) -> str | None:
    earlier: list[Stay] = [stay for stay in situation.stays if stay.number < number and not stay.undone]
    return say(f"stage.{earlier[-1].stage.value}") if earlier else None
