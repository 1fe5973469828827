"""Who sends: a name for this process, and whether another process of this machine is gone."""

import os
import secrets
import socket
from functools import cache
from pathlib import Path


def this_worker() -> str:
    """Unique to this run; the part before the last @ tells the machine and the process."""
    return f"{this_process()}@{secrets.token_hex(4)}"


def this_process() -> str:
    """Fit for a file's name."""
    return f"{_machine()}@{os.getpid()}"


def name_of_worker() -> str:
    """For people: the Prefect worker that this process runs for, else the machine."""
    return os.environ.get("PREFECT__WORKER_NAME") or socket.gethostname()


def is_gone(worker: str) -> bool:
    """True only for a process of this very machine that has ended; of others nothing is known."""
    machine, _, process = "@".join(worker.split("@")[:3]).rpartition("@")
    if machine != _machine() or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@cache
def _machine() -> str:
    """The host and, in a container, its own world of process numbers."""
    world = Path("/proc/self/ns/pid")
    return f"{socket.gethostname()}@{world.stat().st_ino if world.exists() else 0}"
