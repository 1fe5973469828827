"""The stored holidays of a year against the published ones: first shown, then stored."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Response

from models.database import reading
from states.cycles import FIRST_YEAR, LAST_YEAR
from states.holidays import plan_refresh, refresh_holidays
from web.admin.ways import Admin

router = APIRouter(prefix="/admin/holidays")


@router.get("/refresh")
def plan(visit: Admin, year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None) -> Response:
    wanted = year or visit.now.year
    with reading() as session:
        difference, followed = plan_refresh(session, wanted)
    return visit.page("admin/holidays", year=wanted, difference=difference, followed=followed)


@router.post("/refresh")
def refresh(visit: Admin, year: Annotated[int, Form(ge=FIRST_YEAR, le=LAST_YEAR)]) -> Response:
    refresh_holidays(year, actor=visit.actor, now=visit.now)
    return visit.to("/admin/holidays/list", done="admin_dates_followed")
