"""The moves, as data: the machine, the commands, the diagram and the tests are all drawn from this table."""

from dataclasses import KW_ONLY, dataclass

from models.errors import UsageError
from models.people import Role
from models.stages import OPEN, SUBMISSION_STEPS, Stage
from states import guards
from states.guards import documents_missing
from states.lke import guards as lke_guards
from states.situation import Guard

KOORDINATOR, PIMPINAN_UNIT, TPI = Role.KOORDINATOR, Role.PIMPINAN_UNIT, Role.TPI


@dataclass(frozen=True)
class Move:
    """One way from some stages to one other.

    `asks` are guards over what must come with the request; `unless` are guards over what is on file.
    """

    name: str
    sources: tuple[Stage, ...]
    dest: Stage
    _: KW_ONLY
    by: Role  # who may record it
    unless: tuple[Guard, ...] = ()
    asks: tuple[Guard, ...] = ()
    forward: bool = False  # the way on: what it needs is what the stage owes
    tells: tuple[Role, ...] = ()  # who hears that it happened
    values: tuple[str, ...] = ()  # what --set may name besides the rule set's criteria and documents
    proposes: bool = False  # LKE and evidence are kept as they are at this move

    @property
    def looks_at_lke(self) -> bool:
        return not lke_guards.LKE_GUARDS.isdisjoint(self.unless)

    @property
    def looks_at_hands(self) -> bool:
        return not guards.SEGREGATION.isdisjoint(self.unless)


def _move(name: str, source: Stage | tuple[Stage, ...], dest: Stage, **rest: object) -> Move:
    sources = source if isinstance(source, tuple) else (source,)
    return Move(name, sources, dest, **rest)  # type: ignore[arg-type]


PROPOSAL = (
    guards.proposes_own_assessment,
    guards.building_too_short,
    guards.wbk_not_held,
    guards.barred_by_revocation,
    *lke_guards.PROPOSAL,
)

