"""A home: the folder that holds one deployment's database, keys, files and mail. Only `zi init` makes one."""

import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from models.errors import BadInput, NotInitialised, StorageFailed, UsageError
from models.pooling import Pooling
from models.sealing import new_key
from models.settings import Settings

MARKER = "home.json"
FORMAT = 1


@dataclass(frozen=True)
class Home:
    path: Path
    database_url: str
    sandbox: bool  # made for a demo or a test: the clock may be moved here
    purpose: str  # "work" or "demo": a demo refuses a home with other data
    upload_limit: int  # bytes
    channel_key: Path  # outside the database, so that a copy of it opens no channel
    pooling: Pooling
    migration_url: str  # of the same database, by the role that may change its shape
    link_key: Path  # of the links to evidence; made when the first is needed
    checkpoint_key: Path  # signs the trail's checkpoints; made when the first is needed

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def mail(self) -> Path:
        """Where .eml files go when somebody has no channel of their own."""
        return self.path / "mail"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def hold(self) -> Path:
        """While this file is there, nothing is sent: it says since when."""
        return self.path / "messages.held"

    @property
    def prefect(self) -> Path:
        return self.path / "prefect"

    @property
    def logs(self) -> Path:
        """Of what `zi up` starts."""
        return self.path / "logs"


def make_home(settings: Settings, *, sandbox: bool, purpose: str = "work", with_key: bool = True) -> Home:
    """Make the folders and the keys (readable by their owner only); no key of the channels where one is to be brought.

    Raises BadInput where a home stands already, StorageFailed where the folder can't be written.
    """
    path = settings.home.absolute()
    if (path / MARKER).exists():
        raise BadInput("home_exists", path=str(path))
    if path.exists() and not path.is_dir():
        raise StorageFailed("home_not_folder", path=str(path))
    if path.is_dir() and any(path.iterdir()):
        raise BadInput("home_not_empty", path=str(path))
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        home = _home(settings, {"sandbox": sandbox, "purpose": purpose})
        for folder in (home.files, home.mail, home.keys):
            folder.mkdir(mode=0o700, exist_ok=True)
        if with_key and (settings.channel_key_file is None or not home.channel_key.exists()):  # machines may share one
            write_secret(home.channel_key, new_key())
    except OSError as error:
        raise StorageFailed("home_not_writable", path=str(path), why=error.strerror or "") from error
    return home


def finish_home(home: Home) -> None:
    """Put the marker: from here on the folder is a home. Last, so that a half-made one is never taken for one."""
    marker = {"format": FORMAT, "sandbox": home.sandbox, "purpose": home.purpose}
    try:
        (home.path / MARKER).write_text(json.dumps(marker) + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageFailed("home_not_writable", path=str(home.path), why=error.strerror or "") from error


def take_away(path: Path, *, wholly: bool) -> None:
    """A home that could not be finished leaves nothing behind; an empty folder that was there stays."""
    if wholly:
        shutil.rmtree(path, ignore_errors=True)
        return
    for child in path.iterdir():
        if child.is_dir():
            shutil.rmtree(child, ignore_errors=True)
        else:
            child.unlink(missing_ok=True)


def hold_messages(home: Home, *, since: datetime) -> None:
    """Nothing is sent from here on, by nobody, until `release_messages`. Raises StorageFailed."""
    try:
        home.hold.write_text(since.astimezone(UTC).isoformat() + "\n", encoding="ascii")
    except OSError as error:
        raise StorageFailed("home_not_writable", path=str(home.path), why=error.strerror or "") from error


def held_since(home: Home) -> datetime | None:
    """Since when nothing is sent; none where messages go out. Raises StorageFailed for a file that can't be read."""
    try:
        return datetime.fromisoformat(home.hold.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StorageFailed("home_unreadable", path=str(home.hold)) from error


def release_messages(home: Home) -> None:
    home.hold.unlink(missing_ok=True)


def find_home(settings: Settings) -> Home:
    """The home that the settings name; raises NotInitialised where there is none."""
    path = settings.home.absolute()
    try:
        marker = json.loads((path / MARKER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotInitialised("no_home", path=str(path)) from None
    except (OSError, ValueError) as error:
        raise StorageFailed("home_unreadable", path=str(path)) from error
    return _home(settings, marker)


def time_now(settings: Settings, home: Home) -> datetime:
    """The time: the machine's, or a moved one in a sandbox home. Raises UsageError for a moved one elsewhere."""
    if settings.clock is None:
        return datetime.now(UTC)
    if not home.sandbox:
        raise UsageError("clock_not_sandbox", path=str(home.path))
    if settings.clock.tzinfo is None:
        raise UsageError("clock_naive", value=settings.clock.isoformat())
    return settings.clock.astimezone(UTC)


def _home(settings: Settings, marker: dict[str, object]) -> Home:
    path = settings.home.absolute()
    url = settings.database_url or f"sqlite:///{path / 'zi.db'}"
    return Home(
        path=path,
        database_url=url,
        sandbox=bool(marker.get("sandbox")),
        purpose=str(marker.get("purpose", "work")),
        upload_limit=settings.upload_limit_mib * 1024 * 1024,
        channel_key=(settings.channel_key_file or path / "keys" / "channels.key").absolute(),
        pooling=Pooling.of(settings),
        migration_url=settings.migration_database_url.get_secret_value() if settings.migration_database_url else url,
        link_key=(settings.link_key_file or path / "keys" / "links.key").absolute(),
        checkpoint_key=(settings.checkpoint_key_file or path / "keys" / "checkpoint.key").absolute(),
    )


def write_secret(path: Path, secret: bytes) -> None:
    """A file that only its owner reads; OSError where there is one already."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)
