"""The command line as it is used: a process of its own, a home of its own, an exit code and a document."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

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
        assert answer.code == code, (answer.out, answer.err)
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

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)


@pytest.fixture
def shell(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Shell:
    """No home yet."""
    folder = tmp_path / "here"
    folder.mkdir()
    return Shell(home=tmp_path / "home", folder=folder, capture=capfd.readouterr)


@pytest.fixture(scope="session")
def home_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the small agency in it, made once by the commands themselves."""
    root = tmp_path_factory.mktemp("home-template")
    home = root / "home"
    zi = Shell(home=home, folder=root, capture=lambda: None)

    def run(*words: str) -> None:
        ended = zi.process(*words)
        assert ended.code == 0, ended.err

    run("init", "--admin", "admin@contoh.invalid", "--sandbox")
    for kind, content in CONTOH.items():
        run("import", kind, zi.file(f"{kind}.csv", content), "--as", "admin@contoh.invalid")
    run("cycle", "open", "CONTOH", "2026", "--as", "koordinator@contoh.invalid")
    run("import", "calendar", zi.file("calendar.csv", CALENDAR), "--as", "koordinator@contoh.invalid")
    return home


@pytest.fixture
def zi(shell: Shell, home_template: Path) -> Shell:
    """The small agency, ready to open a candidacy."""
    shutil.copytree(home_template, shell.home)
    return shell
