"""The first hour in the README is typed here, line by line, and must say what the README says it says."""

import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.catalogue import current_language, use_language
from zi.main import main

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
RULE = re.compile(r"[─\s]*")  # an empty line, or the line under a table's header


@dataclass
class Step:
    words: list[str]
    shown: list[str]  # what the README says that the command says


def steps() -> Iterator[Step]:
    for block in BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            yield Step(shlex.split(command), shown)


def pattern(shown: list[str]) -> str:
    """`...` stands for the rest of a line, or, alone, for any lines; how wide a table is does not matter."""
    lines = [r"(.*\n)*" if line == "..." else f"{_loosely(line)}\n" for line in shown if not RULE.fullmatch(line)]
    return "".join(lines)


def _loosely(line: str) -> str:
    return re.escape(" ".join(line.split())).replace(r"\.\.\.", ".*")


def said(text: str) -> str:
    return "".join(f"{' '.join(line.split())}\n" for line in text.splitlines() if not RULE.fullmatch(line))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder where the README's relative paths lead to the same files, and its home to nothing of ours."""
    (tmp_path / "zi").symlink_to(ROOT / "zi")
    monkeypatch.chdir(tmp_path)
    language = current_language()
    yield
    use_language(language)


@pytest.mark.usefixtures("checkout")
class TestTheFirstHour:
    """What a reader types is what works, and what a reader sees is what is shown."""

    def test_every_command_says_what_the_readme_says(
        self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        typed = list(steps())
        assert len([step for step in typed if step.words[0] == "zi"]) > 10

        for step in typed:
            program, *words = step.words
            if program == "export":
                for word in words:
                    monkeypatch.setenv(*word.split("=", maxsplit=1))
                continue
            assert program == "zi"
            monkeypatch.setattr(sys, "argv", step.words)
            with pytest.raises(SystemExit):
                main()
            out, err = capfd.readouterr()
            assert re.fullmatch(pattern(step.shown), said(err + out)), (step.words, said(err + out))
