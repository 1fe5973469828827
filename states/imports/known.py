"""What the cells of a file may refer to, looked up once for the whole file."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.people import Person
from states.actors import Place

Coded = TypeVar("Coded", Agency, Unit, Cycle, Candidacy)


@dataclass
class Known:
    session: Session
    now: datetime
    coming: frozenset[str] = frozenset()  # codes of units that the file itself brings

    @cached_property
    def agencies(self) -> dict[str, Agency]:
        return self._by_code(Agency)

    @cached_property
    def units(self) -> dict[str, Unit]:
        return self._by_code(Unit)

    @cached_property
    def cycles(self) -> dict[str, Cycle]:
        return self._by_code(Cycle)

    @cached_property
    def candidacies(self) -> dict[str, Candidacy]:
        return self._by_code(Candidacy)

    @cached_property
    def people(self) -> dict[str, Person]:
        return {row.email: row for row in self.session.execute(select(Person)).scalars()}

    @cached_property
    def possible_parents(self) -> AbstractSet[str]:
        return self.units.keys() | self.coming

    @cached_property
    def agency_codes(self) -> dict[int, str]:
        return {row.id: code for code, row in self.agencies.items()}

    @cached_property
    def unit_codes(self) -> dict[int, str]:
        return {row.id: code for code, row in self.units.items()}

    @cached_property
    def emails(self) -> dict[int, str]:
        return {row.id: email for email, row in self.people.items()}

    def today(self, agency_id: int) -> date:
        """The day it is in the agency's zone."""
        return self.now.astimezone(ZoneInfo(self.agencies[self.agency_codes[agency_id]].zone)).date()

    def place_of(self, unit: Unit) -> Place:
        """Like `place_of_unit`, without asking again for every row."""
        chain = [unit.id]
        while unit.parent_id is not None:
            unit = self.units[self.unit_codes[unit.parent_id]]
            chain.append(unit.id)
        return Place(unit.agency_id, tuple(chain))

    def _by_code(self, table: type[Coded]) -> dict[str, Coded]:
        return {row.code: row for row in self.session.execute(select(table)).scalars()}
