"""Adding evidence, a newer version of it, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Candidacy
from models.database import locked, reading
from models.errors import BadInput, NotFound, Obstacle, Refusal, Refused
from models.evidence import COUNTING, Evidence, EvidenceState
from models.stages import Stage
from models.trail import Json, Pending, record
from rulesets.lke import Question
from states.actors import Actor, current
from states.documents import Content
from states.evidence.access import require_bringing
from states.evidence.pieces import find_evidence, require_standing
from states.evidence.questions import find_questions, require_asking
from states.evidence.reuse import Uses, agencies_seen, key_of, uses_of
from states.evidence.taking import Sniffed, checked
from states.lke.stored import lke_of
from states.lke.summary import keep_summaries
from states.lookups import find
from states.observe import observe_one
from states.situation import Situation
from states.subjects import after_change
from states.writing import writing

TITLE_LENGTH = 200  # characters


@dataclass(frozen=True)
class Piece:
    id: int
    question: str
    version: int


@dataclass(frozen=True)
class Added:
    candidacy: str
    pieces: tuple[Piece, ...]  # one for each question, in the order given
    elsewhere: Uses  # where the same content stood before, as far as the actor may see

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(piece.id for piece in self.pieces)


def add_evidence(
    code: str,
    questions: Sequence[str],
    content: Content,
    *,
    title: str | None = None,
    effective_on: date | None = None,
    valid_until: date | None = None,
    replaces: int | None = None,
    actor: Actor,
    now: datetime,
) -> Added:
    """Put one file or link on file for one or several questions, or as the newer version of what `replaces` names.

    Raises NotFound (candidacy, question, evidence), BadInput (dates, texts), Refused (role, stage, area, a question
    that asks for none, a date in the future, the same content again).
    """
    checked(content)
    title = _title(title)
    if effective_on and valid_until and valid_until < effective_on:
        raise BadInput("valid_before_date", value=valid_until.isoformat(), date=effective_on.isoformat())
    with writing("evidence_add", author=actor.author, now=now, subject=f"candidacy:{code.strip().upper()}") as session:
        actor = current(session, actor, now=now)
        candidacy = locked(session, Candidacy, col(Candidacy.id) == find(session, Candidacy, code).id)[0]
        lke = lke_of(session, candidacy)
        wanted = find_questions(lke, questions, code=candidacy.code)
        situation = observe_one(session, candidacy, now=now, actor=actor)
        require_bringing(situation, {lke.area_of[question.code] for question in wanted}, actor=actor)
        require_asking(lke, wanted, code=candidacy.code)
        before = _to_replace(session, candidacy, wanted, replaces) if replaces is not None else None
        _refuse_future(situation, effective_on)
        _refuse_twice(session, candidacy, wanted, content)
        rows = [
            _row(
                candidacy,
                question.code,
                content,
                title=title,
                effective_on=effective_on,
                valid_until=valid_until,
                before=before,
                actor=actor,
                now=now,
            )
            for question in wanted
        ]
        if before:
            before.state = EvidenceState.REPLACED
        session.add_all(rows)
        session.flush()
        keep_summaries(session, [candidacy], now=now)
        record(session, _noted(candidacy, rows, actor=actor, now=now))
        after_change(session, [candidacy], now=now)
        pieces = tuple(Piece(row.id, row.question, row.version) for row in rows)
        key = key_of(rows[0])
        uses = uses_of(session, [key], sees=agencies_seen(session, candidacy, actor))[key]
        return Added(candidacy.code, pieces, uses.without([row.id for row in rows]))


def withdraw_evidence(number: int, *, reason: str, actor: Actor, now: datetime) -> str:
    """Take a piece back: it stays on record and counts no more. Returns the candidacy's code.

    Raises NotFound, Refused (role, stage, area, no reason, not standing any more).
    """
    with reading() as session:
        code = session.get_one(Candidacy, find_evidence(session, number).candidacy_id).code
    with writing("evidence_withdraw", author=actor.author, now=now, subject=f"candidacy:{code}") as session:
        actor = current(session, actor, now=now)
        candidacy = locked(session, Candidacy, col(Candidacy.code) == code)[0]
        row = find_evidence(session, number)
        area = lke_of(session, candidacy).area_of.get(row.question)
        situation = observe_one(session, candidacy, now=now, actor=actor)
        require_bringing(situation, (area,), actor=actor)
        require_standing(row, code=code)
        if situation.stage is not Stage.SELF_ASSESSMENT and _is_last(session, row):
            raise Refused.because("evidence_last_piece", subject=code, number=number, question=row.question, code=code)
        if not reason.strip():
            raise Refused.because("reason_missing", subject=code)
        before, row.state = row.state, EvidenceState.WITHDRAWN
        session.flush()
        keep_summaries(session, [candidacy], now=now)
        record(
            session,
            Pending(
                actor.author,
                now,
                action="evidence_withdrawn",
                subject=f"candidacy:{code}",
                before=before.value,
                after=row.state.value,
                details={"evidence": row.id, "question": row.question},
                texts={"reason": reason.strip()},
            ),
        )
        after_change(session, [candidacy], now=now)
    return code


def _is_last(session: Session, row: Evidence) -> bool:
    """Whether nothing else counts for its question: what was handed in proven stays proven."""
    others = (
        select(col(Evidence.id))
        .where(col(Evidence.candidacy_id) == row.candidacy_id)
        .where(col(Evidence.question) == row.question)
        .where(col(Evidence.state).in_(COUNTING))
        .where(col(Evidence.id) != row.id)
    )
    return row.state in COUNTING and session.execute(others.limit(1)).first() is None


def _to_replace(session: Session, candidacy: Candidacy, wanted: Sequence[Question], number: int) -> Evidence:
    """The piece that gets a newer version: of this candidacy, and of the one question named."""
    row = find_evidence(session, number)
    if row.candidacy_id != candidacy.id:
        raise NotFound("unknown_evidence", value=number)
    require_standing(row, code=candidacy.code)
    if [question.code for question in wanted] != [row.question]:
        raise Refused.because("evidence_other_question", subject=candidacy.code, number=number, question=row.question)
    return row


def _refuse_future(situation: Situation, effective_on: date | None) -> None:
    if effective_on and effective_on > situation.today:
        date, today = effective_on.isoformat(), situation.today.isoformat()
        raise Refused.because("date_in_future", subject=situation.code, date=date, today=today)


def _refuse_twice(session: Session, candidacy: Candidacy, wanted: Sequence[Question], content: Content) -> None:
    """The same content for the same question is a slip while it counts, and a dodge once it was rejected."""
    same = col(Evidence.file_hash) == content.file.hash if content.file else col(Evidence.url) == content.url
    rows = session.execute(
        select(col(Evidence.id), col(Evidence.question), col(Evidence.state))
        .where(col(Evidence.candidacy_id) == candidacy.id)
        .where(col(Evidence.question).in_([question.code for question in wanted]))
        .where(col(Evidence.state).in_((*COUNTING, EvidenceState.REJECTED)))
        .where(same)
        .order_by(col(Evidence.id))
    )
    twice = [
        Obstacle(
            "evidence_given_twice" if state in COUNTING else "evidence_rejected_before",
            {"number": number, "question": question},
        )
        for number, question, state in rows
    ]
    if twice:
        raise Refused([Refusal(candidacy.code, obstacle) for obstacle in twice])


def _row(
    candidacy: Candidacy,
    question: str,
    content: Content,
    *,
    title: str | None,
    effective_on: date | None,
    valid_until: date | None,
    before: Evidence | None,
    actor: Actor,
    now: datetime,
) -> Evidence:
    file = content.file
    return Evidence(
        candidacy_id=candidacy.id,
        question=question,
        title=title or (before.title if before else None),
        file_hash=file.hash if file else None,
        file_name=file.name if file else None,
        file_size=file.size if file else None,
        media_type=content.media_type if isinstance(content, Sniffed) else None,
        url=content.url,
        effective_on=effective_on,
        valid_until=valid_until,
        version=before.version + 1 if before else 1,
        replaces_id=before.id if before else None,
        added_by=actor.person_id,
        received_at=now,
    )


def _title(title: str | None) -> str | None:
    """On one line, without control characters. Raises BadInput for one that is no title but a text."""
    plain = "".join(letter for letter in " ".join((title or "").split()) if letter.isprintable())
    if len(plain) > TITLE_LENGTH:
        raise BadInput("title_too_long", most=TITLE_LENGTH)
    return plain or None


def _noted(candidacy: Candidacy, rows: Sequence[Evidence], *, actor: Actor, now: datetime) -> Pending:
    """One act, one record: the pieces, dates and the hash in the leaf; what people wrote stands beside it."""
    row = rows[0]  # they differ by question alone
    pieces: list[Json] = [{"evidence": one.id, "question": one.question} for one in rows]
    details: dict[str, Json] = {"pieces": pieces, "version": row.version}
    told: dict[str, Json] = {
        "replaces": row.replaces_id,
        "sha256": row.file_hash,
        "media_type": row.media_type,
        "effective_on": row.effective_on.isoformat() if row.effective_on else None,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
    }
    texts = {"file_name": row.file_name, "title": row.title, "url": row.url}
    return Pending(
        actor.author,
        now,
        action="evidence_added",
        subject=f"candidacy:{candidacy.code}",
        details=details | {name: value for name, value in told.items() if value is not None},
        texts={name: text for name, text in texts.items() if text},
    )
