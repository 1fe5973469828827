"""zi serve: the web pages."""

from typing import Annotated

import typer

from models.catalogue import say
from models.opening import opened_home
from zi.context import load_settings
from zi.output import line

HOST, PORT = "127.0.0.1", 8421
KEPT_OPEN = 75  # seconds between two clicks on one connection: on a slow line a new one is felt


def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help=say("help.serve.host"))] = HOST,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help=say("help.serve.port"))] = PORT,
) -> None:
    """Behind a proxy on the same machine the visitor's address and scheme are taken from it."""
    import uvicorn  # noqa: PLC0415 - slow to import

    from web.app import make_app  # noqa: PLC0415

    settings = load_settings()
    with opened_home(settings) as home:
        line(say("done.serving", url=settings.web_url or f"http://{host}:{port}"))
        uvicorn.run(
            make_app(settings, home),
            host=host,
            port=port,
            log_level="warning",
            server_header=False,
            timeout_keep_alive=KEPT_OPEN,
        )
