"""The SBOM names what zi needs, each with the hashes that the lock allows, and nothing that it does not need."""

from pathlib import Path
from typing import Any

import pytest

from tools.make_sbom import hashes_in, narrowed

LOCK = (Path(__file__).parents[2] / "requirements.lock").read_text(encoding="utf-8")
ONE, OTHER = "1" * 64, "2" * 64
HASHES = {("typer", "0.29.2"): [OTHER, ONE], ("mypy", "2.4.1"): [ONE]}


def bom() -> dict[str, Any]:
    """Of an environment with a developer's tool in it."""
    components = [
        {"name": name, "version": version, "bom-ref": f"{name}=={version}", "purl": f"pkg:pypi/{name}@{version}"}
        for name, version in HASHES
    ]
    graph = [
        {"ref": "root", "dependsOn": ["typer==0.29.2", "mypy==2.4.1"]},
        {"ref": "typer==0.29.2"},
        {"ref": "mypy==2.4.1"},
    ]
    return {"metadata": {"component": {"bom-ref": "root"}}, "components": components, "dependencies": graph}


class TestNarrowed:
    """Down to what is needed."""

    def test_the_rest_is_nowhere(self) -> None:
        made = narrowed(bom(), {"typer"}, HASHES)

        assert [one["name"] for one in made["components"]] == ["typer"]
        assert made["dependencies"] == [{"ref": "root", "dependsOn": ["typer==0.29.2"]}, {"ref": "typer==0.29.2"}]

    def test_each_has_its_hashes(self) -> None:
        (component,) = narrowed(bom(), {"typer"}, HASHES)["components"]

        (files,) = component["externalReferences"]
        assert [one["content"] for one in files["hashes"]] == [ONE, OTHER]

    def test_what_is_needed_and_not_there_ends_it(self) -> None:
        with pytest.raises(SystemExit, match="rich"):
            narrowed(bom(), {"typer", "rich"}, HASHES)

    def test_what_is_there_in_another_version_than_the_locks_ends_it(self) -> None:
        with pytest.raises(SystemExit, match="typer"):
            narrowed(bom(), {"typer"}, {("typer", "0.1.0"): [ONE]})


def test_every_pin_of_the_lock_is_read_with_its_hashes() -> None:
    found = hashes_in(LOCK)

    assert len(found) == LOCK.count("==") - LOCK.count(" == ")
    assert sum(len(hashes) for hashes in found.values()) == LOCK.count("--hash=sha256:")
