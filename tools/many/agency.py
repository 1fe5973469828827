"""A made-up agency with many units under way, each with a reminder due, and everybody reached by one address."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.candidacies import Level
from models.cycles import Route
from models.database import reading
from models.home import Home
from models.opening import opened_home
from models.settings import Settings
from models.stages import Stage
from models.trail import Via
from notifications.channels import add_channel
from states.actors import Actor, find_actor
from states.calendar import today_in_indonesia
from states.candidacies import Opening, open_candidacy
from states.cycles import Dated, open_cycle, set_calendar

ZI = str(Path(sys.executable).parent / "zi")
ADMIN, KOORDINATOR = "admin@contoh.invalid", "koordinator@contoh.invalid"
AGO = timedelta(days=20)  # the agency is at work since then; what is due today was not yet due

Environment = Mapping[str, str]


def found_agency(folder: Path, environment: Environment, *, units: int, channel: str) -> None:
    """A home with all of it, as `ZI_HOME` and `ZI_DATABASE_URL` in the environment say. Everybody has a channel."""
    then = datetime.now(UTC) - AGO
    back_then = {**environment, "ZI_CLOCK": then.isoformat()}
    _zi("init", "--admin", ADMIN, "--sandbox", environment=back_then)
    for kind, lines in _files(units):
        path = folder / f"{kind}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        _zi("import", kind, str(path), "--as", ADMIN, environment=back_then)
    settings = Settings(home=Path(environment["ZI_HOME"]), database_url=environment["ZI_DATABASE_URL"])
    with opened_home(settings) as home:
        koordinator = _actor(KOORDINATOR, then)
        year = today_in_indonesia(then).year
        open_cycle("CONTOH", year, ruleset="permen-90-2021-5-2024", route=Route.TPN, actor=koordinator, now=then)
        due = Dated(Stage.PENCANANGAN, due=today_in_indonesia(datetime.now(UTC)))
        set_calendar(f"CONTOH-{year}", [due], actor=koordinator, now=then)
        for number in range(units):
            opening = Opening(f"U{number}", f"CONTOH-{year}", Level.WBK)
            open_candidacy(opening, actor=koordinator, now=then)
        _give_channels(home, units, channel, now=then)


def head_of(number: int) -> str:
    return f"kepala{number}@contoh.invalid"


def _files(units: int) -> Iterator[tuple[str, list[str]]]:
    everybody = [KOORDINATOR, *(head_of(number) for number in range(units))]
    yield "agencies", ["code,name,kind,zone", "CONTOH,Pemerintah Kabupaten Contoh,kabkota,Asia/Jakarta"]
    yield (
        "units",
        [
            "code,name,agency,parent,kind,core_service",
            *(f"U{number},Unit Contoh {number},CONTOH,,dinas," for number in range(units)),
        ],
    )
    yield "people", ["email,name,nip,whatsapp", *(f"{email},{email.partition('@')[0]},," for email in everybody)]
    yield (
        "memberships",
        [
            "email,role,agency,unit,area,since,until",
            f"{KOORDINATOR},koordinator,CONTOH,,,2024-01-02,",
            *(f"{head_of(number)},pimpinan_unit,,U{number},,2024-01-02," for number in range(units)),
        ],
    )


def _give_channels(home: Home, units: int, channel: str, *, now: datetime) -> None:
    admin = _actor(ADMIN, now)
    for email in (ADMIN, KOORDINATOR, *(head_of(number) for number in range(units))):
        url = f"{channel}/{email.partition('@')[0]}"
        add_channel(email, url, actor=admin, now=now, key_file=home.channel_key, untested=True)


def _actor(email: str, now: datetime) -> Actor:
    with reading() as session:
        return find_actor(session, email, today=today_in_indonesia(now), via=Via.CLI)


def _zi(*words: str, environment: Environment) -> None:
    subprocess.run([ZI, *words], env=dict(environment), stdout=subprocess.DEVNULL, check=True)  # noqa: S603
