"""What a link to evidence opens: the pieces of one question, while the unit is proposed and the window open."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.database import reading, transaction
from models.errors import NotFound
from models.evidence import COUNTING, Evidence
from models.lke import Answer, Layer
from models.stages import SUBMISSION_STEPS
from models.trail import Author, Json, Pending, Via, record
from rulesets.library import find_ruleset
from rulesets.lke import Question
from states.lke.wordings import wordings
from states.portal.links import claim_of, generations, is_right
from states.portal.period import is_open
from states.portal.proposed import with_kept

VISITOR = Author(None, Via.WEB)  # whoever it was: a link asks for no name


@dataclass(frozen=True)
class EvidencePage:
    candidacy: str
    unit: str  # its name, as proposed
    agency: str
    year: int
    question: Question
    wording: str | None  # the official one, where the master was imported
    words: tuple[str, ...]  # what the sheet said of its evidence
    pieces: tuple[Evidence, ...]


def visit_evidence(token: str, number: int | None = None, *, key: bytes, visitor: str, now: datetime) -> EvidencePage:
    """What the link shows, or the one piece of it; that somebody was there stands in the trail.

    Raises NotFound, the same whatever is wrong with the link.
    """
    with reading() as session:
        page = _page(session, token, key=key, now=now)
    pieces = page.pieces if number is None else tuple(one for one in page.pieces if one.id == number)
    if number is not None and not pieces:
        raise NotFound("unknown_page")
    details: dict[str, Json] = {"question": page.question.code}
    if number is not None:
        details |= {"evidence": number}
    with transaction() as session:
        record(
            session,
            Pending(
                VISITOR,
                now,
                action="evidence_link_visited",
                subject=f"candidacy:{page.candidacy}",
                details=details,
                texts={"visitor": network_of(visitor)},
            ),
        )
    return page if number is None else EvidencePage(**{**vars(page), "pieces": pieces})


def network_of(address: str) -> str:
    """The network that a visitor came from: enough to tell the ministry's from others, too little for one person."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "-"
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    return str(ip_network((ip, 24 if ip.version == 4 else 48), strict=False))  # noqa: PLR2004


def _page(session: Session, token: str, *, key: bytes, now: datetime) -> EvidencePage:
    claim = claim_of(token)
    if claim is None or not is_right(key, token, claim, generations(session, [claim.candidacy_id])[claim.candidacy_id]):
        raise NotFound("unknown_page")
    candidacy = session.get(Candidacy, claim.candidacy_id)
    if candidacy is None or candidacy.stage not in SUBMISSION_STEPS:
        raise NotFound("unknown_page")
    cycle, unit = session.get_one(Cycle, candidacy.cycle_id), session.get_one(Unit, candidacy.unit_id)
    agency = session.get_one(Agency, unit.agency_id)
    lke = find_ruleset(cycle.ruleset).lke
    question = lke.questions.get(claim.question)
    if cycle.record_only or question is None or not is_open(session, cycle, agency, now=now):
        raise NotFound("unknown_page")
    items = [item.code for item in lke.items_of[question.code]]
    official = wordings(session, cycle.id)
    return EvidencePage(
        candidacy=candidacy.code,
        unit=with_kept(session, [(candidacy, unit)])[0].name,
        agency=agency.name,
        year=cycle.year,
        question=question,
        wording=official[items[0]][0] if items[0] in official else None,
        words=_words(session, candidacy, items),
        pieces=_pieces(session, candidacy, question),
    )


def _words(session: Session, candidacy: Candidacy, items: list[str]) -> tuple[str, ...]:
    query = (
        select(col(Answer.evidence))
        .where(col(Answer.candidacy_id) == candidacy.id, col(Answer.layer) == Layer.UNIT)
        .where(col(Answer.item).in_(items), col(Answer.evidence).is_not(None))
        .order_by(col(Answer.item))
    )
    return tuple(dict.fromkeys(word for word in session.execute(query).scalars() if word))


def _pieces(session: Session, candidacy: Candidacy, question: Question) -> tuple[Evidence, ...]:
    query = (
        select(Evidence)
        .where(col(Evidence.candidacy_id) == candidacy.id, col(Evidence.question) == question.code)
        .where(col(Evidence.state).in_(COUNTING))
        .order_by(col(Evidence.id))
    )
    return tuple(session.execute(query).scalars())
