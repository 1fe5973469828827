"""The routes that are pages, out of the table of all: what tests of every page are held against."""

from collections.abc import Iterable

from fastapi.routing import APIRoute

from web import visit
from web.app import ROUTERS, way_of

NO_PAGES = {
    "/",  # leads on
    "/admin/",  # the same as without the stroke
    "/healthz",
    "/readyz",
    "/static/{_mark}/{name}",
    "/favicon.svg",
    "/feeds/{token}.ics",
    "/bukti/{token}/{number}",
    "/candidacies/export.{form}",
    "/candidacies/{code}/documents/{number}",
    "/candidacies/{code}/evidence/{number}",
    "/candidacies/{code}/actions/{number}/evidence",
    "/candidacies/{code}/lke/export/{layout}",
    "/audit/export.{form}",
    "/predicates/export.csv",
    "/admin/{key}/export.{form}",
}
"""Files, feeds and signs of life."""


def page_routes() -> list[APIRoute]:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return [
        route
        for route in routes
        if "GET" in (route.methods or ()) and route.path not in NO_PAGES and way_of(route) is not visit.portal
    ]


def left_out(paths: Iterable[str]) -> list[str]:
    """The pages that none of these addresses opens; the first route that matches takes an address."""
    routes = page_routes()
    seen = {
        next((route.path for route in routes if route.path_regex.match(path.partition("?")[0])), "") for path in paths
    }
    return [route.path for route in routes if route.path not in seen]
