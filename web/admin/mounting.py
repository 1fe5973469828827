"""starlette-admin behind our own door: our sessions, our templates, reading only."""

import secrets

from fastapi import FastAPI, Request
from jinja2 import FileSystemLoader
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette_admin.base import BaseAdmin

from web.admin.views import VIEWS
from web.admin.ways import manager
from web.rendering import TEMPLATES, environment

PATH = "/admin"
READS = ("GET", "HEAD")


def mount_admin(app: FastAPI) -> None:
    """To be mounted after the routers: their pages under the same path come first."""
    app.mount(PATH, Door(make_admin().app), name="admin")


def make_admin() -> BaseAdmin:
    admin = BaseAdmin(
        base_url=PATH,
        secret_key=secrets.token_hex(32),  # signs nothing: no form of the library's is ever taken
        templates_dir=str(TEMPLATES),
        additional_loaders=[FileSystemLoader(TEMPLATES)],
        timezone_config=None,
    )
    ours, theirs = environment(), admin.templates.env
    theirs.globals.update(ours.globals)
    theirs.filters.update(ours.filters)
    theirs.trim_blocks = theirs.lstrip_blocks = True
    for view in VIEWS:
        admin.add_view(view)
    admin.mount_to(Starlette())  # builds it; what serves is the door
    return admin


class Door:
    """Lets managers in who are signed in to our pages, and only to read.

    It goes past the library's own middleware (its cookies, its error pages), so that refusals and faults are shown by
    ours.
    """

    def __init__(self, admin: Starlette) -> None:
        self.inside: ASGIApp = admin.router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = await manager(Request(scope, receive))
        if scope["method"] not in READS:
            raise HTTPException(405)
        state = {**scope["state"], "visit": visit, "admin_flash_consumed": True}
        await self.inside({**scope, "state": state}, receive, send)  # faults in there are shown by our handlers
