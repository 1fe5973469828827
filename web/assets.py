"""What pages load: our own style and script, and Tabler's style out of the starlette-admin package.

Each address carries a hash of its content, so that browsers keep it for a year and never keep an old one.
"""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import Request, Response

from models.errors import NotFound

OURS = {
    "zi.css": "text/css",
    "zi.js": "text/javascript",
    "lke.css": "text/css",
    "lke.js": "text/javascript",
    "uploads.js": "text/javascript",
}
TABLER = {"tabler.min.css": ("css/vendor/tabler.min.css", "text/css")}


@dataclass(frozen=True)
class Asset:
    content: bytes
    zipped: bytes
    kind: str
    mark: str


def asset(name: str) -> str:
    """The address of a file."""
    return f"/static/{_load(name).mark}/{name}"


def serve(request: Request, name: str) -> Response:
    """Raises NotFound for anything that is not in the two lists above: no path is ever made of the name."""
    if name not in OURS and name not in TABLER:
        raise NotFound("unknown_page")
    found = _load(name)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.zipped, media_type=found.kind, headers={**headers, "Content-Encoding": "gzip"})
    return Response(found.content, media_type=found.kind, headers=headers)


@cache
def _load(name: str) -> Asset:
    if name in OURS:
        content, kind = (files("web") / "static" / name).read_bytes(), OURS[name]
    else:
        path, kind = TABLER[name]
        content = (files("starlette_admin") / "static" / path).read_bytes()
    return Asset(content, gzip.compress(content, mtime=0), kind, sha256(content).hexdigest()[:12])
