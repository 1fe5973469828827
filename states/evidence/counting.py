"""How much evidence stands for each question, and which answers have none. The second is pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.evidence import COUNTING, Evidence
from models.inserts import in_pieces
from rulesets.lke import Lke
from rulesets.scoring import QuestionScore

Counted = Mapping[str, int]
"""By question: what is on file and was not rejected."""


def counted_evidence(session: Session, candidacies: Collection[int]) -> Mapping[int, Counted]:
    """By candidacy; one without any has an empty entry."""
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for piece in in_pieces(candidacies):
        rows = session.execute(
            select(col(Evidence.candidacy_id), col(Evidence.question), func.count())
            .where(col(Evidence.candidacy_id).in_(piece))
            .where(col(Evidence.state).in_(COUNTING))
            .group_by(col(Evidence.candidacy_id), col(Evidence.question))
        )
        for candidacy, question, count in rows:
            found[candidacy][question] = count
    return found


def without_evidence(lke: Lke, scores: Mapping[str, QuestionScore], counted: Counted) -> tuple[str, ...]:
    """Questions that score above zero and have nothing on file for it; those of the results want none."""
    return tuple(
        code for code, one in scores.items() if one.value and code in lke.asking_evidence and not counted.get(code)
    )
