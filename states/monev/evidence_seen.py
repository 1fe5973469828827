"""What monev has to know of evidence, counted by the database: three queries for any number of candidacies."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import Session, col

from models.agencies import Unit
from models.candidacies import Candidacy
from models.evidence import COUNTING, Evidence, EvidenceState
from states.monev.observed import EvidenceSeen

Content = tuple[int, str]  # an agency, and a file's hash or a link


def evidence_seen(session: Session, ids: Sequence[int], *, horizon: date) -> defaultdict[int, EvidenceSeen]:
    """By candidacy; what runs out after the horizon is left out."""
    rejected: defaultdict[int, set[str]] = defaultdict(set)
    lasting: defaultdict[int, dict[str, date]] = defaultdict(dict)
    for candidacy, question, standing, last in _questions(session, ids, horizon=horizon):
        if standing:
            lasting[candidacy][question] = last
        else:
            rejected[candidacy].add(question)
    shared = _shared(session, ids)
    seen: defaultdict[int, EvidenceSeen] = defaultdict(EvidenceSeen)
    for candidacy in {*rejected, *lasting, *shared}:
        count, other = shared.get(candidacy, (0, ""))
        seen[candidacy] = EvidenceSeen(frozenset(rejected[candidacy]), lasting[candidacy], count, other)
    return seen


def _questions(session: Session, ids: Sequence[int], *, horizon: date) -> Iterator[Any]:
    """Questions where nothing counts but something was rejected, or where all that counts ends by the horizon."""
    counts = col(Evidence.state).in_(COUNTING)
    standing = func.sum(case((counts, 1), else_=0))
    endless = func.sum(case((and_(counts, col(Evidence.valid_until).is_(None)), 1), else_=0))
    last = func.max(case((counts, col(Evidence.valid_until))))
    rows = session.execute(
        select(col(Evidence.candidacy_id), col(Evidence.question), standing, last)
        .where(col(Evidence.candidacy_id).in_(ids))
        .where(col(Evidence.state).in_((*COUNTING, EvidenceState.REJECTED)))
        .group_by(col(Evidence.candidacy_id), col(Evidence.question))
        .having(or_(standing == 0, and_(endless == 0, last <= horizon)))
    )
    yield from rows


def _shared(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """How much of what counts for each candidacy counts for other units of its agency too, and one of these units."""
    contents: defaultdict[int, set[Content]] = defaultdict(set)
    units: dict[int, str] = {}
    used: dict[Content, tuple[str, str]] = {}
    for column in (col(Evidence.file_hash), col(Evidence.url)):
        own = session.execute(
            select(col(Evidence.candidacy_id), col(Unit.agency_id), col(Unit.code), column)
            .join(Candidacy, col(Candidacy.id) == col(Evidence.candidacy_id))
            .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
            .where(col(Evidence.candidacy_id).in_(ids))
            .where(col(Evidence.state).in_(COUNTING), column.is_not(None))
            .distinct()
        )
        for candidacy, agency, unit, content in own:
            contents[candidacy].add((agency, content))
            units[candidacy] = unit
        used.update(_used(session, ids, column))
    shared: dict[int, tuple[int, str]] = {}
    for candidacy, mine in contents.items():
        if here := sorted(mine & used.keys()):
            first, last = used[here[0]]
            shared[candidacy] = len(here), last if first == units[candidacy] else first
    return shared


def _used(session: Session, ids: Sequence[int], column: Any) -> dict[Content, tuple[str, str]]:
    """Contents of these candidacies that count for several units of an agency: the first and last of these units."""
    mine = select(column).where(col(Evidence.candidacy_id).in_(ids)).where(col(Evidence.state).in_(COUNTING))
    rows = session.execute(
        select(col(Unit.agency_id), column, func.min(col(Unit.code)), func.max(col(Unit.code)))
        .join(Candidacy, col(Candidacy.id) == col(Evidence.candidacy_id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .where(column.in_(mine.where(column.is_not(None))))
        .where(col(Evidence.state).in_(COUNTING))
        .group_by(col(Unit.agency_id), column)
        .having(func.min(col(Unit.code)) != func.max(col(Unit.code)))
    )
    return {(agency, content): (first, last) for agency, content, first, last in rows}
