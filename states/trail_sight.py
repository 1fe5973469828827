"""Which records of the trail somebody may read.

An admin reads all. A koordinator and an auditor read what is about their agency, or their unit and those below it: the
agency itself, its cycles, units and candidacies, and people who hold or held roles there and nowhere else. Whoever
sees a candidacy reads its records, as its page shows them. Everybody reads what is about themselves.
What concerns the whole installation (imports, holidays, the trail itself) and people of two agencies is the admin's.
"""

from sqlalchemy import Boolean, ColumnElement, String, case, cast, false, func, literal, or_, select, true, union_all
from sqlalchemy import Select as Query
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.audit import AuditRecord
from models.base import LARGEST_KEY
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.errors import NotFound
from models.people import Membership, Role
from states.actors import Actor, Held
from states.sight import covered_by, sees_units

KEEPERS = (Role.KOORDINATOR, Role.AUDITOR)


def sees_records(actor: Actor) -> ColumnElement[bool]:
    """A condition on records.

    Written so that no database looks up subjects one by one and sorts what it finds: records are read from the newest
    on, and each is held against the list of subjects.
    """
    if actor.is_admin():
        return true()
    among = (col(AuditRecord.subject) + "").in_(_subjects(actor))
    return func.coalesce(among, false(), type_=Boolean)


def find_record(session: Session, seq: int, *, actor: Actor) -> AuditRecord:
    """Raises NotFound for one that the actor may not read, too."""
    query = select(AuditRecord).where(col(AuditRecord.seq) == seq, sees_records(actor))
    found: AuditRecord | None = session.execute(query).scalar_one_or_none() if 0 <= seq <= LARGEST_KEY else None
    if found is None:
        raise NotFound("unknown_record", value=seq)
    return found


def _subjects(actor: Actor) -> Query[str]:
    keeping = [held for held in actor.roles if held.role in KEEPERS]
    agencies = {held.agency_id for held in keeping if held.unit_id is None and held.agency_id is not None}
    kept = covered_by(keeping)
    named = union_all(
        select(literal("candidacy:") + col(Candidacy.code))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .where(sees_units(actor)),
        select(literal("unit:") + col(Unit.code)).where(kept),
        select(literal("agency:") + col(Agency.code)).where(col(Agency.id).in_(agencies)),
        select(literal("cycle:") + col(Cycle.code)).where(col(Cycle.agency_id).in_(agencies)),
        _people(keeping),
        select(literal(f"person:{actor.person_id}")),
    ).subquery()
    return select(named.c[0])


def _people(keeping: list[Held]) -> Query[str]:
    """Whose every role, ended ones too, is in a place that these roles cover."""
    agencies = {held.agency_id for held in keeping if held.unit_id is None and held.agency_id is not None}
    ours = or_(
        col(Membership.agency_id).in_(agencies),
        col(Membership.unit_id).in_(select(col(Unit.id)).where(covered_by(keeping))),
    )
    return (
        select(literal("person:") + cast(col(Membership.person_id), String))
        .group_by(col(Membership.person_id))
        .having(func.count() == func.sum(case((ours, 1), else_=0)))
    )
