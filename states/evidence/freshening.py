"""Brings what is kept beside the answers up to date where another rule set reckoned it, or none: after an upgrade."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from models.candidacies import Candidacy
from models.cycles import Cycle
from models.database import locked, reading, transaction
from models.lke import Layer, LayerSummary
from states.evidence.access import COLLECTING
from states.evidence.on_file import is_stale
from states.lke.summary import keep_summaries

PIECE = 250  # candidacies reckoned in one transaction


def freshen_summaries(*, now: datetime) -> int:
    """Of all candidacies that collect evidence; returns how many were reckoned anew. Running again does nothing."""
    done, after = 0, 0
    while ids := _stale(after):
        with transaction() as session:
            keep_summaries(session, locked(session, Candidacy, col(Candidacy.id).in_(ids)), now=now)
        done, after = done + len(ids), ids[-1]
    return done


def _stale(after: int) -> list[int]:
    query = (
        select(col(Candidacy.id))
        .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .join(LayerSummary, col(LayerSummary.candidacy_id) == col(Candidacy.id))
        .where(col(Candidacy.stage).in_(COLLECTING), col(Cycle.record_only).is_(False))
        .where(col(LayerSummary.layer) == Layer.UNIT, is_stale())
        .where(col(Candidacy.id) > after)
        .order_by(col(Candidacy.id))
        .limit(PIECE)
    )
    with reading() as session:
        return list(session.execute(query).scalars())
