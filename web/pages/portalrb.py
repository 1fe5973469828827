"""What PortalRB fetches, with its token (pull API v1.0.0, evaluation year 2026)."""

from fastapi import APIRouter, Response

from models.candidacies import Level
from models.links import page
from states.portal.pulling import pull_answers, pull_units
from web.visit import Portal

router = APIRouter(prefix="/portalrb")

JSON = "application/json"


@router.get("/pengusulan/unit-wbk")
def unit_wbk(visit: Portal) -> Response:
    return Response(pull_units(visit.caller, Level.WBK, now=visit.now), media_type=JSON)


@router.get("/pengusulan/unit-wbbm")
def unit_wbbm(visit: Portal) -> Response:
    return Response(pull_units(visit.caller, Level.WBBM, now=visit.now), media_type=JSON)


@router.get("/lke/jawaban-unit/{unit_id}")
def jawaban_unit(visit: Portal, unit_id: str) -> Response:
    body = pull_answers(visit.caller, unit_id, key=visit.key, address=link_address, now=visit.now)
    return Response(body, media_type=JSON)


def link_address(token: str) -> str | None:
    """The address of the page that a link's token opens (web/pages/proof.py)."""
    return page("bukti", token)
