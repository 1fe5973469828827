"""What the report of missing evidence reads: candidacies that collect it, the unit's answers, and what is on file."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlmodel import Session, col

from models.agencies import Agency
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.evidence import COUNTING, Evidence, EvidenceState
from models.inserts import in_pieces
from models.lke import Answer, Layer, LayerSummary
from rulesets.library import rulesets
from states.evidence.access import COLLECTING

LISTED = 2_000  # candidacies read at a time

Named = Row[int, str, str, str, int]  # id, code, rule set, zone and unit of a candidacy

Given = tuple[Mapping[int, Mapping[str, str]], Mapping[int, Mapping[str, datetime]]]
"""Answers by candidacy and item, and when each was given; a candidacy without any has an empty entry."""


@dataclass
class OnFile:
    """What one question has; `lasts` are the last days of the pieces that count."""

    lasts: list[date | None] = field(default_factory=list)
    rejected: int = 0

    def expired(self, today: date) -> bool:
        return bool(self.lasts) and all(last is not None and last < today for last in self.lasts)


def collecting(session: Session, code: str | None, ids: Collection[int] | None = None) -> Iterator[Named]:
    """Those that collect evidence, by code; one that is named is shown even where it is history.

    With `ids` of these only, in no order.
    """
    query = (
        select(
            col(Candidacy.id),
            col(Candidacy.code),
            col(Cycle.ruleset),
            col(Agency.zone),
            col(Candidacy.unit_id),
        )
        .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .join(Agency, col(Agency.id) == col(Cycle.agency_id))
        .where(col(Candidacy.stage).in_(COLLECTING))
        .order_by(col(Candidacy.code))
        .limit(LISTED)
    )
    if code is not None:
        yield from session.execute(query.where(col(Candidacy.code) == code))
        return
    query, after = query.where(col(Cycle.record_only).is_(False)), ""
    if ids is not None:
        for some in in_pieces(ids, LISTED):
            yield from session.execute(query.where(col(Candidacy.id).in_(some)))
        return
    while piece := session.execute(query.where(col(Candidacy.code) > after)).all():
        after = piece[-1][1]
        yield from piece


def wanting_some(session: Session, ids: Sequence[int]) -> set[int]:
    """Of these, those with something unproven, by what is kept beside the answers; and those where that is too old."""
    rows = session.execute(
        select(col(LayerSummary.candidacy_id))
        .where(col(LayerSummary.candidacy_id).in_(ids), col(LayerSummary.layer) == Layer.UNIT)
        .where(or_(col(LayerSummary.missing_evidence) > 0, is_stale()))
    )
    return set(rows.scalars())


def is_stale() -> ColumnElement[bool]:
    """Whether a summary was reckoned by no rule set that there is now."""
    hashes = [one.hash for one in rulesets().values()]
    return or_(col(LayerSummary.basis).is_(None), col(LayerSummary.basis).not_in(hashes))


def unit_answers(session: Session, ids: Sequence[int]) -> Given:
    """The unit's answers by candidacy and item, and when each was given."""
    return _given(session.execute(_answers(ids)))


def bare_answers(session: Session, ids: Sequence[int]) -> Given:
    """The same, but only answers whose question has nothing on file that counts; all counts of formulas are among
    them, because the question that they belong to has another name."""
    proof = (
        select(col(Evidence.id))
        .where(col(Evidence.candidacy_id) == col(Answer.candidacy_id), col(Evidence.question) == col(Answer.item))
        .where(col(Evidence.state).in_(COUNTING))
    )
    return _given(session.execute(_answers(ids).where(~proof.exists())))


def questions_on_file(
    session: Session, ids: Sequence[int], states: Collection[EvidenceState], questions: Collection[str] | None = None
) -> set[tuple[int, str]]:
    """Candidacy and question of the pieces in these states; of these questions only, where they are named."""
    query = (
        select(col(Evidence.candidacy_id), col(Evidence.question))
        .where(col(Evidence.candidacy_id).in_(ids), col(Evidence.state).in_(states))
        .distinct()
    )
    if questions is not None:
        query = query.where(col(Evidence.question).in_(questions))
    return {(candidacy, question) for candidacy, question in session.execute(query)}


def on_file_of(session: Session, ids: Sequence[int]) -> defaultdict[int, defaultdict[str, OnFile]]:
    found: defaultdict[int, defaultdict[str, OnFile]] = defaultdict(lambda: defaultdict(OnFile))
    rows = session.execute(
        select(col(Evidence.candidacy_id), col(Evidence.question), col(Evidence.state), col(Evidence.valid_until))
        .where(col(Evidence.candidacy_id).in_(ids))
        .where(col(Evidence.state).in_((*COUNTING, EvidenceState.REJECTED)))
    )
    for key, question, state, valid_until in rows:
        here = found[key][question]
        if state is EvidenceState.REJECTED:
            here.rejected += 1
        else:
            here.lasts.append(valid_until)
    return found


def _answers(ids: Sequence[int]) -> Select[int, str, str | None, datetime]:
    return (
        select(col(Answer.candidacy_id), col(Answer.item), col(Answer.value), col(Answer.answered_at))
        .where(col(Answer.candidacy_id).in_(ids))
        .where(col(Answer.layer) == Layer.UNIT)
        .where(col(Answer.value).is_not(None))
    )


def _given(rows: Iterable[Any]) -> Given:
    answers: defaultdict[int, dict[str, str]] = defaultdict(dict)
    days: defaultdict[int, dict[str, datetime]] = defaultdict(dict)
    for key, item, value, answered_at in rows:
        answers[key][item] = value
        days[key][item] = answered_at
    return answers, days
