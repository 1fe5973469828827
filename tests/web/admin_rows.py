"""What the admin's tests look up in the database."""

from sqlalchemy import func, select
from sqlmodel import SQLModel, col

from models.audit import AuditRecord
from models.database import reading
from models.people import Person


def rows(table: type[SQLModel]) -> int:
    with reading() as session:
        count: int = session.execute(select(func.count()).select_from(table)).scalar_one()
        return count


def person_id(email: str) -> int:
    with reading() as session:
        number: int = session.execute(select(col(Person.id)).where(col(Person.email) == email)).scalar_one()
        return number


def last_record() -> AuditRecord:
    with reading() as session:
        newest = select(AuditRecord).order_by(col(AuditRecord.seq).desc()).limit(1)
        record: AuditRecord = session.execute(newest).scalar_one()
        return record
