"""What monev looks at: a candidacy, a unit that holds a predicate, the trail. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from models.candidacies import Level
from models.lke import Layer
from models.people import Role
from rulesets.facts import FactOnRecord
from states.monev.limits import Limits
from states.situation import Situation


@dataclass(frozen=True)
class Unmet:
    """A threshold of the target that a layer misses, in the figures that people read."""

    rule: str
    title: tuple[str, str] | None  # of what it is over, in both languages; none = the total
    required: str
    actual: str


@dataclass(frozen=True)
class LayerScore:
    """What a layer comes to, as it was kept with its answers."""

    points: Mapping[str, Fraction] = field(default_factory=dict)  # of `total` and of each area
    unmet: tuple[Unmet, ...] = ()  # the weakest first


@dataclass(frozen=True)
class EvidenceSeen:
    rejected: frozenset[str] = frozenset()  # questions where the TPI rejected a piece and nothing else counts
    last_days: Mapping[str, date] = field(default_factory=dict)  # of questions where all that counts will run out
    shared: int = 0  # files and links that count for other units of the agency, too
    shared_with: str = ""  # one of these units


@dataclass(frozen=True)
class OpenItem:
    """An open item of the action plan whose target is past, or is about to be."""

    number: int
    area: str
    activity: str
    target_on: date
    progress: int  # percent
    pic: str | None  # e-mail


@dataclass(frozen=True)
class Observed:
    """One open candidacy as monev sees it."""

    situation: Situation
    last_record_on: date  # the last day anybody recorded anything about it
    limits: Limits = field(default_factory=Limits)
    facts: tuple[FactOnRecord, ...] = ()  # of the unit and its agency
    unheard: tuple[Role, ...] = ()  # roles that owe something and have nobody to tell
    scores: Mapping[Layer, LayerScore] = field(default_factory=dict)  # in the two stages that work on the LKE
    evidence: EvidenceSeen = field(default_factory=EvidenceSeen)
    actions: tuple[OpenItem, ...] = ()

    @property
    def today(self) -> date:
        return self.situation.today

    @property
    def due_on(self) -> date | None:
        return self.situation.current.due_on

    @property
    def worrying(self) -> bool:
        """Half of the time for this stage is gone, or its date is two weeks away: whichever is first."""
        if self.due_on is None:
            return False
        entered = self.situation.current.entered_on
        return self.today >= min(entered + (self.due_on - entered) / 2, self.due_on - timedelta(days=14))


@dataclass(frozen=True)
class Designated:
    """A unit and the highest predicate that it holds."""

    unit: str
    level: Level
    due_on: date  # when the next letter on it is due
    today: date
    lead_days: int
    excused: bool = False  # a WBK that is proposed for WBBM (90/2021 p.61-63)


@dataclass(frozen=True)
class TrailSeen:
    """What verifying the trail came to."""

    fault: str = ""  # a key under audit.fault; none = whole
    seq: int | None = None
    missing_triggers: tuple[str, ...] = ()
