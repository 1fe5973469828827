"""The same file or link standing as evidence in several places: found by content, shown as far as one may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import or_, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.evidence import COUNTING, Evidence, EvidenceState
from models.inserts import in_pieces
from states.actors import Actor
from states.lke.stored import lke_of
from states.lookups import find

STANDING = (*COUNTING, EvidenceState.REJECTED)
"""What is looked at: that a file was rejected elsewhere is worth knowing, too."""

Key = tuple[str | None, str | None]  # a file's SHA-256, or a link


@dataclass(frozen=True)
class Place:
    """One piece of evidence, and where it stands."""

    evidence: int
    candidacy: str
    question: str
    unit: str
    unit_name: str
    year: int
    state: EvidenceState


@dataclass(frozen=True)
class Uses:
    """Where one content stands; places in agencies that one may not see are only counted."""

    places: tuple[Place, ...] = ()
    hidden: int = 0

    def without(self, evidence: Collection[int]) -> "Uses":
        return replace(self, places=tuple(place for place in self.places if place.evidence not in evidence))

    @property
    def several(self) -> bool:
        return len(self.places) + self.hidden > 1


@dataclass(frozen=True)
class Reused:
    """One content that stands in more than one place, at least once in the candidacy asked for."""

    title: str  # its title, else the file's name or the link
    sha256: str | None
    url: str | None
    uses: Uses


def key_of(row: Evidence) -> Key:
    return row.file_hash, row.url


def uses_of(session: Session, keys: Iterable[Key], *, sees: frozenset[int] | None) -> Mapping[Key, Uses]:
    """Every place of each content, by candidacy and question; `sees` are agencies, None = all of them."""
    wanted = set(keys)
    places: defaultdict[Key, list[Place]] = defaultdict(list)
    hidden: defaultdict[Key, int] = defaultdict(int)
    for piece in in_pieces(wanted):
        rows = session.execute(
            select(Evidence, col(Candidacy.code), col(Unit.code), col(Unit.name), col(Unit.agency_id), col(Cycle.year))
            .join(Candidacy, col(Candidacy.id) == col(Evidence.candidacy_id))
            .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
            .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
            .where(col(Evidence.state).in_(STANDING))
            .where(
                or_(
                    col(Evidence.file_hash).in_([file for file, _ in piece if file]),
                    col(Evidence.url).in_([url for _, url in piece if url]),
                )
            )
            .order_by(col(Candidacy.code), col(Evidence.id))
        )
        for row, candidacy, unit, unit_name, agency, year in rows:
            if sees is not None and agency not in sees:
                hidden[key_of(row)] += 1
                continue
            place = Place(row.id, candidacy, row.question, unit, unit_name, year, row.state)
            places[key_of(row)].append(place)
    return {key: Uses(tuple(places[key]), hidden[key]) for key in wanted}


def agencies_seen(session: Session, candidacy: Candidacy, actor: Actor | None) -> frozenset[int] | None:
    """Agencies whose places are named: those of the actor's roles, all for an admin, the candidacy's own for nobody."""
    if actor is None:
        return frozenset((session.get_one(Unit, candidacy.unit_id).agency_id,))
    if actor.is_admin():
        return None
    units = [held.unit_id for held in actor.roles if held.unit_id is not None]
    above = session.execute(
        select(col(Agency.id)).join(Unit, col(Unit.agency_id) == col(Agency.id)).where(col(Unit.id).in_(units))
    ).scalars()
    return frozenset({held.agency_id for held in actor.roles if held.agency_id is not None} | set(above))


def reused(session: Session, code: str, *, actor: Actor | None = None) -> list[Reused]:
    """What of this candidacy's evidence stands for other questions, units or years, too; in the LKE's order.

    Raises NotFound for an unknown candidacy.
    """
    candidacy = find(session, Candidacy, code)
    order = {question: number for number, question in enumerate(lke_of(session, candidacy).questions)}
    rows = session.execute(
        select(Evidence)
        .where(col(Evidence.candidacy_id) == candidacy.id)
        .where(col(Evidence.state).in_(STANDING))
        .order_by(col(Evidence.id))
    ).scalars()
    first: dict[Key, Evidence] = {}
    for row in sorted(rows, key=lambda row: (order.get(row.question, len(order)), row.id)):
        first.setdefault(key_of(row), row)
    uses = uses_of(session, first, sees=agencies_seen(session, candidacy, actor))
    return [
        Reused(row.title or row.file_name or row.url or "", row.file_hash, row.url, uses[key])
        for key, row in first.items()
        if uses[key].several
    ]
