"""Servers of our own on this machine: a free port, and whether they answer there."""

import socket
import urllib.error
import urllib.request
from contextlib import suppress

from models.errors import StorageFailed

HERE = "127.0.0.1"
ANY = 0  # the system chooses


def free_port(wanted: int = ANY) -> int:
    """The wanted one, or another where somebody has it."""
    for port in (wanted, ANY):
        with socket.socket() as listener, suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HERE, port))
            return int(listener.getsockname()[1])
    raise StorageFailed("no_free_port", port=wanted)


def api_url(port: int) -> str:
    return f"http://{HERE}:{port}/api"


def answers(api: str) -> bool:
    """Whether a Prefect server is ready behind this address."""
    return says_ok(f"{api}/health")


def says_ok(url: str) -> bool:
    """Whether this address of our own machine answers with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False
