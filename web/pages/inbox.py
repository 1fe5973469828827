"""Kotak masuk: what was said to the visitor, and what still waits to be."""

from fastapi import APIRouter, Response

from notifications.inbox import read_inbox
from web.addresses import Number
from web.visit import Guest

router = APIRouter(prefix="/inbox")


@router.get("")
def inbox(visit: Guest, before: Number = None) -> Response:
    page = read_inbox(actor=visit.actor, folder=visit.desk.home.mail, before=before)
    return visit.page("inbox", page=page, before=before)
