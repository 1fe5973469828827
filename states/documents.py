"""Filing and withdrawing documents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency
from models.base import LARGEST_KEY
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.database import reading
from models.documents import Document
from models.errors import BadInput, NotFound, Refused, UsageError
from models.files import StoredFile, store_path
from models.texts import is_storable
from models.trail import Json, Pending, record
from rulesets.library import document_kinds, find_ruleset, rulesets
from rulesets.ruleset import DocumentRule
from states.actors import Actor, current, not_allowed
from states.lke.closing import require_closable
from states.observe import calendar_of, scope_of
from states.subjects import Subject, after_change, find_subject, lock_covered, owner_of, subject_of
from states.writing import writing

LINK_SCHEMES = ("http", "https")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # two letters at least: C: is a drive


@dataclass(frozen=True)
class Content:
    """What is filed: a stored file, or a link."""

    file: StoredFile | None = None
    url: str | None = None


@dataclass(frozen=True)
class Filing:
    kind: str
    content: Content
    number: str | None = None
    dated_on: date | None = None


def take_content(source: str, *, folder: Path, limit: int) -> Content:
    """A path or a link, checked and stored. Raises BadInput for what can't be taken."""
    if _SCHEME.match(source):
        return Content(url=checked_link(source))
    return Content(file=store_path(Path(source), folder=folder, limit=limit))


def check_kind(kind: str) -> str:
    """Raises UsageError for a kind that no rule set knows."""
    if kind not in document_kinds():
        raise UsageError("unknown_document_kind", value=kind, known=", ".join(sorted(document_kinds())))
    return kind


def add_document(scope: str, filing: Filing, *, actor: Actor, now: datetime) -> int:
    """File one document for an agency, a cycle, a unit or a candidacy; returns its number.

    Raises Refused where the actor's role may not file it or it is on file already.
    """
    check_kind(filing.kind)
    with reading() as session:
        about = find_subject(session, scope).name
    with writing("document_add", author=actor.author, now=now, subject=about) as session:
        actor = current(session, actor, now=now)
        subject = find_subject(session, scope)
        candidacies = lock_covered(session, subject)
        document = file_document(session, subject, filing, actor=actor, now=now)
        after_change(session, candidacies, now=now)
        return document.id


