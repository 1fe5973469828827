"""Reads a rule set's two files, its own and its LKE's, and refuses what contradicts itself - with file and line."""

import tomllib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from rulesets import facts, lke_check, thresholds
from rulesets.data import BrokenRuleSet, Data
from rulesets.lines import Place, line_of
from rulesets.lke import Lke
from rulesets.ruleset import RuleSet

LKE_FOLDER = "lke"

Shape = TypeVar("Shape", bound=Data)


def read_ruleset(path: Path) -> RuleSet:
    """Raises BrokenRuleSet that names the file, the line and what is wrong there."""
    content = path.read_bytes()
    raw = _toml(path, content)
    named = raw.get("lke")
    if not isinstance(named, str) or not (lke_path := path.parent / LKE_FOLDER / f"{named}.toml").is_file():
        raise _broken(path, content, ("lke",), f"there is no LKE {named!r}")
    lke_content = lke_path.read_bytes()
    ruleset = _shaped(
        RuleSet,
        path,
        content,
        {**raw, "lke": _lke(lke_path, lke_content), "hash": sha256(content + lke_content).hexdigest()},
    )
    for place, fault in _faults(ruleset, path):
        raise _broken(path, content, place, fault)
    return ruleset


def _lke(path: Path, content: bytes) -> Lke:
    lke = _shaped(Lke, path, content, _toml(path, content))
    if lke.name != path.stem:
        raise _broken(path, content, ("name",), f"its name is {lke.name!r}")
    for place, fault in lke_check.faults_of(lke):
        raise _broken(path, content, place, fault)
    return lke


def _faults(ruleset: RuleSet, path: Path) -> Iterator[tuple[Place, str]]:
    if ruleset.name != path.stem:
        yield ("name",), f"its name is {ruleset.name!r}"
    for place, kind in _named_documents(ruleset):
        if kind not in ruleset.documents:
            yield place, f"there is no document {kind}"
    if ruleset.clock and ruleset.clock.fact not in ruleset.facts:
        yield ("clock", "fact"), f"there is no fact {ruleset.clock.fact}"
    for place, fault in thresholds.faults_of(ruleset.thresholds, ruleset.lke):
        yield ("thresholds", *place), fault
    for place, fault in facts.faults_of(ruleset.prerequisites, ruleset.facts):
        yield ("prerequisites", *place), fault


def _named_documents(ruleset: RuleSet) -> Iterator[tuple[Place, str]]:
    for move, needed in ruleset.requirements.items():
        for at, requirement in enumerate(needed):
            yield ("requirements", move, at, "document"), requirement.document
    for name, waiver in ruleset.waivers.items():
        yield ("waivers", name, "document"), waiver.document
    if ruleset.clock:
        yield ("clock", "document"), ruleset.clock.document


def _toml(path: Path, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:  # these say the line themselves
        raise BrokenRuleSet(f"{_name(path)}: {error}") from error


def _shaped(shape: type[Shape], path: Path, content: bytes, raw: dict[str, Any]) -> Shape:
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = tuple(part for part in first["loc"])
        where = ".".join(str(part) for part in place)
        raise _broken(path, content, place, f"{where}: {first['msg']}") from error


def _broken(path: Path, content: bytes, place: Place, fault: str) -> BrokenRuleSet:
    return BrokenRuleSet(f"{_name(path)}, line {line_of(content.decode(), place)}: {fault}")


def _name(path: Path) -> str:
    """A rule set and its LKE may have the same name; the folder tells them apart."""
    return f"{LKE_FOLDER}/{path.name}" if path.parent.name == LKE_FOLDER else path.name
