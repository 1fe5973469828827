"""What is on record for some candidacies: brought by one statement, and read here part by part."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection

from models.agencies import AgencyKind
from models.candidacies import Level
from models.cycles import Route
from models.lke import Layer
from models.obligations import ObligationKind
from models.stages import Stage
from models.windows import WindowKind
from rulesets.ruleset import Scope
from states.calendar import WorkCalendar
from states.days_off import DaysOff
from states.due_dates import Due, DueDates, Window
from states.ladder import Ladder, read_ladder
from states.record_parts import ON_RECORD, PAPERS, Part
from states.situation import Held, LayerFigures, Paper, Stay


class Frame(NamedTuple):
    """What a candidacy belongs to."""

    unit_code: str
    unit_kind: str | None
    agency_id: int
    agency_code: str
    agency_kind: AgencyKind
    zone: str
    ruleset: str
    route: Route
    record_only: bool


class OnRecord:
    """The rows by part and owner, and what they mean; their columns are those of `states.record_parts`."""

    def __init__(self, lines: Iterable[Any]) -> None:
        self._lines: defaultdict[tuple[str, int], list[Any]] = defaultdict(list)
        for line in lines:
            self._lines[line.part, line.owner].append(line)
        self._papers: dict[tuple[Scope, int], tuple[Paper, ...]] = {}  # many candidacies share a cycle's

    def stays(self, candidacy: int) -> tuple[Stay, ...]:
        """By number."""
        lines = sorted(self._lines[Part.STAY, candidacy], key=attrgetter("number"))
        return tuple(
            Stay(
                line.id,
                line.number,
                Stage(line.word),
                line.text,
                line.day,
                line.until,
                line.due,
                line.by,
                bool(line.undone),
            )
            for line in lines
        )

    def has_request(self, candidacy: int) -> bool:
        """Whether a correction of the last move waits for a second person."""
        return (Part.REQUEST, candidacy) in self._lines

    def chain(self, unit: int) -> Iterator[int]:
        """The unit and those above it, upwards."""
        at: int | None = unit
        while at is not None:
            yield at
            at = self._lines[Part.ONE_UNIT, at][0].id

    def frame(self, unit: int, cycle: int) -> Frame:
        (of_unit,) = self._lines[Part.ONE_UNIT, unit]
        (of_agency,) = self._lines[Part.ONE_AGENCY, of_unit.number]
        (of_cycle,) = self._lines[Part.ONE_CYCLE, cycle]
        return Frame(
            unit_code=of_unit.code,
            unit_kind=of_unit.word,
            agency_id=of_agency.owner,
            agency_code=of_agency.code,
            agency_kind=AgencyKind(of_agency.word),
            zone=of_agency.text,
            ruleset=of_cycle.code,
            route=Route(of_cycle.word),
            record_only=bool(of_cycle.undone),
        )

    def papers(self, scope: Scope, owner: int) -> tuple[Paper, ...]:
        """What is on file there, in the order of filing."""
        if (scope, owner) not in self._papers:
            filed = sorted(self._lines[PAPERS[scope], owner], key=attrgetter("id"))
            self._papers[scope, owner] = tuple(Paper(line.word, scope, line.text, line.day, line.by) for line in filed)
        return self._papers[scope, owner]

    def predicates(self, unit: int) -> tuple[Held, ...]:
        lines = self._lines[Part.PREDICATE, unit]
        return tuple(Held(Level(line.word), line.day, line.until) for line in lines)

    def fact_dates(self, unit: int) -> dict[str, date]:
        """The newest of each kind."""
        return {line.word: line.day for line in self._lines[Part.FACT, unit]}

    def waivers(self, candidacy: int) -> frozenset[str]:
        return frozenset(line.word for line in self._lines[Part.WAIVER, candidacy])

    def figures(self, candidacy: int) -> dict[Layer, LayerFigures]:
        return {
            Layer(line.word): LayerFigures(line.number, line.text, line.id)
            for line in self._lines[Part.FIGURES, candidacy]
        }

    def people_since(self, unit: int, day: date) -> frozenset[int]:
        """Who has had a role in the unit on that day or later."""
        lines = self._lines[Part.PERSON, unit]
        return frozenset(line.by for line in lines if line.until is None or line.until >= day)

    def who_found(self, candidacy: int) -> frozenset[int]:
        """Who raised findings for the TPI."""
        return frozenset(line.by for line in self._lines[Part.FINDING, candidacy])

    def found_in(self, candidacy: int, entry: int) -> int:
        """How many findings the TPI raised in one stay."""
        return sum(line.id == entry for line in self._lines[Part.FINDING, candidacy])

    def due_dates(self, cycles: Collection[int]) -> DueDates:
        dates = {
            (cycle, Stage(line.word)): Due(line.day, line.number, line.text)
            for cycle in cycles
            for line in self._lines[Part.DUE, cycle]
        }
        windows = {
            (cycle, WindowKind(line.word)): Window(line.day, line.until, line.text)
            for cycle in cycles
            for line in self._lines[Part.WINDOW, cycle]
        }
        return DueDates(dates, windows)

    def ladders(self, cycle: int) -> dict[ObligationKind, Ladder]:
        """The cycle's own."""
        lines = self._lines[Part.LADDER, cycle]
        return {ObligationKind(line.word): read_ladder(line.text.split()) for line in lines}

    def calendar(self, agency: int, zone: str) -> WorkCalendar:
        days_off = DaysOff(self._days(Part.HOLIDAYS, 0), {agency: self._days(Part.CLOSURES, agency)})
        return days_off.calendar(agency, zone)

    def _days(self, part: Part, owner: int) -> frozenset[date]:
        lines = self._lines[part, owner]
        return days_in(lines[0].text or "") if lines else frozenset()


@lru_cache(maxsize=256)
def days_in(text: str) -> frozenset[date]:
    """The days of such a text."""
    return frozenset(map(date.fromisoformat, text.split(","))) if text else frozenset()


def load_on_record(
    connection: Connection, candidacies: Collection[int], units: Collection[int], cycles: Collection[int]
) -> OnRecord:
    return OnRecord(connection.execute(ON_RECORD, {"candidacies": candidacies, "units": units, "cycles": cycles}).all())
