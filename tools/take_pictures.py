"""Take the pictures of the pages that stand in the documentation: `make pictures`.

Makes the demo's home in a temporary folder, serves its pages on loopback, and looks at each with Chromium as the person
whose page it is.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import URLError

from playwright.sync_api import Browser, sync_playwright

from models.candidacies import Candidacy
from models.database import reading
from models.link_key import link_key
from models.opening import opened_home
from models.settings import Settings
from states.lookups import find
from states.portal.links import FIRST, LinkTo, link_token
from zi.demo.accounts import PASSWORD
from zi.demo.cast import ADMIN, AUDITOR, KOORDINATOR, TPI, head, pokja

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
ZI = str(Path(sys.executable).parent / "zi")
PORT = 8499
PROVEN = "A.I.1.i.a"  # the question whose proof is shown
URL = f"http://127.0.0.1:{PORT}"
WIDE, PHONE = (1280, 900), (380, 800)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]


@dataclass(frozen=True)
class Picture:
    """One page as one person has it; `{...}` in its path is one of the `places_in` the demo."""

    name: str
    who: str | None
    path: str
    size: tuple[int, int] = WIDE


PICTURES = (
    Picture("sign-in", None, "/sign-in"),
    Picture("board", KOORDINATOR, "/board"),
    Picture("board-phone", KOORDINATOR, "/board", PHONE),
    Picture("list", KOORDINATOR, "/candidacies?late=1"),
    Picture("unit", KOORDINATOR, "/candidacies/CONTOH-RSUD-2026"),
    Picture("unit-waiting", head("DUKCAPIL"), "/candidacies/CONTOH-DUKCAPIL-2026"),
    Picture("unit-phone", head("DUKCAPIL"), "/candidacies/CONTOH-DUKCAPIL-2026", PHONE),
    Picture("move", KOORDINATOR, "/candidacies/CONTOH-KEC-KOTA-2026/moves/select_unit"),
    Picture("document", head("DUKCAPIL"), "/candidacies/CONTOH-DUKCAPIL-2026/documents/new?kind=laporan_monev"),
    Picture("open", KOORDINATOR, "/candidacies/new"),
    Picture("lke", KOORDINATOR, "/candidacies/CONTOH-RSUD-2026/lke"),
    Picture("lke-form", pokja("DUKCAPIL"), "/candidacies/CONTOH-DUKCAPIL-2026/lke/MP"),
    Picture("lke-form-phone", pokja("DUKCAPIL"), "/candidacies/CONTOH-DUKCAPIL-2026/lke/MP", PHONE),
    Picture("evidence", KOORDINATOR, "/candidacies/CONTOH-RSUD-2026/evidence"),
    Picture("actions", head("DUKCAPIL"), "/candidacies/CONTOH-DUKCAPIL-2026/actions"),
    Picture("workbook", pokja("DUKCAPIL"), "/candidacies/CONTOH-DUKCAPIL-2026/lke/import"),
    Picture("finding", head("DUKCAPIL"), "/candidacies/CONTOH-DUKCAPIL-2026/findings/{finding}"),
    Picture("finding-new", TPI, "/candidacies/CONTOH-DUKCAPIL-2026/findings/new"),
    Picture("agenda", KOORDINATOR, "/agenda"),
    Picture("feeds", KOORDINATOR, "/agenda/feeds"),
    Picture("monev", KOORDINATOR, "/monev"),
    Picture("inbox", head("DUKCAPIL"), "/inbox"),
    Picture("deliveries", KOORDINATOR, "/deliveries"),
    Picture("message", KOORDINATOR, "/deliveries/{message}"),
    Picture("audit", AUDITOR, "/audit"),
    Picture("audit-record", AUDITOR, "/audit/250"),
    Picture("predicates", ADMIN, "/predicates"),
    Picture("portal", KOORDINATOR, "/portal"),
    Picture("portal-unit", KOORDINATOR, "/portal/units/CONTOH-DINKES-2026"),
    Picture("proof", None, "/bukti/{link}"),
    Picture("admin", ADMIN, "/admin"),
    Picture("admin-people", ADMIN, "/admin/people/list"),
    Picture("admin-person", ADMIN, "/admin/people/4/edit"),
    Picture("admin-person-new", ADMIN, "/admin/people/new"),
    Picture("admin-role-new", ADMIN, "/admin/memberships/new"),
    Picture("admin-agency", ADMIN, "/admin/agencies/CONTOH/edit"),
    Picture("admin-agency-new", ADMIN, "/admin/agencies/new"),
    Picture("admin-unit", ADMIN, "/admin/units/CONTOH-RSUD/edit"),
    Picture("admin-unit-new", ADMIN, "/admin/units/new"),
    Picture("admin-cycle", KOORDINATOR, "/admin/cycles/CONTOH-2026/edit"),
    Picture("admin-cycle-new", KOORDINATOR, "/admin/cycles/new"),
    Picture("admin-closure", KOORDINATOR, "/admin/closures/1/edit"),
    Picture("admin-closure-new", KOORDINATOR, "/admin/closures/new"),
    Picture("admin-holidays", ADMIN, "/admin/holidays/refresh"),
    Picture("admin-import", ADMIN, "/admin/imports"),
    Picture("account", AUDITOR, "/account"),
    Picture("password", AUDITOR, "/account/password"),
)


def main() -> int:
    program = shutil.which("chromium")
    if program is None:
        print("The pictures need Chromium: apt-get install chromium", file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "demo") as places,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for picture in PICTURES:
            take(browser, picture, picture.path.format_map(places))
            print(f"docs/images/{picture.name}.png")
        browser.close()
    return 0


def take(browser: Browser, picture: Picture, path: str) -> None:
    width, height = picture.size
    context = browser.new_context(base_url=URL, viewport={"width": width, "height": height}, locale="id-ID")
    page = context.new_page()
    if picture.who:
        page.goto("/sign-in")
        page.fill("#email", picture.who)
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/board")
    answer = page.goto(path)
    if answer is None or not answer.ok:
        raise SystemExit(f"{path} as {picture.who} answers {answer.status if answer else 'nothing'}")
    page.screenshot(path=IMAGES / f"{picture.name}.png")
    context.close()


@contextmanager
def served(home: Path) -> Iterator[dict[str, str]]:
    """The demo's home, made and served; its clock stands on the day after the story. Yields the places in it."""
    environment = {**os.environ, "ZI_LANG": "id"}
    zi("demo", "--home", str(home), environment=environment)
    environment |= {"ZI_HOME": str(home), "ZI_CLOCK": "2026-12-22T08:00:00+07:00"}
    propose_one_more(environment)
    places = places_in(home, environment)
    server = subprocess.Popen([ZI, "serve", "--port", str(PORT)], env=environment)  # noqa: S603
    try:
        while not answers():
            if server.poll() is not None:
                raise SystemExit("zi serve ended before it answered")
            time.sleep(0.2)
        yield places
    finally:
        server.terminate()
        server.wait()


