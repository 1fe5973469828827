"""A part of all candidacies, for a sweep that is shared out: by number, and by the zone of the agency."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, true
from sqlmodel import col

from models.agencies import Agency
from models.candidacies import Candidacy


@dataclass(frozen=True)
class Part:
    """Part `shard` of `of`, counted from 0; and only agencies of this zone, where one is named."""

    shard: int = 0
    of: int = 1
    zone: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.shard < self.of:
            raise ValueError(f"no part {self.shard} of {self.of}")

    @property
    def has_the_rest(self) -> bool:
        """Whether what belongs to no candidacy is done with this part: with the first, and with no zone's own run."""
        return self.shard == 0 and self.zone is None

    @property
    def holds(self) -> ColumnElement[bool]:
        """A condition over a query that has joined what it names."""
        return col(Candidacy.id) % self.of == self.shard if self.of > 1 else true()

    @property
    def holds_zone(self) -> ColumnElement[bool]:
        return col(Agency.zone) == self.zone if self.zone else true()


WHOLE = Part()
