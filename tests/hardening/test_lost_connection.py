"""The database goes away in the middle: said with words, nothing half done, and the next try finds it again."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from models.catalogue import say
from models.database import bind, unbind
from models.errors import StorageFailed
from models.home import Home
from models.messages import DeliveryState
from models.schema import upgrade
from models.stages import Stage
from notifications.send import WIDTH
from states import advance
from tests.hardening.conftest import home_around
from tests.hardening.test_killed import start_writer
from tests.hardening.wholeness import assert_whole
from tests.notifications.crowd import SENDER, Figures, gather, queued, sink, what_arrived
from tests.notifications.world import FRIDAY, World
from tests.office import Office
from tests.postgres import NoPostgres, Postgres
from tests.web.site import served

CUTS = 2


def cut_connections(url: str) -> int:
    """End every connection to this database but the one that asks; how many there were."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    query = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = :name AND pid <> pg_backend_pid()"
    )
    with engine.connect() as connection:
        ended: int = connection.execute(text(query), {"name": make_url(url).database}).scalar_one()
    return ended


@pytest.fixture
def away(postgres_url: str, tmp_path: Path) -> Iterator[Home]:
    """A home whose database is on a server."""
    bind(postgres_url)
    yield home_around(postgres_url, tmp_path)
    unbind()


class TestInTheMiddle:
    """Ended by the server between a move's guards and its commit."""

    def test_a_move_is_not_half_done(self, away: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        office = Office.opened(away.database_url)
        code = office.open()
        office.file_required(code, "select_unit")

        with monkeypatch.context() as patch:
            patch.setattr(advance, "obstacles_of", _and_cut(advance.obstacles_of, away.database_url))
            with pytest.raises(StorageFailed) as failed:
                office.move(code, "select_unit")

        assert failed.value.code == "storage"
        assert office.situation(code).stage is Stage.PENCANANGAN
        assert_whole(away)
        assert office.move(code, "select_unit").dest is Stage.UNIT_IDENTIFICATION

    def test_whatever_was_under_way(self, away: Home) -> None:
        """Moves, imports, answers, uploads, findings, reminders, deliveries: the same words for all."""
        Office.opened(away.database_url)
        dice = random.Random(5)
        for number in range(CUTS):
            with start_writer(away.database_url, away, number) as writer:
                time.sleep(dice.uniform(0.1, 0.6))
                while writer.poll() is None:  # one between two transactions has nothing to lose, and goes on
                    cut_connections(away.database_url)
                    time.sleep(0.02)
                _, said = writer.communicate()
            assert said.splitlines()[-1].startswith("models.errors.StorageFailed: "), said[-3000:]
            assert_whole(away)
        with start_writer(away.database_url, away, CUTS, steps=6) as writer:
            assert writer.wait() == 0
        assert_whole(away)


def _and_cut(function: Callable[..., Any], url: str) -> Callable[..., Any]:
    def cut(*args: Any) -> Any:
        result = function(*args)
        assert cut_connections(url) > 0
        return result

    return cut


class TestDelivering:
    """Each message arrives; a copy only where the answer could not be written down, and with the same id."""

    def test_nothing_is_lost(self, away: Home, tmp_path: Path) -> None:
        world, taken, cuts = World(away), tmp_path / "taken", 0
        command = [sys.executable, "-c", SENDER, str(away.path), away.database_url, FRIDAY.isoformat()]
        with sink(taken) as port:
            gather(world, heads=40, url=f"json://127.0.0.1:{port}/ok")
            while queued():
                with subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
                ) as sender:
                    assert sender.stdout
                    sender.stdout.readline()
                    if cuts < CUTS:
                        began = len(taken.read_bytes())
                        assert sender.stdin
                        sender.stdin.write("go\n")
                        sender.stdin.flush()
                        while len(taken.read_bytes()) == began and sender.poll() is None:
                            time.sleep(0.005)
                        cut_connections(away.database_url)
                        cuts += 1
                    _, said = sender.communicate("go\n" if cuts >= CUTS and sender.poll() is None else None)
                assert sender.returncode == 0 or "models.errors.StorageFailed: " in said.splitlines()[-1], said
            figures: Figures = what_arrived(taken, kills=cuts)

        assert figures.states == {DeliveryState.SENT: figures.messages}
        assert figures.arrived == figures.messages == 200
        assert figures.copies <= cuts * WIDTH


class TestServerStopped:
    """Commands say so with exit code 1; pages with 503 and words, and they are back as soon as the server is."""

    def test_pages_and_commands(self, tmp_path: Path) -> None:
        try:
            server = Postgres.found()
        except NoPostgres as reason:
            pytest.skip(f"no PostgreSQL server: {reason}")
        server.start()
        try:
            upgrade(bind(server.url))
            office = Office.opened(server.url)
            with served(office, tmp_path) as site:
                visitor = site.visitor("koordinator")
                assert visitor.get("/board").status_code == 200

                server.halt()
                answer = visitor.get("/board")
                said = zi(site.home, server.url, "candidacy", "list")

                assert answer.status_code == 503
                assert say("web.error.503") in answer.text
                assert "Traceback" not in answer.text
                assert "127.0.0.1" not in answer.text  # where the database is, is nobody's business
                assert visitor.get("/readyz").status_code == 503
                assert said.returncode == 1
                assert said.stderr.startswith("Basis data tidak dapat dipakai: ")

                server.resume()
                assert visitor.get("/board").status_code == 200
                assert zi(site.home, server.url, "candidacy", "list").returncode == 0
        finally:
            unbind()
            server.stop()


def zi(home: Home, url: str, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).parent / "zi"), *words]
    environment = {**os.environ, "ZI_HOME": str(home.path), "ZI_DATABASE_URL": url}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
