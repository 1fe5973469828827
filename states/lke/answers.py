"""Writing answers: all that came, or none of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Final

from sqlmodel import Session, col

from models.candidacies import Candidacy
from models.catalogue import say
from models.database import locked
from models.errors import AnswersRejected, Detail, Obstacle, Refusal, Refused, Value
from models.lke import Answer, Layer, SurveySource
from models.people import Person
from models.texts import is_storable
from models.trail import Json, Pending, record
from rulesets.answers import BadAnswer, Raw, contradictions, read_answer
from rulesets.lke import Item, Lke
from states.actors import Actor, current
from states.lke.access import require_layer
from states.lke.stored import answer_rows, lke_of
from states.lke.summary import keep_summaries
from states.lookups import find
from states.observe import observe_one
from states.subjects import after_change
from states.writing import writing

SOAL_DIGITS = 6  # of a number in PortalRB
NOTE_LENGTH = 10_000  # characters
MARK_LENGTH = 16  # hex digits


class Keep(Enum):
    """Stands where nothing was said: what is stored stays."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True)
class Opened:
    """What stood there when somebody began to write: a part of it that has changed since is not written over."""

    value: str | None
    note: str  # its mark


@dataclass(frozen=True)
class Given:
    """One answer as it came; `row` tells where from, `value` None takes the stored one back."""

    item: str  # its code, or its number in PortalRB
    value: Raw | Keep = KEEP
    note: str | Keep | None = KEEP
    evidence: str | Keep | None = KEEP  # what was said of it beside the answer; files come in as evidence
    source: SurveySource | None = None  # whose survey; where it is said, it must be the layer's
    row: int | None = None
    cell: str | None = None
    opened: Opened | None = None  # None writes over whatever stands there


@dataclass(frozen=True)
class Recorded:
    accepted: int
    unchanged: int
    audit_seq: int | None  # None when nothing changed


@dataclass(frozen=True)
class _Change:
    item: Item
    row: Answer
    before: str | None
    after: str | None


def record_answers(
    code: str, layer: Layer, given: Sequence[Given], *, actor: Actor, now: datetime, file: str | None = None
) -> Recorded:
    """Write answers of one layer. All or none.

    Raises NotFound, Refused (role, stage, area, closed, answered by somebody else meanwhile), AnswersRejected with
    every answer that can't be taken.
    """
    with writing(
        f"lke_answer:{layer.value}", author=actor.author, now=now, subject=f"candidacy:{code.upper()}"
    ) as session:
        actor = current(session, actor, now=now)
        candidacy = locked(session, Candidacy, col(Candidacy.id) == find(session, Candidacy, code).id)[0]
        lke = lke_of(session, candidacy)
        pairs = _matched(lke, given, file=file)
        situation = observe_one(session, candidacy, now=now, actor=actor)
        require_layer(situation, layer, {lke.area_of[item.question.code] for item, _ in pairs}, actor=actor)
        rows = answer_rows(session, candidacy.id, layer)
        _refuse_meanwhile(session, candidacy, pairs, rows)
        changes, faults = _changes(session, candidacy, layer, pairs, rows, actor=actor, now=now, file=file)
        if faults := [*faults, *_contradictions(lke, rows, pairs, file=file)]:
            raise AnswersRejected(faults)
        if not changes:
            return Recorded(0, len(pairs), None)
        session.flush()
        keep_summaries(session, [candidacy], now=now)
        noted = record(session, _noted(candidacy, layer, changes, actor=actor, now=now))
        after_change(session, [candidacy], now=now)
    return Recorded(len(changes), len(pairs) - len(changes), noted.seq)


def _matched(lke: Lke, given: Sequence[Given], *, file: str | None) -> list[tuple[Item, Given]]:
    """Each answer with its item; unknown ones and second ones are named."""
    found: dict[str, tuple[Item, Given]] = {}
    faults: list[Detail] = []
    for one in given:
        item = find_item(lke, one.item)
        if item is None:
            faults.append(_unknown(lke, one, file=file))
        elif item.code in found:
            faults.append(_fault(one, "given_twice", file=file, shown=one.item))
        else:
            found[item.code] = (item, one)
    if faults:
        raise AnswersRejected(faults)
    return list(found.values())


def _unknown(lke: Lke, one: Given, *, file: str | None) -> Detail:
    """A question that is made of counts is named often; the counts are what is answered."""
    codes = {code.casefold(): code for code in lke.questions}
    if (question := codes.get(one.item.strip().casefold())) is None:
        return _fault(one, "unknown_item", file=file, shown=one.item)
    items = ", ".join(item.code for item in lke.items_of[question])
    return _fault(one, "counts_wanted", file=file, shown=one.item, items=items)


def find_item(lke: Lke, name: str) -> Item | None:
    """By code in any letter case, or by number in PortalRB."""
    name = name.strip()
    if name.isascii() and name.isdigit() and len(name) <= SOAL_DIGITS:
        return lke.by_soal.get(int(name))
    return lke.items.get(name) or {code.casefold(): item for code, item in lke.items.items()}.get(name.casefold())


def mark_of(text: str | None) -> str:
    """Tells two notes apart without holding them."""
    plain = _text(text)
    return sha256(plain.encode()).hexdigest()[:MARK_LENGTH] if plain else ""


