"""A disk without room: words and exit code 1, nothing half written, and work goes on once there is room again."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from models.catalogue import say
from models.database import bound_engine
from models.errors import StorageFailed
from models.messages import Delivery, DeliveryState
from models.stages import Stage
from notifications.deliver import deliver
from notifications.leases import LEASE
from tests.hardening.places import fill, small_disk
from tests.notifications.conftest import bound as bound_to
from tests.notifications.conftest import home, kind  # noqa: F401 - fixtures
from tests.notifications.conftest import world as world_of
from tests.notifications.world import FRIDAY, World, stored
from tests.web.conftest import site  # noqa: F401 - a fixture
from tests.web.site import Site
from tests.zi.conftest import Shell, home_template, shell  # noqa: F401 - fixtures

K = "koordinator"
OPEN = ("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK")
MIB = 1024 * 1024

bound, world = bound_to, world_of


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", mib=12) as disk:
        yield disk


@pytest.fixture
def zi(shell: Shell, home_template: Shell, disk: Path) -> Shell:  # noqa: F811
    """The small agency, its home on a disk of its own."""
    shell.home = disk / "home"
    shutil.copytree(home_template.home, shell.home)
    return shell


class TestCommands:
    """Said in one document; the trail is as it was, and what could not be done is done later."""

    @pytest.mark.parametrize("left", [0, 64 * 1024])
    def test_nothing_half_written(self, zi: Shell, disk: Path, left: int) -> None:
        paper = zi.file("piagam.pdf", b"%PDF-1.7 " + b"x" * MIB)
        filing = ("document", "add", "CONTOH", "piagam_pencanangan", paper)
        before = zi.json("audit", "verify")
        ballast = fill(disk, but=left)

        failed = zi(*filing, "--json", as_=K)
        opened = zi(*OPEN, "--json", as_=K)

        assert failed.code == 1
        assert failed.document["error"]["code"] == "storage"
        assert (opened.code, left) in [(1, 0), (0, 64 * 1024), (1, 64 * 1024)]
        assert "Traceback" not in failed.err + opened.err
        assert [path for path in (zi.home / "files").rglob("*") if path.is_file()] == []

        ballast.unlink()
        assert zi.json("audit", "verify")["ok"]
        assert opened.code == 0 or zi.json("audit", "verify") == before
        zi.json(*filing, as_=K)
        assert zi.json(*OPEN, as_=K, code=3 if opened.code == 0 else 0)

    def test_exports_leave_what_was_there(self, zi: Shell, disk: Path) -> None:
        zi.json(*OPEN, as_=K)
        where = {
            "surat.html": ("message", "preview", "moved", "--html"),
            "lke.xlsx": ("lke", "export", "RSUD-2026", "--force", "--as", "kepala@contoh.invalid"),
            "agenda.ics": ("calendar", "export", "--mine", "--as", "kepala@contoh.invalid", "--to"),
        }
        for name in where:
            (disk / name).write_bytes(b"yang lama")
        with closing(sqlite3.connect(zi.home / "zi.db")) as other:
            other.execute("SELECT 1 FROM candidacy").fetchall()  # whoever reads beside us has made the files for it
            fill(disk)

            for name, words in where.items():
                answer = zi(*words, str(disk / name), "--json")
                assert (answer.code, answer.document["error"]["code"]) == (1, "storage"), (name, answer)
                assert (disk / name).read_bytes() == b"yang lama"
        assert {path.name for path in disk.iterdir()} == {"home", "ballast", *where}

    def test_output_that_finds_no_room(self, zi: Shell) -> None:
        command = [str(Path(sys.executable).parent / "zi"), "audit", "log"]
        for words in (command, [*command, "--json"]):
            with Path("/dev/full").open("w") as full:
                ended = subprocess.run(
                    words,
                    env={**os.environ, **zi.variables},
                    stdout=full,
                    stderr=subprocess.PIPE,
                    text=True,
                    check=False,
                )
            assert ended.returncode == 1
            assert say("error.output_not_writable.fix") in ended.stderr
            assert len(ended.stderr.splitlines()) == 1


@contextmanager
def full_database() -> Iterator[None]:
    """Not a page more for any connection, as PRAGMA max_page_count has it."""
    engine = bound_engine()

    def allow_no_more(connection: Any, *_: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "checkout", allow_no_more)
    try:
        yield
    finally:
        event.remove(engine, "checkout", allow_no_more)
        engine.dispose()  # the limit goes with its connections


class TestDatabase:
    """The database itself says that it is full: SQLite by its largest number of pages."""

    def test_a_service_keeps_nothing(self, site: Site) -> None:  # noqa: F811
        office = site.office
        code = office.open()
        with full_database(), pytest.raises(StorageFailed) as failed:
            for _ in range(200):
                office.file(code, "rencana_aksi")

        assert failed.value.is_full
        office.file_required(code, "select_unit")
        assert office.move(code, "select_unit").dest is Stage.UNIT_IDENTIFICATION

    def test_a_page_says_so(self, site: Site) -> None:  # noqa: F811
        code = site.office.open()
        visitor = site.visitor(K)
        with full_database():
            answers = [visitor.send(f"/candidacies/{code}/moves/not_selected", reason="x" * 3000) for _ in range(40)]

        full = [answer for answer in answers if answer.status_code == 507]
        assert full, {answer.status_code for answer in answers}
        assert say("web.error.507") in full[0].text
        assert "Traceback" not in full[0].text
        assert visitor.get("/board").status_code == 200


class TestMail:
    """A mail that finds no room is sent when there is some, once."""

    def test_is_written_later(self, world: World, disk: Path) -> None:
        world.queue_rung("H")
        mail = disk / "mail"
        shutil.rmtree(world.home.mail)
        mail.mkdir()
        world.home.mail.symlink_to(mail)
        ballast = fill(disk)

        with pytest.raises(StorageFailed) as failed:
            deliver(home=world.home, clock=lambda: FRIDAY)

        assert failed.value.is_full
        assert list(mail.iterdir()) == []
        assert {row.state for row in stored(Delivery)} == {DeliveryState.QUEUED}

        ballast.unlink()
        deliver(home=world.home, clock=lambda: FRIDAY + LEASE + timedelta(seconds=1))
        rows = stored(Delivery)
        assert {row.state for row in rows} == {DeliveryState.SENT}
        assert {path.name for path in mail.iterdir()} == {f"{row.message_id}.eml" for row in rows}
