"""zi preference: show, set: in which language, when not, and what together."""

from typing import Annotated, Any

import typer

from models.catalogue import current_language, say
from models.database import reading
from models.messages import Notice
from models.preferences import ALWAYS_IMMEDIATE, Language, Mode, Zone
from models.trail import instant
from states.preferences import Changes, Preferences, To, preferences_of, set_preferences
from states.quiet_hours import Window, read_window
from zi.commands.agency import Switch
from zi.context import desk
from zi.options import As, Json, choice, pairs
from zi.output import line, table

DEFAULT, OFF = "default", "off"
KINDS = "|".join(kind.value for kind in Notice if kind not in ALWAYS_IMMEDIATE)

app = typer.Typer(no_args_is_help=True)

Email = Annotated[str | None, typer.Argument(metavar="[EMAIL]", help=say("help.preference.email"))]


@app.command("show", help=say("help.preference.show"))
def show(email: Email = None, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        actor = at.actor(as_)
        with reading() as session:
            address, found = preferences_of(email or actor.email, session, actor=actor, now=at.now)
        at.output.done({"preference": _document(address, found)}, lambda: _show(address, found))


@app.command("set", help=say("help.preference.set"))
def set_(
    email: Email = None,
    zone: Annotated[
        str | None, typer.Option("--zone", metavar="WIB|WITA|WIT|default", help=say("help.preference.zone"))
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="id|en|default", help=say("help.preference.language"))
    ] = None,
    quiet: Annotated[
        str | None, typer.Option("--quiet", metavar="21:00-06:00|off", help=say("help.preference.quiet"))
    ] = None,
    working_days: Annotated[
        str | None, typer.Option("--working-days", metavar="on|off", help=say("help.preference.working_days"))
    ] = None,
    work: Annotated[
        str | None, typer.Option("--work", metavar="07:30-16:00|off", help=say("help.preference.work"))
    ] = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND=immediate|daily|weekly", help=say("help.preference.kind", kinds=KINDS)),
    ] = None,
    heartbeat: Annotated[
        str | None, typer.Option("--heartbeat", metavar="on|off", help=say("help.preference.heartbeat"))
    ] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        actor = at.actor(as_)
        changes = Changes(
            zone=None if zone is None else To(_zone(zone)),
            language=None if language is None else To(_language(language)),
            quiet=None if quiet is None else To(_window(quiet)),
            work=None if work is None else To(_window(work)),
            working_days_only=_switch(working_days, "--working-days"),
            heartbeat=_switch(heartbeat, "--heartbeat"),
            modes={
                choice(Notice, kind, name="--kind"): choice(Mode, mode, name="--kind")
                for kind, mode in pairs(kinds, name="--kind").items()
            },
        )
        address = email or actor.email
        found = set_preferences(address, changes, actor=actor, now=at.now)
        address = address.strip().lower()
        at.output.done({"preference": _document(address, found)}, lambda: _show(address, found))


def _zone(text: str) -> Zone | None:
    return None if text.strip().lower() == DEFAULT else choice(Zone, text, name="--zone")


def _language(text: str) -> Language | None:
    return None if text.strip().lower() == DEFAULT else choice(Language, text, name="--language")


def _window(text: str) -> Window | None:
    return None if text.strip().lower() == OFF else read_window(text)


def _switch(text: str | None, name: str) -> bool | None:
    return None if text is None else choice(Switch, text, name=name) is Switch.ON


def _document(email: str, found: Preferences) -> dict[str, Any]:
    hours = found.hours
    return {
        "email": email,
        "zone": found.local_zone,
        "language": found.language.value if found.language else current_language(),
        "quiet": hours.quiet.written if hours.quiet else None,
        "working_days_only": hours.working_days_only,
        "work": hours.work.written if hours.work else None,
        "heartbeat": found.heartbeat,
        "kinds": {kind.value: found.mode(kind).value for kind in Notice if kind is not Notice.DIGEST},
        "next_daily": instant(found.next_daily_at) if found.next_daily_at else None,
        "next_weekly": instant(found.next_weekly_at) if found.next_weekly_at else None,
        "defaults": [name for name in ("zone", "language") if getattr(found, name) is None],
    }


def _show(email: str, found: Preferences) -> None:
    document = _document(email, found)
    own = {
        name: "" if name not in document["defaults"] else f" ({say('word.default')})" for name in ("zone", "language")
    }
    answers = {True: say("word.yes"), False: say("word.no")}
    collected = (f"{kind} {mode}" for kind, mode in document["kinds"].items() if mode != Mode.IMMEDIATE)
    rows = [
        ("zone", document["zone"] + own["zone"]),
        ("language", document["language"] + own["language"]),
        ("quiet", document["quiet"] or say("word.no")),
        ("working_days", answers[document["working_days_only"]]),
        ("work", document["work"] or say("word.no")),
        ("collected", ", ".join(collected) or say("word.no")),
        ("heartbeat", answers[found.is_weekly]),
        ("next_digest", min(filter(None, (document["next_daily"], document["next_weekly"])), default="")),
    ]
    line(email, style="bold")
    table([say("column.preference"), say("column.value")], [(say(f"preference.{name}"), value) for name, value in rows])
