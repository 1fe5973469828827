"""Copies of a real rule set's two files, to be broken, and the lines at which they are."""

import re
import shutil
from pathlib import Path

import pytest

from rulesets.data import BrokenRuleSet
from rulesets.library import FOLDER
from rulesets.reading import read_ruleset

NAME = "permen-90-2021"
RULES, LKE = f"{NAME}.toml", f"lke/{NAME}.toml"

Slip = tuple[str, str, tuple[str, ...], str]
"""What is changed, into what, the words at whose line it is told (each after the one before), and what is told."""


def copied(folder: Path) -> dict[str, Path]:
    """The rule set and its LKE, in a folder of the test's own."""
    (folder / "lke").mkdir()
    return {name: Path(shutil.copy(FOLDER / name, folder / name)) for name in (RULES, LKE)}


def replace(path: Path, old: str, new: str) -> str:
    """Change the one place that says `old`; returns the new text."""
    text = path.read_bytes().decode()
    assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
    changed = text.replace(old, new)
    path.write_bytes(changed.encode())
    return changed


def line_at(text: str, *words: str) -> int:
    """The line (from 1) of the last of `words`, each looked for after the one before it."""
    found = end = 0
    for word in words:
        found = text.index(word, end)
        end = found + len(word)
    return text.count("\n", 0, found) + 1


def refused(folder: Path, name: str, slip: Slip) -> None:
    """Make the slip in one of the two files: reading them tells the file, the line and the fault."""
    old, new, at, fault = slip
    paths = copied(folder)
    text = replace(paths[name], old, new)

    with pytest.raises(BrokenRuleSet) as broken:
        read_ruleset(paths[RULES])

    said = str(broken.value.params["why"])
    assert said in str(broken.value)
    assert said.startswith((f"{name}, ", f"{name}: ")), said
    assert re.search(rf"\bline {line_at(text, *at)}\b", said), said
    assert fault in said
