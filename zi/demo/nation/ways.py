"""How far a candidacy has come and when it took its steps. Pure: the same chance gives the same way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from models.stages import Stage
from states.calendar import WorkCalendar
from states.candidacies import OPENING
from states.moves import find_move

IDENTIFIED = ("select_unit",)
ASSESSING = (*IDENTIFIED, "start_self_assessment")
SUBMITTED = (*ASSESSING, "submit_to_tpi")
RETURNED = (*SUBMITTED, "return_to_unit")
PROPOSED = (*SUBMITTED, "propose")
DESK = (*PROPOSED, "pass_administrative")
FIELD = (*DESK, "pass_desk")
CLEARANCE = (*FIELD, "pass_field")
PANEL = (*CLEARANCE, "pass_clearance")
DESIGNATED = (*PANEL, "designate")

WAYS = {  # of this year's candidacies, in parts of a hundred
    (): 6,
    IDENTIFIED: 11,
    ASSESSING: 38,
    RETURNED: 3,
    SUBMITTED: 15,
    (*RETURNED, "submit_to_tpi"): 2,
    (*IDENTIFIED, "not_selected"): 3,
    (*SUBMITTED, "decline"): 2,
    PROPOSED: 4,
    (*PROPOSED, "fail_administrative"): 1,
    DESK: 3,
    FIELD: 2,
    CLEARANCE: 1,
    PANEL: 2,
    DESIGNATED: 4,
    (*DESK, "not_designated"): 2,
    (*ASSESSING, "withdraw"): 1,
}
LAST_YEAR = {DESIGNATED: 60, (*SUBMITTED, "decline"): 25, (*FIELD, "not_designated"): 15}

STAYS = {  # about how many days each stage takes
    Stage.PENCANANGAN: 30,
    Stage.UNIT_IDENTIFICATION: 40,
    Stage.SELF_ASSESSMENT: 110,
    Stage.TPI_ASSESSMENT: 45,
    **dict.fromkeys((one for one in Stage if one.parent == "submission"), 18),
}
NEWEST = (3, 80)  # days since the last step
A_YEAR = 365


@dataclass(frozen=True)
class Step:
    """One stay: the move that led there, when it was recorded, and when it was left."""

    stage: Stage
    move: str
    at: datetime
    left_at: datetime | None

    def days(self, calendar: WorkCalendar) -> tuple[date, date | None]:
        """The days of entering and leaving, in the agency's zone."""
        return calendar.today(self.at), calendar.today(self.left_at) if self.left_at else None


def draw_way(chance: Random, *, last_year: bool) -> tuple[str, ...]:
    ways = LAST_YEAR if last_year else WAYS
    return chance.choices(list(ways), list(ways.values()))[0]


def steps_of(way: Sequence[str], chance: Random, calendar: WorkCalendar, *, today: date) -> list[Step]:
    """The stays on this way, the last of them some days before `today`; each begins in office hours."""
    stages = [Stage.PENCANANGAN, *(find_move(name).dest for name in way)]
    day = today - timedelta(days=chance.randint(*NEWEST))
    days = [day]
    for stage in reversed(stages[:-1]):
        day -= timedelta(days=max(5, round(STAYS[stage] * chance.uniform(0.6, 1.25))))
        days.append(day)
    times = [_in_office(day, chance, calendar) for day in reversed(days)]
    ends: list[datetime | None] = [*times[1:], None]
    moves = (OPENING, *way)
    return [Step(*one) for one in zip(stages, moves, times, ends, strict=True)]


def between(first: datetime, last: datetime, chance: Random) -> datetime:
    return first + (last - first) * chance.random()


def _in_office(day: date, chance: Random, calendar: WorkCalendar) -> datetime:
    at = time(8 + chance.randrange(8), chance.randrange(60), chance.randrange(60))
    return datetime.combine(calendar.on_or_before(day), at, tzinfo=calendar.zone)
