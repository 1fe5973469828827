"""For what watches the server: is the process there, and can it work."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from sqlalchemy import text

from models.database import reading
from models.errors import PipelineError
from web.visit import Anybody

router = APIRouter()


@router.get("/healthz")
def healthz(_visit: Anybody) -> PlainTextResponse:
    return PlainTextResponse("ok")


@router.get("/readyz")
def readyz(_visit: Anybody) -> PlainTextResponse:
    """503 while the database can't be read; why stands in the log, not here."""
    try:
        with reading() as session:
            session.execute(text("SELECT 1"))
    except PipelineError:
        return PlainTextResponse("not ready", status_code=503)
    return PlainTextResponse("ok")
