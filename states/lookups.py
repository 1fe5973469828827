"""Finding things by the codes that people type; case does not matter."""

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.among import among
from models.base import CODE_PATTERN
from models.candidacies import Candidacy, Level
from models.cycles import Cycle
from models.database import directly
from models.errors import NotFound
from models.stages import Stage

Coded = TypeVar("Coded", Agency, Unit, Cycle, Candidacy)


def find(session: Session, table: type[Coded], code: str) -> Coded:
    """The row with this code. Raises NotFound, in the words of its table."""
    query = select(table).where(col(table.code) == code.strip().upper())
    row: Coded | None = session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound(f"unknown_{table.__tablename__}", value=code)
    return row


class Named(NamedTuple):
    """The columns of a candidacy that was found by its code and locked."""

    id: int
    code: str
    unit_id: int
    cycle_id: int
    target: Level
    stage: Stage
    version: int


_NAMED = (
    select(*(col(getattr(Candidacy, name)) for name in Named._fields))
    .where(among(col(Candidacy.code), "codes"))
    .order_by(col(Candidacy.id))  # so that two writers never wait for each other
    .with_for_update()
)


def lock_candidacies(session: Session, codes: Sequence[str]) -> list[Named]:
    """The candidacies with these codes, locked, in the order of their ids. Raises NotFound."""
    sought = [code.strip().upper() for code in codes]
    found = list(map(Named._make, directly(session).execute(_NAMED, {"codes": sought}).all()))
    known = {one.code for one in found}
    for code, wanted in zip(codes, sought, strict=True):
        if wanted not in known:
            raise NotFound("unknown_candidacy", value=code)
    return found


def is_code(text: str) -> bool:
    return re.fullmatch(CODE_PATTERN, text) is not None
