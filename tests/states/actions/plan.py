"""Short words for an action plan at work."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from models.actions import ActionItem
from models.database import reading
from models.messages import Delivery, OutboxMessage
from models.obligations import Obligation, ObligationKind
from models.people import Person, Role
from states.actions.adding import NewItem, add_item
from states.actions.dropping import drop_item
from states.actions.updating import Report, update_item
from states.people import Grant, PersonData, add_person, end_role, grant_role
from tests.office import Office

JAKARTA = ZoneInfo("Asia/Jakarta")
TARGET = date(2026, 4, 24)  # a Friday with no holiday near its rungs


@dataclass
class Plan:
    office: Office
    code: str

    def add(self, activity: str = "Rapat tim kerja", *, by: str = "kepala", area: str = "MP", **more: Any) -> int:
        given = {"target_on": TARGET, "pic": "sari@contoh.invalid", **more}
        return add_item(self.code, NewItem(area, activity, **given), actor=self.office.actor(by), now=self.office.now)

    def update(self, number: int, *, by: str = "kepala", **said: Any) -> bool:
        return update_item(number, Report(**said), actor=self.office.actor(by), now=self.office.now)

    def drop(self, number: int, *, by: str = "kepala", reason: str = "tidak relevan lagi") -> str:
        return drop_item(number, reason=reason, actor=self.office.actor(by), now=self.office.now)

    def item(self, number: int) -> ActionItem:
        with reading() as session:
            return session.get_one(ActionItem, number)

    def owed(self) -> list[Obligation]:
        """The obligations of items, ended ones too."""
        query = select(Obligation).where(col(Obligation.kind) == ObligationKind.ACTION).order_by(col(Obligation.id))
        with reading() as session:
            return list(session.execute(query).scalars())


def give_role(
    office: Office,
    name: str,
    role: Role,
    *,
    unit: str | None = None,
    agency: str | None = None,
    area: str | None = None,
) -> None:
    email = f"{name}@contoh.invalid"
    add_person(PersonData(email, name.capitalize()), actor=office.actor("admin"), now=office.now)
    grant = Grant(email, role, agency=agency, unit=unit, area=area, since=date(2024, 1, 1))
    grant_role(grant, actor=office.actor("admin"), now=office.now)


def end(office: Office, name: str, role: Role, *, unit: str) -> None:
    """Since yesterday the role is held no more."""
    grant = Grant(f"{name}@contoh.invalid", role, unit=unit)
    yesterday = office.now.date() - timedelta(days=1)
    end_role(grant, on=yesterday, actor=office.actor("admin"), now=office.now)


def morning(day: date) -> datetime:
    """07:30 in the agency's zone, when the daily run happens."""
    return datetime.combine(day, time(7, 30), tzinfo=JAKARTA).astimezone(UTC)


def told() -> list[tuple[str | None, str]]:
    """Rung and person of all that was told of items, by person within the order of telling."""
    query = (
        select(col(OutboxMessage.id), col(OutboxMessage.rung), col(Person.email))
        .join(Delivery, col(Delivery.outbox_id) == col(OutboxMessage.id))
        .join(Person, col(Person.id) == col(Delivery.person_id))
        .join(Obligation, col(Obligation.id) == col(OutboxMessage.obligation_id))
        .where(col(Obligation.kind) == ObligationKind.ACTION)
    )
    with reading() as session:
        rows = sorted((number, email.partition("@")[0], rung) for number, rung, email in session.execute(query))
        return [(rung, name) for _, name, rung in rows]
