"""All that the guards look at, loaded once: a candidacy, its papers, its people, and what is asked. Pure data."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from models.agencies import AgencyKind
from models.candidacies import Level
from models.cycles import Route
from models.errors import Obstacle
from models.lke import Layer
from models.obligations import ObligationKind
from models.stages import Stage
from models.windows import WindowKind
from rulesets.facts import Of
from rulesets.ruleset import RuleSet, Scope
from states.actors import Actor, Place
from states.calendar import WorkCalendar
from states.due_dates import DueDates, Window
from states.ladder import LADDER, Ladder
from states.lke.standing import Standing

LAYER_OF = {Stage.SELF_ASSESSMENT: Layer.UNIT, Stage.TPI_ASSESSMENT: Layer.TPI}
"""The layer that has to be whole before its stage may be left."""


@dataclass(frozen=True)
class Paper:
    """A document on file that covers the candidacy."""

    kind: str
    scope: Scope
    number: str | None
    dated_on: date | None
    filed_by: int  # person


@dataclass(frozen=True)
class Stay:
    """A stage the candidacy has been in, or is in."""

    entry_id: int
    number: int
    stage: Stage
    move: str
    entered_on: date
    left_on: date | None
    due_on: date | None
    recorded_by: int
    undone: bool = False


@dataclass(frozen=True)
class Held:
    """A predicate the unit was given."""

    level: Level
    decreed_on: date
    revoked_on: date | None

    def on(self, day: date) -> bool:
        return self.decreed_on <= day and (self.revoked_on is None or self.revoked_on > day)


@dataclass(frozen=True)
class LayerFigures:
    """What a layer of the LKE comes to, as it was kept with its answers."""

    answered: int  # items
    total: str  # points, four decimals
    missing_evidence: int  # questions


@dataclass(frozen=True)
class Ask:
    """What comes with a request to move. Empty when somebody only looks at what would be possible."""

    effective_on: date
    effective_given: bool = False
    reason: str = ""
    decided_by: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Situation:
    code: str
    stage: Stage
    version: int
    target: Level
    unit_kind: str | None
    agency_kind: AgencyKind
    route: Route
    ruleset: RuleSet
    record_only: bool
    calendar: WorkCalendar
    place: Place
    today: date
    papers: tuple[Paper, ...] = ()
    stays: tuple[Stay, ...] = ()  # by number; the last one that is not undone is the current one
    predicates: tuple[Held, ...] = ()
    fact_dates: Mapping[str, date] = field(default_factory=dict)  # the newest date of each kind of fact of the unit
    waivers: frozenset[str] = frozenset()  # confirmed
    unit_people: frozenset[int] = frozenset()  # who has had a unit role here since the candidacy was opened
    answered_by: frozenset[int] | None = frozenset()  # who has answered the LKE or brought evidence for the unit
    assessed_by: frozenset[int] | None = frozenset()  # who raised findings, answered or reviewed for the TPI
    findings_in_stay: int = 0  # findings of the TPI raised in this stay
    fact_subjects: Mapping[Of, str] = field(default_factory=dict)  # codes of the unit and its agency
    figures: Mapping[Layer, LayerFigures] = field(default_factory=dict)  # of layers that were begun
    correction_asked: bool = False  # that the last move be undone, and not confirmed yet
    cycle_id: int = 0
    due_dates: DueDates = field(default_factory=DueDates)  # of the cycle
    ladders: Mapping[ObligationKind, Ladder] = field(default_factory=dict)  # the cycle's own; others are the common one
    lke: Standing | None = None  # only where it was asked for
    actor: Actor | None = None  # nobody in particular when None: roles are not asked then
    ask: Ask | None = None

    @property
    def windows(self) -> Mapping[WindowKind, Window]:
        """Those of the cycle."""
        return self.due_dates.windows_of(self.cycle_id)

    @property
    def current(self) -> Stay:
        return next(stay for stay in reversed(self.stays) if not stay.undone)

    def due_on(self, stage: Stage, entered_on: date) -> date | None:
        """When a stay that is entered on that day must end; None where the cycle's calendar names no date."""
        return self.due_dates.due_on(self.cycle_id, stage, entered_on, self.calendar)

    def entered(self, stay: Stay) -> "Situation":
        """The same after a move, in the stay that it led to; nobody has asked for anything there yet."""
        left = replace(self.current, left_on=stay.entered_on)
        stays = tuple(left if one is self.current else one for one in self.stays)
        return replace(
            self,
            stage=stay.stage,
            version=self.version + 1,
            stays=(*stays, stay),
            findings_in_stay=0,
            correction_asked=False,
            lke=None,
            actor=None,
            ask=None,
        )

    def ladder(self, kind: ObligationKind) -> Ladder:
        return self.ladders.get(kind, LADDER)

    @property
    def effective_on(self) -> date:
        return self.ask.effective_on if self.ask else self.today

    @property
    def blank_items(self) -> int:
        """Items that the layer of this stage still lacks: the unit's, or the TPI's; 0 at other stages."""
        layer = LAYER_OF.get(self.stage)
        if layer is None:
            return 0
        figures = self.figures.get(layer)
        return len(self.ruleset.lke.items) - (figures.answered if figures else 0)

    @property
    def missing_evidence(self) -> int:
        """Questions that the layer of this stage scores on and that have nothing on file; 0 at other stages."""
        layer = LAYER_OF.get(self.stage)
        figures = self.figures.get(layer) if layer else None
        return figures.missing_evidence if figures else 0

    def required(self, move: str) -> tuple[str, ...]:
        return self.ruleset.required(move, agency_kind=self.agency_kind, unit_kind=self.unit_kind, level=self.target)

    def papers_of(self, kind: str) -> tuple[Paper, ...]:
        """Those that count: filed where the rule set wants them."""
        scopes = self.ruleset.documents[kind].scopes
        return tuple(paper for paper in self.papers if paper.kind == kind and paper.scope in scopes)

    def has(self, kind: str) -> bool:
        """Whether the document is on file and whole."""
        papers = self.papers_of(kind)
        if not self.ruleset.documents[kind].numbered:
            return bool(papers)
        return any(paper.number and paper.dated_on for paper in papers)

    def missing(self, move: str) -> tuple[str, ...]:
        return tuple(kind for kind in self.required(move) if not self.has(kind))

    def lifted(self, rule: str) -> bool:
        """Whether a confirmed waiver lifts this rule here."""
        return any(rule in self.ruleset.waivers[kind].lifts for kind in self.waivers if kind in self.ruleset.waivers)

    def filed_as(self, counts_as: str) -> frozenset[int]:
        kinds = {kind for kind, rule in self.ruleset.documents.items() if rule.counts_as == counts_as}
        return frozenset(paper.filed_by for paper in self.papers if paper.kind in kinds)

    def acts_for_unit(self, person: int) -> bool:
        """Whether this person has answered for the unit, or has had a role in it."""
        submitted = {stay.recorded_by for stay in self.stays if stay.move == "submit_to_tpi"}
        assert self.answered_by is not None, "observed without hands"  # noqa: S101
        return person in self.unit_people | submitted | self.answered_by | self.filed_as("answer")

    def has_assessed(self, person: int) -> bool:
        moved = {stay.recorded_by for stay in self.stays if stay.move in ("return_to_unit", "decline")}
        assert self.assessed_by is not None, "observed without hands"  # noqa: S101
        return person in self.assessed_by | moved | self.filed_as("assessment")

    def clock_started_on(self) -> date | None:
        """The SK's date: of the newest one on file, or else of the fact."""
        clock = self.ruleset.clock
        if clock is None:
            return None
        dated = [paper.dated_on for paper in self.papers_of(clock.document) if paper.dated_on]
        return max(dated) if dated else self.fact_dates.get(clock.fact)


Guard = Callable[[Situation], Iterator[Obstacle]]
"""Names what stands in the way of a move, or says nothing."""
