"""A throw-away PostgreSQL server: made in a temporary folder, stopped by its own process, gone afterwards.

Nothing in it survives a crash, which makes it fast: it does not wait for the disk, unless it is asked to be durable.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

DEBIAN_FOLDERS = "/usr/lib/postgresql/*/bin"  # Debian keeps the server's programs out of PATH
STARTED_WITHIN = 60.0  # seconds; a busy machine takes its time, an idle one needs less than two
STOPPED_WITHIN = 20.0  # seconds for a shutdown that ends the connections, before one that asks nobody
PORT_TRIES = 5  # another process may take a free port before the server does


class NoPostgres(Exception):
    """There is no PostgreSQL server to start here; the text says why."""


class Postgres:
    """One server on one port of the loopback interface."""

    def __init__(self, programs: Path, *, durable: bool = False) -> None:
        self.programs = programs
        self.durable = durable
        self.account = _account()
        self.folder = Path(tempfile.mkdtemp(prefix="zi-postgres-"))
        self.process: subprocess.Popen[Any] | None = None
        self.url = ""

    @classmethod
    def found(cls, *, durable: bool = False) -> Self:
        """Raises NoPostgres when the programs, or an account to run them, are missing.

        `durable`: it keeps what it has committed, and waits for the disk to do so, as a server at work does.
        """
        return cls(newest_programs(), durable=durable)

    def start(self) -> None:
        if self.account:
            shutil.chown(self.folder, user=self.account)
        self._make_cluster()
        for _ in range(PORT_TRIES):
            port = _free_port()
            self.url = f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
            self.process = self._launch(port)
            if self._answers():
                return
            self._end_process()
        raise RuntimeError(f"the PostgreSQL server did not start:\n{self._log.read_text()}")

    def halt(self) -> None:
        """Ended, whoever is connected; it can be resumed on the same port, with all that it had."""
        self._end_process()

    def resume(self) -> None:
        self.process = self._launch(make_url(self.url).port or 0)
        if not self._answers():
            raise RuntimeError(f"the PostgreSQL server did not come back:\n{self._log.read_text()}")

    def stop(self) -> None:
        self._end_process()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _make_cluster(self) -> None:
        """Sorted as people sort (ICU), so that a query that leans on SQLite's byte order is found out."""
        made = subprocess.run(
            [
                self.programs / "initdb",
                "--pgdata=data",
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=icu",
                "--icu-locale=id",
                "--no-sync",
                "--no-instructions",
            ],
            **self._as_account(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed (PostgreSQL 15 or newer is needed):\n{made.stdout.decode()}")

    def _launch(self, port: int) -> subprocess.Popen[Any]:
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder,
            "max_connections": 200,
            "timezone": "UTC",
            **({} if self.durable else dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")),
        }
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self.programs / "postgres", "-D", "data", *(f"--{name}={value}" for name, value in settings.items())],
                **self._as_account(),
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the test run, which then stops the server in its own time
            )

    def _as_account(self) -> dict[str, Any]:
        """For a child process: in our folder, where the account may stand, and with nothing of ours but PATH."""
        environment = {"PATH": os.defpath, "LC_ALL": "C"}
        whose = {"user": self.account, "group": self.account, "extra_groups": []} if self.account else {}
        return {"cwd": self.folder, "env": environment, "stdin": subprocess.DEVNULL, **whose}

    def _answers(self) -> bool:
        """Wait until it does. False when the process ended instead."""
        engine = create_engine(self.url, poolclass=NullPool, connect_args={"connect_timeout": 5})
        give_up = time.monotonic() + STARTED_WITHIN
        while self.process and self.process.poll() is None and time.monotonic() < give_up:
            try:
                with engine.connect():
                    return True
            except OperationalError:
                time.sleep(0.05)
        return False

    def _end_process(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        for request in (signal.SIGINT, signal.SIGQUIT):  # end the connections; end at once
            process.send_signal(request)
            try:
                process.wait(STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                continue
            return
        process.kill()
        process.wait()


def newest_programs() -> Path:
    """The folder with initdb and postgres. Raises NoPostgres when there is none."""
    in_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    folders = {folder for folder in (*in_path, *Path("/").glob(DEBIAN_FOLDERS[1:])) if _holds_server(folder)}
    if not folders:
        raise NoPostgres(f"no initdb found in PATH or {DEBIAN_FOLDERS}")
    return max(folders, key=_version)


def _holds_server(folder: Path) -> bool:
    """Both programs, and not a wrapper of one of them."""
    return all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres"))


def _version(folder: Path) -> tuple[int, ...]:
    """`postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)` is (15, 20); a beta counts as its number."""
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    number = said.split()[2]
    return tuple(int(part) for part in number.split(".") if part.isdigit())


def _account() -> str | None:
    """The account to run as: PostgreSQL refuses to run as root."""
    if os.geteuid():
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise NoPostgres("no account `postgres` to run it as, and it refuses to run as root") from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The URL of an empty database on this server; dropped afterwards, whoever is still connected."""
    name = f"zi_{uuid4().hex}"
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
