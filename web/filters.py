"""The board's filter as it stands in an address: read from it, and written back into links."""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from models.candidacies import Level
from models.stages import Stage
from states.actors import Actor
from states.board_query import Filter, Order

LONGEST = 80  # characters of any word of a filter
LARGEST_PAGE = 100_000

Word = Annotated[str, Query(max_length=LONGEST)]
Flag = Annotated[str, Query(max_length=1)]


@dataclass(frozen=True)
class Asked:
    """What the address asks for; words that mean nothing are left out, so that an old link still works."""

    agency: str = ""
    cycle: str = ""
    stage: str = ""
    target: str = ""
    q: str = ""
    late: bool = False
    mine: bool = False
    open: bool = False
    sort: Order = Order.DUE
    down: bool = False
    page: int = 1

    def wanted(self, actor: Actor) -> Filter:
        return Filter(
            agency=self.agency.upper() or None,
            cycle=self.cycle.upper() or None,
            stage=self.stage or None,
            target=Level(self.target) if self.target else None,
            text=self.q,
            late=self.late,
            mine=self.mine,
            closed=not self.open,
            seen_by=actor,
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return any((self.agency, self.cycle, self.stage, self.target, self.q, self.late, self.mine, self.open))

    def link(self, path: str, **other: object) -> str:
        """The same filter at this path, with other values; a new filter begins at its first page."""
        changed = replace(self, **{"page": 1, **other})  # type: ignore[arg-type]
        given = {
            "agency": changed.agency,
            "cycle": changed.cycle,
            "stage": changed.stage,
            "target": changed.target,
            "q": changed.q,
            "late": "1" if changed.late else "",
            "mine": "1" if changed.mine else "",
            "open": "1" if changed.open else "",
            "sort": "" if changed.sort is Order.DUE else changed.sort.value,
            "down": "1" if changed.down else "",
            "page": str(changed.page) if changed.page > 1 else "",
        }
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{path}?{query}" if query else path


def asked(
    agency: Word = "",
    cycle: Word = "",
    stage: Word = "",
    target: Word = "",
    q: Word = "",
    late: Flag = "",
    mine: Flag = "",
    open: Flag = "",  # noqa: A002 - as the address has it
    sort: Word = "",
    down: Flag = "",
    page: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 1,
) -> Asked:
    return Asked(
        agency=agency,
        cycle=cycle,
        stage=stage if stage in STAGES else "",
        target=target if target in list(Level) else "",
        q=q.strip(),
        late=late == "1",
        mine=mine == "1",
        open=open == "1",
        sort=Order(sort) if sort in list(Order) else Order.DUE,
        down=down == "1",
        page=page,
    )


STAGES = {name for stage in Stage for name in (stage.value, stage.parent)}

FilterAsked = Annotated[Asked, Depends(asked)]
