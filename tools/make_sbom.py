"""Writes the SBOM of what is installed with zi: CycloneDX JSON, with licences, and the hashes that the lock allows.

Run by `make sbom` in an environment of its own (tools/security.lock), handed the interpreter that zi is installed for.
CycloneDX's own tool tells what is installed there, developers' tools as well; what zi itself needs is found by
following its requirements, with the extras that are asked for, as pip does.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
VERSION = "1.6"  # of CycloneDX
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?P<rest>.*(?:\n {4}--hash.*)*)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

Json = dict[str, Any]


def main(interpreter: str, target: Path) -> None:
    found = _installed(interpreter)
    needed = _needed(found, "zi")
    bom = narrowed(_everything(interpreter), needed - {"zi"}, hashes_in(LOCK.read_text(encoding="utf-8")))
    text = json.dumps(bom, indent=1, sort_keys=True) + "\n"
    if wrong := import_module("cyclonedx.validation.json").JsonStrictValidator(_schema()).validate_str(text):
        raise SystemExit(f"the SBOM does not validate: {wrong}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    unlicensed = sorted(one["name"] for one in bom["components"] if not one.get("licenses"))
    print(f"{target}: CycloneDX {VERSION}, {len(bom['components'])} components, valid")
    if unlicensed:
        print(f"without a licence in their metadata: {', '.join(unlicensed)}")


def hashes_in(lock: str) -> dict[tuple[str, str], list[str]]:
    """The SHA-256 of each file that the lock allows, by name and version."""
    return {
        (canonicalize_name(pin["name"]), pin["version"]): HASH.findall(pin["rest"]) for pin in PINNED.finditer(lock)
    }


def narrowed(bom: Json, needed: set[str], hashes: dict[tuple[str, str], list[str]]) -> Json:
    """The components that are needed, each with its hashes, and what depends on what among them."""
    kept = [one for one in bom["components"] if canonicalize_name(one["name"]) in needed]
    if missing := needed - {canonicalize_name(one["name"]) for one in kept}:
        raise SystemExit(f"needed, and not installed: {', '.join(sorted(missing))}")
    for one in kept:
        allowed = hashes.get((canonicalize_name(one["name"]), one["version"]))
        if not allowed:
            raise SystemExit(
                f"{one['name']} {one['version']} is installed and not in requirements.lock; run make install"
            )
        _add_hashes(one, allowed)
    refs = {one["bom-ref"] for one in kept} | {bom["metadata"]["component"]["bom-ref"]}
    graph = [
        {**one, **({"dependsOn": [ref for ref in one["dependsOn"] if ref in refs]} if "dependsOn" in one else {})}
        for one in bom["dependencies"]
        if one["ref"] in refs
    ]
    return {**bom, "components": kept, "dependencies": graph}


def _add_hashes(component: Json, allowed: Iterable[str]) -> None:
    """Each is of one file of this release: a wheel for some machine, or the source. The lock names no registry."""
    files = {
        "type": "distribution",
        "url": component["purl"],
        "comment": "SHA-256 of each file that requirements.lock allows",
        "hashes": [{"alg": "SHA-256", "content": one} for one in sorted(allowed)],
    }
    component.setdefault("externalReferences", []).append(files)


def _installed(interpreter: str) -> dict[str, Distribution]:
    asked = [interpreter, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    folder = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - our own
    return {canonicalize_name(one.name): one for one in distributions(path=[folder])}


def _needed(found: dict[str, Distribution], root: str) -> set[str]:
    seen: set[tuple[str, str]] = set()
    todo = [(root, "")]
    while todo:
        name, extra = todo.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for text in found[name].requires or () if name in found else ():
            one = Requirement(text)
            if one.marker is None or one.marker.evaluate({"extra": extra}):
                todo += [(canonicalize_name(one.name), asked) for asked in ("", *one.extras)]
    return {name for name, _ in seen}


def _everything(interpreter: str) -> Json:
    asked = [
        sys.executable,
        "-m",
        "cyclonedx_py",
        "environment",
        interpreter,
        "--pyproject",
        str(ROOT / "pyproject.toml"),
    ]
    form = ["--mc-type", "application", "--output-reproducible", "--spec-version", VERSION, "--output-format", "JSON"]
    said = subprocess.run([*asked, *form], capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own
    bom: Json = json.loads(said)
    return bom


def _schema() -> Any:
    return import_module("cyclonedx.schema").SchemaVersion.from_version(VERSION)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
