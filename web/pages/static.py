"""Styles, script and icon; and the mark in the browser's tab that shows how many are late."""

from fastapi import APIRouter, Request, Response

from web import assets
from web.visit import Anybody

router = APIRouter()

MOST_SHOWN = 99


@router.get("/static/{_mark}/{name}")
def static(_visit: Anybody, request: Request, _mark: str, name: str) -> Response:
    return assets.serve(request, name)


@router.get("/favicon.svg")
def favicon(visit: Anybody, late: int = 0) -> Response:
    shown = "" if late <= 0 else f"{late}" if late <= MOST_SHOWN else f"{MOST_SHOWN}+"
    return Response(_icon(shown), media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=86400"})


def _icon(shown: str) -> str:
    ground = '<rect width="64" height="64" rx="12" fill="#17375e"/>'
    if not shown:
        return _drawing(ground + _word("zi", y=43))
    return _drawing(ground + '<rect y="22" width="64" height="42" rx="12" fill="#b3261e"/>' + _word(shown, y=54))


def _word(text: str, *, y: int) -> str:
    font = 'font-family="sans-serif" font-size="33" font-weight="700"'
    return f'<text x="32" y="{y}" {font} text-anchor="middle" fill="#fff">{text}</text>'


def _drawing(content: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">{content}</svg>'
