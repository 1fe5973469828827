"""All evidence of a candidacy as it is shown: every version, what was said of it, and where else it stands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.evidence import COUNTING, Evidence
from models.people import Person
from states.actors import Actor
from states.evidence.questions import find_questions
from states.evidence.reuse import Uses, agencies_seen, key_of, uses_of
from states.lke.stored import lke_of
from states.lookups import find
from states.observe import calendar_of


@dataclass(frozen=True)
class Listed:
    """One piece of evidence with the people and places around it."""

    row: Evidence
    added_by: str  # e-mail
    reviewed_by: str | None
    expired: bool  # its last day is over
    elsewhere: Uses

    @property
    def name(self) -> str:
        return self.row.title or self.row.file_name or self.row.url or ""

    @property
    def counts(self) -> bool:
        return self.row.state in COUNTING

    @property
    def reused(self) -> bool:
        return bool(self.elsewhere.places or self.elsewhere.hidden)


def list_evidence(
    session: Session, code: str, question: str | None = None, *, now: datetime, actor: Actor | None = None
) -> list[Listed]:
    """What is on record for a candidacy or one question of it, in the LKE's order; withdrawn and replaced ones too.

    Raises NotFound for an unknown candidacy or question.
    """
    candidacy = find(session, Candidacy, code)
    lke = lke_of(session, candidacy)
    query = select(Evidence).where(col(Evidence.candidacy_id) == candidacy.id)
    if question:
        wanted = find_questions(lke, [question], code=candidacy.code)
        query = query.where(col(Evidence.question) == wanted[0].code)
    order = {known: number for number, known in enumerate(lke.questions)}
    rows = sorted(session.execute(query).scalars(), key=lambda row: (order.get(row.question, len(order)), row.id))
    emails = _emails(session, rows)
    today = calendar_of(session, _agency_of(session, candidacy)).today(now)
    uses = uses_of(session, map(key_of, rows), sees=agencies_seen(session, candidacy, actor))
    return [
        Listed(
            row=row,
            added_by=emails[row.added_by],
            reviewed_by=emails[row.reviewed_by] if row.reviewed_by is not None else None,
            expired=row.valid_until is not None and row.valid_until < today,
            elsewhere=uses[key_of(row)].without((row.id,)),
        )
        for row in rows
    ]


def _emails(session: Session, rows: list[Evidence]) -> dict[int, str]:
    people = {person for row in rows for person in (row.added_by, row.reviewed_by) if person is not None}
    found = session.execute(select(col(Person.id), col(Person.email)).where(col(Person.id).in_(people)))
    return {key: email for key, email in found}


def _agency_of(session: Session, candidacy: Candidacy) -> Agency:
    return session.get_one(Agency, session.get_one(Unit, candidacy.unit_id).agency_id)
