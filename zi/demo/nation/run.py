"""`zi demo --scale N`: a home with a made-up nation in it, what it holds, and what to try there."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import SQLModel, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.catalogue import say
from models.database import bound_engine, reading, unbind
from models.documents import Document
from models.evidence import Evidence
from models.findings import Finding
from models.home import Home, finish_home, make_home, take_away, time_now
from models.lke import Answer
from models.messages import Delivery
from models.obligations import Obligation
from models.opening import open_database
from models.people import Person
from models.schema import upgrade
from models.settings import Settings
from models.stages import Stage
from states.verify import verify_trail
from zi.demo.accounts import PASSWORD, open_accounts
from zi.demo.nation.build import ADMIN, build_nation
from zi.demo.run import program
from zi.demo.stage import PURPOSE, clear_home
from zi.output import Output, line, progress, table

DEFAULT_HOME = Path("var-scale")
SEED = 1

COUNTED: Mapping[str, type[SQLModel]] = {
    "agencies": Agency,
    "units": Unit,
    "people": Person,
    "candidacies": Candidacy,
    "documents": Document,
    "answers": Answer,
    "evidence": Evidence,
    "findings": Finding,
    "obligations": Obligation,
    "messages": Delivery,
}
PLAYERS = (
    ADMIN,
    *(f"{name}@contoh.invalid" for name in ("koordinator1", "pimpinan1", "kepala.u1", "tpi1", "auditor1")),
)


def run_nation(folder: Path | None, *, candidacies: int, seed: int, settings: Settings, output: Output) -> None:
    """Make the home anew; its database is the settings' where they name one. Raises BadInput where either is in use."""
    began = time.monotonic()
    with _made(folder or DEFAULT_HOME, settings) as (home, now):
        with progress(say("demo.scale.making"), silent=output.as_json) as watch:
            build_nation(candidacies, now=now, seed=seed, watch=watch)
        roles = open_accounts(PLAYERS, admin=ADMIN, now=now)
        counts, stages = _counted()
        example = _example()
        with reading() as session:
            verdict = verify_trail(session)
    document = {
        "home": str(home.path),
        "seed": seed,
        **counts,
        "stages": stages,
        "records": verdict.records,
        "root": verdict.root,
        "ok": verdict.ok,
        "seconds": round(time.monotonic() - began, 1),
    }
    elsewhere = settings.database_url is not None
    output.done(document, lambda: _show(document, counts, stages, roles, example, elsewhere=elsewhere))


@contextmanager
def _made(folder: Path, settings: Settings) -> Iterator[tuple[Home, datetime]]:
    """A home that is finished when all is well, and gone when it is not."""
    path = folder.absolute()
    clear_home(path)
    existed = path.exists()
    home = make_home(settings.model_copy(update={"home": path}), sandbox=True, purpose=PURPOSE)
    try:
        open_database(home, check=False)
        upgrade(bound_engine())
        yield home, time_now(settings, home)
        finish_home(home)
    except BaseException:
        unbind()
        take_away(home.path, wholly=not existed)
        raise
    unbind()


def _counted() -> tuple[dict[str, int], dict[str, int]]:
    """How many there are of everything, and how many candidacies stand in each stage."""
    with reading() as session:
        counts = {
            name: session.execute(select(func.count()).select_from(kind)).scalar_one() for name, kind in COUNTED.items()
        }
        rows = session.execute(select(col(Candidacy.stage), func.count()).group_by(col(Candidacy.stage)))
        found = {stage: count for stage, count in rows}
    return counts, {stage.value: found.get(stage, 0) for stage in Stage}


def _example() -> str:
    """A candidacy to look at: one that assesses itself, where there is one."""
    at_work = col(Candidacy.stage) == Stage.SELF_ASSESSMENT
    with reading() as session:
        query = select(col(Candidacy.code)).order_by(at_work.desc(), col(Candidacy.id)).limit(1)
        return str(session.execute(query).scalar_one())


def _show(
    document: Mapping[str, object],
    counts: Mapping[str, int],
    stages: Mapping[str, int],
    roles: list[tuple[str, str]],
    example: str,
    *,
    elsewhere: bool,
) -> None:
    line(say("demo.scale.title", path=str(document["home"])), style="bold")
    table(
        [say("column.what"), say("column.count")],
        [(say(f"demo.scale.{name}"), _thousands(count)) for name, count in counts.items()],
    )
    table(
        [say("column.stage"), say("column.count")],
        [(say(f"stage.{stage}"), _thousands(count)) for stage, count in stages.items() if count],
    )
    line(say("demo.scale.trail", records=_thousands(document["records"]), root=str(document["root"])))
    line(say("demo.took", seconds=round(float(str(document["seconds"])))))
    table([say("web.email"), say("column.role"), say("web.password")], [(*one, PASSWORD) for one in roles])
    line(say("demo.next"), style="bold")
    if elsewhere:
        line(say("demo.scale.database"))
    line(f"  export ZI_HOME={document['home']}")
    for command in (
        "serve",
        "candidacy list --agency KAB3 --late",
        f"evidence missing {example}",
        "remind",
        "monev",
        "doctor",
        "audit verify",
    ):
        line(f"  {program()} {command}")


def _thousands(number: object) -> str:
    return f"{number:,}"
