"""Where the admin begins: what there is to look after."""

from fastapi import APIRouter, Response

from web.admin.views import VIEWS
from web.admin.ways import Manager

router = APIRouter(prefix="/admin")


@router.get("")
def index(visit: Manager) -> Response:
    return visit.page("admin/index", lists=[view.key for view in VIEWS])


@router.get("/")
def index_with_slash(visit: Manager) -> Response:
    return visit.to("/admin")
