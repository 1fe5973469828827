"""One Prefect server for one demo: started on a free port of this machine, stopped at the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from models.errors import StorageFailed
from zi.loopback import HERE, answers, api_url, free_port

PATIENCE = 120  # seconds: the first start makes Prefect's own database
LEAVE = 20  # seconds from SIGTERM to SIGKILL


@contextmanager
def prefect_server() -> Iterator[str]:
    """Yields the server's API address; it is in PREFECT_API_URL, too, while the block lasts."""
    port = free_port()
    url = api_url(port)
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", HERE, "--port", str(port)]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    before = os.environ.get("PREFECT_API_URL")
    try:
        _wait_for(url, process)
        os.environ["PREFECT_API_URL"] = url
        yield url
    finally:
        if before is None:
            os.environ.pop("PREFECT_API_URL", None)
        else:
            os.environ["PREFECT_API_URL"] = before
        _stop(process)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if answers(url):
            return
        time.sleep(0.3)
    raise StorageFailed("prefect_not_up", seconds=PATIENCE)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(LEAVE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
