"""What PortalRB would get of some proposed units, loaded by a fixed number of queries."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from models.cycles import Cycle
from models.inserts import in_pieces
from models.lke import Answer, Layer
from rulesets.library import find_ruleset
from rulesets.lke import Lke
from states.evidence.counting import Counted, counted_evidence
from states.portal.documents import Document, Said, UnitEntry, answers_document
from states.portal.links import LinkTo, generations, link_token
from states.portal.proposed import Proposed

Address = Callable[[str], str | None]
"""From a link's token to the page's address; None where there is no web application to link to."""


@dataclass(frozen=True)
class Sheet:
    unit: UnitEntry
    year: int
    lke: Lke
    by_unit: Mapping[str, Said]
    by_tpi: Mapping[str, Said]
    evidence: Counted
    proofs: Mapping[str, str]

    @property
    def answered(self) -> int:
        return self._given(self.by_unit)

    @property
    def answered_by_tpi(self) -> int:
        return self._given(self.by_tpi)

    def _given(self, said: Mapping[str, Said]) -> int:
        """Numbered items with a value."""
        return sum(item.code in said and said[item.code].value is not None for item in self.lke.by_soal.values())

    @property
    def document(self) -> Document:
        return answers_document(
            self.lke, self.unit, self.year, by_unit=self.by_unit, by_tpi=self.by_tpi, proofs=self.proofs
        )


def entry_of(one: Proposed) -> UnitEntry:
    return UnitEntry(one.unit.code, one.name, one.candidacy.target, one.affirmative)


def sheets_of(
    session: Session, cycle: Cycle, units: Sequence[Proposed], *, key: bytes, address: Address
) -> list[Sheet]:
    """In the order given."""
    lke = find_ruleset(cycle.ruleset).lke
    ids = [one.candidacy.id for one in units]
    said, evidence, generation = _said(session, ids), counted_evidence(session, ids), generations(session, ids)

    def proofs(candidacy: int) -> dict[str, str]:
        tokens = {
            question: link_token(key, LinkTo(candidacy, question), generation[candidacy])
            for question in evidence[candidacy]
        }
        return {question: found for question, token in tokens.items() if (found := address(token))}

    return [
        Sheet(
            unit=entry_of(one),
            year=cycle.year,
            lke=lke,
            by_unit=said[one.candidacy.id, Layer.UNIT],
            by_tpi=said[one.candidacy.id, Layer.TPI],
            evidence=evidence[one.candidacy.id],
            proofs=proofs(one.candidacy.id),
        )
        for one in units
    ]


def _said(session: Session, candidacies: Sequence[int]) -> defaultdict[tuple[int, Layer], dict[str, Said]]:
    found: defaultdict[tuple[int, Layer], dict[str, Said]] = defaultdict(dict)
    columns = (Answer.candidacy_id, Answer.layer, Answer.item, Answer.value, Answer.note, Answer.evidence)
    for piece in in_pieces(candidacies):
        rows = session.execute(
            select(*(col(one) for one in columns))
            .where(col(Answer.candidacy_id).in_(piece))
            .where(col(Answer.layer).in_((Layer.UNIT, Layer.TPI)))
        )
        for candidacy, layer, item, value, note, evidence in rows:
            found[candidacy, layer][item] = Said(value, note, evidence)
    return found
