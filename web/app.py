"""The web application, put together: pages, what surrounds them, and a rule for each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount

from models.home import Home, time_now
from models.pooling import Pooling
from models.settings import Settings
from web import visit
from web.admin.mounting import Door, mount_admin
from web.admin.pages import ROUTERS as ADMIN_ROUTERS
from web.desk import Clock, WebDesk
from web.errors import add_handlers
from web.middleware import Around
from web.pages import (
    account,
    agenda,
    audit,
    board,
    candidacies,
    candidacy,
    deliveries,
    documents,
    evidence,
    finding,
    health,
    inbox,
    lke,
    lke_answers,
    lke_files,
    monev,
    moving,
    opening,
    plan,
    portal,
    portalrb,
    predicates,
    proof,
    signing_in,
    static,
)

THREADS = 16  # pages made at a time: more would only wait for the processor
CONNECTIONS_A_THREAD = 2  # a page holds one while it is made, and an export on its way holds its own for longer

ROUTERS = (
    health.router,
    static.router,
    signing_in.router,
    account.router,
    board.router,
    candidacies.router,
    opening.router,
    documents.router,
    candidacy.router,
    moving.router,
    lke.router,
    lke_files.router,  # before lke_answers, whose {area} would take its addresses
    lke_answers.router,
    evidence.router,
    finding.router,
    plan.router,
    agenda.router,
    monev.router,
    inbox.router,
    deliveries.router,
    audit.router,
    predicates.router,
    portal.router,
    portalrb.router,
    proof.router,
    *ADMIN_ROUTERS,
)


def make_app(settings: Settings, home: Home, *, clock: Clock | None = None) -> FastAPI:
    """The application over an opened home, whose database is bound; by its clock, unless another one is handed in."""
    desk = WebDesk(settings, home, clock or (lambda: time_now(settings, home)))
    app = FastAPI(
        title="zi",
        lifespan=_few_threads,
        openapi_url=None,  # these are pages for people
        middleware=[Middleware(Around, desk=desk), Middleware(GZipMiddleware, minimum_size=1024)],
    )
    app.state.desk = desk
    for router in ROUTERS:
        app.include_router(router)
    mount_admin(app)
    add_handlers(app)
    refuse_undeclared(app)
    return app


@asynccontextmanager
async def _few_threads(app: FastAPI) -> AsyncIterator[None]:
    """Fewer threads than connections."""
    to_thread.current_default_thread_limiter().total_tokens = threads(app.state.desk.home.pooling)
    yield


def threads(pooling: Pooling) -> int:
    return max(1, min(THREADS, pooling.most // CONNECTIONS_A_THREAD))


def refuse_undeclared(app: FastAPI) -> None:
    """Raise where a route does not say who may visit it: that is a mistake of ours, and nothing is served."""
    undeclared = [route.path for route in app.routes if isinstance(route, APIRoute) and way_of(route) is None]
    undeclared += [route.path for route in app.routes if isinstance(route, Mount) and not isinstance(route.app, Door)]
    if undeclared:
        raise LookupError(f"routes without a rule of access: {', '.join(undeclared)}")


def way_of(route: APIRoute) -> visit.Way | None:
    """How visitors come to this route: one of the ways of `web.visit`."""
    ways = [one.call for one in route.dependant.dependencies if one.call is not None]
    return next((way for way in ways if getattr(way, "__module__", "") == visit.__name__), None)
