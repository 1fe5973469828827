"""The processes that would stand on machines of their own: a Prefect server and workers, here all on one."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import make_url

from zi.loopback import HERE, answers, api_url, free_port
from zi.up.child import Child

PATIENCE = 180.0  # seconds for anything that is waited for; a busy machine takes long to start Prefect
LEAVE = 20.0  # seconds from asking to killing


class WaitedInVain(Exception):
    """Something did not happen in time; the text says what."""


def wait_until(true: Callable[[], object], *, what: str, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise WaitedInVain(f"waited {seconds:.0f} seconds in vain for {what}")
        time.sleep(0.5)


def clean_environment(folder: Path) -> dict[str, str]:
    """Nothing of whoever starts this: a Prefect home of its own, and no telemetry."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "ZI_"))}
    return {
        **kept,
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_COLORS": "false",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def prefect_server(folder: Path, environment: Mapping[str, str], *, database: str) -> Iterator[str]:
    """The address of its API; its rows are in this PostgreSQL database."""
    port = free_port()
    url = api_url(port)
    own = {
        **environment,
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": make_url(database)
        .set(drivername="postgresql+asyncpg")
        .render_as_string(hide_password=False),
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    }
    words = ("-m", "prefect", "server", "start", "--host", HERE, "--port", str(port))
    child = Child("server", (sys.executable, *words), own, folder / "server.log")
    with _running(child):
        wait_until(lambda: answers(url) or not child.runs, what="the Prefect server")
        yield url


@contextmanager
def workers(folder: Path, environment: Mapping[str, str], *, names: list[str], pool: str) -> Iterator[None]:
    """Each takes one flow run at a time, so that what there is to do is shared out."""
    with ExitStack() as stack:
        for name in names:
            words = ("-m", "prefect", "worker", "start", "--pool", pool, "--type", "process", "--name", name)
            own = {**environment, "PREFECT_WORKER_QUERY_SECONDS": "1"}
            child = Child(name, (sys.executable, *words, "--limit", "1"), own, folder / f"{name}.log")
            stack.enter_context(_running(child))
        yield


@contextmanager
def _running(child: Child) -> Iterator[None]:
    child.start()
    try:
        yield
    finally:
        child.stop(seconds=LEAVE)
