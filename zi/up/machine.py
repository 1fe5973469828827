"""What `zi up` starts: the web pages, a Prefect server with a database of its own, and the runner of the flows."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import StorageFailed
from models.home import Home
from zi.loopback import HERE, answers, api_url, says_ok
from zi.up.child import Child


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """One machine at a time for one home. The lock goes with its process, however that ends. Raises StorageFailed."""
    home.logs.mkdir(mode=0o700, exist_ok=True)
    with (home.path / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StorageFailed("up_already", path=str(home.path)) from None
        yield


def children(home: Home, *, port: int, web_port: int) -> tuple[Child, ...]:
    url = api_url(port)
    environment = {
        **os.environ,
        "ZI_HOME": str(home.path),  # absolute: a flow run may be started elsewhere
        "PREFECT_HOME": str(home.prefect),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_COLORS": "false",
        "PYTHONUNBUFFERED": "1",
    }
    for name in ("PREFECT_API_URL", "PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_SERVER_DATABASE_CONNECTION_URL"):
        environment.pop(name, None)  # of another deployment: this one has its own
    server = (sys.executable, "-m", "prefect", "server", "start", "--host", HERE, "--port", str(port))
    runner = (sys.executable, "-m", "flows.local")
    pages = (str(Path(sys.executable).parent / "zi"), "serve", "--port", str(web_port))
    pages_url = f"http://{HERE}:{web_port}/readyz"
    return (
        Child("web", pages, environment, home.logs / "web.log", ready=lambda: says_ok(pages_url)),
        Child("server", server, environment, home.logs / "server.log", ready=lambda: answers(url)),
        Child("runner", runner, {**environment, "PREFECT_API_URL": url}, home.logs / "runner.log"),
    )
