"""`zi up` on one machine: schedules that run by themselves, crashes that lose nothing, an end that leaves nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from models.sealing import seal
from tests.zi.conftest import Shell, home_template, shell, zi  # noqa: F401 - fixtures
from zi.loopback import says_ok

EVERY = 6  # seconds between two runs of a flow
PATIENCE = 150.0  # seconds; a busy machine takes long to start Prefect


class Machine:
    """`zi up` as a process, and what its home says of it."""

    def __init__(self, shell: Shell) -> None:  # noqa: F811
        self.shell = shell
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).parent / "zi"), "up"]
        with (self.shell.folder / "up.log").open("ab") as said:
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=self.shell.folder, stdout=said, stderr=subprocess.STDOUT
            )

    @property
    def environment(self) -> dict[str, str]:
        without = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        database = {name: url for name, url in self.shell.environment.items() if name == "ZI_DATABASE_URL"}
        return {**without, **database, "ZI_HOME": str(self.shell.home), "ZI_UP_EVERY": str(EVERY)}

    def runs(self, flow: str, *, ended: bool = True) -> int:
        query = f"SELECT count(*) FROM run WHERE flow = :flow AND finished_at IS {'NOT ' if ended else ''}NULL"
        return int(self.shell.sql(query, flow=flow)[0][0])

    def undelivered(self) -> int:
        return int(self.shell.sql("SELECT count(*) FROM delivery WHERE state <> 'sent'")[0][0])

    def processes(self) -> dict[int, str]:
        """Everything that was started for this home, by number: the home stands in its environment."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                mine = f"ZI_HOME={self.shell.home}".encode() in (folder / "environ").read_bytes().split(b"\0")
                if mine:
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:  # it has ended meanwhile
                continue
        return found

    def flow_runs(self) -> list[int]:
        known = ("flows.local", "prefect server", "zi up", "zi serve", "uvicorn", "resource_tracker")
        return [
            number for number, words in self.processes().items() if words and not any(one in words for one in known)
        ]

    def pages(self) -> str:
        """Where it says that the web pages are."""
        said = (self.shell.folder / "up.log").read_text(encoding="utf-8")
        return said.rpartition("Halaman web: ")[2].split()[0]

    def stop(self, how: signal.Signals) -> int:
        assert self.process
        self.process.send_signal(how)
        return self.process.wait(60)


def wait_until(true: Callable[[], object], *, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.2)


@pytest.fixture
def machine(zi: Shell) -> Iterator[Machine]:  # noqa: F811
    machine = Machine(zi)
    yield machine
    if machine.process and machine.process.poll() is None:
        machine.stop(signal.SIGTERM)
    for number in machine.processes():
        os.kill(number, signal.SIGKILL)


class Gate:
    """A peer that keeps whoever posts waiting until it is opened, and then takes everything."""

    def __init__(self) -> None:
        self.opened = Event()
        self.reached = Event()
        self.taken: list[str] = []
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                gate.reached.set()
                gate.opened.wait(PATIENCE)
                gate.taken.append(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                with suppress(OSError):  # whoever posted was killed
                    self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def lead_to(self, shell: Shell, email: str) -> None:  # noqa: F811
        """Let this person hear by it."""
        url = f"json://127.0.0.1:{self.server.server_port}/"
        sealed = seal(url, key_file=shell.home / "keys" / "channels.key")
        shell.sql(
            "INSERT INTO channel (person_id, sealed_url, masked_url, added_at)"
            " SELECT id, :sealed, 'json://127.0.0.1', '2026-01-01' FROM person WHERE email = :email",
            sealed=sealed,
            email=email,
        )


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()
    gate.server.shutdown()
    gate.server.server_close()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at processes as Linux shows them")
def test_it_works_by_itself_survives_what_may_happen_and_leaves_nothing(machine: Machine, gate: Gate) -> None:
    shell = machine.shell  # noqa: F811
    shell.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")

    machine.start()
    wait_until(lambda: machine.runs("remind") > 0 and machine.runs("deliver") > 1, what="runs of both flows")
    wait_until(lambda: len(list((shell.home / "mail").glob("*.eml"))) > 0, what="a mail")
    assert machine.undelivered() == 0
    assert says_ok(f"{machine.pages()}/readyz")

    refused = subprocess.run(
        [str(Path(sys.executable).parent / "zi"), "up", "--json"],
        env=machine.environment,
        cwd=shell.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (1, "storage")

    shell.environment["ZI_CLOCK"] = datetime.now(UTC).isoformat()  # the trail goes by the machine's own since it began
    gate.lead_to(shell, "koordinator@contoh.invalid")
    shell.json("candidacy", "open", "DINAS", "CONTOH-2026", "--target", "WBK", as_="koordinator")
    assert gate.reached.wait(PATIENCE), "nothing was posted"
    for number in machine.flow_runs():
        os.kill(number, signal.SIGKILL)
    gate.opened.set()
    wait_until(lambda: machine.runs("deliver", ended=False) > 0, what="a run that will never end")
    wait_until(lambda: machine.undelivered() == 0, what="a later run that sends what the killed one had taken")
    assert gate.taken

    assert machine.stop(signal.SIGKILL) == -signal.SIGKILL
    end = time.monotonic() + PATIENCE
    while left := machine.processes():
        assert time.monotonic() < end, left
        time.sleep(0.2)
    before = machine.runs("remind")
    time.sleep(4 * EVERY)  # so many runs are missed
    machine.start()
    wait_until(lambda: machine.runs("remind") > before, what="a run after the crash")
    assert machine.runs("remind") - before <= 2

    assert machine.stop(signal.SIGTERM) == 0
    assert machine.processes() == {}
