"""Take the pictures of the pages that stand in the documentation: `make pictures`.

Makes the demo's home in a temporary folder, serves its pages on loopback, and looks at each with Chromium as the person
whose page it is.
"""

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
from urllib.error import URLError

from playwright.sync_api import Browser, sync_playwright

from zi.demo.accounts import PASSWORD
from zi.demo.cast import ADMIN, AUDITOR, KOORDINATOR, TPI, head, pokja

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
ZI = str(Path(sys.executable).parent / "zi")
PORT = 8499
URL = f"http://127.0.0.1:{PORT}"
WIDE, PHONE = (1280, 900), (380, 800)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]


@dataclass(frozen=True)
class Picture:
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
    Picture("finding", TPI, "/candidacies/CONTOH-DUKCAPIL-2026/findings/new"),
    Picture("agenda", KOORDINATOR, "/agenda"),
    Picture("monev", KOORDINATOR, "/monev"),
    Picture("inbox", head("DUKCAPIL"), "/inbox"),
    Picture("deliveries", KOORDINATOR, "/deliveries"),
    Picture("audit", AUDITOR, "/audit"),
    Picture("audit-record", AUDITOR, "/audit/250"),
    Picture("predicates", ADMIN, "/predicates"),
    Picture("portal", KOORDINATOR, "/portal"),
    Picture("admin", ADMIN, "/admin"),
    Picture("admin-people", ADMIN, "/admin/people/list"),
    Picture("admin-import", ADMIN, "/admin/imports"),
    Picture("account", AUDITOR, "/account"),
)


def main() -> int:
    program = shutil.which("chromium")
    if program is None:
        print("The pictures need Chromium: apt-get install chromium", file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "demo"), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for picture in PICTURES:
            take(browser, picture)
            print(f"docs/images/{picture.name}.png")
        browser.close()
    return 0


def take(browser: Browser, picture: Picture) -> None:
    width, height = picture.size
    context = browser.new_context(base_url=URL, viewport={"width": width, "height": height}, locale="id-ID")
    page = context.new_page()
    if picture.who:
        page.goto("/sign-in")
        page.fill("#email", picture.who)
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/board")
    answer = page.goto(picture.path)
    if answer is None or not answer.ok:
        raise SystemExit(f"{picture.path} as {picture.who} answers {answer.status if answer else 'nothing'}")
    page.screenshot(path=IMAGES / f"{picture.name}.png")
    context.close()


@contextmanager
def served(home: Path) -> Iterator[None]:
    """The demo's home, made and served; its clock stands on the day after the story."""
    environment = {**os.environ, "ZI_LANG": "id"}
    demo = [ZI, "demo", "--home", str(home), "--json"]
    subprocess.run(demo, check=True, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - fixed words
    environment |= {"ZI_HOME": str(home), "ZI_CLOCK": "2026-12-22T08:00:00+07:00"}
    server = subprocess.Popen([ZI, "serve", "--port", str(PORT)], env=environment)  # noqa: S603
    try:
        while not answers():
            if server.poll() is not None:
                raise SystemExit("zi serve ended before it answered")
            time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait()


def answers() -> bool:
    try:
        with urllib.request.urlopen(f"{URL}/readyz", timeout=2) as answer:  # noqa: S310 - loopback
            return bool(answer.status == HTTPStatus.OK)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())
