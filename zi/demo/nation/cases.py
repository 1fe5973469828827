"""One candidacy from its first stage to where it stands now: rows for the tables, and records for the trail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random

from models.candidacies import Candidacy, Level, StageEntry
from models.facts import Predicate
from models.people import Role
from models.stages import Stage
from states.candidacies import OPENING
from states.guards import YES_NO
from states.moves import find_move
from zi.demo.nation.places import Ground, Place
from zi.demo.nation.sheets import Pack
from zi.demo.nation.ways import Step, draw_way, steps_of

REASONS = {
    "return_to_unit": "Bukti pada beberapa area belum sesuai dengan jawaban",
    "not_selected": "Belum memenuhi kriteria pemilihan unit",
    "decline": "Nilai belum mencapai batas minimal",
    "fail_administrative": "Dokumen usulan belum lengkap",
    "not_designated": "Belum memenuhi hasil reviu lapangan",
    "withdraw": "Unit sedang ditata ulang",
}
DECREE = "keputusan_menteri"


@dataclass(frozen=True)
class Stay:
    """One stay with its number in the table."""

    id: int
    number: int
    step: Step
    entered_on: date
    left_on: date | None
    due_on: date | None


@dataclass(frozen=True)
class Paper:
    at: datetime
    number: str | None
    dated_on: date | None


@dataclass
class Case:
    id: int
    code: str
    place: Place
    target: Level
    last_year: bool
    stays: list[Stay]
    chance: Random
    ground: Ground
    pack: Pack
    numbers: "Numbers"
    papers: dict[str, "Paper"] = field(default_factory=dict)  # on file, by kind

    @property
    def stage(self) -> Stage:
        return self.stays[-1].step.stage

    def has_been_in(self, stage: Stage) -> Stay | None:
        """Its last stay there."""
        return next((stay for stay in reversed(self.stays) if stay.step.stage is stage), None)

    def last_day(self, stay: Stay) -> datetime:
        """When a stay ended; for the present one, yesterday evening at the latest."""
        return stay.step.left_at or self.ground.until

    def note(self, at: datetime, by: int, action: str, **what: object) -> None:
        self.ground.told.note(at, by, action, f"candidacy:{self.code}", **what)  # type: ignore[arg-type]


@dataclass
class Numbers:
    """The next number in each table whose rows refer to each other."""

    candidacies: Iterator[int] = field(default_factory=lambda: count(1))
    entries: Iterator[int] = field(default_factory=lambda: count(1))
    papers: Iterator[int] = field(default_factory=lambda: count(1))
    evidence: Iterator[int] = field(default_factory=lambda: count(1))
    obligations: Iterator[int] = field(default_factory=lambda: count(1))
    outbox: Iterator[int] = field(default_factory=lambda: count(1))
    findings: Iterator[int] = field(default_factory=lambda: count(1))


def draw_case(
    ground: Ground,
    place: Place,
    pack: Pack,
    numbers: Numbers,
    chance: Random,
    *,
    before: "Case | None",
    last_year: bool,
) -> Case:
    """A try of this or of last year; `before` is the unit's earlier one."""
    calendar = place.office.calendar
    held = before is not None and before.stage is Stage.DESIGNATION
    today = ground.today - timedelta(days=365 if last_year else 0)
    steps = steps_of(draw_way(chance, last_year=last_year), chance, calendar, today=today)
    stays = []
    for number, step in enumerate(steps):
        entered_on, left_on = step.days(calendar)
        due_on = place.office.due_on(step.stage, entered_on, last_year=last_year)
        stays.append(Stay(next(numbers.entries), number, step, entered_on, left_on, due_on))
    return Case(
        id=next(numbers.candidacies),
        code=f"{place.code}-{ground.year - last_year}",
        place=place,
        target=Level.WBBM if held else Level.WBK,
        last_year=last_year,
        stays=stays,
        chance=chance,
        ground=ground,
        pack=pack,
        numbers=numbers,
    )


def put_case(case: Case, before: Case | None) -> None:
    """The candidacy, its stays, and the moves between them."""
    rows, place = case.ground.rows, case.place
    rows.put(
        Candidacy,
        id=case.id,
        code=case.code,
        unit_id=place.id,
        cycle_id=place.office.cycle(last_year=case.last_year),
        target=case.target.value,
        stage=case.stage.value,
        version=len(case.stays) - 1,
        after_id=before.id if before else None,
    )
    for stay in case.stays:
        rows.put(
            StageEntry,
            id=stay.id,
            candidacy_id=case.id,
            number=stay.number,
            stage=stay.step.stage.value,
            move=stay.step.move,
            entered_on=stay.entered_on,
            entered_at=stay.step.at,
            left_on=stay.left_on,
            left_at=stay.step.left_at,
            due_on=stay.due_on,
            recorded_by=_recorder(case, stay),
            decided_by="Menteri PANRB" if stay.step.stage is Stage.DESIGNATION else None,
            undone=False,
        )
    _tell_opening(case, before)


def tell_moves(case: Case, snapshots: Mapping[int, str]) -> None:
    """`snapshots` are the hashes of what was proposed, by stay."""
    for earlier, stay in zip(case.stays, case.stays[1:], strict=False):
        details: dict[str, object] = {
            "move": stay.step.move,
            "entry": stay.number,
            "effective_on": stay.entered_on.isoformat(),
            "version": stay.number,
        }
        if stay.id in snapshots:
            details["lke_snapshot"] = snapshots[stay.id]
        if stay.step.move == "start_self_assessment":
            details["criteria"] = dict.fromkeys(case.ground.rules.criteria, YES_NO["ya"])
        reason = REASONS.get(stay.step.move)
        case.note(
            stay.step.at,
            _recorder(case, stay),
            "moved",
            before=earlier.step.stage.value,
            after=stay.step.stage.value,
            details=details,
            texts={"reason": reason} if reason else {},
        )


def put_predicate(case: Case) -> None:
    """With the number and the date of the decree on file."""
    decree = case.papers[DECREE]
    case.ground.rows.put(
        Predicate,
        unit_id=case.place.id,
        level=case.target.value,
        decree=decree.number,
        decreed_on=decree.dated_on,
        candidacy_id=case.id,
    )


def _tell_opening(case: Case, before: Case | None) -> None:
    first, office = case.stays[0], case.place.office
    details: dict[str, object] = {
        "unit": case.place.code,
        "cycle": f"{office.code}-{case.ground.year - case.last_year}",
        "ruleset": case.ground.rules.name,
        "target": case.target.value,
        "effective_on": first.entered_on.isoformat(),
        "baseline": False,
        **({"after": before.code} if before else {}),
    }
    case.note(first.step.at, _recorder(case, first), "candidacy_opened", after=first.step.stage.value, details=details)


def _recorder(case: Case, stay: Stay) -> int:
    role = Role.KOORDINATOR if stay.step.move == OPENING else find_move(stay.step.move).by
    return case.place.person(role)