def _refuse_meanwhile(
    session: Session, candidacy: Candidacy, pairs: Sequence[tuple[Item, Given]], rows: Mapping[str, Answer]
) -> None:
    """Raise Refused with each answer that somebody else has changed since it was opened, and to something else."""
    found = [
        Obstacle(
            "answered_meanwhile",
            {
                "item": item.code,
                "email": session.get_one(Person, row.answered_by).email,
                "at": row.answered_at.isoformat(timespec="seconds"),
            },
        )
        for item, one in pairs
        if one.opened and (row := rows.get(item.code)) and _is_overtaken(item, one, one.opened, row)
    ]
    if found:
        raise Refused([Refusal(candidacy.code, obstacle) for obstacle in found])


def _is_overtaken(item: Item, one: Given, opened: Opened, row: Answer) -> bool:
    """Whether a part that is given was changed meanwhile; where both mean the same nothing is lost."""
    if not isinstance(one.value, Keep) and row.value != opened.value:
        try:
            if read_answer(item, one.value) != row.value:
                return True
        except BadAnswer:
            return True
    if isinstance(one.note, Keep):
        return False
    return mark_of(row.note) not in (opened.note, mark_of(one.note))


def _changes(
    session: Session,
    candidacy: Candidacy,
    layer: Layer,
    pairs: Sequence[tuple[Item, Given]],
    rows: dict[str, Answer],
    *,
    actor: Actor,
    now: datetime,
    file: str | None,
) -> tuple[list[_Change], list[Detail]]:
    """The rows as they are to be, with what can't be taken; `rows` is brought up to date."""
    changes: list[_Change] = []
    faults: list[Detail] = []
    for item, one in pairs:
        row = rows.get(item.code) or Answer(
            candidacy_id=candidacy.id, layer=layer, item=item.code, answered_by=actor.person_id, answered_at=now
        )
        try:
            value = row.value if isinstance(one.value, Keep) else read_answer(item, one.value)
        except BadAnswer as bad:
            faults.append(_fault(one, bad.key, file=file, **bad.params))
            continue
        note = row.note if isinstance(one.note, Keep) else _text(one.note)
        evidence = row.evidence if isinstance(one.evidence, Keep) else _text(one.evidence)
        if max(len(note or ""), len(evidence or "")) > NOTE_LENGTH:
            faults.append(_fault(one, "note_too_long", file=file, most=NOTE_LENGTH))
            continue
        if not is_storable(f"{note}{evidence}"):
            faults.append(_fault(one, "not_storable", file=file))
            continue
        source = _source(item, layer, value)
        if one.source and source and one.source is not source:
            faults.append(_fault(one, "source_of_other_layer", file=file, shown=one.source.value))
            continue
        rows[item.code] = row
        if (row.value, row.note, row.evidence, row.source) == (value, note, evidence, source):
            continue
        changes.append(_Change(item, row, row.value, value))
        row.value, row.note, row.evidence, row.source = value, note, evidence, source
        row.answered_by, row.answered_at = actor.person_id, now
        session.add(row)
    return changes, faults


def _source(item: Item, layer: Layer, value: str | None) -> SurveySource | None:
    """The unit's own survey until the TPN has made its own (90/2021 p.55)."""
    if item.question.survey is None or value is None:
        return None
    return SurveySource.TPN if layer is Layer.TPN else SurveySource.UNIT


def _contradictions(
    lke: Lke, rows: dict[str, Answer], pairs: Sequence[tuple[Item, Given]], *, file: str | None
) -> list[Detail]:
    """A part that is more than its whole, where one of the two has just been given."""
    values = {code: row.value for code, row in rows.items() if row.value is not None}
    touched = {item.question.code: one for item, one in pairs}
    return [
        _fault(
            touched[question.code], "part_over_whole", file=file, question=question.code, formula=question.formula.text
        )
        for question in contradictions(lke, values)
        if question.code in touched and question.formula
    ]


def _fault(one: Given, why: str, *, file: str | None, shown: Value = None, **params: Value) -> Detail:
    value = shown if shown is not None else params.get("value", None if isinstance(one.value, Keep) else one.value)
    return Detail(
        say(f"answer.{why}", **params),
        file=file,
        row=one.row,
        column=one.cell or one.item,
        value=None if value is None else str(value)[:200],
    )


def _text(text: str | None) -> str | None:
    return (text or "").strip() or None


def _noted(candidacy: Candidacy, layer: Layer, changes: Sequence[_Change], *, actor: Actor, now: datetime) -> Pending:
    """Values are codes and numbers and stand in the leaf; what people wrote stands beside it."""
    answers: list[Json] = [{"item": one.item.code, "before": one.before, "after": one.after} for one in changes]
    texts = {f"note:{one.item.code}": one.row.note for one in changes}
    texts |= {f"evidence:{one.item.code}": one.row.evidence for one in changes}
    return Pending(
        actor.author,
        now,
        action=f"{layer.value}_answered",
        subject=f"candidacy:{candidacy.code}",
        details={"layer": layer.value, "answers": answers},
        texts={name: text for name, text in texts.items() if text},
    )
