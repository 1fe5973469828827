"""Links to the evidence of one question: told from a secret key, so none is stored, and each pull gives the same.

A candidacy's links end together when its generation goes up; the next pull gives new ones.
"""

import base64
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlmodel import Session, col

from models.base import LARGEST_KEY
from models.candidacies import Candidacy
from models.database import locked, reading
from models.portal import EvidenceLinks
from models.trail import Pending, record
from states.actors import Actor, current
from states.portal.access import find_kept
from states.writing import writing

FIRST = 1
MAC_BYTES = 24  # of 32: more than anybody guesses, in 32 letters


@dataclass(frozen=True)
class LinkTo:
    """What a link claims to lead to."""

    candidacy_id: int
    question: str


def link_token(key: bytes, to: LinkTo, generation: int) -> str:
    """`CANDIDACY.QUESTION.PROOF`: the first two say where it leads, the third that it is ours."""
    return f"{to.candidacy_id}.{to.question}.{_proof(key, to, generation)}"


def claim_of(token: str) -> LinkTo | None:
    """Where a token says that it leads; whether it is true is for `is_right`."""
    number, _, rest = token.partition(".")
    question, _, proof = rest.rpartition(".")
    if not (number.isascii() and number.isdigit() and len(number) < len(str(LARGEST_KEY)) and question and proof):
        return None
    return LinkTo(int(number), question)


def is_right(key: bytes, token: str, to: LinkTo, generation: int) -> bool:
    return hmac.compare_digest(token.encode(), link_token(key, to, generation).encode())


def generations(session: Session, candidacies: Collection[int]) -> Mapping[int, int]:
    """Of these candidacies; a page's worth or one."""
    query = select(col(EvidenceLinks.candidacy_id), col(EvidenceLinks.generation))
    rows = session.execute(query.where(col(EvidenceLinks.candidacy_id).in_(candidacies)))
    return dict.fromkeys(candidacies, FIRST) | {key: generation for key, generation in rows}


def revoke_links(code: str, *, actor: Actor, now: datetime) -> str:
    """End every link to a candidacy's evidence; returns its code. Raises NotFound, Refused."""
    with reading() as session:
        code = find_kept(session, code, actor=actor)[0].code
    with writing("evidence_links_revoke", author=actor.author, now=now, subject=f"candidacy:{code}") as session:
        actor = current(session, actor, now=now)
        candidacy = locked(session, Candidacy, col(Candidacy.code) == code)[0]
        find_kept(session, code, actor=actor)
        query = select(EvidenceLinks).where(col(EvidenceLinks.candidacy_id) == candidacy.id)
        row = session.execute(query).scalar_one_or_none()
        before = row.generation if row else FIRST
        row = row or EvidenceLinks(
            candidacy_id=candidacy.id, generation=before, changed_by=actor.person_id, changed_at=now
        )
        row.generation, row.changed_by, row.changed_at = before + 1, actor.person_id, now
        session.add(row)
        record(
            session,
            Pending(
                actor.author,
                now,
                action="evidence_links_revoked",
                subject=f"candidacy:{code}",
                before=before,
                after=before + 1,
            ),
        )
    return code


def _proof(key: bytes, to: LinkTo, generation: int) -> str:
    message = f"evidence-link\n{to.candidacy_id}\n{to.question}\n{generation}"
    digest = hmac.new(key, message.encode(), sha256).digest()[:MAC_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
