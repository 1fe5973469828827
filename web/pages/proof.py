"""The evidence of one question for whoever holds its link: read only, noted at each visit."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from models.base import LARGEST_KEY
from models.errors import NotFound
from states.portal.evidence_page import EvidencePage, visit_evidence
from web.pages.documents import as_attachment
from web.rendering import render
from web.visit import Outsider

router = APIRouter(prefix="/bukti")

DIGITS = len(str(LARGEST_KEY))
PER_MINUTE = 120  # visits by one link: each writes to the trail
HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


@router.get("/{token}")
def evidence(visit: Outsider, token: str) -> Response:
    return HTMLResponse(render("proof", page=_visited(visit, token), token=token), headers=HEADERS)


@router.get("/{token}/{number}")
def piece(visit: Outsider, token: str, number: str) -> Response:
    """The file, to be saved and never shown in place; or on to the link."""
    if not (number.isascii() and number.isdigit() and len(number) < DIGITS):  # 404 as everything else here
        raise NotFound("unknown_page")
    found = _visited(visit, token, int(number)).pieces[0]
    if found.url:
        return RedirectResponse(found.url, status_code=303, headers=HEADERS)
    assert found.file_hash  # noqa: S101 - a file or a link
    response = as_attachment(visit, found.file_hash, found.file_name or found.question)
    response.headers.update(HEADERS)
    return response


def _visited(visit: Outsider, token: str, number: int | None = None) -> EvidencePage:
    """Raises NotFound for whatever is wrong, too many visits by one link among it."""
    if not visit.desk.throttle.lets(f"proof:{token[:100]}", PER_MINUTE):
        raise NotFound("unknown_page")
    return visit_evidence(token, number, key=visit.key, visitor=visit.address, now=visit.now)
