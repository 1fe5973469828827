"""The demo's stage: a home of its own with a moved clock, and a way to run commands in it as a person would."""

import contextlib
import io
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date

from models.catalogue import current_language, say
from models.errors import BadInput, PipelineError
from models.home import MARKER, find_home
from models.settings import Settings
from zi.main import report
from zi.output import line

DATA = Path(__file__).parent / "data"
PURPOSE = "demo"
ZONE = ZoneInfo("Asia/Jakarta")


class DemoFailed(PipelineError):
    """A command of the story did not end as it should: the demo is broken, not its user."""


@dataclass
class Stage:
    home: Path
    today: date = date(2026, 1, 1)
    papers: Path = field(init=False)

    def __post_init__(self) -> None:
        self.papers = self.home / "berkas-contoh"

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(7, 30), tzinfo=ZONE)

    def on(self, day: date) -> None:
        """Move the clock to the morning of this day."""
        self.today = day
        os.environ["ZI_CLOCK"] = self.now.isoformat()
        line()
        line(say("demo.day", day=format_date(day, "full", locale=current_language())), style="bold")

    def zi(self, *words: str, as_: str | None = None, expect: int = 0, quiet: bool = False) -> None:
        """Run one command in this home and show it; raises DemoFailed when it ends otherwise than expected."""
        spoken = [*words, *(["--as", as_] if as_ else [])]
        if not quiet:
            line("$ zi " + " ".join(_quoted(word) for word in spoken), style="cyan")
        code = self._run(spoken, quiet=quiet)
        if code != expect:
            raise DemoFailed("demo_step", code=code, expected=expect, command=" ".join(spoken))

    def paper(self, kind: str, unit: str = "") -> str:
        """An invented file for a document of the story."""
        self.papers.mkdir(exist_ok=True)
        path = self.papers / f"{kind}{'-' + unit.lower() if unit else ''}.txt"
        path.write_text(f"Dokumen rekaan untuk demo: {kind} {unit}\n", encoding="utf-8")
        return str(path)

    def _run(self, words: list[str], *, quiet: bool) -> int:
        from zi.app import app  # noqa: PLC0415 - the application imports this module's package

        before = sys.argv
        sys.argv = ["zi", *words]
        out = io.StringIO() if quiet else sys.stdout
        try:
            with contextlib.redirect_stdout(out):
                outcome = app(args=words, standalone_mode=False)
            return outcome if isinstance(outcome, int) else 0
        except PipelineError as error:
            with contextlib.redirect_stderr(sys.stdout):
                return report(error)
        finally:
            sys.argv = before


@contextlib.contextmanager
def demo_stage(folder: Path) -> Iterator[Stage]:
    """A fresh home in `folder`. An earlier demo's is replaced; a home with other data is refused (BadInput)."""
    home = folder.absolute()
    clear_home(home)
    outside = {name: value for name, value in os.environ.items() if name.startswith("ZI_")}
    language = current_language()
    for name in outside:
        os.environ.pop(name)
    os.environ.update({"ZI_HOME": str(home), "ZI_LANG": language})
    try:
        yield Stage(home)
    finally:
        for name in [name for name in os.environ if name.startswith("ZI_")]:
            os.environ.pop(name)
        os.environ.update(outside)


def clear_home(home: Path) -> None:
    """Take an earlier demo's home away. Raises BadInput for any other."""
    if not home.exists():
        return
    if (home / MARKER).exists() and find_home(Settings(home=home)).purpose == PURPOSE:
        shutil.rmtree(home)
        return
    if any(home.iterdir()):
        raise BadInput("not_home_of_demo", path=str(home))


def _short(path: str) -> str:
    """A path as somebody in the checkout would type it."""
    if DATA.as_posix() in path:
        return path.replace(DATA.as_posix(), "zi/demo/data")
    return Path(path).name if path.startswith("/") else path


def _quoted(word: str) -> str:
    kind, separator, path = word.rpartition("=")
    shown = kind + separator + _short(path)
    return f'"{shown}"' if " " in shown else shown