def propose_one_more(environment: dict[str, str]) -> None:
    """A unit that is before the ministry while its window is open, with a proof; and a day off."""
    by = ("--as", KOORDINATOR)
    opened = ("--target", "WBK", "--stage", "submission_administrative", "--since", "2026-12-01", "--reason", "contoh")
    zi("candidacy", "open", "CONTOH-DINKES", "CONTOH-2026", *opened, *by, environment=environment)
    days = ("--opens", "2026-12-01", "--closes", "2026-12-31")
    zi("cycle", "window", "CONTOH-2026", "proposal", *days, *by, environment=environment)
    proof = ("https://berkas.contoh.invalid/sk-tim-kerja.pdf", "--as", pokja("DINKES"))
    zi("evidence", "add", "CONTOH-DINKES-2026", PROVEN, *proof, environment=environment)
    zi("holidays", "close", "CONTOH", "2026-12-29", "--name", "Hari jadi kabupaten", *by, environment=environment)


def places_in(home: Path, environment: dict[str, str]) -> dict[str, str]:
    """What has no address that could be written down beforehand."""
    dukcapil = "CONTOH-DUKCAPIL-2026"
    findings = zi("finding", "list", dukcapil, environment=environment)["findings"]
    told = zi("delivery", "list", "--candidacy", dukcapil, "--as", KOORDINATOR, environment=environment)["deliveries"]
    with opened_home(Settings(home=home)) as opened, reading() as session:
        candidacy = find(session, Candidacy, "CONTOH-DINKES-2026")
        link = link_token(link_key(opened.link_key), LinkTo(candidacy.id, PROVEN), FIRST)
    return {"finding": str(findings[0]["id"]), "message": told[0]["message_id"], "link": link}


def zi(*words: str, environment: dict[str, str]) -> Any:
    """One command, and its document."""
    command = [ZI, *words, "--json"]
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)  # noqa: S603 - fixed words
    if ended.returncode:
        raise SystemExit(f"zi {' '.join(words)} ended with {ended.returncode}: {ended.stdout.decode()}")
    return json.loads(ended.stdout)


def answers() -> bool:
    try:
        with urllib.request.urlopen(f"{URL}/readyz", timeout=2) as answer:  # noqa: S310 - loopback
            return bool(answer.status == HTTPStatus.OK)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())
