"""Takes the official wording of a cycle's questions from the master file that the agency got from PortalRB."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session, col

from models.cycles import Cycle
from models.database import locked, reading
from models.errors import BadInput, Detail
from models.lke import Wording
from models.people import Role
from models.trail import Json, Pending, record
from rulesets.library import find_ruleset
from states.actors import Actor, Place, current, require_admin_or
from states.lke.master_check import differences, notes
from states.lke.master_file import Master, read_master
from states.lookups import find
from states.writing import writing

MOST_TOLD = 200  # differences and notes that are listed


@dataclass(frozen=True)
class MasterImported:
    cycle: str
    dry_run: bool
    soal: int
    changed: int
    unchanged: int
    notes: tuple[str, ...]  # what differs and changes no score
    sha256: str


def import_master(cycle_code: str, path: Path, *, dry_run: bool, actor: Actor, now: datetime) -> MasterImported:
    """Keep text and criteria of every soal; again with a newer file, they are brought up to date.

    Raises NotFound, Refused, BadInput for a file that can't be read or that differs from the cycle's LKE.
    """
    about = f"cycle:{cycle_code.strip().upper()}"
    with _session(about, dry_run=dry_run, actor=actor, now=now) as session:
        cycle = _allowed(session, cycle_code, actor=actor, now=now)
    lke = find_ruleset(cycle.ruleset).lke  # a cycle keeps its rule set
    master, content = read_master(path)
    if found := list(islice(differences(master, lke), MOST_TOLD)):
        details = [Detail(why, file=path.name) for why in found]
        raise BadInput("master_differs", details=details, path=path.name, ruleset=cycle.ruleset, count=len(found))
    told = tuple(islice(notes(master, lke, year=cycle.year), MOST_TOLD))
    digest = sha256(content).hexdigest()
    items = {item.soal: item.code for item in lke.items.values()}
    with _session(about, dry_run=dry_run, actor=actor, now=now) as session:
        cycle = _allowed(session, cycle_code, actor=actor, now=now)
        if not dry_run:
            locked(session, Cycle, col(Cycle.id) == cycle.id)  # two imports at once: the later one is the one kept
        changed = _keep(session, cycle, master, items, dry_run=dry_run)
        if changed and not dry_run:
            counts: dict[str, Json] = {"soal": len(master.soal), "changed": changed, "year": master.tahun}
            noted = Pending(
                actor.author,
                now,
                action="lke_master_imported",
                subject=about,
                details={"sha256": digest, **counts},
                texts={"file_name": path.name},
            )
            record(session, noted)
    return MasterImported(cycle.code, dry_run, len(master.soal), changed, len(master.soal) - changed, told, digest)


def _allowed(session: Session, cycle_code: str, *, actor: Actor, now: datetime) -> Cycle:
    """The cycle, where the actor may set its wording."""
    cycle = find(session, Cycle, cycle_code)
    place = Place(cycle.agency_id)
    require_admin_or(current(session, actor, now=now), (Role.KOORDINATOR,), place, subject=f"cycle:{cycle.code}")
    return cycle


@contextmanager
def _session(about: str, *, dry_run: bool, actor: Actor, now: datetime) -> Iterator[Session]:
    """A dry run reads only."""
    if dry_run:
        with reading() as session:
            yield session
        return
    with writing("lke_import_master", author=actor.author, now=now, subject=about) as session:
        yield session


def _keep(session: Session, cycle: Cycle, master: Master, items: dict[int | None, str], *, dry_run: bool) -> int:
    """Bring the stored wording up to date; returns how many texts are new or others."""
    query = select(Wording).where(col(Wording.cycle_id) == cycle.id)
    rows = {row.item: row for row in session.execute(query).scalars()}
    changed = 0
    for one in master.soal:
        item = items[one.id]
        text, criteria = one.teks_pertanyaan.strip(), (one.kriteria_nilai or "").strip() or None
        row = rows.get(item)
        if row and (row.text, row.criteria) == (text, criteria):
            continue
        changed += 1
        if not dry_run:
            row = row or Wording(cycle_id=cycle.id, item=item, text=text)
            row.text, row.criteria = text, criteria
            session.add(row)
    return changed
