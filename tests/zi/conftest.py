"""The command line as it is used: a process of its own, a home of its own, an exit code and a document."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, text

from models.database import open_engine
from tests.databases import copy_of, guard_dropped, settle
from tests.postgres import fresh_database
from zi.main import main

Words = tuple[str, ...]

CONTOH = {
    "agencies": "code,name,kind,zone\nCONTOH,Pemerintah Kabupaten Contoh,kabkota,Asia/Jakarta\n",
    "units": (
        "code,name,agency,parent,kind,core_service\n"
        "RSUD,RSUD Contoh,CONTOH,,rsud,rsud\nDINAS,Dinas Contoh,CONTOH,,dinas,dukcapil\n"
    ),
    "people": (
        "email,name,nip,whatsapp\n"
        "koordinator@contoh.invalid,Koordinator,,\nkoordinator2@contoh.invalid,Koordinator 2,,\n"
        "kepala@contoh.invalid,Kepala RSUD,,\ntpi@contoh.invalid,TPI,,\nauditor@contoh.invalid,Auditor,,\n"
    ),
    "memberships": (
        "email,role,agency,unit,area,since,until\n"
        "koordinator@contoh.invalid,koordinator,CONTOH,,,2024-01-02,\n"
        "koordinator2@contoh.invalid,koordinator,CONTOH,,,2024-01-02,\n"
        "kepala@contoh.invalid,pimpinan_unit,,RSUD,,2024-01-02,\n"
        "tpi@contoh.invalid,tpi,CONTOH,,,2024-01-02,\nauditor@contoh.invalid,auditor,CONTOH,,,2024-01-02,\n"
    ),
}
CALENDAR = (
    "cycle,stage,due,working_days,note\nCONTOH-2026,pencanangan,2026-02-27,,\nCONTOH-2026,tpi_assessment,2026-05-31,,\n"
)


@dataclass
class Answer:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass
class Shell:
    """Runs `zi` in this process, which is quicker, or in one of its own, which is the real thing."""

    home: Path
    folder: Path
    capture: Callable[[], Any]
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, as_: str | None = None) -> Answer:
        spoken = [*words, *(["--as", f"{as_}@contoh.invalid"] if as_ else [])]
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.variables.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["zi", *spoken])
            patch.chdir(self.folder)
            with pytest.raises(SystemExit) as ended:
                main()
        shown = self.capture()
        return Answer(int(ended.value.code or 0), shown.out, shown.err)

    def json(self, *words: str, as_: str | None = None, code: int = 0) -> Any:
        answer = self(*words, "--json", as_=as_)
        assert answer.code == code, f"{answer.out} {answer.err}"
        return answer.document

    def process(self, *words: str) -> Answer:
        command = [str(Path(sys.executable).parent / "zi"), *words]
        ended = subprocess.run(
            command, capture_output=True, text=True, cwd=self.folder, env={**os.environ, **self.variables}, check=False
        )
        return Answer(ended.returncode, ended.stdout, ended.stderr)

    @property
    def variables(self) -> dict[str, str]:
        return {"ZI_HOME": str(self.home), "ZI_CLOCK": "2026-02-02T02:00:00Z", **self.environment}

    @property
    def database_url(self) -> str:
        return self.environment.get("ZI_DATABASE_URL") or f"sqlite:///{self.home / 'zi.db'}"

    def sql(self, statement: str, **values: object) -> list[Row[Any]]:
        """Do what no command does, in the home's database."""
        return run_sql(self.database_url, statement, **values)

    def drop_guard(self, name: str) -> None:
        self.sql(guard_dropped(name, self.database_url.partition(":")[0].partition("+")[0]))

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)


def run_sql(url: str, statement: str, **values: object) -> list[Row[Any]]:
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement), values)
            return list(result) if result.returns_rows else []
    finally:
        engine.dispose()


@pytest.fixture
def shell(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], database_kind: str, request: pytest.FixtureRequest
) -> Shell:
    """No home yet."""
    folder = tmp_path / "here"
    folder.mkdir()
    shell = Shell(home=tmp_path / "home", folder=folder, capture=capfd.readouterr)
    if database_kind == "postgresql":
        shell.environment["ZI_DATABASE_URL"] = request.getfixturevalue("fresh_postgres")
    return shell


@pytest.fixture(scope="session")
def home_template(
    tmp_path_factory: pytest.TempPathFactory, database_kind: str, request: pytest.FixtureRequest
) -> Iterator[Shell]:
    """A home with the small agency in it, made once by the commands themselves."""
    root = tmp_path_factory.mktemp("home-template")
    zi = Shell(home=root / "home", folder=root, capture=lambda: None)
    with ExitStack() as ended:
        if database_kind == "postgresql":
            fresh = fresh_database(request.getfixturevalue("postgres_server"))
            zi.environment["ZI_DATABASE_URL"] = ended.enter_context(fresh)
        open_agency(zi)
        settle(zi.database_url)
        yield zi


def open_agency(zi: Shell) -> None:
    """A home of its own, and the small agency in it."""

    def run(*words: str) -> None:
        ended = zi.process(*words)
        assert ended.code == 0, ended.err

    run("init", "--admin", "admin@contoh.invalid", "--sandbox")
    for kind, content in CONTOH.items():
        run("import", kind, zi.file(f"{kind}.csv", content), "--as", "admin@contoh.invalid")
    run("cycle", "open", "CONTOH", "2026", "--as", "koordinator@contoh.invalid")
    run("import", "calendar", zi.file("calendar.csv", CALENDAR), "--as", "koordinator@contoh.invalid")


@pytest.fixture
def zi(shell: Shell, home_template: Shell) -> Iterator[Shell]:
    """The small agency, ready to open a candidacy."""
    shutil.copytree(home_template.home, shell.home)
    with copy_of(home_template.database_url, shell.home / "zi.db") as url:
        if "ZI_DATABASE_URL" in home_template.environment:
            shell.environment["ZI_DATABASE_URL"] = url
        yield shell
