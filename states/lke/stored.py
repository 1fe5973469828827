"""Answers as they are stored, read for any number of candidacies at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Candidacy
from models.cycles import Cycle
from models.inserts import in_pieces
from models.lke import Answer, Layer
from rulesets.answers import Answers
from rulesets.library import find_ruleset
from rulesets.lke import Lke

Stored = Mapping[int, Mapping[Layer, Answers]]
"""By candidacy and layer; blanks and items that the LKE no longer has are left out."""


def lke_of(session: Session, candidacy: Candidacy) -> Lke:
    return find_ruleset(session.get_one(Cycle, candidacy.cycle_id).ruleset).lke


def stored_answers(session: Session, candidacies: Collection[int]) -> Stored:
    """Every layer's answers; a candidacy or a layer without any has an empty entry."""
    found: defaultdict[int, dict[Layer, dict[str, str]]] = defaultdict(lambda: {layer: {} for layer in Layer})
    for piece in in_pieces(candidacies):
        rows = session.execute(
            select(col(Answer.candidacy_id), col(Answer.layer), col(Answer.item), col(Answer.value))
            .where(col(Answer.candidacy_id).in_(piece))
            .where(col(Answer.value).is_not(None))
        )
        for candidacy, layer, item, value in rows:
            found[candidacy][layer][item] = value
    return found


def answered_at(session: Session, candidacies: Collection[int], layer: Layer) -> Mapping[int, Mapping[str, datetime]]:
    """By candidacy and item: when what stands in this layer was last answered."""
    found: defaultdict[int, dict[str, datetime]] = defaultdict(dict)
    for piece in in_pieces(candidacies):
        rows = session.execute(
            select(col(Answer.candidacy_id), col(Answer.item), col(Answer.answered_at))
            .where(col(Answer.candidacy_id).in_(piece))
            .where(col(Answer.layer) == layer)
            .where(col(Answer.value).is_not(None))
        )
        for candidacy, item, at in rows:
            found[candidacy][item] = at
    return found


def answer_rows(session: Session, candidacy: int, layer: Layer) -> dict[str, Answer]:
    """One layer's rows by item, those with a blank value too."""
    query = select(Answer).where(col(Answer.candidacy_id) == candidacy).where(col(Answer.layer) == layer)
    return {row.item: row for row in session.execute(query).scalars()}