MOVES = (
    _move(
        "select_unit",
        Stage.PENCANANGAN,
        Stage.UNIT_IDENTIFICATION,
        by=KOORDINATOR,
        unless=(documents_missing("select_unit"),),
        forward=True,
        tells=(PIMPINAN_UNIT,),
    ),
    _move(
        "not_selected",
        Stage.UNIT_IDENTIFICATION,
        Stage.NOT_PROPOSED,
        by=KOORDINATOR,
        asks=(guards.reason_missing,),
        tells=(PIMPINAN_UNIT,),
    ),
    _move(
        "start_self_assessment",
        Stage.UNIT_IDENTIFICATION,
        Stage.SELF_ASSESSMENT,
        by=KOORDINATOR,
        unless=(documents_missing("start_self_assessment"),),
        asks=(guards.criteria_missing,),
        forward=True,
        tells=(PIMPINAN_UNIT,),
    ),
    _move(
        "submit_to_tpi",
        Stage.SELF_ASSESSMENT,
        Stage.TPI_ASSESSMENT,
        by=PIMPINAN_UNIT,
        unless=(guards.answers_own_assessment, *lke_guards.SELF_ASSESSMENT, documents_missing("submit_to_tpi")),
        forward=True,
        tells=(TPI, KOORDINATOR),
    ),
    _move(
        "return_to_unit",
        Stage.TPI_ASSESSMENT,
        Stage.SELF_ASSESSMENT,
        by=TPI,
        unless=(guards.assesses_own_work, guards.no_finding_raised, guards.assessment_closed),
        asks=(guards.reason_missing,),
        tells=(PIMPINAN_UNIT, KOORDINATOR),
    ),
    _move(
        "decline",
        Stage.TPI_ASSESSMENT,
        Stage.NOT_PROPOSED,
        by=TPI,
        unless=(guards.assesses_own_work, documents_missing("decline")),
        asks=(guards.reason_missing,),
        tells=(PIMPINAN_UNIT, KOORDINATOR),
    ),
    _move(
        "propose",
        Stage.TPI_ASSESSMENT,
        Stage.SUBMISSION_ADMINISTRATIVE,
        by=KOORDINATOR,
        unless=(documents_missing("propose"), *PROPOSAL),
        forward=True,
        proposes=True,
        tells=(PIMPINAN_UNIT, TPI),
    ),
    _move(
        "designate_own",
        Stage.TPI_ASSESSMENT,
        Stage.DESIGNATION,
        by=KOORDINATOR,
        unless=(guards.own_route_closed, documents_missing("designate_own"), *PROPOSAL),
        proposes=True,
        tells=(PIMPINAN_UNIT, TPI),
    ),
    _move(
        "pass_administrative",
        Stage.SUBMISSION_ADMINISTRATIVE,
        Stage.SUBMISSION_DESK,
        by=KOORDINATOR,
        asks=(guards.date_missing,),
        forward=True,
        tells=(PIMPINAN_UNIT,),
    ),
    _move(
        "fail_administrative",
        Stage.SUBMISSION_ADMINISTRATIVE,
        Stage.SUBMISSION_OBJECTION,
        by=KOORDINATOR,
        asks=(guards.reason_missing,),
        tells=(PIMPINAN_UNIT,),
    ),
    _move(
        "object",
        Stage.SUBMISSION_OBJECTION,
        Stage.SUBMISSION_ADMINISTRATIVE,
        by=KOORDINATOR,
        unless=(guards.objection_used, guards.objection_window_closed, documents_missing("object")),
        forward=True,
        tells=(PIMPINAN_UNIT,),
    ),
    _move(
        "pass_desk",
        Stage.SUBMISSION_DESK,
        Stage.SUBMISSION_FIELD,
        by=KOORDINATOR,
        asks=(guards.date_missing,),
        forward=True,
        tells=(PIMPINAN_UNIT,),
    ),
    _move(
        "pass_field",
        Stage.SUBMISSION_FIELD,
        Stage.SUBMISSION_CLEARANCE,
        by=KOORDINATOR,
        asks=(guards.date_missing,),
        forward=True,
        tells=(PIMPINAN_UNIT,),
    ),
    _move(
        "pass_clearance",
        Stage.SUBMISSION_CLEARANCE,
        Stage.SUBMISSION_PANEL,
        by=KOORDINATOR,
        asks=(guards.date_missing,),
        forward=True,
        tells=(PIMPINAN_UNIT,),
    ),
    _move(
        "designate",
        Stage.SUBMISSION_PANEL,
        Stage.DESIGNATION,
        by=KOORDINATOR,
        unless=(documents_missing("designate"),),
        forward=True,
        tells=(PIMPINAN_UNIT, TPI),
    ),
    _move(
        "not_designated",
        SUBMISSION_STEPS,
        Stage.COACHING,
        by=KOORDINATOR,
        asks=(guards.reason_missing,),
        tells=(PIMPINAN_UNIT, TPI),
    ),
    _move(
        "withdraw",
        OPEN,
        Stage.WITHDRAWN,
        by=KOORDINATOR,
        asks=(guards.reason_missing,),
        tells=(PIMPINAN_UNIT, TPI),
    ),
    _move(
        "revoke",
        Stage.DESIGNATION,
        Stage.REVOKED,
        by=KOORDINATOR,
        asks=(guards.decree_missing,),
        tells=(PIMPINAN_UNIT, TPI),
        values=("decree", "date"),
    ),
)

CORRECT = "correct"  # not a row of the table: it goes back where the last move came from

BY_NAME = {move.name: move for move in MOVES}
MOVE_NAMES = (*BY_NAME, CORRECT)
PROPOSE = BY_NAME["propose"]

STAGE_OWNER = {
    Stage.PENCANANGAN: KOORDINATOR,
    Stage.UNIT_IDENTIFICATION: KOORDINATOR,
    Stage.SELF_ASSESSMENT: PIMPINAN_UNIT,
    Stage.TPI_ASSESSMENT: TPI,
    **dict.fromkeys(SUBMISSION_STEPS, KOORDINATOR),
}
"""Who has to see that an open stage is left in time."""


def find_move(name: str) -> Move:
    """Raises UsageError for a word that is no move."""
    if name not in BY_NAME:
        raise UsageError("unknown_move", value=name, known=", ".join(MOVE_NAMES))
    return BY_NAME[name]


def moves_from(stage: Stage) -> tuple[Move, ...]:
    return tuple(move for move in MOVES if stage in move.sources)


def way_on(stage: Stage, *, own_route: bool) -> Move | None:
    """The move that a stage works towards; None in a closed stage."""
    if own_route and stage is Stage.TPI_ASSESSMENT:
        return BY_NAME["designate_own"]
    return next((move for move in moves_from(stage) if move.forward), None)
