"""The pull itself: only what is proposed, only inside the window, and each with a record of what was given."""

import json
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, Level
from models.database import transaction
from models.stages import SUBMISSION_STEPS
from models.trail import Author, Json, Pending, Via, record
from rulesets.library import find_ruleset
from states.lookups import is_code
from states.portal.documents import Document, units_document
from states.portal.period import open_cycle
from states.portal.proposed import keep_proposed, proposed_units, with_kept
from states.portal.refusals import no_code, no_soal, no_wbbm, unknown_unit
from states.portal.sheets import Address, entry_of, sheets_of
from states.portal.tokens import Caller
from states.portal.wbbm import may_propose_wbbm

PORTAL = Author(None, Via.WEB)


def pull_units(caller: Caller, level: Level, *, now: datetime) -> bytes:
    """The list of units proposed for a level, as JSON. Raises PortalRefused."""
    with transaction() as session:
        agency = session.get_one(Agency, caller.agency_id)
        cycle = open_cycle(session, agency, now=now)
        if level is Level.WBBM and not may_propose_wbbm(session, agency.id):
            raise no_wbbm()
        found = proposed_units(session, cycle, level=level)
        keep_proposed(session, [one.candidacy.id for one in found if one.kept is None], now=now)
        units = [entry_of(one) for one in proposed_units(session, cycle, level=level)]
        details: dict[str, Json] = {"cycle": cycle.code, "level": level.value, "units": len(units)}
        return _given(session, caller, f"agency:{agency.code}", units_document(cycle.year, units), details, now=now)


def pull_answers(caller: Caller, unit_id: str, *, key: bytes, address: Address, now: datetime) -> bytes:
    """One proposed unit's LKE, as JSON. Raises PortalRefused, the same for units that are not there or not proposed."""
    with transaction() as session:
        agency = session.get_one(Agency, caller.agency_id)
        cycle = open_cycle(session, agency, now=now)
        if not is_code(unit_id):
            raise no_code(unit_id)
        row = session.execute(
            select(Candidacy, Unit)
            .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
            .where(col(Unit.code) == unit_id, col(Unit.agency_id) == agency.id)
            .where(col(Candidacy.cycle_id) == cycle.id)
            .where(col(Candidacy.stage).in_(SUBMISSION_STEPS))
        ).one_or_none()
        if row is None or (row[0].target is Level.WBBM and not may_propose_wbbm(session, agency.id)):
            raise unknown_unit(unit_id)
        if not find_ruleset(cycle.ruleset).lke.by_soal:
            raise no_soal(cycle.ruleset)
        keep_proposed(session, [row[0].id], now=now)
        units = with_kept(session, [(row[0], row[1])])
        sheet = sheets_of(session, cycle, units, key=key, address=address)[0]
        details: dict[str, Json] = {"unit": unit_id, "answered": sheet.answered, "links": len(sheet.proofs)}
        return _given(session, caller, f"candidacy:{row[0].code}", sheet.document, details, now=now)


def _given(
    session: Session, caller: Caller, subject: str, document: Document, details: dict[str, Json], *, now: datetime
) -> bytes:
    """The document as it goes out; its hash stands in the trail."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    told: dict[str, Json] = {"token": caller.token_id, **details, "sha256": sha256(body).hexdigest()}
    record(session, Pending(PORTAL, now, action="portal_pulled", subject=subject, details=told))
    return body
