"""An account for each role, so that the pages can be looked at as everybody sees them. In the demo's home only."""

from datetime import datetime

from models.catalogue import say
from models.database import reading
from models.opening import opened_home
from models.settings import Settings
from models.trail import Via
from states.accounts.keeping import change_password, open_account
from states.actors import Actor, find_actor
from zi.commands.serve import PORT
from zi.demo.cast import ADMIN, AUDITOR, KOORDINATOR, PIMPINAN, TPI, head, pokja
from zi.demo.stage import Stage
from zi.demo.telling import heading
from zi.output import line, table

PASSWORD = "contoh-saja-2026"  # noqa: S105 - printed on the screen, and good for made-up data alone

PLAYERS = (ADMIN, KOORDINATOR, PIMPINAN, head("DUKCAPIL"), pokja("DUKCAPIL"), TPI, AUDITOR)


def accounts(stage: Stage, *, command: str) -> None:
    heading("accounts")
    with opened_home(Settings()):
        admin = _actor(ADMIN, stage.now)
        for email in PLAYERS:
            temporary = open_account(email, actor=admin, now=stage.now)
            change_password(temporary, PASSWORD, keep=0, actor=_actor(email, stage.now), now=stage.now)
        roles = [(email, _roles(_actor(email, stage.now)), PASSWORD) for email in PLAYERS]
    table([say("web.email"), say("column.role"), say("web.password")], roles)
    line(say("demo.serve", command=command, port=PORT))


def _actor(email: str, now: datetime) -> Actor:
    with reading() as session:
        return find_actor(session, email, today=now.date(), via=Via.CLI)


def _roles(actor: Actor) -> str:
    return ", ".join(say(f"role.{role}") for role in sorted({held.role.value for held in actor.roles}))
