"""The drill: a backup while people work, everything destroyed, restored, and all of it is there and goes on."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.audit import AuditRecord
from models.candidacies import Candidacy
from models.database import bind, reading, unbind
from models.dump import encode
from models.home import find_home, held_since
from models.merkle import root_of
from models.messages import Channel
from models.opening import opened_home
from models.runs import Run
from models.sealing import unseal
from models.settings import Settings
from models.stages import Stage
from notifications.deliver import deliver
from notifications.releasing import release
from states.accounts.signing_in import Limits, find_signed_in, sign_in
from states.backups.reading import Rows, opened
from states.backups.restoring import restore
from states.backups.taking import SHAPES, Wish, back_up
from states.runs import start_run
from states.verify import verify_trail
from tests.office import NOW, Office
from tests.states.backups.place import CHANNEL, PROVING, Place, clock, rows

CHANGED_BY_A_RESTORE = ("audit_record", "audit_head", "run", "web_session")
LATER = NOW + timedelta(days=1)


@contextmanager
def at_work(place: Place) -> Iterator[None]:
    """Somebody files evidence, one file after another, as long as the block lasts."""
    stop, began = Event(), Event()
    lke = place.office.situation(PROVING, lke=True).lke
    assert lke
    place.office.actor("kepala")
    questions = list(lke.lke.questions)

    def work() -> None:
        for number, question in enumerate(questions):
            place.prove(b"bukti %d" % number, question)
            began.set()
            if stop.is_set():
                return

    worker = Thread(target=work)
    worker.start()
    try:
        assert began.wait(30)
        yield
    finally:
        stop.set()
        worker.join()


def snapshot(path: Path) -> dict[str, list[list[object]]]:
    """The rows that the backup holds."""
    found: dict[str, list[list[object]]] = {}
    with opened(path, passphrase=None) as backup:
        for part in backup.parts():
            if isinstance(part, Rows):
                found.setdefault(part.shape.name, []).extend([list(row) for row in part.rows])
    return found


def leaf_hashes(first: int) -> list[bytes]:
    with reading() as session:
        query = select(col(AuditRecord.leaf_hash)).order_by(col(AuditRecord.seq)).limit(first)
        return [bytes.fromhex(one) for one in session.execute(query).scalars()]


class TestDrill:
    """Both databases, and from one to the other."""

    @pytest.mark.parametrize(
        ("source", "target"), [("sqlite", "sqlite"), ("postgresql", "postgresql"), ("sqlite", "postgresql")]
    )
    def test_back_up_destroy_restore_go_on(
        self, source: str, target: str, request: pytest.FixtureRequest, tmp_path: Path
    ) -> None:
        place: Place = request.getfixturevalue("place") if source == "sqlite" else on_postgresql(request, tmp_path)
        sign_in(place.office.actor("koordinator").email, place.password, agent="lama", now=NOW)
        start_run("deliver", now=NOW)  # under way when the backup is taken
        path = tmp_path / "zi.tar"

        with at_work(place):
            taken = back_up(path, home=place.home, clock=clock, wish=Wish())

        files = {one.name: one for one in place.home.files.rglob("*") if one.is_file()}
        with reading() as session:
            assert verify_trail(session).records > taken.opening.trail.records  # work went on
        unbind()
        shutil.rmtree(place.home.path)
        settings = Settings(
            home=tmp_path / "new",
            database_url=request.getfixturevalue("fresh_postgres") if target == "postgresql" else None,
        )

        restored = restore(path, settings=settings, now=lambda _: LATER)

        assert restored.home
        with opened_home(settings) as home:
            with reading() as session:
                verdict = verify_trail(session)
                assert verdict.ok
                assert verdict.records == taken.opening.trail.records + 1
            assert root_of(leaf_hashes(taken.opening.trail.records)).hex() == taken.opening.trail.root
            assert the_rest(rows()) == the_rest(written(snapshot(path)))

            kept = [one for one in home.files.rglob("*") if one.is_file()]
            assert len(kept) == taken.closing.files >= 3
            assert all(sha256(one.read_bytes()).hexdigest() == one.parent.name + one.name for one in kept)
            assert {one.name for one in kept} <= set(files)

            with reading() as session:
                sealed = session.execute(select(col(Channel.sealed_url))).scalar_one()
                assert session.execute(select(Run).where(col(Run.finished_at).is_(None))).first() is None
            assert unseal(sealed, key_file=home.channel_key) == CHANNEL

            office = Office(settings.database_url or home.database_url, now=LATER)
            token = sign_in(office.actor("koordinator").email, place.password, agent="baru", now=LATER)
            assert find_signed_in(token, limits=Limits(), now=LATER)

            office.move(place.code, "select_unit")
            with reading() as session:
                moved = session.execute(select(Candidacy).where(col(Candidacy.code) == place.code)).scalar_one()
                assert moved.stage is Stage.UNIT_IDENTIFICATION
                assert verify_trail(session).ok

    def test_nothing_is_said_before_an_admin_lets_it(self, place: Place, tmp_path: Path) -> None:
        """What was sent between the backup and the loss would be said once more."""
        place.office.move(place.code, "select_unit")
        path = tmp_path / "zi.tar"
        back_up(path, home=place.home, clock=clock)
        unbind()
        settings = Settings(home=tmp_path / "new")
        restore(path, settings=settings, now=lambda _: LATER)

        with opened_home(settings) as home:
            office = Office(home.database_url, now=LATER)

            assert deliver(home=home, clock=lambda: LATER).sent == 0
            assert held_since(home) == LATER

            done = release(home=home, drop=True, actor=office.actor("admin"), now=LATER)
            assert done.dropped > 0
            assert deliver(home=home, clock=lambda: LATER).sent == 0

            office.move(place.code, "withdraw", reason="drill")
            assert deliver(home=find_home(settings), clock=lambda: LATER).sent > 0


def on_postgresql(request: pytest.FixtureRequest, folder: Path) -> Place:
    url = request.getfixturevalue("postgres_url")
    bind(url)
    Office.opened(url)
    return Place.at(folder, url)


def written(found: dict[str, list[list[object]]]) -> dict[str, list[str]]:
    return {
        shape.name: [encode(row, [kind for _, kind in shape.columns]) for row in found.get(shape.name, [])]
        for shape in SHAPES
    }


def the_rest(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """What a restore leaves as it was."""
    return {name: lines for name, lines in found.items() if name not in CHANGED_BY_A_RESTORE}
