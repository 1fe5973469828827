"""A small agency with something of everything that a backup has to bring back."""

import io
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from models.database import reading
from models.dump import encode, rows_of
from models.files import store
from models.home import Home, find_home, finish_home, make_home
from models.settings import Settings
from models.stages import Stage
from models.tar import END, head, padding
from notifications.channels import add_channel
from states.accounts.keeping import open_account
from states.backups.format import CLOSING, Closing, Ledger
from states.backups.taking import SHAPES
from states.documents import Content, Filing, add_document
from states.evidence.adding import add_evidence
from states.evidence.taking import take_upload
from tests.office import NOW, Office
from tests.samples import PDF

CHANNEL = "json://127.0.0.1:9/rahasia"
PROVING = "RSUD-2026"  # the candidacy that evidence is filed for
MIB = 2**20


@dataclass
class Place:
    home: Home
    office: Office
    code: str  # of a candidacy that is ready to move
    password: str  # of the koordinator

    @classmethod
    def at(cls, folder: Path, url: str) -> "Place":
        """The database at this URL has the office already, and is bound."""
        home = make_home(Settings(home=folder / "home", database_url=url), sandbox=True)
        finish_home(home)
        office = Office(url)
        place = cls(home, office, office.open(unit="DINAS"), "")
        office.open(stage=Stage.SELF_ASSESSMENT)
        for kind in ("piagam_pencanangan", "pakta_integritas"):
            place.file(kind.encode() * 1_000, kind)
        koordinator = office.actor("koordinator")
        add_channel(koordinator.email, CHANNEL, actor=koordinator, now=NOW, key_file=home.channel_key, untested=True)
        place.password = open_account(koordinator.email, actor=office.actor("admin"), now=NOW)
        return place

    @classmethod
    def found(cls, folder: Path, url: str, password: str) -> "Place":
        settings = Settings(home=folder / "home", database_url=url)
        return cls(find_home(settings), Office(url), "DINAS-2026", password)

    def file(self, content: bytes, kind: str = "piagam_pencanangan", scope: str = "CONTOH-2026") -> str:
        kept = store(BytesIO(content), name=f"{kind}.pdf", folder=self.home.files, limit=MIB)
        add_document(scope, Filing(kind, Content(file=kept)), actor=self.office.actor("koordinator"), now=NOW)
        return kept.hash

    def prove(self, content: bytes, question: str) -> None:
        """Evidence with a file, as people file it all day."""
        kept = take_upload(BytesIO(PDF + content), name="bukti.pdf", folder=self.home.files, limit=MIB)
        add_evidence(PROVING, [question], kept, actor=self.office.actor("kepala"), now=NOW)


def clock() -> datetime:
    return NOW


def rows() -> dict[str, list[str]]:
    """All rows of the bound database, as a backup would write them."""
    with reading() as session:
        return {
            shape.name: [encode(row, [kind for _, kind in shape.columns]) for row in rows_of(session, shape)]
            for shape in SHAPES
        }


Members = dict[str, bytes]


def members_of(archive: bytes) -> Members:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        found = {info.name: tar.extractfile(info) for info in tar}
        return {name: file.read() for name, file in found.items() if file}


def forged(archive: bytes, change: Callable[[Members], None]) -> bytes:
    """The archive with something changed, and all its checksums made to fit."""
    members = members_of(archive)
    closing = Closing.model_validate_json(members.pop(CLOSING))
    change(members)
    ledger = Ledger()
    written: Members = {}
    for name, content in members.items():
        if name.startswith("checksums/"):
            continue
        written[name] = content
        ledger.add(name, sha256(content).hexdigest())
    name, content = ledger.take()
    sums = {"members": ledger.members, "digest": ledger.digest}
    return packed({**written, name: content, CLOSING: closing.model_copy(update=sums).model_dump_json().encode()})


def packed(members: Members) -> bytes:
    parts = (head(name, len(one), at=NOW) + one + padding(len(one)) for name, one in members.items())
    return b"".join(parts) + END
