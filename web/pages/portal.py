"""PortalRB's pull as the koordinator keeps it: window, tokens, what it would get, and what is wrong with that."""

import json
from typing import Annotated

from fastapi import APIRouter, Form, Response

from models.agencies import Agency
from models.database import reading
from models.errors import NotFound
from models.link_key import link_key
from models.people import Role
from models.stages import SUBMISSION_STEPS
from states.portal.access import agencies_kept, find_kept
from states.portal.check import Fault, check_cycle, check_unit, cycles_of
from states.portal.links import revoke_links
from states.portal.tokens import add_token, revoke_token, tokens_of
from states.portal.wbbm import set_wbbm
from web.next_steps import Step
from web.pages.portalrb import link_address
from web.visit import Visit, allowed, declared

router = APIRouter(prefix="/portal")

Keeper = Annotated[Visit, declared(allowed(Role.KOORDINATOR))]
Text = Annotated[str, Form()]

UNITS = 20  # on a page: each has its whole sheet read


@router.get("")
def portal(visit: Keeper, agency: str = "", cycle: str = "", page: int = 1) -> Response:
    return _portal(visit, agency, cycle, page=page)


@router.post("/tokens")
def make_token(visit: Keeper, agency: Text = "") -> Response:
    """The token stands in this answer alone: there is nothing to go on to that could show it again."""
    token = add_token(agency, actor=visit.actor, now=visit.now)
    return _portal(visit, agency, "", token=token)


@router.post("/tokens/{number}/revoke")
def end_token(visit: Keeper, number: int) -> Response:
    agency = revoke_token(number, actor=visit.actor, now=visit.now)
    return visit.to(f"/portal?agency={agency}", done="portal_token_revoked")


@router.post("/wbbm")
def choose_wbbm(visit: Keeper, agency: Text = "", allowed: Text = "") -> Response:
    set_wbbm(agency, allowed == "yes", actor=visit.actor, now=visit.now)
    with reading() as session:
        code = _chosen(agencies_kept(session, visit.actor), agency).code
    return visit.to(f"/portal?agency={code}", done="portal_wbbm_set")


@router.get("/units/{code}")
def unit(visit: Keeper, code: str) -> Response:
    """What PortalRB would get of one unit, as it would get it. NotFound for one that is not proposed."""
    with reading() as session:
        candidacy, of, agency = find_kept(session, code, actor=visit.actor)
        if candidacy.stage not in SUBMISSION_STEPS:
            raise NotFound("not_proposed", code=candidacy.code)
        found = check_unit(session, candidacy, of, key=link_key(visit.desk.home.link_key), address=link_address)
    return visit.page(
        "portal_unit",
        agency=agency,
        one=found,
        document=json.dumps(found.sheet.document, ensure_ascii=False, indent=2),
        step_for=step_for,
    )


@router.post("/units/{code}/revoke-links")
def end_links(visit: Keeper, code: str) -> Response:
    code = revoke_links(code, actor=visit.actor, now=visit.now)
    return visit.to(f"/portal/units/{code}", done="evidence_links_revoked")


STEPS = {
    "unit_blank": Step("answer", "/candidacies/{code}/lke"),
    "tpi_blank": Step("answer", "/candidacies/{code}/lke"),
    "no_evidence": Step("prove", "/candidacies/{code}/evidence"),
    "window_none": Step("windows", "/admin/cycles/list"),
    "window_over": Step("windows", "/admin/cycles/list"),
    "no_units": Step("candidacies", "/candidacies"),
    "no_token": Step("portal_tokens", "/portal#tokens"),
    "wbbm": Step("portal_wbbm", "/portal#wbbm"),
}
"""Where each fault is mended, of those that are mended in these pages."""


def step_for(code: str, fault: Fault, agency: str = "") -> Step | None:
    """`code` is the candidacy's, for the faults of one."""
    step = STEPS.get(fault.name)
    if step is None:
        return None
    path = step.path.format(code=code)
    return Step(step.name, path.replace("/portal#", f"/portal?agency={agency}#") if agency else path)


def _portal(visit: Visit, agency: str, cycle: str, *, page: int = 1, token: str | None = None) -> Response:
    with reading() as session:
        agencies = agencies_kept(session, visit.actor)
        if not agencies and not agency:
            return visit.page("portal", agencies=[], agency=None, cycles=[], found=None, tokens=[], token=None, at=1)
        chosen = _chosen(agencies, agency)
        cycles = cycles_of(session, chosen)
        wanted = next((one for one in cycles if not cycle or one.code == cycle.strip().upper()), None)
        if cycle and wanted is None:
            raise NotFound("unknown_cycle", value=cycle)
        at = min(max(1, page), 10_000)
        found = wanted and check_cycle(
            session,
            chosen,
            wanted,
            web_url=visit.desk.settings.web_url,
            key=link_key(visit.desk.home.link_key),
            address=link_address,
            now=visit.now,
            limit=UNITS,
            offset=(at - 1) * UNITS,
        )
        return visit.page(
            "portal",
            agencies=agencies,
            agency=chosen,
            cycles=cycles,
            found=found,
            tokens=tokens_of(session, chosen),
            token=token,
            at=at,
            pages=max(1, -(-found.count // UNITS)) if found else 1,
            step_for=step_for,
        )


def _chosen(agencies: list[Agency], code: str) -> Agency:
    """The one named, else the first. Raises NotFound, the same for one that the visitor does not keep."""
    if not code and agencies:
        return agencies[0]
    found = next((one for one in agencies if one.code == code.strip().upper()), None)
    if found is None:
        raise NotFound("unknown_agency", value=code)
    return found
