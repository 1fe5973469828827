"""Finding things by the codes that people type; case does not matter."""

import re
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.base import CODE_PATTERN
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.errors import NotFound

Coded = TypeVar("Coded", Agency, Unit, Cycle, Candidacy)


def find(session: Session, table: type[Coded], code: str) -> Coded:
    """The row with this code. Raises NotFound, in the words of its table."""
    query = select(table).where(col(table.code) == code.strip().upper())
    row: Coded | None = session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound(f"unknown_{table.__tablename__}", value=code)
    return row


def is_code(text: str) -> bool:
    return re.fullmatch(CODE_PATTERN, text) is not None
