"""What every command needs: the settings, the home with its database, the time, and who is acting."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from models.catalogue import use_language
from models.database import reading
from models.errors import UsageError
from models.home import Home, time_now
from models.links import use_web_url
from models.opening import opened_home
from models.settings import Settings
from models.trail import Via
from states.actors import Actor, find_actor
from states.calendar import today_in_indonesia
from zi.output import Output


@dataclass(frozen=True)
class Desk:
    """An opened home, and the time at which this command acts."""

    settings: Settings
    home: Home
    now: datetime
    output: Output

    def actor(self, email: str | None) -> Actor:
        """Who records: --as, else ZI_ACTOR. Raises UsageError where neither is given, NotFound for an unknown one."""
        name = email or self.settings.actor
        if not name:
            raise UsageError("actor_missing")
        with reading() as session:
            return find_actor(session, name, today=today_in_indonesia(self.now), via=Via.CLI)

    def actor_or_none(self, email: str | None) -> Actor | None:
        """For looking: who looks, where somebody is named."""
        return self.actor(email) if email or self.settings.actor else None


def load_settings() -> Settings:
    """Raises UsageError that names the first setting that can't be used."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "ZI_" + "_".join(str(part) for part in first["loc"]).upper()
        raise UsageError("bad_setting", name=name, why=first["msg"]) from None
    except ValueError as error:  # a zi.toml that is no TOML
        raise UsageError("bad_setting", name="zi.toml", why=str(error).splitlines()[0]) from None
    use_language(settings.lang)
    use_web_url(settings.web_url)
    return settings


@contextmanager
def desk() -> Iterator[Desk]:
    """Open the home that the settings name. Raises what is wrong with it, before anything is done."""
    settings = load_settings()
    with opened_home(settings) as home:
        yield Desk(settings, home, time_now(settings, home), current_output())


def current_output() -> Output:
    return Output(as_json=wants_json())


def wants_json() -> bool:
    """Looked up in the words themselves: a usage error must be a document, too, and comes before any parsing."""
    words = sys.argv[1:]
    return "--json" in (words[: words.index("--")] if "--" in words else words)


def without_json(words: list[str]) -> list[str]:
    """--json may stand anywhere before a --; the commands list it for their help only."""
    end = words.index("--") if "--" in words else len(words)
    return [word for word in words[:end] if word != "--json"] + words[end:]


def quiet_prefect(home: Home) -> None:
    """Prefect's own home inside ours, nothing sent anywhere, time enough to start. Before Prefect is imported."""
    os.environ.setdefault("PREFECT_HOME", str(home.prefect))
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
