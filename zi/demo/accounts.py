"""An account for each role, so that the pages can be looked at as everybody sees them. In the demo's home only."""

from collections.abc import Iterable
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
        roles = open_accounts(PLAYERS, admin=ADMIN, now=stage.now)
    table([say("web.email"), say("column.role"), say("web.password")], [(*one, PASSWORD) for one in roles])
    line(say("demo.serve", command=command, port=PORT))


def open_accounts(emails: Iterable[str], *, admin: str, now: datetime) -> list[tuple[str, str]]:
    """One for each of these, with the password of all; returns each with their roles in words."""
    opened: list[tuple[str, str]] = []
    for email in emails:
        temporary = open_account(email, actor=_actor(admin, now), now=now)
        change_password(temporary, PASSWORD, keep=0, actor=_actor(email, now), now=now)
        opened.append((email, _roles(_actor(email, now))))
    return opened


def _actor(email: str, now: datetime) -> Actor:
    with reading() as session:
        return find_actor(session, email, today=now.date(), via=Via.CLI)


def _roles(actor: Actor) -> str:
    return ", ".join(say(f"role.{role}") for role in sorted({held.role.value for held in actor.roles}))
