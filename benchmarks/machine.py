"""What was measured on: figures of two machines are not comparable, ratios are nearly so."""

import os
import platform
import re
import sqlite3
import subprocess
from pathlib import Path

from tests.postgres import NoPostgres, newest_programs

CPU = Path("/proc/cpuinfo")


def describe_machine() -> dict[str, str]:
    """What to know of it, in the order of telling."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": _postgres(),
    }


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.+)", CPU.read_text(encoding="utf-8")) if CPU.exists() else None
    return found[1] if found else platform.processor() or platform.machine()


def _postgres() -> str:
    try:
        program = newest_programs() / "postgres"
    except NoPostgres:
        return "none here"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    return said.split()[2]