def withdraw_document(number: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a document back: it stays on record and counts no more. Raises NotFound, Refused."""
    with reading() as session:
        about = _owner(session, _find(session, number)).name
    with writing("document_withdraw", author=actor.author, now=now, subject=about) as session:
        actor = current(session, actor, now=now)
        document = _find(session, number)
        subject = _owner(session, document)
        candidacies = lock_covered(session, subject)
        session.refresh(document)
        if not reason.strip():
            raise Refused.because("reason_missing", subject=subject.label)
        _require_filer(session, subject, document.kind, actor)
        _require_lead(session, subject, document.kind, actor)
        if document.withdrawn_at is not None:
            raise Refused.because("document_withdrawn_already", subject=subject.label, number=number)
        document.withdrawn_at, document.withdrawn_by = now, actor.person_id
        record(
            session,
            Pending(
                actor.author,
                now,
                action="document_withdrawn",
                subject=subject.name,
                details={"document": document.id, "kind": document.kind},
                texts={"reason": reason.strip()},
            ),
        )
        after_change(session, candidacies, now=now)


def file_document(session: Session, subject: Subject, filing: Filing, *, actor: Actor, now: datetime) -> Document:
    """Add the row and its record; the caller holds the lock and sees to what follows."""
    _require_filer(session, subject, filing.kind, actor)
    _require_closable(session, subject, filing.kind, actor=actor, now=now)
    _check_date(session, subject, filing, now=now)
    _refuse_twice(session, subject, filing)
    file = filing.content.file
    document = Document(
        agency_id=subject.id if subject.scope == "agency" else None,
        cycle_id=subject.id if subject.scope == "cycle" else None,
        unit_id=subject.id if subject.scope == "unit" else None,
        candidacy_id=subject.id if subject.scope == "candidacy" else None,
        kind=filing.kind,
        number=filing.number,
        dated_on=filing.dated_on,
        file_hash=file.hash if file else None,
        file_name=file.name if file else None,
        file_size=file.size if file else None,
        url=filing.content.url,
        added_by=actor.person_id,
        added_at=now,
    )
    session.add(document)
    session.flush()
    record(session, _filed(document, subject, filing, actor=actor, now=now))
    return document


def documents_of(session: Session, subject: Subject) -> list[Document]:
    """What is on file for this very subject, withdrawn ones too, in the order of filing."""
    column = col(getattr(Document, f"{subject.scope}_id"))
    return list(session.execute(select(Document).where(column == subject.id).order_by(col(Document.id))).scalars())


def _rules_for(session: Session, subject: Subject, kind: str) -> list[DocumentRule]:
    """What the cycle's rule set says of this kind, or all rule sets where no cycle is known."""
    known = [find_ruleset(_ruleset_name(session, subject))] if subject.cycle_id else list(rulesets().values())
    return [ruleset.documents[kind] for ruleset in known if kind in ruleset.documents]


def _filed(document: Document, subject: Subject, filing: Filing, *, actor: Actor, now: datetime) -> Pending:
    details: dict[str, Json] = {"document": document.id, "kind": document.kind}
    texts: Mapping[str, str | None] = {"file_name": document.file_name, "url": document.url, "number": filing.number}
    if document.file_hash:
        details["sha256"] = document.file_hash
    if document.dated_on:
        details["dated_on"] = document.dated_on.isoformat()
    return Pending(
        actor.author,
        now,
        action="document_added",
        subject=subject.name,
        details=details,
        texts={name: text for name, text in texts.items() if text},
    )


def _require_filer(session: Session, subject: Subject, kind: str, actor: Actor) -> None:
    rules = _rules_for(session, subject, kind)
    if not rules:
        raise UsageError("document_kind_not_in_ruleset", value=kind)
    roles = tuple(dict.fromkeys(role for rule in rules for role in rule.filed_by))
    if not actor.holds_any(roles, subject.place):
        raise not_allowed(roles, subject=subject.label)
    scopes = tuple(dict.fromkeys(scope for rule in rules for scope in rule.scopes))
    if subject.scope not in scopes:
        raise Refused.because("document_scope", subject=subject.label, kind=kind, scopes=", ".join(scopes))


def _require_closable(session: Session, subject: Subject, kind: str, *, actor: Actor, now: datetime) -> None:
    for rule in _rules_for(session, subject, kind):
        if rule.closes and subject.scope == "candidacy":
            require_closable(session, session.get_one(Candidacy, subject.id), rule, actor=actor, now=now)


def _require_lead(session: Session, subject: Subject, kind: str, actor: Actor) -> None:
    """Who closes an assessment alone opens it again."""
    for rule in _rules_for(session, subject, kind):
        if rule.closes and actor.areas_at(rule.filed_by, subject.place) is not None:
            raise Refused.because("lead_needed", subject=subject.label, email=actor.email)


def _check_date(session: Session, subject: Subject, filing: Filing, *, now: datetime) -> None:
    if filing.dated_on is None:
        return
    agency = session.get_one(Agency, subject.place.agency_id)
    today = calendar_of(session, agency).today(now)
    if filing.dated_on > today:
        raise Refused.because(
            "date_in_future", subject=subject.label, date=filing.dated_on.isoformat(), today=today.isoformat()
        )


def _refuse_twice(session: Session, subject: Subject, filing: Filing) -> None:
    """The same content for the same purpose is a slip of the hand."""
    file = filing.content.file
    for other in documents_of(session, subject):
        same = (other.file_hash == file.hash) if file else (other.url == filing.content.url)
        if same and other.kind == filing.kind and other.withdrawn_at is None:
            raise Refused.because("document_given_twice", subject=subject.label, kind=filing.kind, number=other.id)


def _ruleset_name(session: Session, subject: Subject) -> str:
    return session.get_one(Cycle, subject.cycle_id).ruleset


def _find(session: Session, number: int) -> Document:
    document = session.get(Document, number) if number <= LARGEST_KEY else None
    if document is None:
        raise NotFound("unknown_document", value=number)
    return document


def _owner(session: Session, document: Document) -> Subject:
    scope, owner = scope_of(document)
    return subject_of(session, owner_of(session, scope, owner))


def checked_link(url: str) -> str:
    """Raises BadInput for what is no link that can be kept."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket that is no address
        parts = urlsplit("")
    if not is_storable(url) or parts.scheme.lower() not in LINK_SCHEMES or not parts.netloc:
        raise BadInput("link_scheme", value=url, known=", ".join(LINK_SCHEMES))
    return url
